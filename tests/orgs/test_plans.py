"""What plans give: chosen by an Owner in Enterprise, in force at the next question, told in the audit log."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from orgs.access import Action, Denied, Refused, check, uses
from orgs.actions import plans
from orgs.actions.plans import set_cells
from orgs.models import AuditEntry, Feature, FeatureOverride, Organization
from orgs.queries import plans as queries
from orgs.queries import sentences
from orgs.subjects import of
from tests.cast import again
from tests.doors import console
from tests.orgs.crowd import make_crowd
from tests.orgs.worlds import NOW

URL = "/o/acme/plans/"
UPLOADS = ("essential", "file_uploads")


def cells(page):
    """The matrix as the page shows it: cell → yes or no."""
    parts = page.content.decode().split('data-cell="')[1:]
    return {part.partition('"')[0]: part.split('data-on="')[1].partition('"')[0] for part in parts}


def test_the_matrix_shows_every_feature_for_every_plan_and_how_many_are_on_it(cast):
    page = console(cast.olive).get(URL)

    shown = cells(page)
    assert len(shown) == 28
    assert (shown["essential.personal_chats"], shown["essential.file_uploads"]) == ("yes", "no")
    assert (shown["advanced.workspace_access"], shown["expert.create_workspaces"]) == ("yes", "yes")
    assert "3 members" in page.content.decode()  # on Expert


def test_a_script_saves_a_cell_and_the_page_and_the_engine_know_it_at_once(cast):
    before = check(again(cast.oscar), Action.FILE_UPLOAD)

    answer = console(cast.olive).post(URL, {"plan": "essential", "feature": "file_uploads", "enabled": "true"})

    assert answer.status_code == 303
    assert (before.allowed, check(again(cast.oscar), Action.FILE_UPLOAD).allowed) == (False, True)
    assert cells(console(cast.olive).get(URL))["essential.file_uploads"] == "yes"


@pytest.mark.parametrize("word", ["true", "1", "on", "yes", "True"])
def test_yes_has_many_words(cast, word):
    console(cast.olive).post(URL, {"plan": "essential", "feature": "file_uploads", "enabled": word})

    assert FeatureOverride.objects.get().enabled is True


def test_A14_a_feature_that_is_taken_from_a_plan_is_refused_at_every_door(cast):
    set_cells(
        cast.olive, cast.acme, cells={("expert", "create_workspaces"): False, ("advanced", "workspace_access"): False}
    )

    assert console(cast.lena).get("/o/acme/workspaces/new/").status_code == 403
    assert console(cast.lena).post("/o/acme/workspaces/", {"name": "x", "visibility": "private"}).status_code == 403
    assert not check(again(cast.mika), Action.WORKSPACE_JOIN, cast.lab)
    assert not uses(of(again(cast.lena)), Feature.CREATE_WORKSPACES, NOW)
    assert console(cast.mika).post(f"/o/acme/workspaces/{cast.lab.pk}/join/").status_code == 404


def test_what_is_as_it_comes_is_no_choice(cast):
    set_cells(cast.olive, cast.acme, cells={UPLOADS: True})
    set_cells(cast.olive, cast.acme, cells={UPLOADS: False})

    assert not FeatureOverride.objects.exists()
    assert AuditEntry.objects.filter(action="plans.edit").count() == 2


def test_saving_what_is_so_already_leaves_no_entry_and_keeps_what_is_compiled(cast):
    version = Organization.objects.get(pk=cast.acme.pk).access_version

    set_cells(cast.olive, cast.acme, cells={UPLOADS: False})

    assert not AuditEntry.objects.exists()
    assert Organization.objects.get(pk=cast.acme.pk).access_version == version


def test_the_log_names_the_cell_with_what_stood_there_before(cast):
    set_cells(cast.olive, cast.acme, cells={UPLOADS: True})

    entry = AuditEntry.objects.get(action="plans.edit")
    assert (entry.before, entry.after) == ({"essential.file_uploads": False}, {"essential.file_uploads": True})
    assert sentences.sentence(entry) == "Olive turned on Essential: File uploads."
    page = console(cast.adam).get(URL).content.decode()
    assert "Olive turned on Essential: File uploads." in page
    assert f"/o/acme/audit/{entry.pk}/" in page


def test_undo_puts_the_cell_back(cast):
    browser = console(cast.olive)
    answer = browser.post(
        URL, {"plan": "essential", "feature": "file_uploads", "enabled": "on"}, hx=True
    ).content.decode()

    assert 'name="cell" value="essential.file_uploads.0"' in answer
    browser.post(URL, {"cell": "essential.file_uploads.0"}, hx=True)
    assert not FeatureOverride.objects.exists()


def test_all_cells_go_back_to_the_default_at_once_and_can_be_had_again(cast):
    chosen = {UPLOADS: True, ("expert", "manage_tools"): False}
    set_cells(cast.olive, cast.acme, cells=chosen)
    browser = console(cast.olive)

    panel = browser.get(
        f"{URL}change/?cell=essential.file_uploads.0&cell=expert.manage_tools.1", hx=True
    ).content.decode()
    answer = browser.post(
        URL, {"cell": ["essential.file_uploads.0", "expert.manage_tools.1"]}, hx=True
    ).content.decode()

    assert "Set all back to the default" in panel
    assert "change/?cell=essential.file_uploads.0&amp;cell=expert.manage_tools.1" in cellsource(cast, chosen)
    assert 'value="essential.file_uploads.1"' in answer
    assert 'value="expert.manage_tools.0"' in answer
    assert not FeatureOverride.objects.exists()


def cellsource(cast, chosen):
    set_cells(cast.olive, cast.acme, cells=chosen)
    page = console(cast.olive).get(URL).content.decode()
    set_cells(cast.olive, cast.acme, cells={cell: not on for cell, on in chosen.items()})
    return page


def test_the_panel_names_who_gains_and_leaves_out_whom_a_role_keeps_from_it(cast):
    make_crowd(cast.acme, 7, plan="essential")
    panel = console(cast.olive).get(f"{URL}change/?plan=essential&feature=file_uploads&enabled=true", hx=True)

    text = panel.content.decode()
    assert "9 members on Essential gain file uploads:" in text
    assert "Adam, Bea 00000, Bea 00001, Bea 00002, Bea 00003 and 4 more" in " ".join(text.split())
    assert "Give Essential file uploads" in text
    assert f"{URL}export/?cell=essential.file_uploads.1" in text


def test_the_panel_names_who_loses_and_warns_where_a_higher_tier_becomes_poorer(cast):
    text = console(cast.olive).get(f"{URL}change/?plan=expert&feature=file_uploads&enabled=0", hx=True).content.decode()

    assert "3 members on Expert lose file uploads:" in text
    assert "Anna, Lena, Olive" in text
    assert "Expert gives less than Advanced: no file uploads." in text
    assert "Take file uploads from Expert" in text


def test_viewers_and_guests_are_named_as_not_touched(cast):
    effect = queries.change(cast.olive, {("standard", "file_uploads"): False}).effects[0]
    rooms = queries.change(cast.olive, {("advanced", "create_workspaces"): True}).effects[0]

    assert (effect.count, effect.untouched) == (0, 1)  # Vera is a Viewer
    assert (rooms.names, rooms.untouched) == (("Mika", "Sam"), 1)  # Gus is a guest


def test_everybody_touched_comes_as_a_file_that_leaves_an_entry(cast):
    answer = console(cast.olive).get(f"{URL}export/?plan=expert&feature=manage_tools&enabled=false")

    lines = b"".join(answer.streaming_content).decode().splitlines()
    assert lines[0] == "member,name,email,role,plan,feature,effect"
    assert [line.split(",", 1)[1] for line in lines[1:]] == [
        "Anna,anna@acme.example,admin,expert,manage_tools,loses",
        "Lena,lena@acme.example,user,expert,manage_tools,loses",
        "Olive,olive@acme.example,owner,expert,manage_tools,loses",
    ]
    assert AuditEntry.objects.filter(action="member.export").count() == 1


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"plan": "gold", "feature": "file_uploads", "enabled": "1"},
        {"plan": "expert", "feature": "flying", "enabled": "1"},
        {"plan": "expert", "feature": "file_uploads"},
        {"plan": "expert", "feature": "file_uploads", "enabled": "maybe"},
        {"cell": "expert"},
        {"cell": ["expert.file_uploads.1", "x" * 5000]},
        {"plan": "expert\0", "feature": "file_uploads", "enabled": "1"},
    ],
)
def test_what_names_no_cell_changes_nothing(cast, sent):
    for hx in (True, False):
        assert console(cast.olive).post(URL, sent, hx=hx).status_code == 422
        assert console(cast.olive).get(f"{URL}change/", sent, hx=hx).status_code == 422
    assert not FeatureOverride.objects.exists()


def test_an_admin_reads_the_matrix_and_finds_it_locked(cast):
    page = console(cast.adam).get(URL).content.decode()

    assert "Only an Owner chooses what a plan gives." in page
    assert "plans/change/?" not in page
    with pytest.raises(Denied):
        set_cells(cast.adam, cast.acme, cells={UPLOADS: True})


def test_another_edition_has_its_plans_as_they_come_and_keeps_what_was_chosen_for_later(cast):
    set_cells(cast.olive, cast.acme, cells={UPLOADS: True})
    Organization.objects.filter(pk=cast.acme.pk).update(edition="business")
    browser = console(cast.olive)

    page = browser.get(URL)
    answer = browser.post(URL, {"plan": "standard", "feature": "manage_tools", "enabled": "1"})

    assert cells(page)["essential.file_uploads"] == "no"
    assert "Acme is on the Business edition. Only Enterprise chooses what each plan gives." in page.content.decode()
    assert "1 cell that was changed before waits for that day." in page.content.decode()
    assert answer.status_code == 409
    with pytest.raises(Refused):
        plans.set_cells(cast.olive, cast.acme, cells={UPLOADS: False})
    assert FeatureOverride.objects.count() == 1


def test_the_page_costs_as_many_queries_for_many_as_for_few(cast):
    browser, counts = console(cast.olive), []
    browser.get(URL)

    for size in (0, 40):
        make_crowd(cast.acme, size, plan="expert")
        with CaptureQueriesContext(connection) as asked:
            browser.get(URL)
        counts.append(len(asked))

    assert counts[0] == counts[1]
