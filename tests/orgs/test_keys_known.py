"""A key that this process knows is asked after with one query, and is never believed longer than it is alive."""

from datetime import timedelta

import pytest
from django.utils import timezone

from orgs.actions import keys, members
from orgs.models import ServiceKey
from tests.cast import make_key
from tests.doors import api
from tests.workspaces.deciding import ONE, question

pytestmark = pytest.mark.both


@pytest.fixture
def known(cast):
    """A key and a question, asked a moment ago."""
    key, secret = make_key(cast.acme, "decisions:read")
    line, asked = api(secret), question(cast.mika, "model.use", ("model", "x"))
    assert line.post(ONE, asked).json()["decision"]
    return key, line, asked


def test_a_question_costs_one_query_where_key_and_member_are_known(known, django_assert_num_queries):
    _, line, asked = known

    with django_assert_num_queries(1):
        answer = line.post(ONE, asked)

    assert answer.json()["decision"]


def test_a_key_that_was_used_a_moment_ago_opens_nothing_once_it_is_revoked(cast, known):
    key, line, asked = known

    keys.revoke(cast.olive, key)

    assert line.post(ONE, asked).status_code == 401


def test_what_another_process_does_to_a_key_counts_at_the_next_request(known):
    key, line, asked = known

    ServiceKey.objects.filter(pk=key.pk).update(revoked_at=timezone.now())

    assert line.post(ONE, asked).status_code == 401


def test_a_known_key_ends_on_its_day(cast, monkeypatch):
    _, secret = make_key(cast.acme, "decisions:read", ends_at=timezone.now() + timedelta(hours=1))
    line, asked = api(secret), question(cast.mika, "model.use", ("model", "x"))
    assert line.post(ONE, asked).status_code == 200

    later = timezone.now() + timedelta(hours=2)
    monkeypatch.setattr("orgs.keys.timezone.now", lambda: later)

    assert line.post(ONE, asked).status_code == 401


def test_a_known_key_says_no_to_whoever_was_suspended_a_moment_ago(cast, known):
    _, line, asked = known

    members.suspend(cast.olive, cast.mika, reason="to be measured")

    assert line.post(ONE, asked).json()["decision"] is False
