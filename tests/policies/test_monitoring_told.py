"""Members are told their organization's level, and every change of it with its day (product.md 4)."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.formats import date_format

from orgs import waiting
from orgs.actions import delegation
from orgs.models import Announcement, AuditEntry, Mail, Member
from policies import levels
from policies.actions import trials
from policies.models import WHOLE, LevelChange, PolicyDraft, PolicyInForce
from tests.doors import console
from tests.policies.publishing import put_in_force
from tests.policies.writing import OPEN, catalogue, draft, publish

AT = timezone.now() - timedelta(days=3)


@pytest.mark.parametrize(
    ("level", "said"),
    [
        ("", "No policy is published: only counts are kept"),
        ("minimal", "Only counts are kept"),
        ("standard", "the text of messages that the policy flags"),
        ("full", "All that is written is kept"),
    ],
)
def test_everybody_reads_the_level_on_their_own_page(cast, level, said):
    if level:
        put_in_force(cast.acme, level)

    for person in (cast.mika, cast.vera, cast.gus):
        assert said in console(person).get(f"/o/acme/members/{person.pk}/").content.decode()


def test_a_change_is_told_to_every_active_member_with_its_day(cast):
    version = put_in_force(cast.acme, "full")

    levels.published(version, level_before="standard", at=AT)

    told = Announcement.objects.get()
    assert "the monitoring level of Acme is Full" in told.text
    assert date_format(AT.astimezone(cast.acme.zone), "j M Y") in told.text
    assert told.starts_at == AT
    active = Member.objects.filter(org=cast.acme, suspended_at=None, removed_at=None)
    assert set(Mail.objects.filter(kind="monitoring_level").values_list("to", flat=True)) == set(
        active.values_list("user__email", flat=True)
    )
    assert LevelChange.objects.get(member=None).since == AT
    assert (
        date_format(AT.astimezone(cast.acme.zone), "j M Y")
        in Mail.objects.filter(kind="monitoring_level").first().params["day"]
    )
    assert "is Full" in console(cast.mika).get("/o/acme/workspaces/").content.decode()


@pytest.mark.parametrize(("before", "after"), [("standard", "standard"), ("", "minimal")])
def test_what_changes_nothing_is_told_to_nobody(cast, before, after):
    levels.published(put_in_force(cast.acme, after), level_before=before, at=AT)

    assert not Announcement.objects.exists()
    assert not Mail.objects.exists()


def test_a_departments_policy_changes_nobodys_level(cast):
    version = put_in_force(cast.acme, "full", scope=cast.research.pk, name="Research")

    levels.published(version, level_before="minimal", at=AT)

    assert not Announcement.objects.exists()


def test_a_version_that_ran_report_only_changes_the_level_on_the_day_of_its_enforcement(cast):
    catalogue(cast.acme)
    publish(cast.olive, OPEN)
    saved = draft(cast.olive, OPEN | {"monitoring_level": "full"})
    trials.begin(cast.olive, cast.acme, WHOLE, revision=saved.revision, until=timezone.now() + timedelta(days=9))
    before = timezone.now()

    version = trials.enforce(cast.olive, PolicyInForce.objects.get(org=cast.acme))

    assert version.published_at < before <= LevelChange.objects.latest("since").since
    assert LevelChange.objects.latest("since").since == AuditEntry.objects.latest("seq").at


def banner(person, path="/o/acme/workspaces/"):
    return "the monitoring level of Acme is" in console(person).get(path).content.decode()


def close(person, **sent):
    told = Announcement.objects.latest("starts_at")
    return console(person).post(f"/o/acme/announcements/{told.pk}/close/", **sent)


def test_the_news_of_a_change_is_closed_by_each_for_themselves_and_the_next_change_is_told_anew(cast):
    levels.published(put_in_force(cast.acme, "full"), level_before="standard", at=AT)

    assert close(cast.mika, data={"next": "/o/acme/chats/"})["Location"] == "/o/acme/chats/"
    assert close(cast.vera, hx=True).content == b""

    assert [banner(who) for who in (cast.mika, cast.vera, cast.lena)] == [False, False, True]
    assert "All that is written is kept" in console(cast.mika).get(f"/o/acme/members/{cast.mika.pk}/").content.decode()
    assert not AuditEntry.objects.exists()
    levels.published(put_in_force(cast.acme, "standard"), level_before="full", at=AT + timedelta(days=1))
    waiting.forget()  # a version that is published raises the log, which these rows do not
    assert banner(cast.mika)


def test_only_what_is_told_now_is_closed(cast):
    levels.published(put_in_force(cast.acme, "full"), level_before="standard", at=AT)
    told, now = Announcement.objects.get(), timezone.now()
    others = [{"withdrawn_at": now}, {"ends_at": now}, {"starts_at": now + timedelta(minutes=1)}]

    for fields in others:
        before = {name: getattr(told, name) for name in fields}
        Announcement.objects.filter(pk=told.pk).update(**fields)
        assert close(cast.mika).status_code == 404, fields
        Announcement.objects.filter(pk=told.pk).update(**before)

    cast.mika.refresh_from_db()
    assert cast.mika.news_closed_until is None
    assert close(cast.mika).status_code == 303


def test_news_that_may_be_closed_costs_a_page_no_query(cast, django_assert_num_queries):
    door, page = console(cast.mika), "/o/acme/workspaces/"
    waiting.announcements(cast.mika, timezone.now())
    door.get(page)
    with CaptureQueriesContext(connection) as captured:
        door.get(page)
    without = len(captured)
    levels.published(put_in_force(cast.acme, "full"), level_before="standard", at=AT)
    waiting.forget()
    for closed in (False, True):
        door.get(page)
        with django_assert_num_queries(without):
            assert ("the monitoring level of Acme is" in door.get(page).text) is not closed
        close(cast.mika)


def test_the_news_of_a_level_takes_the_place_of_the_news_before(cast):
    other = Announcement.objects.create(org=cast.acme, text="Lunch", starts_at=AT, ends_at=AT + timedelta(days=9))
    levels.published(put_in_force(cast.acme, "standard"), level_before="", at=AT)
    levels.published(put_in_force(cast.acme, "full"), level_before="standard", at=AT + timedelta(days=1))

    page = console(cast.mika).get("/o/acme/workspaces/").content.decode()

    assert "is Full" in page
    assert "is Standard" not in page
    assert other.text in page


def test_whoever_closes_it_is_led_nowhere_else(cast):
    levels.published(put_in_force(cast.acme, "full"), level_before="standard", at=AT)

    assert close(cast.mika, data={"next": "https://evil.example/"})["Location"] == "/o/acme/"


def test_a_page_that_says_the_level_itself_does_not_say_it_twice(cast):
    levels.published(put_in_force(cast.acme, "full"), level_before="standard", at=AT)

    assert banner(cast.olive, "/o/acme/policies/")
    assert not banner(cast.olive, "/o/acme/monitoring/")


@pytest.fixture
def asked(cast):
    """What a panel asks about the organization's policy, once `level` is drafted after Standard."""
    catalogue(cast.acme)
    delegation.delegate(cast.olive, cast.lena, permissions=["compliance"])
    publish(cast.adam, OPEN | {"monitoring_level": "standard"})

    def text(deed, level):
        draft(cast.adam, OPEN | {"monitoring_level": level})
        return console(cast.olive).get(f"/o/acme/policies/organization/{deed}/").text

    return text


@pytest.mark.parametrize("deed", ["publish", "report-only/begin"])
def test_a_level_that_rises_stands_out_before_it_is_published_or_tried(asked, deed):
    risen = asked(deed, "full")

    _all_of_a_rise(risen)
    assert ("all of it once it is enforced" in risen) is (deed != "publish")
    assert "rises" not in asked(deed, "minimal")


@pytest.mark.parametrize("level", ["full", "minimal"])
def test_a_level_that_rises_stands_out_before_a_version_is_enforced(cast, asked, level):
    asked("publish", level)
    until, revision = AT + timedelta(days=7), PolicyDraft.objects.get().revision
    trials.begin(cast.adam, cast.acme, WHOLE, revision=revision, until=until)

    page = console(cast.olive).get("/o/acme/policies/organization/report-only/enforce/").text

    if level == "full":
        _all_of_a_rise(page)
    else:
        assert "rises" not in page


def _all_of_a_rise(page):
    assert "The monitoring level rises from Standard to Full." in page
    assert "All that is written is kept." in page
    assert "It holds for 7 people" in page
    assert "They have that permission now: Lena." in page
    assert "Every member is told" in page
