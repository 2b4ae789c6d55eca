"""The page of guests: who is on it, how it is filtered and paged, and what its panels and deeds answer."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from orgs import guests
from orgs.actions import members
from orgs.models import AuditEntry, Kind, Member
from orgs.queries.guests import Filters, listing
from tests.cast import again, make_member
from tests.doors import console
from workspaces.actions.workspaces import give_role

PAGE = "/o/acme/guests/"


def url(member, deed):
    return f"{PAGE}{member.pk}/{deed}/"


def guest(cast, name, days, **fields):
    end = timezone.now() + timedelta(days=days)
    fields = {"sponsor": cast.lena, "email": f"{name.lower()}@elsewhere.example"} | fields
    return make_member(cast.acme, name, kind=Kind.GUEST, ends_at=end, **fields)


# ---------------------------------------------------------------- the page


def test_the_page_shows_who_ends_first_first_with_sponsor_end_and_workspaces(cast):
    guest(cast, "Gina", 3, role="viewer")
    give_role(cast.lena, cast.den, Member.objects.get(user__name="Gina"), level="viewer")

    page = console(cast.adam).get(PAGE)
    rows = page.context["list"].rows

    assert [(row.name, row.sponsor, [spot.name for spot in row.spots], row.soon) for row in rows] == [
        ("Gina", "Lena", ["Den"], True),
        ("Gus", "Lena", ["Den"], False),
    ]
    assert '<a href="/o/acme/guests/" aria-current="page">Guests</a>' in page.content.decode()
    assert "/o/acme/invitations/new/?kind=guest" in page.content.decode()


def test_the_button_that_invites_a_guest_opens_the_form_for_a_guest(cast):
    form = console(cast.adam).get("/o/acme/invitations/new/?kind=guest").context["form"]

    assert form["kind"].value() == "guest"
    assert console(cast.adam).get("/o/acme/invitations/new/").context["form"]["kind"].value() == "member"


@pytest.mark.parametrize(
    ("filters", "names"),
    [
        (Filters(), ["Gone", "Week", "Gus", "Later"]),
        (Filters(ends="7"), ["Week"]),
        (Filters(ends="30"), ["Week", "Gus"]),
        (Filters(ends="ended"), ["Gone"]),
        (Filters(q="lat"), ["Later"]),
        (Filters(sponsor="none"), ["Later"]),
    ],
)
@pytest.mark.both
def test_guests_are_filtered_by_end_and_by_what_they_lack(cast, filters, names):
    guest(cast, "Week", 6)
    guest(cast, "Later", 60, sponsor=cast.sam)
    guest(cast, "Gone", -1)

    assert [row.name for row in listing(cast.adam, filters, timezone.now()).rows] == names


@pytest.mark.parametrize(("how", "trouble"), [("suspend", "is suspended"), ("remove", "was removed")])
def test_a_guest_whose_sponsor_is_gone_needs_a_new_one(cast, how, trouble):
    getattr(members, how)(cast.olive, cast.lena, reason="left")

    page = console(cast.adam).get(PAGE, {"sponsor": "none"})

    assert [row.trouble for row in page.context["list"].rows] == [trouble]
    assert trouble in page.content.decode()


@pytest.mark.both
def test_the_list_is_paged_without_a_gap(cast):
    for n in range(60):
        guest(cast, f"Guest {n:02}", 5 + n % 3)

    seen, after = [], ""
    while True:
        shown = console(cast.adam).get(PAGE, {"after": after} if after else {}).context["list"]
        seen += [row.name for row in shown.rows]
        after = shown.next
        if not after:
            break
    back = console(cast.adam).get(PAGE, {"before": shown.previous}).context["list"]

    assert len(seen) == len(set(seen)) == 61
    assert [row.name for row in back.rows] == seen[:50]


@pytest.mark.parametrize("after", ["x", "1-", "-1", "9" * 19 + "-1", "1-" + "9" * 19, "0-0", "²-1"])
def test_a_place_that_is_none_is_answered_422(cast, after):
    assert console(cast.adam).get(PAGE, {"after": after}).status_code == 422


def test_the_page_costs_the_same_queries_at_any_size(cast):
    browser = console(cast.adam)

    def queries():
        browser.get(PAGE)
        with CaptureQueriesContext(connection) as asked:
            assert browser.get(PAGE).status_code == 200
        return len(asked)

    few = queries()
    for n in range(30):
        give_role(cast.lena, cast.den, guest(cast, f"Guest {n:02}", 5 + n), level="user")

    assert queries() == few


def test_a_stay_is_extended_on_the_page_with_a_way_back(cast):
    day = timezone.now().date() + timedelta(days=60)

    answer = console(cast.adam).post(url(cast.gus, "extend"), {"ends_on": day.isoformat()}, hx=True)

    body = answer.content.decode()
    assert guests.last_day(again(cast.gus)) == day
    assert body.lstrip().startswith('<div id="guests">')
    assert f'name="ends_on" value="{guests.last_day(cast.gus).isoformat()}"' in body.partition("<hx-partial")[2]


@pytest.mark.parametrize("day", ["", "soon", "2020-01-01", "2199-01-01", "0001-01-01"])
def test_what_is_no_end_is_named_and_kept(cast, day):
    answer = console(cast.adam).post(url(cast.gus, "extend"), {"ends_on": day}, hx=True)

    assert answer.status_code == 422
    assert day in answer.content.decode()
    assert not AuditEntry.objects.exists()


def test_what_ending_a_stay_does_is_said_before_and_taken_back_after(cast):
    adam = console(cast.adam)

    panel = adam.get(url(cast.gus, "end"), hx=True).content.decode()
    ended = adam.post(url(cast.gus, "end"), hx=True).content.decode()
    over = adam.get(url(cast.gus, "end"), hx=True).content.decode()

    assert "They lose sight of Den." in panel
    assert f'hx-post="{url(cast.gus, "extend")}"' in ended.partition("<hx-partial")[2]
    assert "over already" in over


@pytest.mark.parametrize("sent", ["eve@umbrella.example", "nobody@x.example", ""])
def test_A05_nobody_from_elsewhere_vouches(cast, sent):
    answer = console(cast.adam).post(url(cast.gus, "sponsor"), {"member": sent}, hx=True)

    assert answer.status_code == 422
    assert again(cast.gus).sponsor == cast.lena


def test_the_filter_stays_after_a_deed(cast):
    guest(cast, "Gina", 3)

    adam = console(cast.adam)
    hx = adam.post(f"{url(cast.gus, 'sponsor')}?q=gus", {"member": "mika@acme.example"}, hx=True)
    plain = adam.post(f"{url(cast.gus, 'sponsor')}?q=gus", {"member": "lena@acme.example"})

    assert [row.name for row in hx.context["list"].rows] == ["Gus"]
    assert plain["Location"] == f"{PAGE}?q=gus"


def test_A01_guests_of_another_organization_do_not_exist(cast):
    end = timezone.now() + timedelta(days=5)
    theirs = make_member(cast.umbrella, "Gerd", kind=Kind.GUEST, ends_at=end)

    for deed in ("extend", "sponsor", "end"):
        assert console(cast.adam).post(url(theirs, deed), {}).status_code == 404
    assert "Gerd" not in console(cast.adam).get(PAGE).content.decode()
