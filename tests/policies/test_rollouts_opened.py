"""A rollout reaches people and the policy goes on deciding: both are said before it starts and while it runs."""

import pytest
from django.urls import reverse

from orgs.models import Member
from policies.actions import rollouts
from tests.doors import console
from tests.governing import make_model, make_policy
from tests.policies.rolling import may_use, planned, running

pytestmark = pytest.mark.django_db


def url(name, *args):
    return reverse(name, args=["acme", *args])


def panel(cast, rollout, deed):
    return console(cast.adam).get(url("rollouts_deed", rollout.pk, deed), hx=True).content.decode()


@pytest.fixture
def narrow(cast):
    """Deep is there, and the policy allows it to Olive and to Research alone."""
    make_model(cast.acme, "deep")
    rules = {"research": {"departments": [cast.research.pk]}, "leadership": {"members": [cast.olive.pk]}}
    allowed = {"general_staff": [], "research": ["deep"], "leadership": ["deep"]}
    make_policy(cast.acme, allowed, groups=rules)
    cast.adam.org.refresh_from_db()
    return planned(cast.adam)


def test_a_start_says_how_many_of_whom_it_reaches_the_policy_refuses_with_the_way_to_the_cell(cast, narrow):
    said = panel(cast, narrow, "start")

    assert "deep reaches 4 members (Adam, Anna, Olive, Oscar)." in said
    assert "1 of the 4 whom it reaches may use deep; the policy refuses it to 3 (general_staff)." in said
    assert 'href="/o/acme/policies/organization/grid/?group=general_staff#cell-general_staff.deep"' in said
    assert "get deep" not in said


def test_its_page_says_how_many_of_the_reached_may_use_it(cast, narrow):
    rollouts.start(cast.adam, narrow)

    page = console(cast.adam).get(url("rollouts_page", narrow.pk)).content.decode()

    assert [may_use(one).allowed for one in (cast.olive, cast.adam)] == [True, False]
    assert "1 of the 4 whom it reaches may use deep; the policy refuses it to 3 (general_staff)." in page
    assert 'grid/?group=general_staff#cell-general_staff.deep"' in page


def test_a_start_names_who_has_it_today_and_loses_it(cast, narrow):
    having = {str(one) for one in Member.objects.filter(org=cast.acme) if may_use(one).allowed}

    said = panel(cast, narrow, "start")

    assert having == {"Lena", "Mika", "Olive"}
    assert "2 of them can use deep today and lose it (Lena, Mika)." in said


def test_whom_nothing_refuses_it_is_said_without_a_warning(cast):
    make_model(cast.acme, "deep")

    said = panel(cast, running(cast.adam), "advance")

    assert "deep reaches 1 member (Lena)." in said
    assert "whom it reaches may" not in said
    assert "Open the grid" not in said
