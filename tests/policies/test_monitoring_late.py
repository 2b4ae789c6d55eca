"""What comes late is held against what was in force when it was written (product.md 4)."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from policies.models import FlaggedMessage, LevelChange, PolicyInForce, UseCaseException
from tests.analytics.sending import event, post
from tests.cast import make_key
from tests.policies.publishing import APPROVE, put_in_force


def flagged(cast, text, at):
    """What is kept of a message of Mika's that a line flags; nothing where none does."""
    post(
        Client(),
        make_key(cast.acme)[1],
        [event("late", member="mika@acme.example", at=at, conversation="c", text=text)],
    )
    return list(FlaggedMessage.objects.values_list("text", "policy_number"))


@pytest.mark.parametrize(("level", "words"), [("standard", ""), ("full", "a birthday party")])
def test_a_line_that_is_newer_than_a_message_lets_no_text_be_kept(cast, level, words):
    put_in_force(cast.acme, level, use_cases={})
    LevelChange.objects.create(org=cast.acme, level=level, since=timezone.now() - timedelta(days=9))
    put_in_force(cast.acme, level)
    PolicyInForce.objects.update(since=None)  # since it was published: now

    assert flagged(cast, "a birthday party", timezone.now() - timedelta(hours=1)) == [(words, 2)]


def test_a_version_that_ran_report_only_lets_text_be_kept_from_its_enforcement_on(cast):
    version = put_in_force(cast.acme, "standard")
    LevelChange.objects.create(org=cast.acme, level="standard", since=timezone.now() - timedelta(days=9))
    PolicyInForce.objects.update(since=version.published_at + timedelta(minutes=10))

    assert flagged(cast, "a birthday party", version.published_at + timedelta(minutes=5)) == [("", 1)]


HOURS = [(-5, -1, None, True), (-5, 3, -1, True), (-5, 3, -3, False), (-1, 3, None, False), (-5, 3, None, True)]


@pytest.mark.parametrize(("granted", "ends", "ended", "excepted"), HOURS)
def test_an_exception_counts_for_what_was_written_while_it_stood(cast, granted, ends, ended, excepted):
    now = timezone.now()
    put_in_force(cast.acme, "standard")
    LevelChange.objects.create(org=cast.acme, level="standard", since=now - timedelta(days=9))
    moments = {"granted_at": granted, "ends_at": ends, "ended_at": ended}
    said = {name: now + timedelta(hours=hours) for name, hours in moments.items() if hours is not None}
    UseCaseException.objects.create(org=cast.acme, member=cast.mika, use_case=APPROVE, reason="r", **said)

    found = flagged(cast, "our customer list", now - timedelta(hours=2))

    assert found == ([] if excepted else [("our customer list", 1)])
