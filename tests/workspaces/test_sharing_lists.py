"""Lists of links: a page at a time, for the same queries however many links there are and whoever made them."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from orgs import grants
from orgs.audit import raise_version
from orgs.queries.pages import Edge
from tests.cast import again, make_member
from tests.talking import make_conversation, make_link
from workspaces.models import Conversation, SharedLink
from workspaces.queries import sharing as queries

pytestmark = pytest.mark.django_db


@pytest.fixture
def talk(cast):
    return Conversation.objects.placed().get(pk=make_conversation(cast.lena, cast.den, title="Launch").pk)


def test_the_list_of_links_costs_the_same_queries_however_many_links_and_makers(cast, talk):
    counts = []
    for size in (2, 30):
        for n in range(size):
            maker = make_member(cast.acme, f"M{size}-{n}", plan="expert")
            make_link(Conversation.objects.placed().get(pk=make_conversation(maker, cast.den).pk))
        raise_version(cast.acme)  # nobody is kept from before
        reader = again(cast.olive)
        with CaptureQueriesContext(connection) as asked:
            shown = queries.links(reader, timezone.now())
        counts.append(len(asked))
        assert shown.total == SharedLink.objects.count()

    assert counts[0] == counts[1]


def test_the_sharing_of_a_conversation_costs_the_same_queries_however_much_it_is_shared(cast, talk):
    counts = []
    for size in (2, 20):
        for n in range(size):
            maker = make_member(cast.acme, f"M{size}-{n}", plan="expert")
            grants.give(maker, "viewer", talk)
            make_link(talk, made_by=maker)
        raise_version(cast.acme)
        reader = again(cast.lena)
        with CaptureQueriesContext(connection) as asked:
            shown = queries.sharing(reader, talk, timezone.now())
        counts.append(len(asked))
        assert len(shown.links) == SharedLink.objects.count()

    assert counts[0] == counts[1]


def test_links_are_paged_newest_first_and_one_that_goes_moves_no_other(cast, talk):
    start = timezone.now() - timedelta(days=1)
    made = [make_link(talk, made_at=start + timedelta(seconds=n)).pk for n in range(110)][::-1]
    now = timezone.now()

    first = queries.links(cast.olive, now)
    SharedLink.objects.filter(pk__in=made[:20]).update(revoked_at=now)
    second = queries.links(cast.olive, now, after=_edge(first.next))
    third = queries.links(cast.olive, now, after=_edge(second.next))
    back = queries.links(cast.olive, now, before=_edge(third.previous))

    assert [[link.id for link in page.rows] for page in (first, second, third)] == [made[:50], made[50:100], made[100:]]
    assert (third.next, back) == ("", second)
    assert (first.total, second.total) == (110, 90)


def _edge(text):
    return Edge(*map(int, text.split("-")))
