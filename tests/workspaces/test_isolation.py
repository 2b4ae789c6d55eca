"""Grants open what they were given for and nothing beside it (catalogue A02, A13, A14)."""

import pytest
from django.contrib.auth.models import Permission

from orgs import grants, subjects
from orgs.access import Action, Denied, check
from orgs.actions import members
from orgs.models import FeatureOverride, Member, Organization
from tests.cast import again, make_workspace
from tests.doors import console
from workspaces import actions
from workspaces.models import Workspace

URL = "/o/acme/workspaces/"


def _canaries(cast):
    """A workspace for each who might leak: private, of a team, of another organization."""
    return {
        "canary-private": make_workspace(cast.olive, "canary-private"),
        "canary-of-ranking": make_workspace(cast.anna, "canary-of-ranking", team=cast.ranking),
        "canary-of-umbrella": make_workspace(cast.eve, "canary-of-umbrella", visibility="public"),
    }


@pytest.mark.parametrize("name", ["gus", "lena", "mika", "vera"])
def test_A02_whoever_is_in_one_workspace_finds_no_other_on_any_page(cast, name):
    person, canaries = getattr(cast, name), _canaries(cast)
    browser = console(person)
    pages = [
        URL,
        *(f"{URL}?q=canary&view={view}" for view in ("mine", "discover", "all", "archived")),
        f"{URL}{cast.den.pk}/",
        "/o/acme/",
        "/accounts/",
    ]
    pages += [f"{URL}{workspace.pk}/" for workspace in canaries.values()]

    for page in pages:
        for hx in (False, True):
            said = browser.get(page, hx=hx).content.decode().replace('value="canary"', "").replace("q=canary", "")
            assert not [canary for canary in canaries if canary in said], page


def test_A02_a_lead_sees_the_workspaces_of_their_team_and_of_no_other(cast):
    ranking = make_workspace(cast.anna, "Rank", team=cast.ranking)
    search = make_workspace(cast.anna, "Find", team=cast.search)

    assert console(cast.lena).get(f"{URL}{search.pk}/").status_code == 200
    assert console(cast.lena).get(f"{URL}{ranking.pk}/").status_code == 404


def test_A13_a_grant_ends_with_its_workspace_even_when_its_id_comes_again(cast):
    actions.workspaces.give_role(cast.lena, cast.den, cast.mika, level="admin")
    kept = cast.den.pk
    cast.den.delete()

    Workspace.objects.create(pk=kept, org=cast.acme, name="Reborn", visibility="private", owner=cast.olive)
    Organization.objects.filter(pk=cast.acme.pk).update(access_version=1000)
    mika = Member.objects.get(pk=cast.mika.pk)

    assert kept not in grants.levels(mika)
    assert console(mika).get(f"{URL}{kept}/").status_code == 404


def test_A13_a_grant_counts_in_the_organization_of_its_object_alone(cast):
    both = Member.objects.create(org=cast.umbrella, user=cast.mika.user, ordinal=9, plan="expert")
    actions.workspaces.give_role(cast.lena, cast.den, cast.mika, level="admin")

    assert cast.den.pk not in grants.levels(both)
    assert not check(both, Action.WORKSPACE_VIEW, cast.den)
    assert console(both).get(f"/o/umbrella/workspaces/{cast.den.pk}/").status_code == 404


def test_A12_a_permission_over_everything_opens_no_workspace(cast):
    cast.mika.user.user_permissions.add(*Permission.objects.filter(content_type__app_label="workspaces"))
    cast.mika.user.is_superuser = True
    cast.mika.user.save()

    assert console(cast.mika).get(f"{URL}{cast.den.pk}/").status_code == 404
    assert not check(cast.mika, Action.WORKSPACE_MANAGE, cast.lab)


# ---------------------------------------------------------------- a feature that is switched off


def _switch_off(org, plan, feature):
    FeatureOverride.objects.create(org=org, plan=plan, feature=feature, enabled=False)
    Organization.objects.filter(pk=org.pk).update(access_version=1000)
    subjects._compiled.clear()


def test_A14_without_workspace_access_every_door_to_a_workspace_refuses(cast):
    actions.workspaces.give_role(cast.lena, cast.den, cast.mika, level="user")
    _switch_off(cast.acme, "advanced", "workspace_access")
    mika, browser = again(cast.mika), console(cast.mika)

    for path in (f"{URL}{cast.den.pk}/", f"{URL}{cast.lab.pk}/"):
        for hx in (False, True):
            assert browser.get(path, hx=hx).status_code == 404
    for path in (f"{URL}{cast.lab.pk}/join/", f"{URL}{cast.den.pk}/leave/", f"{URL}{cast.den.pk}/members/"):
        assert browser.post(path).status_code == 404
    assert not any(view.total for view in browser.get(URL).context["listed"].views)
    for action in (Action.WORKSPACE_VIEW, Action.WORKSPACE_JOIN, Action.MESSAGE_SEND):
        assert not check(mika, action, cast.lab)
    with pytest.raises(Denied, match="does not include workspace access"):
        actions.workspaces.join(mika, cast.lab)


def test_A14_without_create_workspaces_page_panel_form_and_deed_refuse(cast):
    assert console(cast.lena).get(f"{URL}new/").status_code == 200
    _switch_off(cast.acme, "expert", "create_workspaces")
    lena, browser = again(cast.lena), console(cast.lena)

    for hx in (False, True):
        assert browser.get(f"{URL}new/", hx=hx).status_code == 403
        assert browser.post(URL, {"name": "Mine", "visibility": "public"}, hx=hx).status_code == 403
    assert "Make a workspace" not in browser.get(URL).content.decode()
    assert not check(lena, Action.WORKSPACE_CREATE, lena.org)
    with pytest.raises(Denied):
        actions.workspaces.create(lena, name="Mine", visibility="public")


@pytest.mark.parametrize(
    ("action", "feature", "plan"),
    [
        (Action.FILE_UPLOAD, "file_uploads", "advanced"),
        (Action.MESSAGE_SEND, "personal_chats", "advanced"),
    ],
)
def test_A14_a_feature_that_is_off_is_refused_by_the_decision_too(cast, action, feature, plan):
    assert check(cast.mika, action)
    _switch_off(cast.acme, plan, feature)

    decision = check(again(cast.mika), action)

    assert not decision
    assert decision.deciding.rule == f"plan/{plan}/{feature}"


def test_A14_another_organizations_matrix_changes_nothing_here(cast):
    _switch_off(cast.umbrella, "advanced", "workspace_access")

    assert console(cast.mika).get(f"{URL}{cast.lab.pk}/").status_code == 200


def test_a_demoted_viewer_keeps_reading_and_stops_managing(cast):
    actions.workspaces.give_role(cast.lena, cast.den, cast.mika, level="admin")
    members.set_role(cast.olive, cast.mika, role="viewer")

    assert console(cast.mika).get(f"{URL}{cast.den.pk}/").status_code == 200
    answer = console(cast.mika).post(f"{URL}{cast.den.pk}/members/", {"member": cast.vera.pk, "role": "viewer"})
    assert answer.status_code == 403
