"""Every URL of the resolver × method × person, with and without htmx, against the tables in tests/matrix/."""

from inspect import unwrap

import pytest
from django.test import RequestFactory
from django.urls import reverse
from django.utils import timezone

from orgs.actions import organizations
from orgs.models import Member
from tests.cast import make_key
from tests.doors import api, console
from tests.matrix.asking import METHODS, as_it_was, ask, expected, in_lots, meet_everybody, rows, writes
from tests.matrix.things import DOORS, FRAME, PEOPLE, digest, make_things
from tests.source import FLOORS
from tests.undone import undone

CONSOLE, ACCOUNT, MACHINES, SUPPORT = (rows(name) for name in ("console", "account", "machines", "support"))


@pytest.fixture
def things(cast):
    return make_things(cast)


def test_every_door_has_a_row_and_every_row_a_door():
    asked = {row.name for row in CONSOLE + ACCOUNT + MACHINES}
    admin, kinds = {name for name in DOORS if name.startswith("admin:")}, {row.name for row in SUPPORT}
    in_admin = {
        name for name in admin - FRAME if name.removeprefix("admin:") in kinds or name.rpartition("_")[2] in kinds
    }

    assert sorted(DOORS.keys() - admin - asked) == []
    assert sorted(asked - DOORS.keys()) == []
    assert admin - in_admin == FRAME
    assert [str(row) for row in CONSOLE if len(row.answers) != len(PEOPLE)] == []


# Turned away before any view is asked, by the same few lines for every door: before anything is looked up or read.
OUTSIDE = ("sam", "rita", "eve", "nobody")
# One row of each door and method.
FIRSTS = {(row.name, row.method): row for row in reversed(CONSOLE)}
LOTS = in_lots(CONSOLE)


def people_of(row):
    """Who asks by this row, for what answer: everybody at each door and method, insiders every variation of it."""
    everybody = zip(PEOPLE, row.answers, strict=True)
    return [(who, answer) for who, answer in everybody if who not in OUTSIDE or row is FIRSTS[row.name, row.method]]


def both_ways():
    """The cell of each door, method and answer that is asked both ways: an insider's where there is one."""
    cells = [(row, who, answer) for row in CONSOLE for who, answer in people_of(row)]
    found = {}
    for row, who, answer in sorted(cells, key=lambda cell: cell[1] in OUTSIDE):
        found.setdefault((row.name, row.method, answer), (row, who))
    return set(found.values())


BOTH_WAYS = both_ways()


def asked(row):
    """Who asks, for what answer, whether by htmx: a yes plainly, a no by htmx, which draws no frame around it."""
    for who, answer in people_of(row):
        both, plainly = (row, who) in BOTH_WAYS, who not in OUTSIDE and answer < "400"
        if both or plainly:
            yield who, answer, False
        if both or not plainly:
            yield who, answer, True


@pytest.mark.slow
@pytest.mark.parametrize("lot", LOTS)
def test_A01_A03_A15_every_person_gets_the_answer_of_the_table_and_every_answer_comes_by_htmx_too(cast, things, lot):
    other, wrong = digest(cast.umbrella), []
    browsers = {name: console(None if name == "nobody" else getattr(cast, name)) for name in PEOPLE}
    meet_everybody(*browsers.values())

    for row in LOTS[lot]:
        url, fields = things.url(row.name, row.about), things.fields(row)
        for name, answer, hx in asked(row):
            with undone(), as_it_was(browsers[name]) as browser, writes(row) as written:
                got = ask(browser, row.method, url, fields, hx=hx).status_code
            who = f"{row} by {name}{' by htmx' if hx else ''}"
            if got != expected(answer, hx=hx):
                wrong.append(f"{who}: {got}, not {answer}")
            if got in (403, 404, 409, 422) and written:
                wrong.append(f"{who}: {got}, but wrote {written[0][:80]}")

    assert not wrong, "\n".join(wrong)
    assert digest(cast.umbrella) == other


