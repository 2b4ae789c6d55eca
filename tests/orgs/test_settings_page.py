"""The settings page: Owners change what holds for everybody, and no two of them overwrite each other unseen."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from orgs.access import Refused
from orgs.actions import organizations
from orgs.models import AuditEntry, Organization, User
from tests.doors import console

URL = "/o/acme/settings/"


def _typed(**changed):
    shown = {"name": "Acme", "timezone": "UTC", "cost_visible_to": "owners", "guest_days": "90"}
    return {**shown, "seen": "0", **changed}


def test_an_owner_changes_the_settings_and_the_log_says_what_stood_before(cast):
    answer = console(cast.olive).post(URL, _typed(name="Acme & Sons", cost_visible_to="admins", guest_days="30"))

    cast.acme.refresh_from_db()
    entry = AuditEntry.objects.get()
    assert (answer.status_code, answer["Location"]) == (303, URL)
    assert (cast.acme.name, cast.acme.cost_visible_to, cast.acme.guest_days) == ("Acme & Sons", "admins", 30)
    assert entry.before == {"cost_visible_to": "owners", "guest_days": 90, "name": "Acme"}
    assert "Acme &amp; Sons" in console(cast.olive).get(URL).content.decode()


def test_nobody_but_an_owner_opens_or_changes_the_settings(cast):
    for person in (cast.adam, cast.lena, cast.mika, cast.vera, cast.gus):
        assert console(person).get(URL).status_code == 403
        assert console(person).post(URL, _typed(name="Mine")).status_code == 403
    assert console(cast.eve).post(URL, _typed(name="Mine")).status_code == 404

    cast.acme.refresh_from_db()
    assert cast.acme.name == "Acme"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "x" * 81),
        ("timezone", "Mars/Olympus"),
        ("timezone", "../../etc/passwd"),
        ("cost_visible_to", "everybody"),
        ("guest_days", "-1"),
        ("guest_days", "100000"),
    ],
)
def test_what_is_no_setting_is_answered_422_beside_its_field(cast, field, value):
    answer = console(cast.olive).post(URL, _typed(**{field: value}))

    assert answer.status_code == 422
    assert answer.context["form"].errors.keys() == {field}
    assert not AuditEntry.objects.exists()


@pytest.mark.parametrize("path", [URL, "/accounts/"])
def test_only_the_names_in_use_today_are_offered_for_a_time_zone(cast, path):
    offered = set(re.findall(r'<option value="([^"]+)"', console(cast.olive).get(path).text))

    assert {"UTC", "Europe/Berlin", "America/Los_Angeles", "Asia/Kolkata", "Europe/Amsterdam"} <= offered
    old = {"US/Pacific", "GMT+0", "Cuba", "Asia/Calcutta", "Etc/GMT-3", "Brazil/East", "Europe/Kiev"}
    assert not offered & old


def test_an_older_name_that_stands_is_kept_by_a_form_that_changes_something_else(cast):
    Organization.objects.filter(pk=cast.acme.pk).update(timezone="US/Pacific")
    User.objects.filter(pk=cast.olive.user_id).update(timezone="Cuba")
    browser = console(cast.olive)

    assert '<option value="US/Pacific" selected>' in browser.get(URL).text
    assert '<option value="Cuba" selected>' in browser.get("/accounts/").text
    assert browser.post(URL, _typed(timezone="US/Pacific", guest_days="30")).status_code == 303
    assert browser.post("/accounts/", {"name": "Olive Oyl", "timezone": "Cuba"}).status_code == 303
    came_back = browser.post(URL, _typed(timezone="US/Pacific", guest_days="-1"))
    assert '<option value="US/Pacific" selected>' in came_back.text
    cast.acme.refresh_from_db()
    assert (cast.acme.timezone, cast.acme.guest_days) == ("US/Pacific", 30)


def test_A06_fields_that_the_form_does_not_have_change_nothing(cast):
    extra = {
        "slug": "mine",
        "edition": "team",
        "seats": "1",
        "access_version": "1",
        "suspended_at": "2020-01-01",
        "second_factor_from": "2020-01-01",
        "session_hours": "4",
        "next_ordinal": "1",
        "id": "7",
    }
    before = type(cast.acme).objects.filter(pk=cast.acme.pk).values(*extra).get()

    console(cast.olive).post(URL, _typed(name="Acme 2", **extra))

    after = type(cast.acme).objects.filter(pk=cast.acme.pk).values(*extra).get()
    assert after | {"access_version": 0} == before | {"access_version": 0}


def test_a_stale_edit_gives_back_what_was_typed_and_says_what_changed_meanwhile(cast):
    seen = console(cast.oscar).get(URL).context["settings"].seen
    organizations.edit(cast.olive, cast.acme, changes={"name": "Acme Inc.", "guest_days": 2})

    answer = console(cast.oscar).post(URL, _typed(name="Acme Ltd.", seen=seen))
    page = answer.content.decode()

    cast.acme.refresh_from_db()
    assert answer.status_code == 409
    assert cast.acme.name == "Acme Inc."
    assert 'value="Acme Ltd."' in page
    assert "Olive changed name from Acme to Acme Inc." in page
    assert "Olive changed longest stay of a guest in days from 90 to 2" in page


def test_whoever_saves_again_after_seeing_it_has_their_way(cast):
    organizations.edit(cast.olive, cast.acme, changes={"name": "Acme Inc."})
    answer = console(cast.oscar).post(URL, _typed(name="Acme Ltd.", seen="0"))
    again = answer.context["settings"].seen

    assert console(cast.oscar).post(URL, _typed(name="Acme Ltd.", seen=again)).status_code == 303
    cast.acme.refresh_from_db()
    assert cast.acme.name == "Acme Ltd."


def test_a_change_elsewhere_in_the_log_makes_no_edit_stale(cast):
    seen = console(cast.oscar).get(URL).context["settings"].seen
    organizations.require_second_factor(cast.olive, cast.acme, starts_at=timezone.now() + timedelta(days=3))

    assert console(cast.oscar).post(URL, _typed(name="Acme Ltd.", seen=seen)).status_code == 303


def test_a_change_in_the_very_moment_of_saving_is_refused_by_the_deed_itself(cast):
    organizations.edit(cast.olive, cast.acme, changes={"name": "Acme Inc."})

    with pytest.raises(Refused, match="Somebody else saved the settings meanwhile"):
        organizations.edit(cast.oscar, cast.acme, changes={"name": "Acme Ltd."}, seen=0)


def test_another_time_zone_counts_every_day_anew(cast):
    from analytics.models import Ledger

    Ledger.objects.create(org=cast.acme, timezone="UTC")
    page = console(cast.olive).get(URL).content.decode()

    console(cast.olive).post(URL, _typed(timezone="Europe/Vienna"))

    cast.acme.refresh_from_db()
    assert cast.acme.timezone == "Europe/Vienna"
    assert "counts every past day anew" in page
