"""Who is in a workspace, and who lets them in and out."""

import pytest

from orgs import grants
from orgs.access import Action, Denied, Refused, check
from orgs.actions import members
from orgs.models import AuditEntry
from tests.cast import again
from tests.doors import console
from workspaces import actions
from workspaces.queries import people as queries

URL = "/o/acme/workspaces/"


def _status(person, workspace):
    return console(person).get(f"{URL}{workspace.pk}/").status_code


def test_an_admin_of_a_workspace_adds_by_address_changes_and_takes_out(cast):
    page, people = console(cast.lena), f"{URL}{cast.den.pk}/members/"

    added = page.post(people, {"member": cast.mika.user.email, "role": "user"}, hx=True)
    assert f'id="person-{cast.mika.pk}"' in added.content.decode()
    assert grants.levels(cast.mika)[cast.den.pk] == "user"
    assert f'name="member" value="{cast.mika.pk}"><input type="hidden" name="role" value=""' in added.content.decode()

    page.post(people, {"member": str(cast.mika.pk), "role": "admin"})
    assert grants.levels(cast.mika)[cast.den.pk] == "admin"

    out = page.post(people, {"member": str(cast.mika.pk), "role": ""}, hx=True)
    assert f'id="person-{cast.mika.pk}"' not in out.content.decode()
    assert cast.den.pk not in grants.levels(cast.mika)
    assert AuditEntry.objects.filter(action="workspace.manage").count() == 3


def test_what_somebody_holds_in_a_workspace_counts_at_their_next_request(cast):
    assert _status(cast.mika, cast.den) == 404

    console(cast.lena).post(f"{URL}{cast.den.pk}/members/", {"member": cast.mika.pk, "role": "viewer"})
    assert _status(cast.mika, cast.den) == 200

    console(cast.lena).post(f"{URL}{cast.den.pk}/members/", {"member": cast.mika.pk, "role": ""})
    assert _status(cast.mika, cast.den) == 404


def test_who_only_takes_part_changes_nobodys_role(cast):
    actions.workspaces.give_role(cast.lena, cast.den, cast.mika, level="user")

    for person in (cast.mika, cast.gus):
        answer = console(person).post(f"{URL}{cast.den.pk}/members/", {"member": cast.vera.pk, "role": "viewer"})
        assert answer.status_code == 403
    assert cast.den.pk not in grants.levels(cast.vera)


def test_A05_somebody_of_another_organization_or_removed_cannot_be_added(cast):
    for named in (cast.eve.pk, cast.eve.user.email, cast.rita.pk, "nobody@acme.example", "7", "9" * 30, "0x1"):
        answer = console(cast.lena).post(f"{URL}{cast.den.pk}/members/", {"member": named, "role": "user"})
        assert answer.status_code == 422
        assert "Nobody here has the address" in answer.content.decode()
    assert console(cast.lena).post(f"{URL}{cast.den.pk}/members/", {"role": "user"}).status_code == 422
    assert (
        console(cast.lena).post(f"{URL}{cast.den.pk}/members/", {"member": cast.mika.pk, "role": "god"}).status_code
        == 422
    )


def test_an_organization_viewer_can_be_no_more_than_a_viewer_in_a_workspace(cast):
    for level in ("user", "admin"):
        with pytest.raises(Refused, match="Vera is a Viewer in Acme"):
            actions.workspaces.give_role(cast.lena, cast.den, cast.vera, level=level)
    person = next(p for p in queries.listed(cast.lena, cast.den).rows if p.name == "Lena")
    assert person.levels == ("admin", "user", "viewer")


def test_the_owner_of_a_workspace_stays_its_admin(cast):
    actions.workspaces.give_role(cast.lena, cast.den, cast.mika, level="admin")

    for level in ("", "user"):
        with pytest.raises(Refused, match="Lena owns Den"):
            actions.workspaces.give_role(cast.mika, cast.den, cast.lena, level=level)
    with pytest.raises(Refused, match="You own Den"):
        actions.workspaces.leave(cast.lena, cast.den)


def test_members_join_and_leave_public_workspaces_by_themselves(cast):
    joined = console(cast.mika).post(f"{URL}{cast.lab.pk}/join/")
    assert joined.status_code == 303
    assert grants.levels(cast.mika)[cast.lab.pk] == "user"

    console(cast.mika).post(f"{URL}{cast.lab.pk}/join/")
    left = console(cast.mika).post(f"{URL}{cast.lab.pk}/leave/")
    assert (left.status_code, left["Location"]) == (303, URL)
    assert cast.lab.pk not in grants.levels(cast.mika)
    assert list(AuditEntry.objects.values_list("action", flat=True)) == ["workspace.leave", "workspace.join"]


def test_whoever_left_a_private_workspace_finds_it_no_more(cast):
    actions.workspaces.give_role(cast.lena, cast.den, cast.mika, level="user")
    browser = console(cast.mika)
    assert browser.get(f"{URL}{cast.den.pk}/").status_code == 200
    assert check(again(cast.mika), Action.MESSAGE_SEND, cast.den)

    browser.post(f"{URL}{cast.den.pk}/leave/")

    assert not check(again(cast.mika), Action.MESSAGE_SEND, cast.den)
    assert browser.get(f"{URL}{cast.den.pk}/").status_code == 404
    assert not any(view.total for view in browser.get(URL, {"q": "Den"}).context["listed"].views)


def test_joining_needs_the_plan_even_for_who_administers(cast):
    for person in (cast.adam, cast.oscar):  # both on Essential
        answer = console(person).post(f"{URL}{cast.lab.pk}/join/")
        assert answer.status_code == 403
        assert "does not include workspace access" in answer.content.decode()


def test_an_organization_viewer_joins_as_a_viewer(cast):
    members.set_plan(cast.olive, cast.vera, plan="advanced")

    actions.workspaces.join(cast.vera, cast.lab)

    assert grants.levels(cast.vera)[cast.lab.pk] == "viewer"


def test_nobody_joins_a_private_workspace_by_themselves(cast):
    for person in (cast.olive, cast.adam, cast.mika):
        with pytest.raises(Denied):
            actions.workspaces.join(person, cast.den)


def test_removed_members_are_not_shown_and_suspended_ones_are_marked(cast):
    actions.workspaces.give_role(cast.lena, cast.den, cast.mika, level="user")
    members.suspend(cast.olive, cast.mika, reason="x")
    suspended = console(cast.lena).get(f"{URL}{cast.den.pk}/members/").content.decode()
    members.remove(cast.olive, cast.mika, reason="x")
    removed = console(cast.lena).get(f"{URL}{cast.den.pk}/members/").content.decode()

    assert "Suspended" in suspended
    assert f'id="person-{cast.mika.pk}"' in suspended
    assert f'id="person-{cast.mika.pk}"' not in removed
