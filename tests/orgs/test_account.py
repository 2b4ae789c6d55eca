"""A person's own account: profile, theme, sessions, and the organizations they leave."""

import pytest
from django.apps import apps
from django.urls import reverse

from orgs.actions import members
from orgs.models import AuditEntry, Member, Organization
from tests.cast import make_member, make_user
from tests.doors import console
from tests.ways_in import by_password, is_in, signed_in

pytestmark = pytest.mark.django_db


def two_places(cast):
    """Mika in Umbrella too."""
    return make_member(cast.umbrella, "Mika", user=cast.mika.user)


def read(member):
    return Member.objects.select_related("org", "user").get(pk=member.pk)


# ---------------------------------------------------------------- the front page


def test_the_front_page_leads_to_the_one_organization(cast):
    assert console(cast.mika).get("/").url == "/o/acme/"


def test_the_front_page_lets_choose_between_several(cast):
    two_places(cast)
    page = console(cast.mika).get("/").text

    assert all(words in page for words in ("Acme", "Umbrella", 'href="/o/acme/"', 'href="/o/umbrella/"'))


def test_the_front_page_says_which_of_several_is_shut(cast):
    two_places(cast)
    members.suspend(cast.olive, cast.mika, reason="x")

    page = console(cast.mika).get("/").text

    assert "Suspended" in page


def test_the_front_page_says_so_when_one_belongs_nowhere(cast):
    assert "You belong to no organization" in console(make_user("alone@acme.example")).get("/").text


def test_the_front_page_sends_strangers_to_sign_in():
    assert console().get("/").url == "/accounts/login/?next=/"


# ---------------------------------------------------------------- profile


def test_a_new_name_is_in_every_list_and_every_log(cast):
    elsewhere = two_places(cast)

    console(cast.mika).post(reverse("account"), {"name": "Mika Müller", "timezone": "Asia/Tokyo"})

    cast.mika.user.refresh_from_db()
    assert (cast.mika.user.name, cast.mika.user.timezone) == ("Mika Müller", "Asia/Tokyo")
    for member in (cast.mika, elsewhere):
        assert read(member).listed_as == "mika müller mika@acme.example"
        entry = AuditEntry.objects.get(org=member.org)
        assert (entry.action, entry.before, entry.after) == (
            "account.change",
            {"name": "Mika"},
            {"name": "Mika Müller"},
        )


def test_a_new_name_is_in_the_next_answer_of_the_engine(cast):
    versions = dict(Organization.objects.values_list("slug", "access_version"))
    console(cast.mika).post(reverse("account"), {"name": "Mika Müller", "timezone": ""})

    after = dict(Organization.objects.values_list("slug", "access_version"))
    assert after == versions | {"acme": versions["acme"] + 1}
    assert "Mika Müller" in console(cast.olive).get(f"/o/acme/members/{cast.mika.pk}/").text


def test_a_profile_that_stays_as_it_is_leaves_no_entry(cast):
    console(cast.mika).post(reverse("account"), {"name": "Mika", "timezone": "UTC"})

    assert not AuditEntry.objects.exists()


def test_a_profile_that_cannot_be_used_comes_back(cast):
    answer = console(cast.mika).post(reverse("account"), {"name": "", "timezone": "Mars/Olympus"})

    assert answer.status_code == 422
    assert "This field is required" in answer.text


def test_times_are_told_by_the_persons_clock(cast):
    cast.mika.user.timezone = "Asia/Tokyo"
    cast.mika.user.save()

    assert "JST" in signed_in(cast.mika).get(reverse("usersessions_list")).text


def test_A06_fields_that_the_form_does_not_have_change_nothing_of_a_person(cast):
    more = {"email": "evil@acme.example", "is_staff": "1", "is_superuser": "1", "role": "owner", "password": "x"}
    console(cast.mika).post(reverse("account"), {"name": "M", "timezone": "UTC"} | more)

    before = cast.mika.user
    after = read(cast.mika)
    assert (after.user.email, after.user.is_staff, after.user.is_superuser, after.user.password, after.role) == (
        before.email,
        False,
        False,
        before.password,
        "user",
    )


# ---------------------------------------------------------------- theme


@pytest.mark.parametrize("theme", ["auto", "light", "dark"])
def test_a_theme_is_kept_and_leads_back(cast, theme):
    browser = console(cast.mika)

    answer = browser.post(reverse("account_theme"), {"theme": theme, "next": "/accounts/sessions/?x=1"})

    assert (answer.status_code, answer["Location"]) == (303, "/accounts/sessions/?x=1")
    assert f'data-bs-theme="{theme}"' in browser.get(reverse("account")).text
    assert not AuditEntry.objects.exists()


