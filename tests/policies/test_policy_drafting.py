"""What whoever writes a policy is told on the way: groups without models, what differs, who loses, changed lines."""

import json
import re
from datetime import timedelta

import pytest
from django.utils import timezone

from policies import actions
from policies.models import WHOLE, PolicyDraft, PolicyInForce
from tests.cast import make_member
from tests.doors import console
from tests.policies.writing import LEADERS, OPEN, catalogue, draft, publish

ORG = "/o/acme/policies/organization/"


@pytest.fixture(autouse=True)
def _models(cast):
    catalogue(cast.acme)


@pytest.fixture
def olive(cast):
    return console(cast.olive)


def test_a_new_group_goes_on_to_its_row_of_the_grid_and_publishing_names_it_while_it_has_no_model(cast, olive):
    row = f"{ORG}grid/?group=sales_people#row-sales_people"

    made = olive.post(f"{ORG}new-group/", {"name": "sales_people", "leads": "on", "exclusive": "on", "revision": 0})
    grid, panel = olive.get(row), olive.get(f"{ORG}publish/", hx=True)

    assert made["Location"] == row
    assert 'id="row-sales_people"' in grid.text
    assert "sales_people names no model yet" in grid.text
    assert (
        f'<a href="{row}">sales_people</a> gives its 1 person no model, and replaces their other groups.' in panel.text
    )
    olive.post(f"{ORG}grid/", {"revision": 1, "row": "sales_people", "cell": "sales_people.deep"})
    assert "sales_people</a> gives" not in olive.get(f"{ORG}publish/", hx=True).text


def test_a_group_that_takes_nothing_away_is_said_to_give_nothing(cast, olive):
    draft(cast.adam, {**LEADERS, "allowed_models": {"general_staff": ["basic"], "leaders": []}})

    page = olive.get(f"{ORG}publish/").text

    assert "leaders</a> gives its 3 people no model." in page
    assert 'id="side"' in page  # a page like any other


def test_every_cell_of_the_grid_knows_what_is_in_force_and_saving_says_how_many_lose(cast, olive):
    publish(cast.adam, OPEN)
    saved = olive.post(
        f"{ORG}grid/", {"revision": 2, "row": "general_staff", "cell": "general_staff.basic"}, follow=True
    )

    assert re.search(r"The draft is saved. \d+ people would lose a model.", saved.text)
    assert len(re.findall("tick-cell was-on", saved.text)) == 3


def test_what_is_previewed_is_what_is_on_the_screen_for_the_way_there_saves_it(cast, olive):
    publish(cast.adam, OPEN)
    saved = draft(cast.adam, LEADERS)
    asked = {"revision": saved.revision, "row": "leaders", "next": "publish"}
    assert "Save, see what it would change, and publish it…" in olive.get(f"{ORG}grid/").text

    page = olive.post(f"{ORG}grid/", asked | {"cell": ["leaders.fast"]}, follow=True)

    assert page.request["PATH_INFO"] == f"{ORG}publish/"
    assert "deep is lost by" in page.text
    assert PolicyDraft.objects.get().document["allowed_models"]["leaders"] == ["fast"]


def test_a_row_that_is_filled_knows_which_of_its_ticks_are_not_saved(cast, olive):
    draft(cast.adam, LEADERS)
    sent = {"revision": 1, "row": ["leaders"], "cell": ["leaders.deep"], "fill": "row:leaders"}

    filled = olive.post(f"{ORG}grid/", sent).text

    assert re.findall(r'value="([a-z_.]+)" checked data-saved="off"', filled) == ["leaders.basic", "leaders.fast"]
    assert "data-saved" not in olive.get(f"{ORG}grid/").text


def test_a_model_that_the_organization_does_not_allow_is_gained_by_nobody_in_a_department(cast, olive):
    publish(cast.adam, LEADERS)
    here = f"/o/acme/policies/{cast.research.pk}/"
    cut = {**LEADERS, "allowed_models": {"general_staff": ["fast"], "leaders": ["deep"]}}

    saved = olive.post(f"{here}json/", {"revision": 0, "document": json.dumps({"ai_usage_policy": cut})}, follow=True)
    told = "fast is not allowed to general_staff by the organization: nobody gains it."

    assert re.search(r"The draft is saved. \d (person|people) would lose a model.", saved.text)
    for page in ("", "publish/"):
        text = olive.get(f"{here}{page}").text
        assert told in text
        assert "general_staff gains" not in text


