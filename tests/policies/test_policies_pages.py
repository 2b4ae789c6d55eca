"""The pages on which a policy is written: every part of it, both texts where two write, whatever is typed."""

import json
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from policies.models import PolicyDraft, PolicyVersion
from tests.cast import make_member
from tests.doors import console
from tests.policies.writing import LEADERS, OPEN, catalogue, draft, publish, without_draft

HOME = "/o/acme/policies/"
ORG = f"{HOME}organization/"


@pytest.fixture(autouse=True)
def _models(cast):
    catalogue(cast.acme)


@pytest.fixture
def olive(cast):
    return console(cast.olive)


def stored():
    return PolicyDraft.objects.get().document


def test_until_a_first_version_every_page_says_that_policy_refuses_nothing(cast, olive):
    draft(cast.adam, LEADERS)
    pages = ["", "grid/", "groups/", "groups/leaders/", "use-cases/", "monitoring/", "json/", "versions/"]

    assert all("policy refuses nothing" in olive.get(f"{ORG}{page}").text for page in pages)

    publish(cast.adam, OPEN)
    assert not any("policy refuses nothing" in olive.get(f"{ORG}{page}").text for page in pages if "/l" not in page)


def test_the_grid_is_ticked_and_saved_and_keeps_what_it_did_not_show(cast, olive):
    draft(cast.adam, LEADERS)

    sent = {"revision": 1, "row": ["general_staff"], "cell": ["general_staff.fast", "general_staff.basic"]}
    assert olive.post(f"{ORG}grid/", sent).status_code == 303

    assert stored()["allowed_models"] == {"general_staff": ["basic", "fast"], "leaders": ["deep"]}


def test_a_whole_row_and_a_whole_column_are_ticked_at_once_and_saved_only_then(cast, olive):
    draft(cast.adam, LEADERS)
    sent = {"revision": 1, "row": ["general_staff", "leaders"], "cell": ["general_staff.basic"]}

    def ticked(fill):
        page = olive.post(f"{ORG}grid/", sent | {"fill": fill})
        assert page.status_code == 200
        return re.findall(r'value="([a-z_]+\.[a-z]+)" checked', page.text)

    assert ticked("row:leaders") == ["general_staff.basic", "leaders.basic", "leaders.deep", "leaders.fast"]
    assert ticked("column:basic") == ["general_staff.basic", "leaders.basic"]
    sent["cell"] = ["general_staff.basic", "leaders.basic"]
    assert ticked("column:basic") == []
    assert stored() == LEADERS


def test_a_cell_of_no_model_is_told_by_its_group(olive):
    page = olive.post(f"{ORG}grid/", {"revision": 0, "row": "general_staff", "cell": "general_staff.bassic"})

    assert page.status_code == 422
    assert "Models of general_staff: Unknown model &quot;bassic&quot;; did you mean &quot;basic&quot;?" in page.text
    assert not PolicyDraft.objects.exists()


def test_a_group_is_made_by_rule_with_its_people_counted(cast, olive):
    rule = {"name": "searchers", "teams": [cast.search.pk], "members": "gus@elsewhere.example", "exclusive": "on"}

    counted = olive.get(f"{ORG}new-group/count/", {**rule, "name": ""}, hx=True)
    assert olive.post(f"{ORG}new-group/", {**rule, "revision": 0}).status_code == 303

    assert "Gus, Lena, Mika" in counted.text
    assert stored()["groups"] == {
        "searchers": {"teams": [cast.search.pk], "members": [cast.gus.pk], "exclusive": True},
    }
    shown = olive.get(f"{ORG}groups/searchers/")
    assert "gus@elsewhere.example" in shown.text
    olive.post(f"{ORG}groups/searchers/remove/", {"revision": 1})
    assert stored()["groups"] == {}


@pytest.mark.parametrize("group", ["x y", "nobody", "general_staff", "\0"])
def test_nobody_is_counted_for_a_group_that_has_no_rule(cast, olive, group):
    draft(cast.adam, LEADERS)

    assert olive.get(f"{ORG}new-group/count/", {"group": group}).status_code == 404
    assert olive.get(f"{ORG}new-group/count/", {"group": "leaders", "leads": "on"}).status_code == 200


