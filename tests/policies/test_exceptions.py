"""Exceptions: a use that the policy restricts, approved for a member or a group, until its end (product.md 4)."""

from datetime import timedelta
from importlib import import_module

import pytest
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from orgs.access import Action, Denied, Refused, check
from orgs.actions import requests
from orgs.models import AccessRequest, AuditEntry, Mail
from orgs.queries import sentences
from policies.actions import exceptions, rollouts
from policies.actions.rollouts import Thing
from policies.models import PolicyVersion, UseCaseException
from tests.cast import again
from tests.doors import console
from tests.policies.publishing import APPROVE, BLOCK, FLAG, put_in_force
from tests.policies.rolling import running

PAGE = "/o/acme/policies/exceptions/"


@pytest.fixture
def policy(cast):
    return put_in_force(cast.acme, "standard")


def may(member, now=None):
    return check(again(member), Action.MODEL_USE, member.org, now=now, model="", use_case=APPROVE).allowed


def in_days(days):
    return timezone.now() + timedelta(days=days)


def grant(actor, **fields):
    fields = {"use_case": APPROVE, "reason": "audit", "ends_at": in_days(3)} | fields
    return exceptions.grant(actor, actor.org, **fields)


def test_an_exception_lets_a_member_until_the_clock_says_so(cast, policy):
    assert not may(cast.mika)

    made = grant(cast.adam, member=cast.mika)

    assert may(cast.mika)
    assert not may(cast.mika, now=made.ends_at + timedelta(seconds=1))
    assert not may(cast.lena)
    entry = AuditEntry.objects.get()
    assert sentences.sentence(entry) == f"Adam granted an exception for {APPROVE}."
    assert (entry.after["member"], entry.after["reason"]) == ("Mika", "audit")


def test_an_exception_for_a_group_lets_everybody_in_it(cast, policy):
    grant(cast.olive, group="general_staff")

    assert may(cast.mika)
    assert may(cast.lena)


@pytest.fixture
def contractors(cast):
    """A group of one name in two policies: Gus's in the organization's, Mika's in her department's."""
    groups = {who: {"contractors": {"members": [getattr(cast, who).pk]}} for who in ("gus", "mika")}
    models = {"general_staff": ["fast-iteration"], "contractors": ["fast-iteration"]}
    put_in_force(cast.acme, "standard", groups=groups["gus"], allowed_models=models)
    put_in_force(
        cast.acme,
        "standard",
        scope=cast.research.pk,
        name="Research",
        groups=groups["mika"],
        allowed_models=models,
        use_cases={},
    )


def test_an_exception_for_a_group_is_that_of_one_policys_group(cast, contractors):
    made = grant(cast.olive, group="contractors")
    assert (may(cast.gus), may(cast.mika)) == (True, False)

    exceptions.end(cast.olive, made)
    grant(cast.olive, group="contractors", scope=cast.research.pk)

    assert (may(cast.gus), may(cast.mika)) == (False, True)
    with pytest.raises(Refused, match="no group contractors"):
        grant(cast.olive, group="contractors", scope=cast.research.pk + 1)


def test_the_pages_say_whose_group_it_is_where_several_policies_have_one_of_the_name(cast, contractors):
    form = console(cast.olive).get(f"{PAGE}new/").text
    assert "contractors of the organization" in form
    assert "contractors of Research" in form

    fields = {"use_case": APPROVE, "group": f"{cast.research.pk}:contractors", "ends_on": in_days(2).date()}
    assert console(cast.olive).post(f"{PAGE}new/", fields | {"reason": "audit"}).status_code == 303

    assert "Everybody in contractors of Research" in console(cast.olive).get(PAGE).text
    assert "contractors of Research" in console(cast.mika).get(f"/o/acme/members/{cast.mika.pk}/").text
    assert "everybody in contractors" not in console(cast.olive).get(f"/o/acme/members/{cast.gus.pk}/").text


