"""How a rollout is, asked of those whom it reached once they know it, and answered in place."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from policies.actions import rollouts
from policies.actions.rollouts import Thing
from policies.models import Feedback, Reached
from tests.doors import console
from tests.policies.rolling import running, use

pytestmark = pytest.mark.django_db
ASKED = "You have deep now."


def url(name, *args):
    return reverse(name, args=["acme", *args])


def test_a_reached_member_who_used_it_is_asked_under_their_own_page_until_they_answer(cast):
    rollout = running(cast.adam)
    rollouts.advance(cast.adam, rollout)
    lena, own = console(cast.lena), url("overview")
    assert ASKED not in lena.get(own).content.decode()
    use(cast.lena, cast.mika)
    asked = lena.get(own).content.decode()
    assert ASKED in asked
    assert asked.index("<h1") < asked.index(ASKED)
    assert ASKED not in console(cast.mika).get(own).content.decode()

    said = lena.post(url("rollouts_answer", rollout.pk), {"score": "4", "sentence": "Quick"}, hx=True)

    assert (said.status_code, "Thank you: your answer is noted." in said.content.decode()) == (200, True)
    assert ASKED not in lena.get(own).content.decode()
    page = console(cast.adam).get(url("rollouts_page", rollout.pk)).content.decode()
    assert "4.0" in page
    assert "Quick" in page


def test_of_what_no_usage_names_one_is_asked_three_days_after_it_came(cast):
    rollout = running(cast.adam, Thing("feature", "file_uploads", "Uploads"))
    rows = Reached.objects.filter(rollout=rollout, member=cast.olive)

    rows.update(at=timezone.now() - timedelta(days=2, hours=23))
    early = console(cast.olive).get(url("overview")).content.decode()
    rows.update(at=timezone.now() - timedelta(days=3))
    late = console(cast.olive).get(url("overview")).content.decode()

    assert ["You have Uploads now." in page for page in (early, late)] == [False, True]


def test_whoever_has_not_used_it_gives_no_score(cast):
    rollout = running(cast.adam)

    answer = console(cast.olive).post(url("rollouts_answer", rollout.pk), {"score": "1"})

    assert answer.status_code == 409
    assert "You are asked how deep is once you have used it." in answer.content.decode()
    assert not Feedback.objects.exists()


def test_whoever_does_not_want_to_be_asked_is_not_asked_again(cast):
    rollout = running(cast.adam)
    use(cast.olive)

    console(cast.olive).post(url("rollouts_answer", rollout.pk), {"later": "yes"})

    assert ASKED not in console(cast.olive).get(url("overview")).content.decode()
    assert Feedback.objects.get().score is None


@pytest.mark.parametrize("hx", [True, False])
def test_an_answer_without_a_score_is_asked_for_again_where_it_stands(cast, hx):
    rollout = running(cast.adam)

    answer = console(cast.olive).post(url("rollouts_answer", rollout.pk), {"sentence": "Quick"}, hx=hx)

    page = answer.content.decode()
    assert (answer.status_code, page.lstrip().startswith("<!doctype")) == (422, not hx)
    assert 'value="Quick"' in page
    assert page.count('name="score"') == page.count('aria-invalid="true" aria-describedby="asks-') == 5