def test_a_use_case_is_described_changed_and_taken_out(olive):
    sent = {"id": "private", "effect": "approve", "description": "Not work", "phrases": "my holiday\n\nmy tax"}
    olive.post(f"{ORG}new-use-case/", {**sent, "revision": 0, "restricted": "on"})
    assert stored()["restricted_use_cases"] == ["private"]
    described = {"description": "Not work", "effect": "approve", "phrases": ["my holiday", "my tax"]}
    assert stored()["use_cases"] == {"private": described}

    olive.post(f"{ORG}use-cases/private/", {"revision": 1, "effect": "flag", "description": "", "phrases": ""})
    assert stored()["restricted_use_cases"] == []

    olive.post(f"{ORG}use-cases/private/remove/", {"revision": 2})
    assert stored()["use_cases"] == {}


def test_the_monitoring_level_is_chosen_and_a_department_has_none(cast, olive):
    olive.post(f"{ORG}monitoring/", {"revision": 0, "monitoring_level": "full", "unknown_models": "allowed"})
    assert (stored()["monitoring_level"], stored()["unknown_models"]) == ("full", "allowed")

    page = olive.get(f"{HOME}{cast.research.pk}/monitoring/")
    assert 'name="monitoring_level"' not in page.text


def test_json_is_saved_and_comes_back_and_a_wrong_one_keeps_its_text(cast, olive):
    whole = {"ai_usage_policy": LEADERS}
    assert olive.post(f"{ORG}json/", {"revision": 0, "document": json.dumps(whole)}).status_code == 303
    assert stored() == LEADERS

    wrong = olive.post(f"{ORG}json/", {"revision": 1, "document": '{"ai_usage_policy": {"allowed_models":\n oops'})
    assert wrong.status_code == 422
    assert "Line 2, column 2" in wrong.text
    assert "oops</textarea>" in wrong.text


def test_two_who_write_are_told_of_each_other_and_both_texts_are_kept(cast, olive):
    draft(cast.olive, OPEN)
    draft(cast.adam, LEADERS)
    mine = json.dumps({"ai_usage_policy": OPEN | {"monitoring_level": "full"}})

    told = olive.post(f"{ORG}json/", {"revision": 1, "document": mine})

    assert told.status_code == 409
    assert "Adam saved the draft" in told.text
    assert "The monitoring level is full (before: standard)." in told.text
    assert "&quot;leaders&quot;" in told.text
    assert "&quot;full&quot;" in told.text
    assert stored() == LEADERS
    assert 'name="revision" value="2"' in told.text
    olive.post(f"{ORG}json/", {"revision": 2, "document": mine})
    assert stored()["monitoring_level"] == "full"


def test_a_policy_begins_as_a_template(cast, olive):
    assert olive.post(f"{ORG}begin/", {"start": "standard"}).status_code == 303
    assert stored()["allowed_models"] == {"general_staff": ["basic", "deep"], "leadership": ["basic", "deep", "fast"]}

    assert olive.post(f"{ORG}begin/", {"start": "open"}).status_code == 409
    assert olive.post(f"{ORG}begin/", {"start": "strict", "revision": 1}).status_code == 303
    assert stored()["monitoring_level"] == "full"
    assert olive.post(f"{ORG}begin/", {"start": "loose"}).status_code == 422


def test_publishing_shows_who_loses_what_and_offers_the_way_back(cast, olive):
    publish(cast.adam, OPEN)
    saved = draft(cast.adam, LEADERS)

    panel = olive.get(f"{ORG}publish/", hx=True)
    assert "fast is lost by" in panel.text
    assert "7 people (Adam, Anna, Gus, Lena, Mika and 2 more) (and 1 suspended)" in panel.text
    done = olive.post(f"{ORG}publish/", {"revision": saved.revision, "note": "Leaders first"}, hx=True)

    assert "Version 2 is in force. 7 people lost deep and fast." in done.text
    assert f'<a href="{ORG}versions/1/">Restore version 1</a>' in done.text
    back = re.search(r'name="revision" value="(\d+)"', olive.get(f"{ORG}versions/1/").text)[1]
    olive.post(f"{ORG}begin/", {"start": "version:1", "revision": back})
    assert stored() == OPEN
    assert PolicyDraft.objects.get().based_on == 1


def test_everybody_who_gains_or_loses_is_in_the_file(cast, olive):
    draft(cast.adam, LEADERS)

    lines = b"".join(olive.get(f"{ORG}publish/people/").streaming_content).decode().splitlines()

    assert lines[0] == "member,name,email,role,department,team,gains,loses,left with,status"
    assert f"{cast.lena.pk},Lena,lena@acme.example,user,Research,Search,,fast,basic deep,active" in lines
    assert len(lines) == 9