def test_ending_it_early_holds_at_the_next_question(cast, policy):
    made = grant(cast.adam, member=cast.mika)

    exceptions.end(cast.olive, made)
    exceptions.end(cast.olive, made)

    assert not may(cast.mika)
    assert AuditEntry.objects.count() == 2
    assert sentences.sentence(AuditEntry.objects.latest("seq")) == f"Olive ended the exception for {APPROVE}."


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"use_case": BLOCK}, "needs no exception"),
        ({"use_case": "cooking"}, "needs no exception"),
        ({"ends_at": timezone.now() - timedelta(days=1)}, "future"),
        ({"member": None, "group": "nobody"}, "no group"),
        ({"member": "rita"}, "does not belong"),
        ({"member": "eve"}, "does not belong"),
    ],
)
def test_what_makes_no_sense_is_refused(cast, policy, wrong, why):
    fields = {"member": cast.mika} | wrong
    if isinstance(fields["member"], str):
        fields["member"] = getattr(cast, fields["member"])

    with pytest.raises(Refused, match=why):
        grant(cast.olive, **fields)
    assert not UseCaseException.objects.exists()


def test_one_that_lasts_as_long_is_there_already(cast, policy):
    grant(cast.olive, member=cast.mika)

    with pytest.raises(Refused, match="lasts as long"):
        grant(cast.adam, member=cast.mika, ends_at=in_days(2))
    grant(cast.adam, member=cast.mika, ends_at=in_days(9))


@pytest.mark.parametrize("name", ["lena", "mika", "vera", "gus"])
def test_only_owners_and_admins_grant(cast, policy, name):
    with pytest.raises(Denied):
        grant(getattr(cast, name), member=cast.mika)
    assert console(getattr(cast, name)).get(PAGE).status_code == 403


def test_whoever_is_refused_asks_and_an_admin_grants_until_a_day(cast, policy):
    asked = requests.ask(
        cast.mika, cast.mika, kind="use_case", wanted="exception", use_case=APPROVE, reason="the audit"
    )
    assert asked.what == f"an exception for {APPROVE}"
    assert Mail.objects.filter(kind="request").count() == 4

    answer = console(cast.adam).post(
        f"/o/acme/requests/{asked.pk}/grant/", {"ends_on": in_days(5).date().isoformat(), "wanted": "exception"}
    )

    assert answer.status_code == 303
    made = UseCaseException.objects.get()
    assert (made.member, made.use_case, made.reason, made.approver_name) == (cast.mika, APPROVE, "the audit", "Adam")
    assert may(cast.mika)
    actions = list(AuditEntry.objects.order_by("seq").values_list("action", flat=True))
    assert actions == ["request.make", "request.decide", "exception.grant"]
    asked.refresh_from_db()
    assert asked.ends_at == made.ends_at


def test_two_use_cases_are_two_requests_and_the_same_one_is_changed(cast):
    both = {name: {"effect": "approve", "phrases": [name]} for name in (APPROVE, "other")}
    put_in_force(cast.acme, "standard", use_cases=both)
    for case in (APPROVE, "other", APPROVE):
        requests.ask(cast.mika, cast.mika, kind="use_case", wanted="exception", use_case=case)

    assert AccessRequest.objects.count() == 2


@pytest.mark.parametrize("case", [BLOCK, FLAG, "cooking"])
def test_what_no_exception_would_open_cannot_be_asked_for(cast, policy, case):
    with pytest.raises(Refused, match="no use case"):
        requests.ask(cast.mika, cast.mika, kind="use_case", wanted="exception", use_case=case)


def test_without_a_last_day_it_is_not_granted(cast, policy):
    asked = requests.ask(cast.mika, cast.mika, kind="use_case", wanted="exception", use_case=APPROVE)

    assert console(cast.adam).post(f"/o/acme/requests/{asked.pk}/grant/", {"wanted": "exception"}).status_code == 422
    with pytest.raises(Refused, match="has an end"):
        requests.grant(cast.adam, asked)
    assert not UseCaseException.objects.exists()