def test_a_theme_is_kept_by_the_browser_of_who_has_not_signed_in():
    browser = console()
    browser.post(reverse("account_theme"), {"theme": "dark", "next": "/accounts/login/"})

    assert 'data-bs-theme="dark"' in browser.get(reverse("account_login")).text


def test_an_unknown_theme_is_refused(cast):
    assert console(cast.mika).post(reverse("account_theme"), {"theme": "pink"}).status_code == 422
    assert console().get("/accounts/login/", headers={"cookie": "theme=pink"}).status_code == 200


# ---------------------------------------------------------------- sessions


def session_of(browser):
    found = apps.get_model("usersessions", "UserSession")._default_manager
    return found.get(session_key=browser.cookies["sid"].value).pk


def test_sessions_are_listed_this_one_first(cast):
    here, there = signed_in(cast.mika), console()
    by_password(there, "mika@acme.example", headers={"User-Agent": "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0"})

    page = here.get(reverse("usersessions_list")).text

    assert "Firefox on Linux" in page
    assert page.index("This one") < page.index("Firefox on Linux")


def test_the_list_of_sessions_costs_the_same_however_many_there_are(cast, django_assert_num_queries):
    here = signed_in(cast.mika)
    for _ in range(2):
        here.get(reverse("usersessions_list"))
        with django_assert_num_queries(4):
            here.get(reverse("usersessions_list"))
        signed_in(cast.mika)


def test_one_session_is_ended_and_no_other(cast):
    here, there, third = signed_in(cast.mika), signed_in(cast.mika), signed_in(cast.mika)

    here.post(reverse("account_session_end", args=[session_of(there)]))

    assert [is_in(browser) for browser in (here, there, third)] == [True, False, True]


def test_all_other_sessions_are_ended_at_once(cast):
    here, there, third, stranger = *(signed_in(cast.mika) for _ in range(3)), signed_in(cast.vera)

    answer = here.post(reverse("usersessions_list"), follow=True)

    assert "2 other sessions are ended." in answer.text
    assert [is_in(browser) for browser in (here, there, third, stranger)] == [True, False, False, True]


def test_A01_nobody_ends_a_session_of_somebody_else(cast):
    theirs = signed_in(cast.vera)

    assert signed_in(cast.mika).post(reverse("account_session_end", args=[session_of(theirs)])).status_code == 404
    assert is_in(theirs)


# ---------------------------------------------------------------- leaving


def test_leaving_says_what_it_means_and_ends_the_membership(cast):
    two_places(cast)
    browser, path = signed_in(cast.lena), reverse("account_leave", args=[cast.lena.pk])
    page = browser.get(path).text

    answer = browser.post(path, follow=True)

    assert "What you own goes to Olive." in page
    assert "You left Acme." in answer.text
    assert read(cast.lena).status == "removed"
    cast.den.refresh_from_db()
    assert cast.den.owner == cast.olive


def test_whoever_leaves_the_last_organization_is_signed_out_and_told(cast):
    browser = signed_in(cast.mika)

    answer = browser.post(reverse("account_leave", args=[cast.mika.pk]), follow=True)

    assert answer.redirect_chain[-1][0] == "/accounts/login/"
    assert "You left Acme." in answer.text


def test_whoever_leaves_one_of_two_stays_signed_in(cast):
    two_places(cast)
    browser = signed_in(cast.mika)

    browser.post(reverse("account_leave", args=[cast.mika.pk]))

    assert browser.get("/o/umbrella/").status_code == 200
    assert browser.get("/o/acme/").status_code == 404


def test_B03_the_last_owner_does_not_leave_and_reads_why(cast):
    browser = signed_in(cast.eve)

    page = browser.get(reverse("account")).text
    answer = browser.post(reverse("account_leave", args=[cast.eve.pk]))

    assert "You are the only active Owner. Make somebody else an Owner first." in page
    assert answer.status_code == 409
    assert "Eve is the only active Owner of Umbrella" in answer.text
    assert read(cast.eve).status == "active"


def test_A01_nobody_leaves_for_somebody_else(cast):
    assert signed_in(cast.mika).post(reverse("account_leave", args=[cast.vera.pk])).status_code == 404
    assert read(cast.vera).status == "active"
