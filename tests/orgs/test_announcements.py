"""What everybody is told above every page: who tells it, who reads it, until when."""

from datetime import timedelta

import pytest
from django.utils import timezone

from orgs.access import Denied, Refused
from orgs.actions import announcements
from orgs.models import Announcement, AuditEntry
from tests.doors import console

pytestmark = pytest.mark.django_db


def announce(actor, **fields):
    now = timezone.now()
    said = {"text": "Closed on Monday", "severity": "warning", "starts_at": now, "ends_at": now + timedelta(hours=2)}
    return announcements.announce(actor, actor.org, **said | fields)


def test_every_member_reads_it_above_every_page_with_its_severity_in_words(cast):
    announce(cast.adam)

    for reader in (cast.olive, cast.mika, cast.vera, cast.gus):
        page = console(reader).get("/o/acme/").text
        assert "<strong>Warning:</strong> Closed on Monday" in page
    assert "Closed on Monday" not in console(cast.eve).get("/o/umbrella/").text


def test_only_owners_and_admins_announce(cast):
    with pytest.raises(Denied):
        announce(cast.mika)


def test_it_begins_and_ends_by_the_minute_without_any_job(cast, monkeypatch):
    now, browser = timezone.now(), console(cast.mika)
    made = announce(cast.adam, starts_at=now + timedelta(minutes=1), ends_at=now + timedelta(minutes=2))

    assert "Closed on Monday" not in browser.get("/o/acme/").text
    Announcement.objects.filter(pk=made.pk).update(starts_at=now - timedelta(minutes=1))
    from orgs import waiting

    waiting.forget()
    assert "Closed on Monday" in browser.get("/o/acme/").text
    assert not Announcement.objects.get(pk=made.pk).is_shown(now + timedelta(minutes=2))


def test_what_will_start_within_what_is_kept_starts_on_time(cast):
    from orgs import waiting

    now = timezone.now()
    announce(cast.adam, starts_at=now + timedelta(seconds=10), ends_at=now + timedelta(seconds=20))
    cast.mika.org.refresh_from_db()

    assert waiting.announcements(cast.mika, now) == []
    assert len(waiting.announcements(cast.mika, now + timedelta(seconds=11))) == 1
    assert waiting.announcements(cast.mika, now + timedelta(seconds=20)) == []


def test_taken_down_it_is_gone_from_the_next_page_on(cast):
    made, browser = announce(cast.adam), console(cast.mika)
    assert "Closed on Monday" in browser.get("/o/acme/").text

    announcements.withdraw(cast.olive, made)

    assert "Closed on Monday" not in browser.get("/o/acme/").text
    assert AuditEntry.objects.filter(action="announcement.manage").count() == 2


def test_the_gravest_stands_first(cast):
    for severity in ("info", "critical", "warning"):
        announce(cast.adam, severity=severity, text=f"as {severity}")

    page = console(cast.mika).get("/o/acme/").text

    assert page.index("as critical") < page.index("as warning") < page.index("as info")


def test_it_is_plain_text(cast):
    announce(cast.adam, text="<script>alert(1)</script>")

    assert "<script>alert" not in console(cast.mika).get("/o/acme/").text


def test_it_ends_after_it_starts_and_not_in_the_past(cast):
    now = timezone.now()
    for fields in ({"ends_at": now - timedelta(days=1)}, {"starts_at": now + timedelta(days=2)}):
        with pytest.raises(Refused):
            announce(cast.adam, **fields)


def test_times_are_taken_by_the_organizations_clock(cast):
    cast.acme.timezone = "America/New_York"
    cast.acme.save()
    form = {"text": "x", "severity": "info", "starts_at": "2190-01-01T08:00", "ends_at": "2190-01-01T09:00"}

    assert console(cast.adam).post("/o/acme/announcements/new/", form).status_code == 303

    assert Announcement.objects.get().starts_at.isoformat() == "2190-01-01T13:00:00+00:00"
