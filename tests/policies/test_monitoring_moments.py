"""Nothing more is kept than its author was told of, then and now (product.md 4)."""

import sqlite3
from datetime import timedelta
from importlib import import_module

import pytest
from django.apps import apps
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from analytics import incoming, listening
from orgs import subjects
from orgs.actions import members
from orgs.models import Mail, Member, Organization
from policies import facts, hearing, levels, watching
from policies.actions import rollouts
from policies.actions.rollouts import Planned, Thing
from policies.models import HeardConversation, KeptMessage, LevelChange, PolicyVersion, Reached
from policies.queries import conversations
from policies.rollouts import reaching
from tests.analytics.sending import event, post
from tests.cast import make_key, make_member
from tests.doors import console
from tests.orgs.crowd import make_crowd
from tests.policies.publishing import put_in_force
from tests.policies.rolling import planned, reached
from tests.policies.test_monitoring_rolled_out import rolled_out, told


def kept(cast, *people, at=None):
    """Whose words are kept, of a message that each of these sends."""
    secret, known = make_key(cast.acme)[1], list(KeptMessage.objects.values_list("pk", flat=True))
    texts = {"at": at or timezone.now(), "conversation": "c", "text": "a word"}
    at_work = {"gus": "gus@elsewhere.example"}
    sent = [event(f"{who}-{len(known)}", member=at_work.get(who, f"{who}@acme.example"), **texts) for who in people]
    post(Client(), secret, sent)
    new = KeptMessage.objects.exclude(pk__in=known).values_list("event_id", flat=True)
    return sorted(id.partition("-")[0] for id in new)


def stands(member):
    """The level that holds for somebody now."""
    found = Member.objects.select_related("org").get(pk=member.pk)
    return levels.told_to(found, found)[0][0]


def by_the_clock(cast, now, coming):
    """A version that reaches everybody an hour from now, by the clock."""
    first = put_in_force(cast.acme, now)
    LevelChange.objects.create(org=cast.acme, level=now)
    said = first.document | {"monitoring_level": coming}
    second = PolicyVersion.objects.create(org=cast.acme, number=2, document=said)
    stages = [Planned("All", {"everyone": True}, starts_at=timezone.now() + timedelta(hours=1))]
    rollouts.start(cast.adam, rollout := planned(cast.adam, Thing("policy", "2", "version 2", second), stages=stages))
    cast.acme.refresh_from_db()
    return rollout


@pytest.mark.parametrize(("now", "coming", "holds"), [("minimal", "full", "minimal"), ("full", "minimal", "minimal")])
def test_a_level_that_the_clock_brings_is_lowered_at_once_and_raised_when_they_are_told(cast, now, coming, holds):
    rollout = by_the_clock(cast, now, coming)
    later = timezone.now() + timedelta(hours=2)

    assert watching.levels(cast.acme, [cast.mika.pk], later) == {cast.mika.pk: holds}
    reaching.catch_up(rollout, later)
    Organization.objects.filter(pk=cast.acme.pk).update(access_version=cast.acme.access_version + 1)
    cast.acme.refresh_from_db()
    assert watching.levels(cast.acme, [cast.mika.pk], later) == {cast.mika.pk: coming}
    assert ("mika", coming.title()) in told()


def test_who_comes_into_the_audience_is_kept_in_full_once_they_were_told(cast):
    rollout = rolled_out(cast, "minimal", "full")
    members.set_role(cast.olive, cast.mika, role="owner")

    assert kept(cast, "olive", "mika") == ["olive"]
    assert stands(cast.mika) == "Minimal"
    rollouts.revise(cast.adam, rollout, name="Now", stages=[])
    assert ("mika", "Full") in told()
    assert kept(cast, "olive", "mika") == ["mika", "olive"]
    assert stands(cast.mika) == "Full"


def test_words_that_come_late_are_kept_by_the_level_under_which_they_were_written(cast):
    before = timezone.now()
    rollout = rolled_out(cast, "minimal", "full")

    assert kept(cast, "olive", at=before) == []
    assert kept(cast, "olive") == ["olive"]
    rollouts.finish(cast.adam, rollout)
    assert kept(cast, "mika", at=before) == []
    assert kept(cast, "mika") == ["mika"]


def test_words_that_come_late_are_kept_by_the_level_of_now_where_that_is_lower(cast):
    put_in_force(cast.acme, "full")
    LevelChange.objects.create(org=cast.acme, level="full", since=timezone.now() - timedelta(days=9))
    before = timezone.now()
    rollout = rolled_out(cast, "full", "minimal")

    assert kept(cast, "mika", "olive", at=before) == ["mika"]
    rollouts.finish(cast.adam, rollout)
    assert kept(cast, "mika", at=before) == []


def test_in_a_conversation_of_several_only_the_words_are_shown_whose_author_stands_under_full(cast):
    put_in_force(cast.acme, "full")
    assert kept(cast, "mika", "olive", "nobody") == ["mika", "nobody", "olive"]
    heard = HeardConversation.objects.select_related("org")
    assert sorted(said.name for said in conversations.said_in(heard.get())) == ["Mika", "Olive", "nobody@acme.example"]
    rolled_out(cast, "full", "minimal")  # it reaches Olive, and nobody knows whether the unknown one is of its people

    assert sorted(said.name for said in conversations.said_in(heard.get())) == ["Mika"]
    put_in_force(cast.acme, "minimal")
    assert conversations.said_in(heard.get()) == []


