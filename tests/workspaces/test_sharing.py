"""Showing a conversation to more people: to a member, and to anybody by a link that is asked about again each time."""

from datetime import timedelta

import pytest
from django.utils import timezone

from orgs import grants
from orgs.access import Denied, Refused
from orgs.actions import members, organizations
from orgs.audit import raise_version
from orgs.models import AuditEntry
from orgs.queries import sentences
from tests.cast import again
from tests.doors import console
from tests.talking import attach, make_conversation, make_link
from workspaces import actions
from workspaces.conversations import outside
from workspaces.models import Circle, Conversation, Message, SharedLink, Workspace
from workspaces.queries import sharing as queries

pytestmark = pytest.mark.django_db


@pytest.fixture
def talk(cast):
    return Conversation.objects.placed().get(pk=make_conversation(cast.lena, cast.den, title="Launch").pk)


def soon():
    return timezone.now() + timedelta(days=7)


def opened(link):
    return console().get(f"/shared/{outside.token(link)}/")


# ---------------------------------------------------------------- by a link


@pytest.mark.both
def test_whoever_has_the_link_reads_and_nobody_else_learns_of_it(cast, talk):
    attach(talk, "plan.txt")
    link = actions.sharing.publish(cast.lena, talk, ends_at=soon())

    page = opened(link)

    said = page.content.decode()
    assert page.status_code == 200
    assert "Launch" in said
    assert "Hello" in said
    assert "Lena of Acme shows you this conversation" in said
    assert "plan.txt" in said
    assert "/files/" not in said
    assert str(link.pk) not in said
    assert (page["Referrer-Policy"], page["X-Robots-Tag"]) == ("no-referrer", "noindex, nofollow")
    assert "script-src 'none'" in page["Content-Security-Policy"]
    assert page["Cache-Control"] == "no-store, private"
    assert "<script" not in said


@pytest.mark.both
def test_opening_is_counted_and_looking_at_the_head_is_not(cast, talk):
    link = make_link(talk)
    opened(link)
    opened(link)
    console().head(f"/shared/{outside.token(link)}/")
    link.refresh_from_db()

    assert link.views == 2
    assert timezone.now() - link.last_viewed_at < timedelta(minutes=1)


def _switch_off(cast, link):
    organizations.let_share_outside(cast.olive, cast.acme, allowed=False)


def _by_nobody(cast, link):
    Workspace.objects.filter(pk=cast.den.pk).update(sharing_by=Circle.NOBODY)
    raise_version(cast.acme)


def _archived(cast, link):
    Workspace.objects.filter(pk=cast.den.pk).update(archived_at=timezone.now())


def _suspended(cast, link):
    members.suspend(cast.olive, cast.lena, reason="away")


def _removed(cast, link):
    members.remove(cast.olive, cast.lena, reason="gone")


def _closed(cast, link):
    organizations.suspend(cast.support, cast.acme, reason="unpaid")


def _ended(cast, link):
    SharedLink.objects.filter(pk=link.pk).update(ends_at=timezone.now())


def _revoked(cast, link):
    actions.sharing.revoke(cast.lena, link)


def _out_of_it(cast, link):
    cast.den.owner = cast.olive
    cast.den.save()
    grants.take(cast.lena, cast.den)
    grants.take(cast.lena, cast.search)
    raise_version(cast.acme)


ENDS = [_switch_off, _by_nobody, _archived, _suspended, _removed, _closed, _ended, _revoked, _out_of_it]


@pytest.mark.parametrize("end", ENDS, ids=[end.__name__.strip("_") for end in ENDS])
def test_a_link_is_dead_once_its_maker_could_not_make_it_any_more(cast, talk, end):
    link = make_link(talk)
    assert opened(link).status_code == 200

    end(cast, link)

    dead, unknown = opened(link), console().get("/shared/1-unknown/")
    assert dead.status_code == 404
    assert dead.content == unknown.content
    assert "Launch" not in dead.content.decode()


def test_what_is_allowed_again_opens_it_again(cast, talk):
    link = make_link(talk)
    _switch_off(cast, link)
    organizations.let_share_outside(cast.olive, cast.acme, allowed=True)

    assert opened(link).status_code == 200


@pytest.mark.parametrize("odd", ["x", "0-0", "9" * 300, "%00", "-"])
def test_what_is_no_token_opens_nothing(cast, odd):
    assert console().get(f"/shared/{odd}/").status_code == 404


def test_the_database_holds_no_token_and_a_new_secret_key_keeps_links_open(cast, talk, settings):
    link = make_link(talk)
    token = outside.token(link)
    assert token not in str(SharedLink.objects.values_list())

    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another key altogether"

    assert outside.token(link) == token
    assert opened(link).status_code == 200


def test_a_link_ends_within_ninety_days(cast, talk):
    for days in (-1, 92):
        with pytest.raises(Refused, match="at most 90 days"):
            actions.sharing.publish(cast.lena, talk, ends_at=timezone.now() + timedelta(days=days))


