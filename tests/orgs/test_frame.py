"""The frame of every page: what stands in the navigation, which tabs a page has, and that words agree."""

import re

import pytest

from tests.cast import make_member
from tests.doors import console

pytestmark = pytest.mark.django_db

LINK = r'<a [^>]*?href="([^"]+)"([^>]*)>(?:<svg.*?</svg>)?(?:<span>)?([^<]+)'


def links_of(page, name):
    """The label of each link of a navigation, and that of the one where the reader is."""
    nav = re.search(rf'<nav class="[^"]*" aria-label="{name}">(.*?)</nav>', page, re.DOTALL)
    found = re.findall(LINK, nav.group(1), re.DOTALL) if nav else []
    return [label for _url, _rest, label in found], next((x[2] for x in found if "aria-current" in x[1]), "")


@pytest.mark.parametrize(
    ("path", "tab", "pages", "page"),
    [
        ("members/", "Members", [], ""),
        ("guests/", "Guests", [], ""),
        ("provisioning/", "Newcomers", ["Provisioning", "Training"], "Provisioning"),
        ("training/", "Newcomers", ["Provisioning", "Training"], "Training"),
        ("requests/", "Requests", ["Requests", "Asking to join"], "Requests"),
        ("members/joining/", "Requests", ["Requests", "Asking to join"], "Asking to join"),
    ],
)
def test_five_tabs_stand_under_members_and_what_belongs_together_shares_one(cast, path, tab, pages, page):
    shown = console(cast.olive).get(f"/o/acme/{path}").text

    assert links_of(shown, "Section") == (["Members", "Invitations", "Guests", "Newcomers", "Requests"], tab)
    assert links_of(shown, "Pages of this section") == (pages, page)
    assert links_of(shown, "Main")[1] == "Members"


def test_announcements_stand_beside_the_settings_and_admins_find_them_by_their_own_name(cast):
    owners, admins = (console(who).get("/o/acme/announcements/").text for who in (cast.olive, cast.adam))

    assert links_of(owners, "Section") == (["Settings", "Announcements"], "Announcements")
    assert links_of(owners, "Organization")[1] == "Settings"
    assert links_of(admins, "Section") == ([], "")
    assert links_of(admins, "Organization")[1] == "Announcements"
    assert "Settings" not in links_of(admins, "Organization")[0]


def test_an_item_of_a_lead_opens_a_page_of_the_same_name(cast):
    shown = console(cast.lena).get("/o/acme/provisioning/").text

    assert links_of(shown, "Main")[1] == "Newcomers"
    assert "<h1>Newcomers</h1>" in shown


def test_whoever_administers_nothing_has_no_tabs_on_their_requests(cast):
    shown = console(cast.mika).get("/o/acme/requests/").text

    assert links_of(shown, "Section") == links_of(shown, "Pages of this section") == ([], "")
    assert "Members" not in links_of(shown, "Main")[0]


def test_the_organizations_to_switch_to_cost_a_page_no_query_of_their_own(cast, django_assert_num_queries):
    make_member(cast.umbrella, "Olive", user=cast.olive.user)
    browser = console(cast.olive)
    browser.get("/o/acme/members/1/")

    with django_assert_num_queries(4):  # session, person, where they belong, the member that is not there
        shown = browser.get("/o/acme/members/1/").text

    assert re.findall(r'class="menu-item" href="/o/(\w+)/"', shown) == ["acme", "umbrella"]
