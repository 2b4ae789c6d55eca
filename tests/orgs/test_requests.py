"""Asking for access: what can be asked for, and who decides."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from orgs.access import Action, Denied, Refused, check
from orgs.actions import members, requests
from orgs.asking import grantable_by, grantors
from orgs.models import AccessRequest, AuditEntry, FeatureOverride, Mail, Member
from tests.cast import make_member, make_workspace
from tests.doors import console
from tests.orgs.asking import ask, text_of

pytestmark = pytest.mark.django_db


def test_asking_tells_owners_and_admins_by_mail_and_changes_nothing(cast):
    made = ask(cast.mika, "expert")

    assert made.state == "open"
    assert set(Mail.objects.filter(kind="request").values_list("to", flat=True)) == {
        f"{name}@acme.example" for name in ("olive", "oscar", "adam", "anna")
    }
    cast.mika.refresh_from_db()
    assert cast.mika.plan == "advanced"


def test_asking_again_for_the_same_kind_changes_the_open_request_and_mails_nobody_twice(cast):
    first, mailed = ask(cast.vera, "expert"), Mail.objects.count()

    second = ask(cast.vera, "advanced")

    assert (second.pk, second.wanted) == (first.pk, "advanced")
    assert Mail.objects.count() == mailed


def test_who_may_grant_a_request_is_who_the_engine_lets(cast):
    asking = {"role": ("user", "admin", "owner"), "plan": ("expert",)}
    for member in (cast.vera, cast.mika, cast.adam, cast.gus):
        for kind, wanted in ((kind, wanted) for kind, many in asking.items() for wanted in many):
            action, given = (Action.MEMBER_ROLE, {"role": wanted}) if kind == "role" else (Action.MEMBER_PLAN, {})
            made = AccessRequest.objects.create(org=cast.acme, member=member, kind=kind, wanted=wanted)
            for actor in (cast.olive, cast.anna):
                may = check(actor, action, member, **given).allowed
                assert (actor.role in grantors(member, kind, wanted)) is may, (actor, member, wanted)
                assert AccessRequest.objects.filter(grantable_by(actor), pk=made.pk).exists() is may
            made.delete()


@pytest.mark.parametrize(("wanted", "admins"), [("admin", False), ("owner", False), ("", True)])
def test_the_form_names_only_those_who_may_grant_what_is_asked(cast, wanted, admins):
    page = console(cast.mika).get(f"/o/acme/requests/new/?kind=role&wanted={wanted}").text

    assert "Olive (Owner)" in page
    assert ("Adam (Admin)" in page) is admins
    assert ("Only Owners give these roles: Admin, Owner." in page) is admins


def test_only_those_who_may_grant_it_get_the_mail_and_find_it_under_needs_you(cast):
    ask(cast.mika, "admin", "role")

    told = set(Mail.objects.filter(kind="request").values_list("to", flat=True))
    assert told == {"olive@acme.example", "oscar@acme.example"}
    waits = "Mika asks for the role Admin."
    assert waits in console(cast.olive).get("/o/acme/needs/").text
    assert waits not in console(cast.adam).get("/o/acme/needs/").text


def test_an_admin_is_told_that_owners_alone_change_their_plan(cast):
    page = console(cast.adam).get("/o/acme/requests/new/?kind=plan&wanted=expert").text

    assert "Who can grant the plan Expert: Olive (Owner), Oscar (Owner)." in page


def test_nobody_asks_for_what_they_have_or_what_is_not_above_them(cast):
    for member, kind, wanted in (
        (cast.mika, "plan", "advanced"),
        (cast.mika, "plan", "standard"),
        (cast.mika, "role", "viewer"),
        (cast.adam, "role", "admin"),
        (cast.gus, "role", "admin"),
    ):
        with pytest.raises(Refused):
            ask(member, wanted, kind)


def test_nobody_asks_for_somebody_else(cast):
    with pytest.raises(Denied):
        requests.ask(cast.olive, cast.mika, kind="plan", wanted="expert")


def test_a_workspace_can_be_asked_for_as_far_as_the_member_may_know_of_it(cast):
    secret = make_workspace(cast.olive, "Secret")

    with pytest.raises(Refused, match="no workspace that you could ask for"):
        ask(cast.mika, "user", "workspace", target_id=secret.pk)
    with pytest.raises(Refused):
        ask(cast.vera, "user", "workspace", target_id=cast.lab.pk)  # a Viewer, and the plan opens no workspace
    with pytest.raises(Refused):
        ask(cast.mika, "viewer", "workspace", target_id=cast.lair.pk)

    assert ask(cast.mika, "admin", "workspace", target_id=cast.lab.pk).what == "Admin in Lab"


def test_a_granted_plan_holds_at_once_and_the_member_is_told_with_the_note(cast):
    requests.grant(cast.adam, ask(cast.mika, "expert"), note="Have fun")

    cast.mika.refresh_from_db()
    assert cast.mika.plan == "expert"
    said = text_of("request_decided")
    assert (said.to, said.state) == ("mika@acme.example", "sent")
    entry = AuditEntry.objects.filter(action="request.decide").get()
    assert (entry.before, entry.after) == ({"plan": "advanced"}, {"plan": "expert"})


def test_an_admin_grants_no_role_that_only_an_owner_gives_and_says_so_before(cast):
    made = ask(cast.mika, "admin", "role")

    with pytest.raises(Denied, match="only an Owner makes an Admin"):
        requests.grant(cast.adam, made)

    panel = console(cast.adam).get(f"/o/acme/requests/{made.pk}/grant/").text
    assert "only an Owner makes an Admin" in panel
    assert "<form" not in panel.partition('id="panel-title"')[2].partition("</main>")[0]
    requests.grant(cast.olive, made)
    cast.mika.refresh_from_db()
    assert cast.mika.role == "admin"


def test_an_admin_does_not_grant_themself_a_plan(cast):
    with pytest.raises(Denied):
        requests.grant(cast.adam, ask(cast.adam, "expert"))


def test_what_they_have_by_now_is_not_granted_and_never_lowered(cast):
    role, plan = ask(cast.vera, "user", "role"), ask(cast.vera, "expert")
    members.set_role(cast.olive, cast.vera, role="admin")
    members.set_plan(cast.olive, cast.vera, plan="expert")

    for made in (role, plan):
        with pytest.raises(Refused, match="by now: there is nothing to grant"):
            requests.grant(cast.olive, made)

    cast.vera.refresh_from_db()
    assert cast.vera.role == "admin"


def test_two_who_decide_at_once_decide_once(cast):
    made = ask(cast.mika, "expert")
    stale = AccessRequest.objects.select_related("org", "member__user").get(pk=made.pk)
    requests.decline(cast.olive, made, note="not now")

    with pytest.raises(Refused, match="Olive decided this request meanwhile"):
        requests.grant(cast.adam, stale)


def test_what_was_taken_back_is_not_granted(cast):
    made = ask(cast.mika, "expert")
    requests.withdraw(cast.mika, made)

    with pytest.raises(Refused, match="Mika took this request back"):
        requests.grant(cast.olive, made)
    with pytest.raises(Denied):
        requests.withdraw(cast.olive, ask(cast.mika, "expert"))


def test_a_refused_member_finds_the_least_plan_that_opens_it(cast):
    page = console(cast.mika).post("/o/acme/workspaces/", {"name": "Mine", "visibility": "private"}).text
    toast = console(cast.mika).get("/o/acme/workspaces/new/", hx=True).text

    for text in (page, toast):
        assert "/o/acme/requests/new/?kind=plan&amp;wanted=expert" in text
        assert "Ask for it" in text


def test_a_refused_member_finds_the_least_role_that_may(cast):
    assert "kind=role&amp;wanted=admin" in console(cast.mika).get("/o/acme/audit/").text
    assert "kind=role&amp;wanted=owner" in console(cast.adam).get("/o/acme/billing/").text
    assert "Ask for it" not in console(cast.gus).get("/o/acme/audit/").text


def test_whoever_may_not_manage_a_workspace_can_ask_to(cast):
    url = f"/o/acme/workspaces/{cast.lab.pk}/members/"
    page = console(cast.mika).post(url, {"member": "vera@acme.example", "role": "viewer"}).text

    assert f"kind=workspace&amp;wanted=admin&amp;target={cast.lab.pk}" in page


def test_the_form_comes_with_what_the_link_was_about(cast):
    page = console(cast.mika).get("/o/acme/requests/new/?kind=plan&wanted=expert").text

    assert '<option value="plan:expert" selected>' in page
    place = console(cast.mika).get(f"/o/acme/requests/new/?kind=workspace&wanted=user&target={cast.lab.pk}").text
    assert '<option value="workspace:user" selected>' in place
    assert "Lair" not in console(cast.mika).get(f"/o/acme/requests/new/?kind=workspace&target={cast.lair.pk}").text


def test_only_what_is_more_is_offered_and_the_next_better_one_comes_first(cast):
    def offered(member, query=""):
        page = console(member).get(f"/o/acme/requests/new/{query}").text
        return re.findall(r'<option value="(\w+:\w+)"', page)

    assert offered(cast.vera) == ["plan:advanced", "plan:expert", "role:user", "role:admin", "role:owner"]
    assert offered(cast.mika) == ["plan:expert", "role:admin", "role:owner"]
    assert offered(cast.olive) == []
    assert "You have every role and plan" in console(cast.olive).get("/o/acme/requests/new/").text
    Member.objects.filter(pk=cast.gus.pk).update(role="viewer", plan="essential")
    assert offered(cast.gus) == ["plan:standard", "plan:advanced", "plan:expert", "role:user"]


def test_a_guest_is_offered_only_what_fits_guests(cast):
    for feature in ("create_mates", "manage_tools"):
        FeatureOverride.objects.create(org=cast.acme, plan="expert", feature=feature, enabled=False)
    place = f"?kind=workspace&wanted=admin&target={cast.den.pk}"

    assert "plan:expert" not in console(cast.gus).get("/o/acme/requests/new/").text  # it only creates workspaces
    assert "workspace:admin" not in console(cast.gus).get(f"/o/acme/requests/new/{place}").text
    for kind, wanted, target in (("plan", "expert", 0), ("workspace", "admin", cast.den.pk)):
        with pytest.raises(Refused):
            ask(cast.gus, wanted, kind, target_id=target)


def test_a_lower_plan_that_the_organization_made_richer_can_be_asked_for(cast):
    FeatureOverride.objects.create(org=cast.acme, plan="standard", feature="manage_tools", enabled=True)

    made = ask(cast.mika, "standard")

    assert made.wanted == "standard"


def test_the_whole_way_from_the_refusal_to_the_answer_in_the_console(cast):
    mika, adam = console(cast.mika), console(cast.adam)
    said = {"thing": "plan:expert", "reason": "to make a workspace"}
    assert mika.post("/o/acme/requests/new/?kind=plan&wanted=expert", said).status_code == 303

    queue = adam.get("/o/acme/requests/").text
    assert "to make a workspace" in queue
    made = AccessRequest.objects.get()
    panel = adam.get(f"/o/acme/requests/{made.pk}/grant/").text
    assert "It opens: " in panel
    assert "Create workspaces" in panel
    adam.post(f"/o/acme/requests/{made.pk}/grant/", {"note": "Go ahead"})

    shown = mika.get("/o/acme/requests/").text
    assert "Granted" in shown
    assert "Go ahead" in shown
    assert mika.get("/o/acme/workspaces/new/").status_code == 200


def test_members_see_their_own_requests_and_nobody_elses(cast):
    ask(cast.vera, "expert")

    assert "The plan Expert" not in console(cast.mika).get("/o/acme/requests/").text
    assert "The plan Expert" in console(cast.vera).get("/o/acme/requests/").text


def test_the_queue_costs_as_many_queries_with_many_requests_as_with_one(cast):
    browser, counts = console(cast.olive), []
    for more in (1, 30):
        for n in range(more):
            member = make_member(cast.acme, f"P{more}x{n}")
            AccessRequest.objects.create(org=cast.acme, member=member, kind="plan", wanted="expert")
        browser.get("/o/acme/requests/")
        with CaptureQueriesContext(connection) as asked:
            browser.get("/o/acme/requests/")
        counts.append(len(asked))

    assert counts[0] == counts[1] <= 10


def test_nobody_is_granted_what_they_put_in_the_place_of_what_was_read(cast):
    made, olive = requests.ask(cast.vera, cast.vera, kind="role", wanted="user"), console(cast.olive)
    url = f"/o/acme/requests/{made.pk}/grant/"
    assert 'name="wanted" value="user"' in olive.get(url).text
    requests.ask(cast.vera, cast.vera, kind="role", wanted="owner")

    answer = olive.post(url, {"wanted": "user"})

    cast.vera.refresh_from_db()
    assert (answer.status_code, cast.vera.role) == (409, "viewer")
    assert "Vera asks for the role Owner by now" in answer.text


def test_B08_asking_and_taking_back_again_and_again_mails_nobody_without_end(cast):
    for _ in range(requests.MOST_A_DAY):
        requests.withdraw(cast.mika, ask(cast.mika, "expert"))

    with pytest.raises(Refused, match="Ask again tomorrow"):
        ask(cast.mika, "expert")