def test_the_way_to_ask_leads_to_a_form_that_asks_for_it(cast, policy):
    url = f"/o/acme/requests/new/?kind=use_case&use_case={APPROVE}"
    assert f'value="use_case:{APPROVE}">' in console(cast.mika).get("/o/acme/requests/new/").text

    page = console(cast.mika).get(url).content.decode()
    assert f'value="use_case:{APPROVE}" selected' in page
    assert console(cast.mika).post(url, {"thing": f"use_case:{APPROVE}", "reason": "audit"}).status_code == 303
    assert AccessRequest.objects.get().target_name == APPROVE
    assert "asks for an exception" in console(cast.adam).get("/o/acme/needs/").content.decode()


def test_the_list_filters_and_grants_through_its_form(cast, policy):
    fields = {"use_case": APPROVE, "member": "mika@acme.example", "ends_on": in_days(2).date(), "reason": "audit"}
    assert console(cast.olive).post(f"{PAGE}new/", fields).status_code == 303
    assert console(cast.olive).post(f"{PAGE}new/", fields | {"group": "0:general_staff"}).status_code == 422
    gone = grant(cast.olive, member=cast.lena)
    assert console(cast.olive).post(f"{PAGE}{gone.pk}/end/").status_code == 303

    def names(query):
        page = console(cast.adam).get(f"{PAGE}{query}").content.decode()
        return {name for name in ("Mika", "Lena") if f">{name}</a>" in page}

    assert names("") == {"Mika", "Lena"}
    assert names("?state=standing") == {"Mika"}
    assert names("?state=ended") == {"Lena"}
    assert names("?q=len") == {"Lena"}
    assert console(cast.adam).get(f"{PAGE}?state=odd").status_code == 422


def test_the_list_costs_the_same_number_of_queries_at_two_sizes(cast, policy):
    counts, browser = [], console(cast.olive)
    browser.get(PAGE)
    for size in (2, 30):
        for n in range(size):
            grant(cast.olive, member=cast.mika, ends_at=in_days(size + n))
        browser.get(PAGE)
        with CaptureQueriesContext(connection) as queries:
            assert browser.get(PAGE).status_code == 200
        counts.append(len(queries))

    assert counts[0] == counts[1]


def test_what_a_version_restricts_that_is_being_rolled_out_is_granted_to_those_whom_it_reached(cast):
    put_in_force(cast.acme, "standard", use_cases={})
    document = {
        "allowed_models": {"general_staff": [], "leaders": []},
        "groups": {"leaders": {"roles": ["owner", "admin"]}},
        "restricted_use_cases": [APPROVE],
        "use_cases": {APPROVE: {"effect": "approve", "phrases": ["customer list"]}},
        "monitoring_level": "standard",
    }
    version = PolicyVersion.objects.create(org=cast.acme, number=2, document=document)
    with pytest.raises(Refused, match="needs no exception"):
        grant(cast.olive, member=cast.adam)
    rollout = running(cast.adam, Thing("policy", "2", "version 2", version))
    assert not may(cast.adam)

    fields = {"use_case": APPROVE, "member": "adam@acme.example", "ends_on": in_days(2).date(), "reason": "audit"}
    assert console(cast.olive).post(f"{PAGE}new/", fields).status_code == 303
    grant(cast.olive, group="leaders")

    assert may(cast.adam)
    rollouts.discard(cast.adam, rollout)
    with pytest.raises(Refused, match="needs no exception"):
        grant(cast.olive, member=cast.lena)


def test_exceptions_for_groups_of_before_are_those_of_the_policies_that_have_such_a_group(cast, contractors):
    find = import_module("policies.migrations.0013_whose_group_an_exception_names").find_whose_groups
    lab = {"laboratory": ["fast-iteration"], "general_staff": []}
    for department, name in ((cast.research.pk, "Research"), (cast.research.pk + 1, "Sales")):
        put_in_force(cast.acme, "standard", scope=department, name=name, allowed_models=lab)
    for group in ("contractors", "laboratory", "gone"):
        UseCaseException.objects.create(
            org=cast.acme, group=group, use_case=APPROVE, reason="audit", approver_name="Olive", ends_at=in_days(3)
        )

    find(apps, None)

    found = sorted(UseCaseException.objects.values_list("group", "scope_name", "reason"))
    assert found == [
        ("contractors", "", "audit"),
        ("gone", "", "audit"),
        ("laboratory", "Research", "audit"),
        ("laboratory", "Sales", "audit"),
    ]
