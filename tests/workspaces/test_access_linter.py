"""What is set up against itself: found, named, and led to its repair."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from orgs.models import Department, Member
from policies.actions import rollouts as deeds
from policies.models import PolicyInForce, PolicyVersion, UseCaseException
from tests.cast import make_member
from tests.doors import console
from tests.governing import make_model, make_policy
from tests.policies.rolling import of_model, running
from tests.workspaces.linting import LINTER, MODELS, assert_leads_to_its_repair, found, now, text_of
from workspaces.queries.access import linter

pytestmark = pytest.mark.django_db


def test_an_organization_in_order_has_no_finding(cast):
    assert found(cast) == []
    page = text_of(console(cast.adam).get(LINTER))
    assert "Nothing contradicts itself" in page
    assert "More than one active Owner" in page


def astray(cast):
    other = Department.objects.create(org=cast.acme, name="Sales")
    Member.objects.filter(pk=cast.mika.pk).update(department=other)
    return "1 member is in a team outside their department.", ["Mika"]


def nowhere(cast):
    Member.objects.filter(pk=cast.mika.pk).update(department=None)
    return "1 member is in a team outside their department.", ["Mika"]


def leads(cast):
    Member.objects.filter(pk=cast.lena.pk).update(plan="standard")
    return "1 lead has a plan that opens no workspace.", ["Lena"]


def viewer(cast):
    Member.objects.filter(pk=cast.vera.pk).update(plan="essential")
    return "1 Viewer is on Essential, and can use none of it.", ["Vera"]


def guest(cast):
    Member.objects.filter(pk=cast.gus.pk).update(ends_at=timezone.now() - timedelta(days=1))
    return "1 guest is past their last day and still holds a seat.", ["Gus"]


def owner(cast):
    Member.objects.filter(pk=cast.oscar.pk).update(suspended_at=timezone.now())
    return "Olive is the only active Owner.", ["Olive"]


@pytest.mark.parametrize("wrong", [astray, nowhere, leads, viewer, guest, owner])
def test_what_contradicts_itself_is_found_named_and_led_to_its_repair(cast, wrong):
    title, names = wrong(cast)

    assert found(cast) == [(title, names)]
    assert_leads_to_its_repair(cast, title)


def test_a_finding_names_a_few_and_counts_the_rest(cast):
    for n in range(9):
        make_member(cast.acme, f"Reader {n}", role="viewer", plan="essential")

    finding = linter.linted(cast.adam, now()).findings[0]

    assert (finding.count, len(finding.first), finding.more) == (9, 5, 4)
    assert "and 4 more" in text_of(console(cast.adam).get(LINTER))


def test_only_those_who_administer_read_the_findings(cast):
    answers = {who: console(getattr(cast, who)).get(LINTER).status_code for who in ("olive", "adam", "lena", "mika")}

    assert answers == {"olive": 200, "adam": 200, "lena": 403, "mika": 403}


# ---------------------------------------------------------------- what policies say against themselves


def in_two_groups(cast):
    rule = {"exclusive": True, "members": [cast.mika.pk]}
    groups = {"interns": rule, "contractors": rule | {"members": [cast.mika.pk, cast.vera.pk]}}
    make_policy(cast.acme, MODELS | {"interns": ["calm"], "contractors": ["deep"]}, groups=groups)
    return "1 person is in two exclusive groups.", ["Mika"]


def excepted(cast):
    make_policy(cast.acme, MODELS, restricted=["gambling", "poker"], use_cases={"poker": {"effect": "approve"}})
    for case, member, days in (("gambling", cast.mika, 9), ("poker", cast.mika, 9), ("gambling", cast.lena, -1)):
        end = timezone.now() + timedelta(days=days)
        given = {"reason": "for a game", "approver_name": "Olive", "granted_at": end - timedelta(days=30)}
        UseCaseException.objects.create(org=cast.acme, member=member, use_case=case, ends_at=end, **given)
    return "1 exception is to a use case that the policy blocks.", ["gambling"]


def wider(cast):
    make_policy(cast.acme, MODELS, groups={"leads": {"leads": True}})
    document = {"allowed_models": {"general_staff": ["calm", "dear"]}, "restricted_use_cases": []}
    document["monitoring_level"] = "standard"
    scope = {"org": cast.acme, "scope": cast.research.pk}
    version = PolicyVersion.objects.create(**scope, scope_name="Research", number=1, document=document)
    PolicyInForce.objects.create(**scope, version=version)
    return "The policy of 1 department is wider than the organization's.", ["Research"]


def left_out(cast):
    make_policy(cast.acme, {"general_staff": [], "leads": ["calm", "deep"]}, groups={"leads": {"leads": True}})
    return "6 people are in no group, and the default group names no model.", ["Adam", "Anna", "Gus", "Mika", "Olive"]


def empty(cast):
    make_policy(cast.acme, MODELS | {"interns": []}, groups={"interns": {"teams": [cast.ranking.pk]}})
    return "1 group names no model.", ["interns"]


def unreached(cast):
    make_model(cast.acme, "calm")
    make_model(cast.acme, "dear")
    make_model(cast.acme, "old", status="retired")
    make_policy(cast.acme, MODELS)
    return "1 model of the catalogue is left to nobody.", ["dear"]


@pytest.mark.parametrize("wrong", [in_two_groups, excepted, wider, left_out, empty, unreached])
def test_what_a_policy_says_against_itself_is_found_and_leads_to_its_repair(cast, wrong):
    title, names = wrong(cast)

    assert found(cast) == [(title, names)]
    assert_leads_to_its_repair(cast, title)


POLICY = "/o/acme/policies/organization"
# What is wrong → where the first of those it is about leads, and the button.
PLACES = {
    in_two_groups: ("/o/acme/members/{mika}/", f"{POLICY}/groups/#group-interns"),
    excepted: (f"{POLICY}/use-cases/#case-gambling", "/o/acme/policies/exceptions/?state=standing"),
    wider: ("/o/acme/policies/{research}/grid/#model-dear", "/o/acme/policies/{research}/grid/#model-dear"),
    left_out: ("/o/acme/members/{adam}/", f"{POLICY}/groups/#group-general_staff"),
    empty: (f"{POLICY}/groups/#group-interns", f"{POLICY}/groups/#group-interns"),
    unreached: (f"{POLICY}/grid/#model-dear", f"{POLICY}/grid/#model-dear"),
    leads: ("/o/acme/members/{lena}/", "/o/acme/plans/#cell-standard.workspace_access"),
    astray: ("/o/acme/members/{mika}/", "/o/acme/members/{mika}/"),
}


@pytest.mark.parametrize("wrong", PLACES)
def test_a_finding_leads_to_the_very_place(cast, wrong):
    wrong(cast)
    ids = {name: getattr(cast, name).pk for name in ("mika", "adam", "lena", "research")}

    (finding,) = linter.linted(cast.adam, now()).findings

    assert (finding.first[0].url, finding.url) == tuple(place.format(**ids) for place in PLACES[wrong])
    for place in (finding.first[0].url, finding.url):
        page, _hash, anchor = place.partition("#")
        assert f'id="{anchor}"' in text_of(console(cast.adam).get(page)) or not anchor, place


def test_a_policy_in_order_has_no_finding(cast):
    make_model(cast.acme, "calm")
    make_model(cast.acme, "deep")
    make_policy(cast.acme, MODELS, groups={"leads": {"leads": True}}, restricted=["gambling"])
    sales = Department.objects.create(org=cast.acme, name="Sales")
    make_policy(cast.acme, {"general_staff": ["calm"]}, scope=sales.pk)

    assert found(cast) == []


def test_the_findings_cost_the_same_queries_however_many_policies_there_are(cast):
    def asked():
        console(cast.adam).get(LINTER)
        with CaptureQueriesContext(connection) as counted:
            linter.linted(cast.adam, now())
        return len(counted)

    in_two_groups(cast)
    deeds.go_back(cast.olive, running(cast.olive, of_model("dear")))
    few = asked()
    for n in range(12):
        make_model(cast.acme, f"model {n}")
        make_policy(cast.acme, {"general_staff": [f"other {n}"]}, scope=10**9 + n)
        deeds.go_back(cast.olive, running(cast.olive, of_model(f"model {n}")))

    assert asked() == few
