"""The security page: second factor, session length and ways to sign in, and nobody locks themselves out."""

from datetime import timedelta

import pytest
from django.apps import apps
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from orgs import mails
from orgs.access import Denied, Refused
from orgs.actions import organizations, security
from orgs.models import AuditEntry
from orgs.queries import security as queries
from tests.cast import make_member
from tests.doors import console
from tests.ways_in import by_code, signed_in

URL = "/o/acme/security/"
FACTOR = "/o/acme/security/second-factor/"
WAYS = "/o/acme/security/ways/"


def _protect(member):
    apps.get_model("mfa", "Authenticator").objects.create(user=member.user, type="totp", data={"secret": "x"})


def _passkey(member):
    credential = {"credential": {"clientExtensionResults": {"credProps": {"rk": True}}}}
    apps.get_model("mfa", "Authenticator").objects.create(user=member.user, type="webauthn", data=credential)


def _today(org):
    return timezone.now().astimezone(org.zone).date()


def test_nobody_but_an_owner_opens_or_changes_it(cast):
    for person in (cast.adam, cast.lena, cast.mika, cast.vera, cast.gus):
        assert console(person).get(URL).status_code == 403
        assert console(person).get(FACTOR).status_code == 403
        assert console(person).post(FACTOR + "stop/").status_code == 403
        assert console(person).post(WAYS, {"ways": "code"}).status_code == 403
        assert console(person).post(URL + "session/", {"session_hours": 1}).status_code == 403


# ---------------------------------------------------------------- second factor


def test_the_panel_names_and_counts_who_would_be_locked_out_today(cast):
    _protect(cast.olive)
    _protect(cast.mika)

    page = console(cast.olive).get(FACTOR, hx=True).content.decode()

    assert "6 of 8 active members would be locked out" in page
    for name in ("Adam", "Anna", "Gus", "Lena", "Oscar", "Vera"):
        assert name in page
    for name in ("Mika", "Sam", "Rita"):  # protected, suspended, removed
        assert name not in page


def test_a_requirement_starts_on_the_first_moment_of_its_day_by_the_organizations_clock(cast):
    cast.acme.timezone = "America/New_York"
    cast.acme.save()
    day = _today(cast.acme) + timedelta(days=7)

    answer = console(cast.olive).post(FACTOR, {"starts_on": day.isoformat()})

    cast.acme.refresh_from_db()
    start = cast.acme.second_factor_from.astimezone(cast.acme.zone)
    assert answer.status_code == 303
    assert (start.date(), start.hour, start.minute) == (day, 0, 0)


def test_required_today_means_at_once_and_those_without_can_do_nothing_but_enrol(cast):
    _protect(cast.olive)

    console(cast.olive).post(FACTOR, {"starts_on": _today(cast.acme).isoformat()})

    assert console(cast.olive).get(URL).status_code == 200
    assert console(cast.adam).get("/o/acme/audit/").status_code == 303


def test_an_owner_without_a_second_factor_cannot_lock_themselves_out_today(cast):
    answer = console(cast.olive).post(FACTOR, {"starts_on": _today(cast.acme).isoformat()})

    cast.acme.refresh_from_db()
    assert answer.status_code == 409
    assert "You have no second factor yet" in answer.content.decode()
    assert cast.acme.second_factor_from is None


def test_a_day_that_is_past_or_none_is_answered_422(cast):
    for day in ((_today(cast.acme) - timedelta(days=1)).isoformat(), "soon", ""):
        assert console(cast.olive).post(FACTOR, {"starts_on": day}).status_code == 422
    assert console(cast.olive).post(FACTOR, {}).status_code == 422


def test_where_more_than_ten_would_be_locked_out_at_once_the_name_is_typed(cast):
    _protect(cast.olive)
    for n in range(8):
        make_member(cast.acme, f"P{n}")
    today = _today(cast.acme).isoformat()

    assert console(cast.olive).post(FACTOR, {"starts_on": today}).status_code == 422
    assert console(cast.olive).post(FACTOR, {"starts_on": today, "typed": "acme"}).status_code == 422
    assert console(cast.olive).post(FACTOR, {"starts_on": today, "typed": "Acme"}).status_code == 303


def test_the_requirement_is_taken_back_at_once(cast):
    organizations.require_second_factor(cast.olive, cast.acme, starts_at=timezone.now() + timedelta(days=2))

    answer = console(cast.oscar).post(FACTOR + "stop/", hx=True)

    cast.acme.refresh_from_db()
    assert cast.acme.second_factor_from is None
    assert "Not required" in answer.content.decode()


def test_the_deed_asks_for_an_owner_whichever_door_it_comes_through(cast):
    with pytest.raises(Denied):
        organizations.require_second_factor(cast.adam, cast.acme, starts_at=None)


def test_the_panel_costs_the_same_queries_for_any_number_of_members(cast):
    counts = []
    for size in (2, 40):
        for n in range(size):
            make_member(cast.acme, f"Q{size}x{n}")
        with CaptureQueriesContext(connection) as found:
            queries.locked_out(cast.olive, timezone.now())
        counts.append(len(found))

    assert counts == [2, 2]


def test_the_name_is_asked_for_only_when_more_than_ten_would_be_locked_out_today(cast):
    for number in range(12):
        make_member(cast.acme, f"Extra {number}")
    browser, today = console(cast.olive), timezone.now().astimezone(cast.acme.zone).date()

    assert 'name="typed"' not in browser.get("/o/acme/security/second-factor/").text
    answer = browser.post("/o/acme/security/second-factor/", {"starts_on": today.isoformat()})

    assert answer.status_code == 422
    assert "Type Acme to lock them out today" in answer.text


