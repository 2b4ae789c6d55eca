"""Somebody from outside whom a lead or a workspace's Admin wants in: asked for, and invited by an Owner or Admin."""

import re

import pytest

from orgs import grants
from orgs.access import Denied, Refused
from orgs.actions import invitations, members, requests, teams
from orgs.invitees import Wanted
from orgs.models import AccessRequest, AuditEntry, Invitation, Kind, Mail
from orgs.queries import sentences
from tests.cast import make_member, make_user
from tests.doors import console
from tests.orgs.asking import text_of
from workspaces import actions

pytestmark = pytest.mark.django_db
KIM = "kim@outside.example"


def _ask(cast, email=KIM, by=None, workspace=None, wanted="user", **more):
    who, place = by or cast.lena, workspace or cast.den
    return requests.ask(who, who, kind="invitation", wanted=wanted, target_id=place.pk, email=email, reason="q", **more)


def _url(workspace):
    return f"/o/acme/workspaces/{workspace.pk}/members/ask/"


def _grant(actor, made, **terms):
    requests.grant(actor, made, terms=Wanted(**({"email": made.email, "plan": "advanced"} | terms)), note="fine")


def test_a_lead_asks_for_somebody_from_outside_and_nothing_is_sent_to_them(cast):
    sent = {"email": KIM.upper(), "name": "Kim", "wanted": "viewer", "reason": "Reviews our ranking"}
    answer = console(cast.lena).post(_url(cast.den), sent)

    assert (answer.status_code, answer["Location"]) == (303, f"/o/acme/workspaces/{cast.den.pk}/members/")
    made = AccessRequest.objects.get()
    assert (made.what, made.name) == (f"an invitation of {KIM} as Viewer in Den", "Kim")
    assert not Invitation.objects.exists()
    assert set(Mail.objects.values_list("to", flat=True)) == {
        f"{name}@acme.example" for name in ("olive", "oscar", "adam", "anna")
    }
    assert sentences.sentence(AuditEntry.objects.get()) == f"Lena asked for an invitation of {KIM} as Viewer in Den."


def test_it_waits_for_those_who_invite(cast):
    _ask(cast)

    waits = f"Lena asks for an invitation of {KIM} as User in Den."
    for person, there in ((cast.olive, True), (cast.adam, True), (cast.mika, False), (cast.lena, False)):
        assert (waits in console(person).get("/o/acme/needs/").text) is there
    assert f"an invitation of {KIM}" in console(cast.adam).get("/o/acme/requests/").text


def test_only_who_looks_after_a_workspace_asks_for_people_from_outside(cast):
    grants.give(cast.mika, "user", cast.den)
    for person in (cast.mika, cast.gus):
        assert console(person).get(_url(cast.den)).status_code == 403
        with pytest.raises(Refused, match="You look after no workspace"):
            _ask(cast, by=person)
    assert console(cast.vera).get(_url(cast.den)).status_code == 404
    with pytest.raises(Refused, match="You look after no workspace"):
        _ask(cast, workspace=cast.lab)
    with pytest.raises(Refused):
        _ask(cast, wanted="admin")
    with pytest.raises(Denied):
        requests.ask(cast.olive, cast.lena, kind="invitation", wanted="user", target_id=cast.den.pk, email=KIM)


def test_asking_again_for_the_same_address_changes_the_request_and_another_address_is_another_one(cast):
    first, mailed = _ask(cast), Mail.objects.count()

    assert _ask(cast, wanted="viewer").pk == first.pk
    assert Mail.objects.count() == mailed
    assert _ask(cast, "lee@outside.example").pk != first.pk


def test_who_asks_is_told_the_same_whoever_has_the_address(cast):
    make_member(cast.acme, "Nora")
    make_user("ned@elsewhere.example", "Ned")
    invitations.invite(cast.olive, cast.acme, [Wanted(email="ida@outside.example")])
    answers = set()
    known = ("nora@acme.example", "ned@elsewhere.example", "ida@outside.example", "rita@acme.example", KIM)
    for email in known:
        answer = console(cast.lena).post(_url(cast.den), {"email": email, "wanted": "user", "reason": "q"}, hx=True)
        said = re.sub(r"\s+", " ", answer.text).replace(email, "X").replace(email.split("@")[0], "x")
        answers.add((answer.status_code, re.sub(r'value="[^"]{20,}"', "", said)))

    assert len(answers) == 1
    own = console(cast.lena).get("/o/acme/requests/").text
    assert all(own.count(f"invitation of {email} as User in Den") for email in known)