def test_where_more_than_ten_lose_a_model_the_name_is_typed_before_it_counts(cast, olive):
    publish(cast.adam, OPEN)
    sent = {"revision": draft(cast.adam, LEADERS).revision}
    for number in range(5):
        make_member(cast.acme, f"Person {number}")

    assert "Type Acme to take a model from 1" in olive.get(f"{ORG}publish/", hx=True).text
    for typed in ({}, {"typed": "acme"}):
        assert olive.post(f"{ORG}publish/", sent | typed).status_code == 422
    told = olive.post(f"{ORG}publish/", sent | {"typed": "Acme"}, follow=True).text

    assert re.search(r"Version 2 is in force\. 1\d people lost deep and fast\.", told)


def test_so_it_is_before_what_ran_report_only_counts(cast, olive):
    publish(cast.adam, OPEN)
    saved = draft(cast.adam, LEADERS)
    until = timezone.now() + timedelta(days=3)
    actions.trials.begin(cast.adam, cast.acme, WHOLE, revision=saved.revision, until=until)
    for number in range(5):
        make_member(cast.acme, f"Person {number}")

    assert "Type Acme to take a model from 1" in olive.get(f"{ORG}report-only/enforce/", hx=True).text
    assert olive.post(f"{ORG}report-only/enforce/").status_code == 422
    told = olive.post(f"{ORG}report-only/enforce/", {"typed": "Acme"}, follow=True).text

    assert "Restore version 1" in told
    assert PolicyInForce.objects.get().version.number == 2


def test_a_model_that_is_put_back_leaves_the_draft_as_what_is_in_force(cast, olive):
    publish(cast.adam, {**OPEN, "allowed_models": {"general_staff": ["fast", "basic", "deep"]}})
    sent = {"row": "general_staff"}

    olive.post(f"{ORG}grid/", sent | {"revision": 2, "cell": ["general_staff.fast"]})
    back = [f"general_staff.{model}" for model in ("deep", "fast", "basic")]
    olive.post(f"{ORG}grid/", sent | {"revision": 3, "cell": back})

    assert PolicyDraft.objects.get().document["allowed_models"] == {"general_staff": ["fast", "basic", "deep"]}
    assert "It says what is in force already." in olive.get(ORG).text


def test_what_is_in_force_is_compared_with_the_draft_in_the_lines_that_differ_alone(cast, olive):
    many = {f"group-{number}": {"teams": [cast.search.pk]} for number in range(9)}
    before = {**OPEN, "groups": many, "allowed_models": {"general_staff": ["fast", "deep", "basic"]}}
    publish(cast.adam, before)
    turned = {"general_staff": ["basic", "deep", "fast"]}
    draft(cast.adam, {**before, "monitoring_level": "full", "allowed_models": turned})

    page = olive.get(f"{ORG}compare/").text

    assert '<option value="1" selected>' in page
    assert "The monitoring level is full (before: standard)." in page
    assert re.findall(r"<(del|ins)>", page) == ["del", "ins"]
    assert "group-8" not in page
    assert page.count("⋯") == 2


def test_a_draft_that_says_the_same_already_stays_whose_it_was(cast, olive):
    saved = draft(cast.adam, LEADERS)

    olive.post(f"{ORG}json/", {"revision": saved.revision, "document": json.dumps({"ai_usage_policy": LEADERS})})

    assert (PolicyDraft.objects.get().edited_by, PolicyDraft.objects.get().revision) == (cast.adam, saved.revision)


def test_two_versions_beside_each_other_mark_the_lines_that_differ(cast, olive):
    publish(cast.adam, OPEN)
    publish(cast.adam, {**OPEN, "monitoring_level": "full"})

    page = olive.get(f"{ORG}compare/?a=1&b=2").text

    marked = re.findall(r"<(del|ins)><b[^>]*>.</b>(.*?)</", page)
    assert [(kind, line.strip()) for kind, line in marked] == [
        ("del", "&quot;monitoring_level&quot;: &quot;standard&quot;"),
        ("ins", "&quot;monitoring_level&quot;: &quot;full&quot;"),
    ]