def test_who_may_not_share_outside_is_refused(cast, talk):
    with pytest.raises(Denied, match="Guests do not"):
        actions.sharing.publish(cast.gus, talk, ends_at=soon())
    grants.give(cast.mika, "user", cast.den)
    with pytest.raises(Denied, match="Only Admins of the workspace may share outside there"):
        actions.sharing.publish(again(cast.mika), talk, ends_at=soon())
    chat = Conversation.objects.placed().get(pk=make_conversation(cast.mika).pk)
    with pytest.raises(Denied):
        actions.sharing.publish(cast.mika, chat, ends_at=soon())


def test_sharing_and_revoking_are_told_in_the_log(cast, talk):
    link = actions.sharing.publish(cast.lena, talk, ends_at=soon())
    actions.sharing.revoke(cast.olive, link)
    actions.sharing.revoke(cast.olive, link)

    told = [sentences.sentence(entry) for entry in AuditEntry.objects.order_by("seq")]
    assert told == [
        "Lena shared the conversation Launch outside by a link.",
        "Olive revoked a link to the conversation Launch.",
    ]


def test_owners_and_admins_see_every_live_link_without_its_address(cast, talk):
    link = make_link(talk)
    make_link(talk, revoked_at=timezone.now())
    make_link(make_conversation(cast.eve, cast.lair))

    for person in (cast.olive, cast.adam):
        page = console(person).get("/o/acme/links/")
        assert [row.id for row in page.context["links"].rows] == [link.pk]
        assert outside.token(link) not in page.content.decode()


def test_a_link_that_opens_nothing_now_says_why_in_the_list(cast, talk):
    make_link(talk)
    _suspended(cast, None)

    assert "Shut: Lena is suspended" in console(cast.olive).get("/o/acme/links/").content.decode().replace("\n", " ")


def test_the_settings_say_how_many_links_the_switch_shuts(cast, talk):
    assert "No conversation is shared outside now" in console(cast.olive).get("/o/acme/settings/sharing/").text
    make_link(talk)
    make_link(talk)

    assert "2 live links open nothing from then on" in console(cast.olive).get("/o/acme/settings/sharing/").text


def test_a_long_conversation_is_read_outside_from_its_beginning(cast, talk):
    start = timezone.now()
    Message.objects.bulk_create(
        Message(org=cast.acme, conversation=talk, author=cast.gus, text=f"n{n:03}", at=start + timedelta(seconds=n))
        for n in range(150)
    )
    link = make_link(talk)

    first = queries.shown(link)
    second = queries.shown(link, after=first.following)

    texts = [turn.html for page in (first, second) for turn in page.messages]
    assert len(texts) == len(set(texts)) == 151
    assert (len(first.messages), second.following) == (100, 0)


# ---------------------------------------------------------------- with a member


def test_a_member_who_is_not_in_it_reads_what_was_shared_and_nothing_else(cast, talk):
    other = make_conversation(cast.lena, cast.den)
    actions.sharing.share(cast.lena, talk, cast.mika)

    reader = console(again(cast.mika))
    assert reader.get(f"/o/acme/conversations/{talk.pk}/").status_code == 200
    assert reader.get(f"/o/acme/conversations/{other.pk}/").status_code == 404
    assert reader.get(f"/o/acme/workspaces/{cast.den.pk}/").status_code == 404
    assert reader.post(f"/o/acme/conversations/{talk.pk}/messages/", {"text": "x"}).status_code == 403

    actions.sharing.unshare(cast.lena, talk, cast.mika)
    assert reader.get(f"/o/acme/conversations/{talk.pk}/").status_code == 404
    told = [sentences.sentence(entry) for entry in AuditEntry.objects.order_by("seq")]
    assert told == [
        "Lena showed the conversation Launch to Mika.",
        "Lena took the conversation Launch back from Mika.",
    ]


def test_who_reads_it_already_or_could_not_is_told(cast, talk):
    with pytest.raises(Refused, match="Gus reads this conversation already"):
        actions.sharing.share(cast.lena, talk, cast.gus)
    members.set_plan(cast.olive, cast.mika, plan="essential")
    with pytest.raises(Refused, match="plan of Mika opens no workspaces"):
        actions.sharing.share(cast.lena, talk, cast.mika)
    with pytest.raises(Refused, match="does not belong to Acme"):
        actions.sharing.share(cast.lena, talk, cast.eve)
    with pytest.raises(Denied):
        actions.sharing.share(cast.gus, talk, cast.mika)


def test_the_page_of_sharing_makes_shows_and_revokes(cast, talk):
    browser, url = console(cast.lena), f"/o/acme/conversations/{talk.pk}/sharing/"
    day = (timezone.now() + timedelta(days=7)).date().isoformat()

    browser.post(f"{url}link/", {"ends_on": day})
    link = SharedLink.objects.get()
    page = browser.get(url).content.decode()
    assert outside.url(link) in page
    assert "Revoke it" in page

    browser.post(f"/o/acme/links/{link.pk}/revoke/")
    assert outside.url(link) not in browser.get(url).content.decode()