def test_words_that_were_kept_before_their_authors_were_noted_are_shown_by_their_authors_level(cast):
    put_in_force(cast.acme, "full")
    find = import_module("policies.migrations.0014_whose_words_were_kept_before").find_authors
    make_member(cast.acme, "Lena", email="lena2@acme.example")
    kept(cast, "mika", "olive", "lena", "nobody")
    HeardConversation.objects.update(member=cast.mika, member_name="Mika")
    KeptMessage.objects.update(member=None)

    find(apps, None)

    noted = dict(KeptMessage.objects.values_list("member_name", "member"))
    assert noted == {"Mika": cast.mika.pk, "Olive": cast.olive.pk, "Lena": None, "nobody@acme.example": None}
    rolled_out(cast, "full", "minimal")  # it reaches Olive
    heard = HeardConversation.objects.select_related("org").get()
    assert [said.name for said in conversations.said_in(heard)] == ["Mika"]


def test_of_nobody_known_words_are_shown_by_the_lowest_level(cast):
    put_in_force(cast.acme, "full")
    kept(cast, "nobody", "olive")
    rolled_out(cast, "minimal", "full")

    assert [said.name for said in conversations.said_in(HeardConversation.objects.select_related("org").get())] == [
        "Olive"
    ]


def test_going_back_takes_nothing_from_whom_an_earlier_stage_names_too(cast):
    rollout = rolled_out(cast, "standard", "full")
    rollouts.advance(cast.adam, rollout)
    since = Reached.objects.get(member=cast.lena).at
    members.set_role(cast.olive, cast.lena, role="owner")
    told()
    panel = console(cast.adam).get(f"/o/acme/rollouts/{rollout.pk}/back/").content.decode()

    rollouts.go_back(cast.adam, rollout)

    assert "0 members" in panel
    assert told() == []
    assert stands(cast.lena) == "Full"
    assert Reached.objects.get(member=cast.lena).at == since
    assert reached(rollout) == ["Lena", "Olive", "Oscar"]
    rollouts.go_back(cast.adam, rollout)
    assert told() == [("lena", "Standard"), ("olive", "Standard"), ("oscar", "Standard")]


def test_whom_a_rollout_told_of_a_level_is_not_told_again_when_it_comes_into_force(cast):
    rollout = rolled_out(cast, "standard", "full")
    rollouts.advance(cast.adam, rollout)
    rollouts.go_back(cast.adam, rollout)  # Lena was told of full, and then of standard again
    told()

    rollouts.finish(cast.adam, rollout)

    names = {name for name, _level in told()}
    assert not names & {"olive", "oscar"}
    assert {"lena", "mika", "adam"} <= names


@pytest.fixture
def few_variables(db):
    """A database that takes few values at a time, as SQLite does where it was built so."""
    connection.ensure_connection()
    limit = sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER
    before = connection.connection.setlimit(limit, 999)  # as many as Django counts on
    yield
    connection.connection.setlimit(limit, before)


@pytest.mark.parametrize("deed", [rollouts.go_back, rollouts.discard])
def test_more_people_are_told_of_a_level_than_a_query_takes_values(cast, few_variables, deed):
    people = len(make_crowd(cast.acme, 1_100))
    said = put_in_force(cast.acme, "standard").document | {"monitoring_level": "full"}
    second = PolicyVersion.objects.create(org=cast.acme, number=2, document=said)
    stages = [Planned("All", {"everyone": True})]
    rollout = planned(cast.adam, Thing("policy", "2", "version 2", second), stages=stages)

    rollouts.start(cast.adam, rollout)
    deed(cast.adam, rollout)

    for kind, about in ((LevelChange, "level"), (Mail, "params__level")):
        told = kind.objects.filter(**{f"{about}__iexact": "standard"})
        assert told.count() == kind.objects.filter(**{f"{about}__iexact": "full"}).count() > people


@pytest.fixture
def org(cast):
    """Its Owners stand under `full` by a version that is being rolled out, and nothing of its people is known yet."""
    rolled_out(cast, "standard", "full")
    org = Organization.objects.get(pk=cast.acme.pk)
    watching.of(org)
    facts.limits_set(org)
    return org


def counted(deed, *args, **more):
    with CaptureQueriesContext(connection) as queries:
        deed(*args, **more)
    return len(queries)


def test_keeping_while_a_version_is_rolled_out_costs_5_queries_and_those_of_the_subjects(cast, org):
    authors = Member.objects.filter(org=org).select_related("user")
    subjects_of_all = counted(lambda: subjects.compile_members(org, list(authors))) - 1
    assert subjects_of_all == 7
    rest = {"kind": "message", "title": "t", "text": "customer list", "tag": "", "model": "", "name": ""}

    def keep(n):
        said = {"event_id": str(n), "conversation": str(n), "at": timezone.now(), "team": 0, "department": 0}
        heard = [hearing.Heard(member=who.pk, **rest, **said) for who in (cast.olive, cast.mika)]
        heard = [one._replace(event_id=f"{n}-{one.member}-{m}") for m in range(9) for one in heard]
        return counted(hearing.keep, org, watching.of(org), "api", heard, now=timezone.now())

    assert (keep(1), keep(2)) == (5 + subjects_of_all, 5)


def test_listening_to_a_request_while_a_version_is_rolled_out_costs_12_queries_and_those_of_the_subjects(cast, org):
    def listen(n):
        named = {"workspace": "x", "model": "fast-iteration", "conversation": "c", "at": timezone.now()}
        names = ("olive@acme.example", "mika@acme.example", "nobody@acme.example", "12345")
        sent = [event(f"{n}-{name}", member=name, **named) for name in names]
        items = [one | {"title": "t", "text": "customer list"} for one in sent]
        found = incoming.sift_items(sent, timezone.now())
        listening.to_items(items, found)
        return counted(listening.keep, org, "api", found, at=timezone.now())

    assert (listen(1), listen(2)) == (12 + 7, 12)
