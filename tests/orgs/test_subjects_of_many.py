"""Many members are compiled at once as each would be alone, for as many queries as one (performance.md, Freshness)."""

import pytest
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from orgs import adapter, grants, subjects
from orgs.actions import members
from orgs.models import FeatureOverride, Member, TrainingModule, TrainingPass
from tests.cast import make_member
from tests.orgs.crowd import make_crowd


@pytest.fixture
def varied(cast):
    """Acme's members, each with something that the others lack."""
    new = TrainingModule.objects.create(
        org=cast.acme, title="Safety", text="Read", required=True, features=["file_uploads", "create_mates"]
    )
    old = {"org": cast.acme, "text": "Read", "required": True, "audience": "everyone"}
    first = TrainingModule.objects.create(**old, title="Privacy", features=["file_uploads"], position=1)
    TrainingModule.objects.create(**old, title="Away", features=["manage_tools"], archived_at=timezone.now())
    nils = make_member(cast.acme, "Nils", plan="expert", joined_at=timezone.now())
    TrainingPass.objects.create(member=nils, module=first)
    TrainingPass.objects.create(member=cast.mika, module=first)
    TrainingPass.objects.create(member=cast.vera, module=new)
    FeatureOverride.objects.create(org=cast.acme, plan="essential", feature="manage_tools", enabled=True)
    FeatureOverride.objects.create(org=cast.acme, plan="expert", feature="create_workspaces", enabled=False)
    grants.delegate(cast.vera, ["audit"])
    grants.delegate(cast.mika, ["audit", "usage"])
    adapter.set_up_totp(cast.anna.user)
    apps.get_model("account", "EmailAddress").objects.filter(user=cast.lena.user).update(verified=False)
    elsewhere = make_member(cast.umbrella, "Mika", role="owner", user=cast.mika.user)
    grants.give(elsewhere, "admin", cast.lair)
    grants.delegate(elsewhere, ["usage"])
    return rows_of(cast.acme)


def rows_of(org):
    return list(Member.objects.filter(org=org).select_related("user", "org").order_by("ordinal"))


def queries_of(ask):
    with CaptureQueriesContext(connection) as captured:
        ask()
    return len(captured)


def test_many_compiled_at_once_are_what_each_is_alone(cast, varied):
    alone = {member.pk: subjects.compile_member(member) for member in varied}

    assert subjects.compile_members(cast.acme, varied) == alone
    assert len({str(subject) for subject in alone.values()}) == len(varied)


def test_each_has_their_own_facts_and_nobody_elses(cast, varied):
    found = {subject.name: subject for subject in subjects.compile_members(cast.acme, varied).values()}

    assert found["Gus"].grants == {cast.den.pk: "user"}
    assert found["Mika"].grants == {}
    assert {name: set(s.delegated) for name, s in found.items() if s.delegated} == {
        "Mika": {"audit", "usage"},
        "Vera": {"audit"},
    }
    assert [name for name, subject in found.items() if subject.second_factor] == ["Anna"]
    assert [name for name, subject in found.items() if not subject.address_verified] == ["Lena"]
    assert found["Nils"].untrained == {"file_uploads": "Safety", "create_mates": "Safety"}
    assert found["Mika"].untrained == {}
    assert found["Olive"].untrained == {"file_uploads": "Privacy"}
    assert "manage_tools" in found["Adam"].features
    assert "create_workspaces" not in found["Olive"].features


def test_forty_cost_as_many_queries_as_two(cast, varied):
    make_crowd(cast.acme, 40)
    everybody = rows_of(cast.acme)
    subjects.compile_members(cast.acme, everybody[:1])  # what holds for the whole organization is known from here on

    costs = {
        queries_of(lambda rows=rows: subjects.compile_members(cast.acme, rows))
        for rows in (everybody[:1], everybody[:2], everybody[-40:])
    }

    assert len(costs) == 1


def test_people_who_were_not_read_with_their_members_cost_one_query_more(cast, varied):
    subjects.compile_members(cast.acme, varied)
    bare = list(Member.objects.filter(org=cast.acme))

    whole, bare = (queries_of(lambda rows=rows: subjects.compile_members(cast.acme, rows)) for rows in (varied, bare))

    assert bare == whole + 1
    assert subjects.compile_members(cast.acme, []) == {}


def test_more_than_are_read_at_once_are_all_found(cast, varied, monkeypatch):
    whole = subjects.compile_members(cast.acme, varied)

    monkeypatch.setattr(subjects, "_AT_ONCE", 3)

    assert subjects.compile_members(cast.acme, varied) == whole


def test_of_many_only_those_are_loaded_whom_the_process_does_not_keep(cast, varied):
    cast.acme.refresh_from_db()

    first = subjects.of_many(cast.acme, varied[:3])

    assert queries_of(lambda: subjects.of_many(cast.acme, varied[:3])) == 0
    assert subjects.of_many(cast.acme, varied) == subjects.compile_members(cast.acme, varied)
    assert all(subjects.of(member) is subjects.of_many(cast.acme, varied)[member.pk] for member in varied)
    assert all(subjects.of_many(cast.acme, varied)[pk] is subject for pk, subject in first.items())


def test_C02_of_many_a_change_is_known_at_the_next_question(cast, varied):
    cast.acme.refresh_from_db()
    subjects.of_many(cast.acme, varied)

    members.suspend(cast.olive, cast.mika, reason="away")

    cast.acme.refresh_from_db()
    found = subjects.of_many(cast.acme, rows_of(cast.acme))
    assert found[cast.mika.pk].suspended
    assert not found[cast.vera.pk].suspended