def shut(cast, how):
    """Shut somebody out; who it is, and what every page answers them from now on."""
    now = timezone.now()
    match how:
        case "the organization is suspended":
            organizations.suspend(cast.support, cast.acme, reason="unpaid")
            return cast.olive, 403
        case "their stay has ended":
            Member.objects.filter(pk=cast.gus.pk).update(ends_at=now)
            return cast.gus, 403
        case "they have no second factor":
            organizations.require_second_factor(cast.support, cast.acme, starts_at=now)
            return cast.olive, 303


# That they are suspended is Sam's column of the table.
HOW = ("the organization is suspended", "their stay has ended", "they have no second factor")


@pytest.mark.slow
@pytest.mark.parametrize("how", HOW)
def test_C01_whoever_is_shut_out_is_shut_out_of_every_page(cast, things, how):
    who, answer = shut(cast, how)
    browser, wrong = console(who), []
    meet_everybody(browser)

    for row in FIRSTS.values():
        with undone(), writes() as written:
            got = ask(browser, row.method, things.url(row.name, row.about), things.fields(row))
        if got.status_code != answer or written:
            wrong.append(f"{row}: {got.status_code} {written[:1]}")
        if answer == 303 and got.headers["Location"] != reverse("mfa_index"):
            wrong.append(f"{row}: led to {got.headers['Location']}")

    assert not wrong, "\n".join(wrong)


FOREIGN = in_lots([row for row in CONSOLE if any(param.endswith("_id") for param in DOORS[row.name].params)])


@pytest.mark.slow
@pytest.mark.parametrize("lot", FOREIGN)
def test_A01_what_belongs_to_another_organization_does_not_exist(cast, things, lot):
    other, wrong, olive = digest(cast.umbrella), [], console(cast.olive)
    meet_everybody(olive)

    for row in FOREIGN[lot]:
        fields = things.fields(row)
        foreign = things.url(row.name, "foreign")
        urls = [(foreign, True)]
        if row is FIRSTS[row.name, row.method]:
            urls += [(foreign, False), (things.url(row.name, "12345"), True)]
            urls += [(things.url(row.name, row.about, slug=slug), True) for slug in ("umbrella", "nowhere")]
        for url, hx in urls:
            with undone(), as_it_was(olive) as browser, writes() as written:
                got = ask(browser, row.method, url, fields, hx=hx).status_code
            if got != 404 or written:
                wrong.append(f"{row} {url}: {got} {written[:1]}")

    assert not wrong, "\n".join(wrong)
    assert digest(cast.umbrella) == other


OWN = [n for n, door in DOORS.items() if unwrap(door.view).__module__.split(".")[0] in FLOORS and ":" not in n]


def declared(name):
    methods = {row.method for row in CONSOLE + ACCOUNT + MACHINES if row.name == name}
    # An export leaves an entry, so it answers no HEAD.
    return methods | ({"HEAD"} if "GET" in methods and not name.endswith("_export") else set())


def test_A16_a_method_that_no_row_declares_is_answered_405_and_writes_nothing(cast, things):
    """Through the middleware by one method of each door, the others by the door's own view: it reads nothing before."""
    machine, olive, wrong = api(make_key(cast.acme)[1]), console(cast.olive), []
    rows_of = {row.name: row for row in reversed(CONSOLE + ACCOUNT + MACHINES)}

    for name in OWN:
        row, unasked = rows_of[name], sorted(set(METHODS) - declared(name))
        url, view = things.url(row.name, row.about), DOORS[name].view
        with undone(), as_it_was(machine if row in MACHINES else olive) as browser, writes() as written:
            answers = [(method, view(RequestFactory().generic(method, url))) for method in unasked[1:]]
            answers += [(method, browser.generic(method, url)) for method in unasked[:1]]
        wrong += [f"{method} {name}: {got.status_code}" for method, got in answers if got.status_code != 405]
        wrong += [f"{name} {written[0]}"] if written else []

    assert not wrong, "\n".join(wrong)
