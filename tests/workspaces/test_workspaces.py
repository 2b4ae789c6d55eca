"""Workspaces: who may know of them, who is in them, and a visibility that nothing changes."""

import pytest
from django.db import DatabaseError, connection, transaction

from orgs import grants
from orgs.access import Denied
from orgs.actions import members
from orgs.models import AuditEntry
from tests.cast import make_member
from tests.doors import console
from workspaces import actions
from workspaces.models import Workspace

URL = "/o/acme/workspaces/"


def _names(person):
    """What somebody finds in any of the lists that they are offered."""
    url, browser = f"/o/{person.org.slug}/workspaces/", console(person)
    views = [view.name for view in browser.get(url).context["listed"].views]
    return {row.name for view in views for row in browser.get(url, {"view": view}).context["listed"].rows}


def _status(person, workspace, **asked):
    return console(person).get(f"/o/{person.org.slug}/workspaces/{workspace.pk}/", **asked).status_code


# ---------------------------------------------------------------- who may know of them


def test_each_sees_what_role_grant_lead_plan_and_visibility_give(cast):
    expected = {
        "olive": {"Lab", "Den"},
        "adam": {"Lab", "Den"},
        "lena": {"Lab", "Den"},
        "mika": {"Lab"},
        "gus": {"Den"},
        "vera": set(),
        "eve": {"Lair"},
    }

    assert {name: _names(getattr(cast, name)) for name in expected} == expected


def test_A01_a_private_workspace_does_not_exist_for_who_is_not_in_it(cast):
    for person in (cast.mika, cast.vera, cast.eve):
        for path in ("", "members/", "join/", "leave/"):
            url = f"/o/{person.org.slug}/workspaces/{cast.den.pk}/{path}"
            answer = console(person).post(url) if path else console(person).get(url)
            assert answer.status_code == 404
    for person in (cast.olive, cast.adam, cast.lena, cast.gus):
        assert _status(person, cast.den) == 200


def test_A01_a_workspace_of_another_organization_does_not_exist_even_when_public(cast):
    for person in (cast.olive, cast.adam, cast.mika):
        assert _status(person, cast.lair) == 404
    with pytest.raises(Denied):
        actions.workspaces.join(cast.olive, cast.lair)


def test_A04_neither_list_nor_search_nor_count_tells_of_a_private_one(cast):
    for view in ("mine", "discover", "all", "archived"):
        page = console(cast.mika).get(URL, {"q": "Den", "view": view})

        assert [shown.total for shown in page.context["listed"].views] == [0, 0, 0]
        assert "No workspace matches" in page.content.decode()
        assert str(cast.den.pk) not in page.content.decode()


def test_A15_htmx_is_answered_as_any_other(cast):
    for person in (cast.mika, cast.vera):
        assert _status(person, cast.den, hx=True) == 404


def test_a_guest_is_in_the_workspaces_that_name_them_and_in_no_other(cast):
    assert _status(cast.gus, cast.den) == 200
    assert _status(cast.gus, cast.lab) == 404
    assert console(cast.gus).post(f"{URL}{cast.lab.pk}/join/").status_code == 404
    with pytest.raises(Denied, match="guest"):
        actions.workspaces.join(cast.gus, cast.lab)


def test_an_organization_viewer_reads_what_they_were_given_whatever_the_plan(cast):
    members.set_plan(cast.olive, cast.vera, plan="essential")
    assert _status(cast.vera, cast.den) == 404

    actions.workspaces.give_role(cast.lena, cast.den, cast.vera, level="viewer")

    assert _status(cast.vera, cast.den) == 200
    assert _names(cast.vera) == {"Den"}


def test_whoever_was_added_sees_none_while_their_plan_opens_no_workspace(cast):
    actions.workspaces.give_role(cast.lena, cast.den, cast.mika, level="user")
    assert _names(cast.mika) == {"Lab", "Den"}

    members.set_plan(cast.olive, cast.mika, plan="essential")
    assert _names(cast.mika) == set()
    assert _status(cast.mika, cast.den) == 404

    members.set_plan(cast.olive, cast.mika, plan="advanced")
    assert _names(cast.mika) == {"Lab", "Den"}


def test_a_list_that_the_plan_keeps_empty_says_so(cast):
    sam = make_member(cast.acme, "Stan", role="viewer", plan="standard")

    page = console(sam).get(URL).content.decode()
    assert "Standard does not include workspace access. An Owner or Admin can give you a plan that does." in page
    assert "No workspace here yet" not in page


def test_owners_of_a_workspace_are_told_why_they_do_not_leave_it(cast):
    owner, other = (
        console(person).get(f"{URL}{cast.den.pk}/").content.decode() for person in (cast.den.owner, cast.vera)
    )

    assert "its owner stays in it" in owner
    assert "its owner stays in it" not in other