def _require(cast):
    organizations.require_second_factor(cast.olive, cast.acme, starts_at=timezone.now() + timedelta(days=7))


def test_those_without_are_reminded_by_mail_and_nobody_else(cast):
    _require(cast)
    _protect(cast.mika)

    answer = console(cast.olive).post(FACTOR + "remind/", hx=True)

    while (waiting := mails.take_due(timezone.now())) is not None:
        mails.send(waiting)
    assert "7 people are reminded" in answer.text
    assert {message.to[0].partition("@")[0] for message in mail.outbox} == set(
        "adam anna gus lena olive oscar vera".split()
    )
    assert "/accounts/2fa/" in mail.outbox[0].body
    assert AuditEntry.objects.latest("seq").detail == {"reminded": 7}


def test_they_are_reminded_once_a_day(cast):
    _require(cast)
    security.remind(cast.olive, cast.acme)

    with pytest.raises(Refused, match="within the last 24 hours"):
        security.remind(cast.oscar, cast.acme)


def test_nobody_is_reminded_of_what_is_not_required(cast):
    with pytest.raises(Refused, match="No second factor is required"):
        security.remind(cast.olive, cast.acme)


# ---------------------------------------------------------------- session length


def test_a_session_lasts_as_long_as_an_owner_says(cast):
    answer = console(cast.olive).post(URL + "session/", {"session_hours": "4"})

    cast.acme.refresh_from_db()
    assert (answer.status_code, cast.acme.session_hours) == (303, 4)
    assert AuditEntry.objects.get().before == {"session_hours": 8}


@pytest.mark.parametrize("typed", ["0", "25", "", "four"])
def test_what_is_no_length_is_answered_422_and_given_back(cast, typed):
    answer = console(cast.olive).post(URL + "session/", {"session_hours": typed})

    assert answer.status_code == 422
    assert f'value="{typed}"' in answer.text or not typed
    assert not AuditEntry.objects.exists()


# ---------------------------------------------------------------- ways to sign in


def test_a_way_that_is_not_allowed_opens_no_page_and_says_which_ones_do(cast):
    security.allow_ways(cast.olive, cast.acme, ways=["code"])
    browser = signed_in(cast.mika)

    answer = browser.get("/o/acme/workspaces/")

    assert answer.status_code == 403
    assert "a code by e-mail" in answer.text
    assert "a passkey" not in answer.text
    assert browser.get("/accounts/").status_code == 200
    assert browser.get("/o/acme/workspaces/", hx=True).headers["HX-Redirect"] == "/"


def test_whoever_signs_in_again_by_an_allowed_way_is_in(cast):
    security.allow_ways(cast.olive, cast.acme, ways=["code"])
    browser = console()
    by_code(browser, cast.mika.user.email)

    assert browser.get("/o/acme/workspaces/").status_code == 200


def test_what_one_organization_allows_binds_no_other(cast):
    make_member(cast.umbrella, "Mika", user=cast.mika.user)
    security.allow_ways(cast.olive, cast.acme, ways=["code"])

    assert signed_in(cast.mika).get("/o/umbrella/").status_code == 200


def test_a_password_given_again_inside_a_session_opens_nothing(cast):
    security.allow_ways(cast.olive, cast.acme, ways=["password"])
    browser = console()
    by_code(browser, cast.mika.user.email)
    browser.post("/accounts/reauthenticate/", {"password": "correct horse battery staple"})

    assert browser.get("/o/acme/workspaces/").status_code == 403


def test_an_owner_cannot_allow_only_what_they_do_not_have(cast):
    with pytest.raises(Refused, match="you would lock yourself out"):
        security.allow_ways(cast.olive, cast.acme, ways=["passkey"])

    _passkey(cast.olive)
    security.allow_ways(cast.olive, cast.acme, ways=["passkey"])
    assert cast.acme.sign_in_ways == ["passkey"]


def test_support_cannot_lock_every_owner_out(cast):
    with pytest.raises(Refused, match="No active Owner of Acme"):
        security.allow_ways(cast.support, cast.acme, ways=["passkey"])

    _passkey(cast.oscar)
    security.allow_ways(cast.support, cast.acme, ways=["passkey"])


def test_at_least_one_way_is_left(cast):
    assert console(cast.olive).post(WAYS, {}).status_code == 422
    with pytest.raises(Refused, match="at least one"):
        security.allow_ways(cast.olive, cast.acme, ways=[])
    with pytest.raises(Denied):
        security.allow_ways(cast.adam, cast.acme, ways=["code"])


def test_the_page_says_how_many_could_use_each_way(cast):
    _passkey(cast.mika)

    page = console(cast.olive).get(URL)

    ways = {way.name: (way.allowed, way.people, way.mine) for way in page.context["security"].ways}
    assert ways == {"password": (True, 8, True), "code": (True, 8, True), "passkey": (True, 1, False)}


def test_the_page_costs_the_same_queries_for_any_number_of_members(cast):
    counts = []
    for size in (2, 40):
        for n in range(size):
            make_member(cast.acme, f"R{size}x{n}")
        with CaptureQueriesContext(connection) as found:
            queries.security(cast.olive, timezone.now())
        counts.append(len(found))

    assert counts == [5, 5]