def test_granting_invites_with_the_address_and_the_workspace_and_tells_who_asked(cast):
    made = _ask(cast, name="Kim")

    page = console(cast.adam).get(f"/o/acme/requests/{made.pk}/grant/").text
    assert f"{KIM} gets an invitation to Acme from you, takes a seat, and is in Den once they accept." in page
    sent = {"kind": "member", "role": "user", "plan": "advanced", "note": "Welcome her", "seen": "user"}
    answer = console(cast.adam).post(f"/o/acme/requests/{made.pk}/grant/", sent)

    assert answer.status_code == 303
    invitation = Invitation.objects.get()
    assert (invitation.email, invitation.name, invitation.role, invitation.plan) == (KIM, "Kim", "user", "advanced")
    assert (invitation.workspaces, invitation.invited_by) == ([cast.den.pk], cast.adam)
    said = text_of("request_decided")
    assert said.to == "lena@acme.example"
    told = {entry.action: sentences.sentence(entry) for entry in AuditEntry.objects.all()}
    assert told["request.decide"] == f"Adam granted Lena an invitation of {KIM} as User in Den."
    assert told["member.invite"] == f"Adam invited {KIM}."


def test_whoever_was_asked_for_can_come_as_a_guest(cast):
    made = _ask(cast)
    url = f"/o/acme/requests/{made.pk}/grant/"

    no_end = console(cast.olive).post(url, {"kind": "guest", "role": "user", "plan": "advanced"})
    assert no_end.status_code == 422
    last = console(cast.olive).get(url).context["form"].latest
    sent = {"kind": "guest", "role": "user", "plan": "advanced", "sponsor": "lena@acme.example", "ends_on": last}
    assert console(cast.olive).post(url, sent).status_code == 303

    invitation = Invitation.objects.get()
    assert (invitation.kind, invitation.sponsor) == (Kind.GUEST, cast.lena)


def test_seats_hold_and_nothing_is_decided_without_one(cast):
    cast.acme.seats = 1
    cast.acme.save(update_fields=["seats"])
    made = _ask(cast)

    with pytest.raises(Refused, match="seats"):
        _grant(cast.olive, made)

    made.refresh_from_db()
    assert made.state == "open"
    assert not Invitation.objects.exists()


def test_who_looks_after_it_no_more_when_it_is_granted_is_named(cast):
    made = _ask(cast)
    teams.take_lead(cast.olive, cast.search, cast.lena)
    actions.workspaces.give_role(cast.olive, cast.den, cast.anna, level="admin")
    actions.settings.hand_over(cast.olive, cast.den, cast.anna)
    actions.workspaces.give_role(cast.olive, cast.den, cast.lena, level="user")

    refusal = "Lena does not look after Den any more. Decline the request."
    assert refusal in console(cast.olive).get(f"/o/acme/requests/{made.pk}/grant/").text
    with pytest.raises(Refused, match=refusal):
        _grant(cast.olive, made)


def test_nobody_is_invited_for_who_is_suspended_meanwhile(cast):
    made = _ask(cast)
    members.suspend(cast.olive, cast.lena, reason="away")

    with pytest.raises(Refused, match="does not look after Den any more"):
        _grant(cast.olive, made)


def test_an_admin_learns_that_the_address_belongs_to_a_member_and_who_asked_does_not(cast):
    made = _ask(cast, "vera@acme.example")

    known = "Vera belongs to Acme already"
    assert known in console(cast.adam).get(f"/o/acme/requests/{made.pk}/grant/").text
    with pytest.raises(Refused, match=known):
        _grant(cast.adam, made)
    assert "Vera" not in console(cast.lena).get("/o/acme/requests/").text


def test_what_was_changed_since_it_was_seen_is_not_granted(cast):
    made = _ask(cast)
    _ask(cast, wanted="viewer")

    with pytest.raises(Refused, match="Look at the request again"):
        requests.grant(cast.olive, made, terms=Wanted(email=KIM), seen="user")


def test_only_those_who_decide_invite_and_only_with_roles_that_they_give(cast):
    made = _ask(cast)

    with pytest.raises(Denied):
        _grant(cast.lena, made)
    with pytest.raises(Denied):
        _grant(cast.adam, made, role="admin")


def test_declining_says_why_and_invites_nobody(cast):
    made = _ask(cast)

    requests.decline(cast.adam, made, note="We are full")

    made.refresh_from_db()
    assert (made.state, made.note) == ("declined", "We are full")
    assert not Invitation.objects.exists()


def test_the_page_that_adds_people_leads_on_to_asking(cast):
    add = f"/o/acme/workspaces/{cast.den.pk}/members/add/"
    answer = console(cast.lena).post(add, {"emails": KIM, "role": "viewer"})

    assert f'href="{_url(cast.den)}?email=kim%40outside.example&amp;wanted=viewer"' in answer.text
    form = console(cast.lena).get(_url(cast.den), {"email": KIM, "wanted": "viewer"}).context["form"]
    assert (form["email"].value(), form["wanted"].value()) == (KIM, "viewer")
    assert _url(cast.den) in console(cast.lena).get(add).text
    assert _url(cast.den) not in console(cast.adam).get(add).text