# ---------------------------------------------------------------- making one


def test_whoever_makes_a_workspace_owns_it_and_is_led_to_it(cast):
    answer = console(cast.anna).post(URL, {"name": "Forum", "visibility": "private", "team": str(cast.search.pk)})

    forum = Workspace.objects.get(name="Forum")
    assert (answer.status_code, answer["Location"]) == (303, f"{URL}{forum.pk}/")
    assert (forum.owner, forum.team, forum.visibility) == (cast.anna, cast.search, "private")
    assert grants.levels(cast.anna)[forum.pk] == "admin"
    assert AuditEntry.objects.get().action == "workspace.create"
    page = console(cast.anna).get(f"{URL}{forum.pk}/").content.decode()
    assert "Private for ever" in page


def test_the_form_says_before_that_visibility_is_final(cast):
    page = console(cast.lena).get(f"{URL}new/").content.decode()

    assert "This can never be changed" in page


def test_a_plan_or_a_role_that_makes_no_workspaces_is_told_so(cast):
    for person in (cast.mika, cast.oscar, cast.vera, cast.gus):
        answer = console(person).post(URL, {"name": "Mine", "visibility": "public"})
        assert answer.status_code == 403
        assert console(person).get(f"{URL}new/").status_code == 403
    assert not Workspace.objects.filter(name="Mine").exists()


@pytest.mark.parametrize(
    "changed",
    [{"name": ""}, {"name": "x" * 81}, {"visibility": ""}, {"visibility": "secret"}, {"team": "abc"}, {"team": "7"}],
)
def test_what_makes_no_workspace_is_answered_422(cast, changed):
    answer = console(cast.anna).post(URL, {"name": "Forum", "visibility": "public", **changed})

    assert answer.status_code == 422
    assert answer.context["form"].errors.keys() == changed.keys()


def test_A05_a_team_of_another_organization_cannot_be_named(cast):
    from orgs.models import Department, Team

    theirs = Department.objects.create(org=cast.umbrella, name="Field")
    team = Team.objects.create(org=cast.umbrella, department=theirs, name="Agents")

    assert console(cast.anna).post(URL, {"name": "F", "visibility": "public", "team": team.pk}).status_code == 422
    assert not Workspace.objects.filter(name="F").exists()


def test_A06_fields_that_the_form_does_not_have_change_nothing_of_a_workspace(cast):
    extra = {"owner": cast.olive.pk, "org": cast.umbrella.pk, "id": "7", "created_at": "2020-01-01"}

    console(cast.anna).post(URL, {"name": "Forum", "visibility": "public", **extra})

    forum = Workspace.objects.get(name="Forum")
    assert (forum.owner, forum.org) == (cast.anna, cast.acme)
    assert forum.pk != 7


def test_a_name_that_is_taken_is_refused(cast):
    answer = console(cast.anna).post(URL, {"name": "Lab", "visibility": "public"})

    assert answer.status_code == 409
    assert "The name Lab is taken" in answer.content.decode()


# ---------------------------------------------------------------- visibility is for ever (I5)


@pytest.mark.both
@pytest.mark.parametrize(("name", "other"), [("lab", "private"), ("den", "public")])
def test_I5_no_door_changes_the_visibility_of_a_workspace(cast, name, other):
    workspace = getattr(cast, name)
    kept = workspace.visibility
    workspace.visibility = other

    for attempt in (
        workspace.save,
        lambda: workspace.save(update_fields=["visibility"]),
        lambda: Workspace.objects.filter(pk=workspace.pk).update(visibility=other),
        lambda: Workspace.objects.bulk_update([workspace], ["visibility"]),
        lambda: _raw(f"UPDATE workspaces_workspace SET visibility = '{other}' WHERE id = {workspace.pk}"),
    ):
        with pytest.raises(DatabaseError, match="visibility of a workspace never changes"), transaction.atomic():
            attempt()
    for path in ("members/", "join/", "leave/"):
        console(cast.olive).post(f"{URL}{workspace.pk}/{path}", {"visibility": other, "member": cast.mika.pk})
    assert console(cast.olive).post(f"{URL}{workspace.pk}/", {"visibility": other}).status_code == 405

    workspace.refresh_from_db()
    assert workspace.visibility == kept


def _raw(statement):
    with connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.both
def test_I5_everything_else_of_a_workspace_may_change(cast):
    Workspace.objects.filter(pk=cast.lab.pk).update(name="Laboratory", visibility="public")

    assert Workspace.objects.get(pk=cast.lab.pk).name == "Laboratory"
