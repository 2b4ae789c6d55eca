"""The doors beside the console: one's own account, the ways in, machines and support staff; as tests/matrix/ tells."""

from itertools import product
from urllib.parse import parse_qsl

import pytest
from django.apps import apps
from django.urls import reverse

from orgs import grants
from orgs.models import Organization
from tests.cast import make_key, make_user
from tests.doors import api, console, litellm, staff
from tests.matrix.asking import as_it_was, ask, expected, rows, writes
from tests.matrix.things import DOORS, FRAME, Things, make_things
from tests.undone import undone
from workspaces.models import Conversation, Room

SUPPORT = rows("support")


@pytest.fixture
def things(cast):
    return make_things(cast)


def test_A03_ways_in_and_ones_own_pages_answer_as_the_table_says(cast, things):
    wrong = []

    for row, place in product(rows("account"), (0, 1)):
        who, answer = ("nobody", "mika")[place], row.answers[place]
        with undone():
            browser = console() if who == "nobody" else console(cast.mika, proven=True)
            mine = apps.get_model("usersessions", "UserSession").objects.filter(user=cast.mika.user).first()
            known = Things(things.known | {"session_id": {"own": mine.pk if mine else 1, "foreign": 999_999}})
            url = _key_url() if row.name == "account_reset_password_from_key" else known.url(row.name, row.about)
            with writes() as written:
                got = ask(browser, row.method, url, known.fields(row))
        if got.status_code != expected(answer, hx=False):
            wrong.append(f"{row} by {who}: {got.status_code}, not {answer}: {got.headers.get('Location')}")
        if row.method == "GET" and written:
            wrong.append(f"{row} by {who}: asked only, but wrote {written[0][:90]}")

    assert not wrong, "\n".join(wrong)


def _key_url():
    return reverse("account_reset_password_from_key", kwargs={"uidb36": "1", "key": "x"})


def sending(name):
    """How a machine sends its key there: LiteLLM's guardrail has its own way."""
    return litellm if name == "guardrail" else api


def test_A10_machines_get_the_answer_of_the_table(cast, things):
    wide = {name: make_key(org, name=name)[1] for name, org in (("right", cast.acme), ("umbrella", cast.umbrella))}
    secrets = {"none": None, "wrong": make_key(cast.acme, "decisions:read", name="wrong")[1]} | wide
    no_decisions = make_key(cast.acme, "events:write", "usage:read", name="wrong for decisions")[1]
    wrong = []

    for row in rows("machines"):
        url = things.url(row.name, row.about)
        for (who, secret), answer in zip(secrets.items(), row.answers, strict=True):
            with undone():
                other = who == "wrong" and row.name.startswith(("decision", "guardrail"))
                machine, asks = sending(row.name)(no_decisions if other else secret), row.method == "GET"
                got = machine.get(url, dict(parse_qsl(row.fields))) if asks else machine.post(url, row.fields)
            if got.status_code != int(answer):
                wrong.append(f"{row} with {who}: {got.status_code}, not {answer}: {got.content[:80]}")

    assert not wrong, "\n".join(wrong)


def _kinds(page):
    """The doors of the admin that show this page, of every kind of row."""
    if f"admin:{page}" in DOORS:
        return [f"admin:{page}"]
    admin = {name for name in DOORS if name.startswith("admin:")} - FRAME - {f"admin:{row.name}" for row in SUPPORT}
    return [name for name in admin if name.endswith(f"_{page}")]


def _url(name, cast):
    """The page of a row that is there: `admin:orgs_member_change` of a member."""
    params = DOORS[name].params
    if not params:
        return reverse(name)
    kind = apps.get_model(*name.removeprefix("admin:").split("_")[:2])
    row = kind._default_manager.first()
    return reverse(name, kwargs={p: "none" if p == "deed" else row.pk if row else 1 for p in params})


def test_A03_D09_the_admin_is_for_staff_with_a_second_factor_and_has_no_raw_form(cast, things):
    grants.delegate(cast.mika, Organization.DELEGATED)
    for kind in (Room, Conversation):
        grants.give(cast.mika, "viewer", kind.objects.first())
    bare, wrong = make_user("bare@steward.example", is_staff=True), []
    people = {
        "nobody": console(),
        "olive": console(cast.olive),
        "bare": console(bare),
        "staff": staff(cast.support.user),
    }

    for row in SUPPORT:
        names = _kinds(row.name)
        assert names
        for name, (who, answer) in product(names, zip(people, row.answers, strict=True)):
            url = _url(name, cast)
            with undone(), as_it_was(people[who]) as browser, writes() as written:
                got = ask(browser, row.method, url, dict(parse_qsl(row.fields))).status_code
            if got != int(answer) or written:
                wrong.append(f"{row} of {name} by {who}: {got}, not {answer} {written[:1]}")

    assert not wrong, "\n".join(wrong)


def test_D09_staff_change_their_password_where_everybody_does(cast):
    for name in ("password_change", "password_change_done"):
        answer = staff(cast.support.user).get(reverse(f"admin:{name}"))
        assert (answer.status_code, answer.headers["Location"]) == (302, reverse("account_change_password"))