def test_a_version_is_read_compared_and_restored_without_models_that_are_gone(cast, olive):
    publish(cast.adam, LEADERS)
    publish(cast.adam, OPEN)
    cast.acme.catalogue.filter(name="deep").delete()

    assert "leaders gains deep." in olive.get(f"{ORG}versions/1/").text
    compared = olive.get(f"{ORG}compare/?a=1&b=2").text
    assert "general_staff gains deep and fast." in compared
    assert "leaders loses deep." in compared
    assert olive.get(f"{ORG}compare/?a=1&b=0").status_code == 404
    sent = {"start": "version:1", "revision": without_draft(cast.acme)}
    told = olive.post(f"{ORG}begin/", sent, follow=True)
    assert "No longer in the catalogue and left out: deep." in told.text
    assert stored()["allowed_models"] == {"general_staff": ["basic"], "leaders": []}


def test_a_department_begins_as_the_organization_and_is_told_what_it_cuts(cast, olive):
    publish(cast.adam, LEADERS)
    here = f"{HOME}{cast.research.pk}/"

    olive.post(f"{here}begin/", {"start": "organization"})
    sent = {"revision": 1, "row": ["general_staff", "leaders"], "cell": ["general_staff.fast"]}
    olive.post(f"{here}grid/", sent)

    first = olive.get(here).text
    assert "What this policy cuts" in first
    assert "Lena, Mika" in first
    assert olive.get(f"{here}grid/").text.count("has no effect") > 0


def test_the_draft_is_thrown_away(cast, olive):
    publish(cast.adam, OPEN)
    saved = draft(cast.adam, LEADERS)

    assert "leaders gains deep." in olive.get(f"{ORG}discard/", hx=True).text
    assert olive.post(f"{ORG}discard/", {"revision": saved.revision}).status_code == 303
    assert not PolicyDraft.objects.exists()


def test_after_a_first_draft_is_thrown_away_another_begins_from_the_page(cast, olive):
    saved = draft(cast.adam, LEADERS)
    olive.post(f"{ORG}discard/", {"revision": saved.revision})

    read = re.search(r'name="revision" value="(\d+)"', olive.get(ORG).text)[1]
    assert olive.post(f"{ORG}begin/", {"start": "strict", "revision": read}).status_code == 303


def test_versions_come_fifty_at_a_time(cast, olive):
    PolicyVersion.objects.bulk_create(
        PolicyVersion(org=cast.acme, number=number, document=OPEN, author_name="Adam") for number in range(1, 61)
    )

    first = olive.get(f"{ORG}versions/")
    assert "Version 60" in first.text
    assert "Version 10<" not in first.text
    following = olive.get(f"{ORG}versions/?before=11")
    assert "Version 10<" in following.text
    assert "Version 11<" not in following.text
    assert "Version 11<" in olive.get(f"{ORG}versions/?after=10").text


@pytest.mark.parametrize("page", ["", "grid/", "groups/", "groups/leaders/people/", "publish/", "versions/"])
def test_pages_cost_as_many_queries_at_any_size(cast, olive, page):
    publish(cast.adam, LEADERS)
    draft(cast.adam, OPEN)
    olive.get(ORG)

    def cost():
        with CaptureQueriesContext(connection) as told:
            assert olive.get(f"{ORG}{page}").status_code == 200
        return len(told)

    few = cost()
    for number in range(60):
        make_member(cast.acme, f"Person {number}", department=cast.research, role="admin" if number % 2 else "user")
    groups = {f"group-{number}": {"teams": [cast.search.pk]} for number in range(30)}
    more = {"allowed_models": OPEN["allowed_models"] | {group: ["basic"] for group in groups}, "groups": groups}
    publish(cast.adam, LEADERS | more | {"groups": LEADERS["groups"] | groups})
    draft(cast.adam, OPEN | more)
    olive.get(ORG)  # what every page asks once after a change

    assert cost() == few


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    key=st.sampled_from(["allowed_models", "groups", "use_cases", "restricted_use_cases", "x"]),
    value=values,
    text=st.none() | st.text(max_size=40) | st.sampled_from(["[" * 5000, '{"a":' * 2000, '"\\ud800"', "1" * 5000]),
    revision=st.sampled_from(["0", "", "-1", "1e9", "999999999999", "\0"]),
)
def test_whatever_is_typed_as_json_is_answered(cast, olive, key, value, text, revision):
    whole = {"ai_usage_policy": OPEN | {key: value, "groups": {"g": value}}}
    sent = {"revision": revision, "document": json.dumps(whole) if text is None else text}

    assert olive.post(f"{ORG}json/", sent).status_code in (303, 409, 422)
