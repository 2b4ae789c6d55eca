"""The settings of a workspace: what they take and give, its owner, archived and open again; its visibility is none."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.contrib import admin
from django.utils import timezone

from orgs import grants
from orgs.access import Action, Denied, Refused, check
from orgs.actions import members
from orgs.admin.rows import ReadOnlyAdmin
from orgs.models import AuditEntry
from orgs.queries import sentences
from tests.cast import again, make_member, make_workspace
from tests.doors import console
from tests.talking import make_conversation
from workspaces import actions
from workspaces.models import SharedLink, Workspace

URL = "/o/acme/workspaces/"
AS_IT_IS = {"mates_by": "admins", "files_by": "users", "sharing_by": "admins"}
LEADS = {"name": "Den", "storage_limit": None, "daily_messages": None, **AS_IT_IS}


def _url(workspace, rest="settings/"):
    return f"{URL}{workspace.pk}/{rest}"


def _typed(**changed):
    return {"name": "Den", "team": "", "storage_limit": "", "daily_messages": "", **AS_IT_IS, **changed}


def _sentences():
    return [sentences.sentence(entry) for entry in AuditEntry.objects.order_by("seq")]


def test_whoever_administers_it_sets_name_team_circles_and_limits(cast):
    typed = _typed(name="Lounge", team=str(cast.search.pk), files_by="admins", storage_limit="20", daily_messages="100")

    answer = console(cast.lena).post(_url(cast.den), typed)

    assert (answer.status_code, answer["Location"]) == (303, _url(cast.den))
    den = Workspace.objects.get(pk=cast.den.pk)
    assert (den.name, den.team, den.files_by, den.storage_limit, den.daily_messages) == (
        *("Lounge", cast.search, "admins", 20_000_000, 100),
    )
    assert _sentences() == [
        "Lena changed the settings of the workspace Lounge: messages a day, who uploads files, name, storage in bytes."
    ]
    page = console(cast.lena).get(_url(cast.den)).content.decode()
    assert 'name="storage_limit" value="20"' in page


@pytest.mark.parametrize("person", ["olive", "adam", "lena"])
def test_settings_are_for_those_who_administer_it(cast, person):
    assert console(getattr(cast, person)).get(_url(cast.den)).status_code == 200


def test_who_only_takes_part_neither_sees_nor_sets_them(cast):
    grants.give(cast.mika, "user", cast.lab)
    for hx in (False, True):
        assert console(cast.gus).get(_url(cast.den), hx=hx).status_code == 403
        assert console(cast.gus).post(_url(cast.den), _typed(), hx=hx).status_code == 403
    assert "Settings</a>" not in console(cast.mika).get(f"{URL}{cast.lab.pk}/").content.decode().split("<main")[1]
    with pytest.raises(Denied):
        actions.settings.configure(cast.gus, cast.den, team=None, **LEADS)


@pytest.mark.parametrize(
    "changed",
    [
        *({"name": ""}, {"name": "x" * 81}, {"name": "a\0b"}, {"team": "7"}, {"team": "x"}, {"files_by": "all"}),
        *({"sharing_by": ""}, {"storage_limit": "0"}, {"storage_limit": "9" * 30}, {"daily_messages": "-1"}),
        *({"daily_messages": "many"}, {"daily_messages": "9" * 30}),
    ],
)
def test_what_is_no_setting_is_answered_422_with_what_was_typed(cast, changed):
    for path in ("settings/", "settings/check/"):
        ask = console(cast.lena).get if "check" in path else console(cast.lena).post
        for hx in (False, True):
            answer = ask(_url(cast.den, path), _typed(**changed), hx=hx)
            assert answer.status_code == 422
            assert answer.context["form"].errors.keys() == changed.keys()
    assert Workspace.objects.get(pk=cast.den.pk).name == "Den"


def test_a_name_that_is_taken_comes_back_with_what_was_typed(cast):
    answer = console(cast.lena).post(_url(cast.den), _typed(name="Lab", daily_messages="7"))

    assert answer.status_code == 409
    assert "The name Lab is taken. Choose another." in answer.content.decode()
    assert 'value="7"' in answer.content.decode()
    with pytest.raises(Refused, match="The name Lab is taken"):
        actions.settings.configure(cast.lena, cast.den, team=None, **(LEADS | {"name": "Lab"}))


def test_what_a_change_gives_and_takes_is_said_before_it_is_saved(cast):
    for n in range(12):
        grants.give(make_member(cast.acme, f"P{n}"), "user", cast.den)
    Workspace.objects.filter(pk=cast.den.pk).update(stored_bytes=30_000_000)
    typed = _typed(name="Lounge", team=str(cast.search.pk), files_by="admins", mates_by="users", storage_limit="20")

    page = console(cast.lena).get(_url(cast.den, "settings/check/"), typed, hx=True).content.decode()

    assert "It is called Lounge" in page
    assert "13 people may no longer upload files. From then on: Its Admins." in page
    assert "13 people more may add mates. From then on: Its Admins and Users." in page
    assert "Up to 20 MB of files; 30.0 MB are used. No further file is taken then." in page
    assert 'name="files_by" value="admins"' in page
    assert Workspace.objects.get(pk=cast.den.pk).name == "Den"


def test_settings_that_somebody_else_saved_meanwhile_are_not_overwritten_unseen(cast):
    seen = console(cast.lena).get(_url(cast.den)).context["shown"].seen
    console(cast.olive).post(_url(cast.den), _typed(name="Attic", team=str(cast.search.pk)))

    for hx in (False, True):
        answer = console(cast.lena).post(_url(cast.den), _typed(name="Lounge", seen=seen), hx=hx)
        assert answer.status_code == 409
        assert "Olive renamed the workspace Den Attic." in answer.content.decode()
        assert 'value="Lounge"' in answer.content.decode()
    assert Workspace.objects.get(pk=cast.den.pk).name == "Attic"

    again = console(cast.lena).post(_url(cast.den), _typed(name="Lounge", seen=answer.context["shown"].seen))
    assert again.status_code == 303
    assert Workspace.objects.get(pk=cast.den.pk).name == "Lounge"


@pytest.mark.parametrize("seen", ["x", "-1", "9" * 30])
def test_a_place_in_the_log_that_is_none_is_answered_422(cast, seen):
    assert console(cast.lena).post(_url(cast.den), _typed(seen=seen)).status_code == 422


def test_no_door_of_support_but_the_lists_of_grants_and_no_file_knows_a_workspace(cast):
    known = {kind: door for kind, door in admin.site._registry.items() if kind._meta.app_label == "workspaces"}
    assert set(known) <= set(grants.tables())
    assert all(isinstance(door, ReadOnlyAdmin) for door in known.values())
    assert not [kind for kind in settings.JOBS if kind.startswith("workspaces")]


def test_links_that_are_out_are_named_before_they_open_nothing(cast):
    talk = make_conversation(cast.lena, cast.den)
    end = timezone.now() + timedelta(days=3)
    SharedLink.objects.create(org=cast.acme, conversation=talk, made_by=cast.lena, ends_at=end, digest="d")
    browser = console(cast.lena)

    cut = browser.get(_url(cast.den, "settings/check/"), _typed(sharing_by="nobody")).content.decode()
    kept = browser.get(_url(cast.den, "settings/check/"), _typed(sharing_by="users")).content.decode()

    assert "1 link that is out opens nothing while their makers may not share" in cut
    assert "opens nothing" not in kept
    assert (
        "1 link that is out opens nothing while it is archived."
        in browser.get(_url(cast.den, "archive/")).content.decode()
    )


def test_another_team_names_who_comes_in_and_who_goes(cast):
    page = (
        console(cast.olive).get(_url(cast.den, "settings/check/"), _typed(team=str(cast.ranking.pk))).content.decode()
    )

    assert "The leads of Ranking look after it and read everything in it: nobody yet." in page
    assert "The leads of Search no longer look after it, unless they are in it themselves: Lena." in page


def test_nobody_gives_a_workspace_to_a_team_that_they_lead_to_get_into_its_rooms(cast):
    hall = actions.rooms.create(cast.olive, cast.lab, name="Hall")
    actions.rooms.narrow(cast.olive, hall)
    grants.give(cast.anna, "lead", cast.ranking)
    lab = LEADS | {"name": "Lab"}

    with pytest.raises(Refused, match="You lead Ranking: this would let you into a room of Lab"):
        actions.settings.configure(again(cast.anna), cast.lab, team=cast.ranking, **lab)

    actions.rooms.set_role(cast.olive, hall, cast.anna, level="viewer")
    actions.settings.configure(again(cast.anna), cast.lab, team=cast.ranking, **lab)
    assert Workspace.objects.get(pk=cast.lab.pk).team == cast.ranking


def test_nobody_gives_a_private_workspace_to_a_team_that_they_lead_to_get_in(cast):
    grants.give(cast.anna, "lead", cast.ranking)
    cast.anna.org.save()

    with pytest.raises(Refused, match="You lead Ranking: this would let you into a private workspace"):
        actions.settings.configure(again(cast.anna), cast.den, team=cast.ranking, **LEADS)

    actions.settings.configure(cast.olive, cast.den, team=cast.ranking, **LEADS)
    assert Workspace.objects.get(pk=cast.den.pk).team == cast.ranking


def test_circles_hold_at_the_next_question(cast):
    assert check(cast.gus, Action.FILE_UPLOAD, cast.den)

    actions.settings.configure(cast.lena, cast.den, team=cast.search, **(LEADS | {"files_by": "admins"}))

    den = Workspace.objects.get(pk=cast.den.pk)
    answer = check(again(cast.gus), Action.FILE_UPLOAD, den)
    assert (answer.allowed, answer.reason) == (False, "Only Admins of the workspace may upload files there.")


# ---------------------------------------------------------------- the owner


def test_the_owner_hands_over_to_another_admin_and_may_leave_then(cast):
    actions.workspaces.give_role(cast.lena, cast.den, cast.mika, level="admin")

    answer = console(cast.lena).post(_url(cast.den, "owner/"), {"member": cast.mika.user.email})

    assert answer.status_code == 303
    assert Workspace.objects.get(pk=cast.den.pk).owner == cast.mika
    actions.workspaces.leave(cast.lena, Workspace.objects.get(pk=cast.den.pk))
    assert "Lena handed the workspace Den over from Lena to Mika." in _sentences()


def test_only_an_active_admin_of_it_who_is_no_guest_can_own_it(cast):
    actions.workspaces.give_role(cast.lena, cast.den, cast.mika, level="user")
    grants.give(cast.gus, "admin", cast.den)
    grants.give(cast.sam, "admin", cast.den)
    grants.give(cast.vera, "admin", cast.den)

    for member in (cast.mika, cast.gus, cast.sam, cast.vera, cast.anna):
        with pytest.raises(Refused, match="is no active Admin of Den"):
            actions.settings.hand_over(cast.olive, cast.den, member)
    for named in ("eve@umbrella.example", cast.rita.pk, "x", "\0"):
        assert console(cast.lena).post(_url(cast.den, "owner/"), {"member": named}).status_code == 422


def test_a_mere_admin_of_it_takes_it_from_nobody(cast):
    for member in (cast.mika, cast.gus):
        grants.give(member, "admin", cast.den)
    mika = again(cast.mika)
    mika.org.access_version += 1000

    with pytest.raises(Refused, match="Lena owns Den and hands it over, or an Owner or Admin of Acme does"):
        actions.settings.hand_over(mika, cast.den, cast.mika)

    actions.settings.hand_over(cast.adam, cast.den, cast.mika)
    assert Workspace.objects.get(pk=cast.den.pk).owner == cast.mika


# ---------------------------------------------------------------- visibility is no setting


@pytest.mark.both
def test_I5_no_form_of_the_settings_changes_the_visibility(cast):
    browser = console(cast.lena)
    for extra in ({"visibility": "public"}, {"visibility": "public", "id": "7", "owner": cast.olive.pk, "org": "7"}):
        browser.post(_url(cast.den), _typed(**extra))
        browser.get(_url(cast.den, "settings/check/"), _typed(**extra))
        for path in ("archive/", "reopen/", "owner/", "members/", "members/add/"):
            browser.post(_url(cast.den, path), {**extra, "member": cast.gus.pk, "role": "user", "emails": "x"})

    den = Workspace.objects.get(pk=cast.den.pk)
    assert (den.visibility, den.owner, den.org) == ("private", cast.lena, cast.acme)


@pytest.mark.parametrize(("name", "said"), [("lab", "Public for ever"), ("den", "Private for ever")])
def test_the_page_says_that_the_visibility_is_final(cast, name, said):
    page = console(cast.olive).get(_url(getattr(cast, name))).content.decode()

    assert said in page
    assert "can never be changed" in page
    assert 'name="visibility"' not in page


# ---------------------------------------------------------------- an admin who goes


def test_whoever_is_demoted_stops_setting_at_once(cast):
    grants.give(cast.mika, "admin", cast.den)
    members.set_role(cast.olive, cast.mika, role="viewer")

    assert console(cast.mika).post(_url(cast.den), _typed()).status_code == 403


def test_used_today_is_told_beside_the_limit(cast):
    soon = timezone.now() + timedelta(hours=1)
    Workspace.objects.filter(pk=cast.den.pk).update(messages_today=7, day_ends_at=soon, stored_bytes=1_500_000)

    page = console(cast.lena).get(_url(cast.den)).content.decode()

    assert "7 today." in page
    assert "1.5 MB are used." in page


def test_a_workspace_of_another_organization_has_no_settings_here(cast):
    lair = make_workspace(cast.eve, "Cave", visibility="public")
    for path in ("settings/", "settings/check/", "owner/", "archive/", "reopen/", "copy/"):
        assert console(cast.olive).get(_url(lair, path)).status_code == 404
