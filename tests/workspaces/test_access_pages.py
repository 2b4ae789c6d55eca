"""The permission calculator: the whole trace in sentences, what would change it, and nothing that is not theirs."""

import re
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from orgs import grants
from orgs.actions import members
from tests.cast import make_member, make_workspace
from tests.doors import console
from tests.workspaces.explaining import URL, ask, changes, trace
from tests.workspaces.mates import mates_and_tools

pytestmark = pytest.mark.django_db


# ---------------------------------------------------------------- the answer


def test_the_whole_trace_is_told_with_the_step_that_decided(cast):
    page = ask(cast.adam, who=cast.mika.pk, action="message.send", on=f"workspace:{cast.lab.pk}")

    assert "May Mika send a message?" in page
    assert "Workspace Lab" in page
    assert "<strong>No.</strong> Neither a role nor a grant lets Mika send a message." in page
    assert trace(page) == [("Plan", "passes", False), ("Role and grants", "refuses", True)]
    assert "#default/message.send" in page
    assert "rules have nothing to say" in page


def test_everybody_explains_themselves_in_the_second_person_and_can_ask_for_it(cast):
    page = ask(cast.mika, action="tool.create", on="organization")

    assert "May you connect a tool?" in page
    assert "Advanced does not include manage tools." in page
    assert changes(page) == ["An Owner or Admin can give you the plan Expert. Not yours to change."]
    assert "/o/acme/requests/new/?kind=plan&wanted=expert" in page


def test_a_feature_of_the_plans_is_asked_about_as_well(cast):
    page = ask(cast.adam, who=cast.mika.pk, action="create_mates")

    assert "Advanced does not include create mates." in page
    assert "May Mika create mates?" in page


@pytest.mark.parametrize(
    ("who", "path", "fields"),
    [
        ("mika", "teams/", None),
        ("mika", "keys/", None),
        ("mika", "workspaces/{lab}/settings/", None),
        ("adam", "members/{olive}/suspend/", {"reason": "gone"}),
        ("adam", "billing/", None),
        ("lena", "workspaces/{lab}/archive/", {}),
        ("vera", "mates/new/", {}),
    ],
)
def test_a_refusal_leads_to_its_explanation(cast, who, path, fields):
    browser, url = console(getattr(cast, who)), f"/o/acme/{path.format(lab=cast.lab.pk, olive=cast.olive.pk)}"

    for hx in (False, True):
        refused = browser.get(url, hx=hx) if fields is None else browser.post(url, fields, hx=hx)
        assert refused.status_code == 403
        explained = re.search(r'href="([^"]+)">Explain</a>', refused.text)
        assert "<strong>No.</strong>" in browser.get(unescape(explained.group(1))).text


# ---------------------------------------------------------------- beside a colleague


def test_a_colleague_for_whom_it_works_differs_in_the_layers_that_are_told(cast):
    grants.give(cast.lena, "user", cast.lab)
    members.set_plan(cast.olive, cast.mika, plan="standard")
    said = {"who": cast.mika.pk, "action": "message.send", "on": f"workspace:{cast.lab.pk}", "with": cast.lena.pk}

    page = ask(cast.olive, **said).partition('id="compare"')[2]

    rows = re.findall(r'<th scope="row">(.*?)</th>', page)
    assert rows == ["Plan", "Role and grants", "What they were given"]
    assert "Mika: no" in page
    assert "Lena: yes" in page
    assert "Standard does not include workspace access." in page
    assert "Has nothing to say" in page
    assert "Lena is a User of the workspace." in page


def test_a_lead_compares_members_of_their_team_alone(cast):
    said = {"who": cast.mika.pk, "action": "message.send", "on": f"workspace:{cast.den.pk}"}
    nora = make_member(cast.acme, "Nora", team=cast.search, department=cast.research)

    assert console(cast.lena).get(URL, said | {"with": nora.pk}).status_code == 200
    assert console(cast.lena).get(URL, said | {"with": cast.vera.pk}).status_code == 404
    offered = ask(cast.lena, **said, find="with")
    assert f"with={nora.pk}" in offered
    assert f"with={cast.vera.pk}" not in offered


# ---------------------------------------------------------------- what it costs


def test_a_question_costs_the_same_queries_at_any_size(cast):
    mates_and_tools(cast)
    browser = console(cast.adam)
    said = {"who": cast.mika.pk, "action": "message.send", "on": f"workspace:{cast.den.pk}", "find": "with"}

    def asked():
        browser.get(URL, said)
        with CaptureQueriesContext(connection) as found:
            assert browser.get(URL, said).status_code == 200
        return len(found)

    few = asked()
    for n in range(30):
        make_member(cast.acme, f"Crowd {n}", team=cast.search, department=cast.research)
        make_workspace(cast.olive, f"Place {n}", visibility="public")

    assert asked() == few
