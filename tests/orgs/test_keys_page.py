"""The keys page: a key is shown once, kept as a digest, found by the whole of it, and ends when it is revoked."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from orgs.access import Denied
from orgs.actions import keys, members
from orgs.keys import digest_of
from orgs.models import AuditEntry, ServiceKey
from orgs.queries import keys as queries
from tests.cast import make_key
from tests.doors import api, console

URL = "/o/acme/keys/"
EVENTS = "/api/v1/events"
SECRET = re.compile(r"data-secret>(stw_[A-Za-z0-9_-]{43})<")
GATEWAY = {"name": "gateway", "scopes": ["events:write", "decisions:read"]}


def _make(person, **changed):
    return console(person).post(URL, {**GATEWAY, **changed})


def _secret_in(answer):
    return SECRET.search(answer.content.decode()).group(1)


def test_the_secret_is_in_the_answer_to_its_making_and_nowhere_after(cast):
    answer = _make(cast.adam)
    secret = _secret_in(answer)

    key = ServiceKey.objects.get(name="gateway")
    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]
    assert (key.digest, key.made_by) == (digest_of(secret), cast.adam)
    assert secret not in console(cast.adam).get(URL).content.decode()
    assert secret[: len(key.prefix)] == key.prefix


def test_htmx_gets_the_secret_in_the_panel_and_the_list_beside_it(cast):
    answer = console(cast.adam).post(URL, GATEWAY, hx=True).content.decode()

    assert SECRET.search(answer)
    assert 'hx-target="#keys"' in answer
    assert "<html" not in answer


def test_a_made_key_opens_its_door_at_once(cast):
    secret = _secret_in(_make(cast.olive))

    assert api(secret).post(EVENTS, []).status_code == 202


def test_F05_neither_the_database_nor_the_log_holds_the_key(cast):
    secret = _secret_in(_make(cast.adam))
    api(secret).post(EVENTS, [])
    keys.revoke(cast.adam, ServiceKey.objects.get(name="gateway"))

    with connection.cursor() as cursor:
        dump = []
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            dump.append(repr(cursor.fetchall()))
    text = "".join(dump)
    assert digest_of(secret) in text
    assert secret not in text
    assert secret[4:20] not in text


@pytest.mark.parametrize(
    "changed",
    [
        {"scopes": ["everything"]},
        {"scopes": ["events:write", "admin"]},
        {"scopes": []},
        {"name": ""},
        {"name": "x" * 61},
        {"ends_on": "soon"},
    ],
)
def test_A07_a_key_beyond_the_scopes_that_exist_is_answered_422(cast, changed):
    answer = _make(cast.olive, **changed)

    assert answer.status_code == 422
    assert not ServiceKey.objects.exists()


def test_a_key_that_may_do_nothing_is_told_so_in_the_form_that_was_sent(cast):
    page, panel = (_made_of_nothing(cast, hx=hx) for hx in (False, True))

    assert "hx-post" not in page.partition('name="ends_on"')[0].rpartition("<form")[2]
    assert page.count('name="ends_on"') == panel.count('name="ends_on"') == 1
    assert "Choose what the key may do." in page
    assert "Choose what the key may do." in panel


def _made_of_nothing(cast, *, hx):
    return console(cast.olive).post(URL, {**GATEWAY, "scopes": []}, hx=hx).content.decode()


def test_A07_nobody_makes_a_key_that_sees_cost_when_they_do_not(cast):
    reading = {"name": "reader", "scopes": ["usage:read"]}

    form = console(cast.adam).get(f"{URL}new/").content.decode()
    answer = console(cast.adam).post(URL, reading)

    assert answer.status_code == 422
    assert 'value="usage:read"' not in form
    assert "cost is shown to Owners only" in form
    assert console(cast.olive).post(URL, reading).status_code == 200


def test_A07_a_key_gives_its_scopes_and_no_more(cast):
    _, secret = make_key(cast.acme, "usage:read")

    answer = api(secret).post(EVENTS, [])

    assert answer.status_code == 403
    assert api(secret).get("/o/acme/keys/").status_code == 302


@pytest.mark.parametrize("name", ["mika", "vera", "lena", "gus"])
def test_nobody_but_owners_and_admins_sees_makes_or_revokes_keys(cast, name):
    person = getattr(cast, name)
    key, _ = make_key(cast.acme)

    assert console(person).get(URL).status_code == 403
    assert _make(person).status_code == 403
    assert console(person).post(f"{URL}{key.pk}/revoke/").status_code == 403
    assert console(person).post(f"{URL}7/revoke/").status_code == 403  # whether there is such a key or not
    with pytest.raises(Denied):
        keys.revoke(person, key)


def test_A01_a_key_of_another_organization_does_not_exist_here(cast):
    key, secret = make_key(cast.umbrella)

    assert console(cast.olive).get(f"{URL}{key.pk}/revoke/").status_code == 404
    assert console(cast.olive).post(f"{URL}{key.pk}/revoke/").status_code == 404
    assert api(secret).post(EVENTS, []).status_code == 202


def test_A06_fields_that_the_form_does_not_have_change_nothing_of_a_key(cast):
    _make(cast.adam, org=cast.umbrella.pk, made_by=cast.olive.pk, digest="0" * 64, prefix="stw_mine", revoked_at="")

    key = ServiceKey.objects.get()
    assert (key.org, key.made_by) == (cast.acme, cast.adam)
    assert key.digest != "0" * 64


# ---------------------------------------------------------------- one spelling, the whole of it


def test_A10_one_spelling_carries_a_key_and_no_other(cast):
    key, secret = make_key(cast.acme)
    body = {"data": "[]", "content_type": "application/json"}

    for headers in (
        {"Authorization": f"bearer {secret}"},
        {"Authorization": f"BEARER {secret}"},
        {"Authorization": secret},
        {"Authorization": f"Bearer  {secret}"},
        {"Authorization": f"Token {secret}"},
        {"Authorization": f"Basic {secret}"},
        {"Authorization": f"Bearer {secret[4:]}"},
        {"X-Api-Key": secret},
        {"Api-Key": secret},
        {"X-Authorization": f"Bearer {secret}"},
        {"Cookie": f"key={secret}; sid={secret}"},
    ):
        answer = Client(headers=headers).post(EVENTS, **body)
        assert answer.status_code == 401, headers
        assert answer["WWW-Authenticate"] == 'Bearer realm="Steward"'
    for path in (f"{EVENTS}?key={secret}", f"{EVENTS}?access_token={secret}"):
        assert Client().post(path, **body).status_code == 401
    assert Client(headers={"Authorization": f"Bearer {secret}"}).post(EVENTS, **body).status_code == 202
    key.refresh_from_db()
    assert key.last_used_at is not None


def test_C04_a_key_is_found_by_the_whole_of_it(cast):
    _, secret = make_key(cast.acme)
    other = "A" if secret[-1] != "A" else "B"

    for forged in (secret[:-1] + other, secret[:-1], secret + "A", secret[:10], secret.upper()):
        assert api(forged).post(EVENTS, []).status_code == 401


def test_keys_of_equal_prefix_open_their_own_organization_only(cast):
    ours, secret = make_key(cast.acme, name="ours")
    make_key(cast.umbrella, name="theirs")
    ServiceKey.objects.update(prefix=ours.prefix)

    api(secret).post(EVENTS, [])

    assert list(ServiceKey.objects.filter(last_used_at__isnull=False)) == [ours]


# ---------------------------------------------------------------- end, rotation, review


def test_a_revoked_key_is_dead_at_the_next_request_and_stays_listed(cast):
    key, secret = make_key(cast.acme, name="gateway")

    answer = console(cast.adam).post(f"{URL}{key.pk}/revoke/", hx=True)

    assert api(secret).post(EVENTS, []).status_code == 401
    assert "gateway is revoked." in answer.content.decode()
    assert console(cast.adam).get(URL).context["keys"].gone[0].name == "gateway"
    assert AuditEntry.objects.get().action == "key.manage"


def test_the_last_day_is_lived_to_its_end_by_the_organizations_clock(cast):
    cast.acme.timezone = "Asia/Tokyo"
    cast.acme.save()
    day = timezone.now().astimezone(cast.acme.zone).date()

    _make(cast.olive, ends_on=day.isoformat())

    ends = ServiceKey.objects.get().ends_at.astimezone(cast.acme.zone)
    assert (ends.date(), ends.hour) == (day + timedelta(days=1), 0)


def test_an_end_in_the_past_is_refused(cast):
    assert _make(cast.olive, ends_on="2020-01-01").status_code == 409
    assert not ServiceKey.objects.exists()


def test_an_ended_key_opens_nothing(cast):
    _, secret = make_key(cast.acme, ends_at=timezone.now() - timedelta(seconds=1))

    assert api(secret).post(EVENTS, []).status_code == 401


def test_two_keys_of_a_name_live_side_by_side_and_a_third_is_refused(cast):
    secrets = [_secret_in(_make(cast.olive)) for _ in range(2)]

    third = _make(cast.olive)

    assert third.status_code == 409
    assert "Two keys named gateway are alive" in third.content.decode()
    assert all(api(secret).post(EVENTS, []).status_code == 202 for secret in secrets)


@pytest.mark.parametrize(
    ("deed", "reason"),
    [
        (lambda cast: members.suspend(cast.olive, cast.adam, reason="x"), "is suspended"),
        (lambda cast: members.set_role(cast.olive, cast.adam, role="user"), "administers no longer"),
        (lambda cast: members.remove(cast.olive, cast.adam, reason="x"), "was removed"),
    ],
)
def test_C06_a_key_lives_on_without_its_maker_and_is_listed_for_review(cast, deed, reason):
    secret = _secret_in(_make(cast.adam))

    deed(cast)

    page = console(cast.olive).get(URL).content.decode()
    assert f"Adam, who made it, {reason}." in page
    assert api(secret).post(EVENTS, []).status_code == 202


def test_C06_whoever_is_suspended_or_demoted_makes_no_key_any_more(cast):
    members.suspend(cast.olive, cast.adam, reason="x")
    members.set_role(cast.olive, cast.anna, role="user")

    for person in (cast.adam, cast.anna):
        with pytest.raises(Denied):
            keys.make(person, cast.acme, name="k", scopes=["usage:read"], ends_at=None)
    assert console(cast.anna).post(URL, GATEWAY).status_code == 403
    assert not ServiceKey.objects.exists()


def test_the_list_costs_one_query_for_any_number_of_keys(cast):
    counts = []
    for size in (2, 30):
        for n in range(size):
            make_key(cast.acme, name=f"{size}-{n}", made_by=cast.adam)
        with CaptureQueriesContext(connection) as found:
            queries.keys(cast.olive, timezone.now())
        counts.append(len(found))

    assert counts == [1, 1]
