"""Coming in by invitation: what is shown, who may accept, and what a link is worth (product.md 2)."""

import pytest
from django.urls import reverse

from orgs import adapter
from orgs.access import Refused
from orgs.actions import invitations
from orgs.models import AuditEntry, Member, User
from tests.cast import PASSWORD, make_user
from tests.doors import console
from tests.ways_in import NEWCOMER, by_code, by_password, door, invite, is_in, signed_in

pytestmark = pytest.mark.django_db
# ---------------------------------------------------------------- what is shown


def test_the_page_says_what_will_be_joined_and_by_whose_word(cast):
    invitation = invite(
        cast.olive,
        role="admin",
        plan="standard",
        department=cast.research,
        team=cast.search,
        workspaces=[cast.lab.pk, cast.lair.pk],
        message="Glad that you come, <Nora>",
    )

    answer = console().get(door(invitation))

    assert answer.status_code == 200
    for words in ("Join Acme", "Olive invites nora@new.example", "Admin", "Standard", "Search, Research", "Lab"):
        assert words in answer.text
    assert "Glad that you come, &lt;Nora&gt;" in answer.text
    assert "Lair" not in answer.text  # of another organization


def test_the_log_names_who_came_by_the_invitation(cast):
    console().post(door(invite(cast.olive, role="user")), NEWCOMER)
    entry = AuditEntry.objects.get(action="member.join")

    page = console(cast.olive).get("/o/acme/audit/").text

    assert "Nora New joined." in page
    assert "Nora New (by invitation)" in page
    assert "Nora New (by invitation)" in console(cast.olive).get(f"/o/acme/audit/{entry.pk}/").text


def test_the_page_costs_the_same_however_many_workspaces_it_names(cast, django_assert_num_queries):
    for number, named in enumerate([[cast.lab.pk], [cast.lab.pk, cast.den.pk]]):
        invitation = invite(cast.olive, f"{number}@new.example", workspaces=named)
        with django_assert_num_queries(4):
            console().get(door(invitation))


# ---------------------------------------------------------------- somebody new


def test_somebody_new_sets_name_and_password_and_is_in(cast):
    invitation = invite(cast.olive, role="user", plan="advanced", team=cast.search, workspaces=[cast.den.pk])
    browser = console()

    answer = browser.post(door(invitation), NEWCOMER)

    member = Member.objects.get(user__email="nora@new.example")
    assert answer.url == "/o/acme/first-days/"
    assert (member.org, member.role, member.plan, member.team) == (cast.acme, "user", "advanced", cast.search)
    assert member.listed_as == "nora new nora@new.example"
    assert browser.get(f"/o/acme/workspaces/{cast.den.pk}/").status_code == 200
    assert by_password(console(), "nora@new.example", NEWCOMER["password"]).url == "/"


def test_without_a_password_one_signs_in_by_emailed_code(cast):
    browser = console()
    browser.post(door(invite(cast.olive)), {"name": "Nora New", "password": ""})
    other = console()

    assert is_in(browser)
    assert not User.objects.get(email="nora@new.example").has_usable_password()
    by_code(other, "nora@new.example")
    assert is_in(other)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"name": "", "password": ""}, "This field is required"),
        ({"name": "Nora", "password": "short"}, "too short"),
        ({"name": "Nora", "password": "playstation3"}, "too common"),
        ({"name": "Nora", "password": "nora@new.example"}, "too similar"),
    ],
)
def test_what_cannot_be_used_comes_back_with_the_reason(cast, fields, said):
    answer = console().post(door(invite(cast.olive)), fields)

    assert answer.status_code == 422
    assert said in answer.text
    assert f'value="{fields["name"]}"' in answer.text or not fields["name"]
    assert not User.objects.filter(email="nora@new.example").exists()


def test_A06_fields_that_the_form_does_not_have_change_nothing(cast):
    more = {"role": "owner", "plan": "expert", "is_staff": "1", "email": "evil@new.example", "org": cast.umbrella.pk}
    console().post(door(invite(cast.olive)), NEWCOMER | more)

    member = Member.objects.get(user__name="Nora New")
    assert (member.role, member.plan, member.org, member.user.email, member.user.is_staff) == (
        "user",
        "essential",
        cast.acme,
        "nora@new.example",
        False,
    )


def test_the_log_says_who_came_by_which_invitation(cast):
    invitation = invite(cast.olive)
    console().post(door(invitation), NEWCOMER)

    entry = AuditEntry.objects.get(org=cast.acme)
    assert (entry.action, entry.target_name, entry.detail) == (
        "member.join",
        "Nora New",
        {"invitation": invitation.pk},
    )


# ---------------------------------------------------------------- somebody with an account


def test_whoever_has_an_account_signs_in_and_comes_back(cast):
    invitation = invite(cast.eve, "mika@acme.example")
    browser = console()

    assert "mika@acme.example has an account already" in browser.get(door(invitation)).text
    asked = browser.post(door(invitation))
    back = browser.post(asked.url, {"login": "mika@acme.example", "password": PASSWORD})
    assert back.url == door(invitation)
    answer = browser.post(back.url)

    assert answer["Location"] == "/o/umbrella/first-days/"
    assert Member.objects.filter(user=cast.mika.user, removed_at=None).count() == 2


def test_whoever_was_removed_comes_back_as_the_invitation_says(cast):
    browser = signed_in(cast.rita)
    browser.post(door(invite(cast.olive, "rita@acme.example", plan="standard")))

    cast.rita.refresh_from_db()
    assert (cast.rita.status, cast.rita.plan) == ("active", "standard")


def test_B06_somebody_else_cannot_accept_and_is_told_the_way_out(cast):
    invitation = invite(cast.olive)
    browser = signed_in(cast.eve)

    page, answer = browser.get(door(invitation)), browser.post(door(invitation), NEWCOMER)

    for seen in (page, answer):
        assert seen.status_code == 403
        assert "You are signed in as eve@umbrella.example" in seen.text
        assert f'name="next" value="{door(invitation)}"' in seen.text
    assert browser.post(reverse("account_logout"), {"next": door(invitation)}).url == door(invitation)
    assert not Member.objects.filter(org=cast.acme, user=cast.eve.user).exists()


def test_B06_an_address_that_is_not_proven_accepts_nothing(cast):
    claimed = User.objects.create_user("nora@new.example", PASSWORD)

    with pytest.raises(Refused, match="This invitation is for"):
        invitations.accept(claimed, invite(cast.olive))


def test_B10_an_account_that_somebody_made_with_her_address_is_worth_nothing(cast):
    hijacker = User.objects.create_user("nora@new.example", "the hijackers password")
    adapter.set_up_totp(hijacker)
    theirs = console(hijacker)

    console().post(door(invite(cast.olive)), NEWCOMER)

    assert not is_in(theirs)
    assert not adapter.has_second_factor(hijacker)
    assert by_password(console(), "nora@new.example", "the hijackers password").status_code == 422
    assert by_password(console(), "nora@new.example", NEWCOMER["password"]).url == "/"


def test_an_invitation_opens_a_closed_account_anew(cast):
    closed = make_user("nora@new.example", "Nora Old", is_active=False, is_staff=True)

    console().post(door(invite(cast.olive)), NEWCOMER)

    closed.refresh_from_db()
    assert (closed.is_active, closed.is_staff, closed.name) == (True, False, "Nora New")
    assert Member.objects.filter(org=cast.acme, user=closed).exists()
