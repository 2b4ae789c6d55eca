"""Becoming a member by single sign-on, or not: newcomers, the invited, the removed, the suspended, the closed."""

import pytest
from django.apps import apps
from django.utils import timezone

from orgs.access import Refused
from orgs.actions import members, sso
from orgs.models import IdentityProvider, Member, User
from tests.cast import make_member, make_user
from tests.doors import console
from tests.idp import MIKA, come, connected, refusals
from tests.ways_in import invite, is_in

NEW = {"email": "nora@acme.example", "email_verified": True, "name": "Nora New"}


def test_whoever_is_no_member_stays_out_unless_the_owner_lets_them_in(cast, idp):
    provider = connected(cast.olive, idp)
    idp.person("n1", **NEW)

    assert come(console(), idp, cast.acme, "n1").status_code == 403
    assert refusals() == ["no_member"]
    assert not User.objects.filter(email="nora@acme.example").exists()

    sso.admit(cast.olive, provider, just_in_time=True, role="viewer", plan="standard")
    browser = console()
    come(browser, idp, cast.acme, "n1")

    nora = Member.objects.get(org=cast.acme, user__email="nora@acme.example")
    assert (nora.role, nora.plan, str(nora)) == ("viewer", "standard", "Nora New")
    assert browser.get("/o/acme/workspaces/").status_code == 200
    assert not nora.user.has_usable_password()


def test_nobody_takes_a_seat_that_was_not_bought(cast, idp):
    connected(cast.olive, idp, just_in_time=True)
    cast.acme.seats = cast.acme.members.filter(removed_at=None).count()
    cast.acme.save()
    idp.person("n1", **NEW)

    answer = come(console(), idp, cast.acme, "n1")

    assert answer.status_code == 403
    assert refusals() == ["no_seat"]
    assert not User.objects.filter(email="nora@acme.example").exists()


def test_whoever_is_invited_comes_to_their_invitation(cast, idp):
    connected(cast.olive, idp)
    invite(cast.olive, "nora@acme.example")
    idp.person("n1", **NEW)
    browser = console()

    answer = come(browser, idp, cast.acme, "n1")
    browser.post(answer.headers["Location"])

    assert "/join/" in answer.headers["Location"]
    assert Member.objects.filter(org=cast.acme, user__email="nora@acme.example").exists()


def test_whoever_was_removed_is_not_taken_in_again(cast, idp):
    connected(cast.olive, idp, just_in_time=True)
    idp.person("r1", email="rita@acme.example", email_verified=True)

    assert come(console(), idp, cast.acme, "r1").status_code == 403
    assert refusals() == ["removed"]


def test_whoever_is_suspended_is_told_so_and_stays_out(cast, idp):
    connected(cast.olive, idp)
    idp.person("s1", email="sam@acme.example", email_verified=True)
    browser = console()

    answer = come(browser, idp, cast.acme, "s1")

    assert answer.status_code == 403
    assert "You are suspended in Acme" in answer.text
    assert not is_in(browser)


def test_C10_a_closed_account_is_opened_by_no_provider(cast, idp):
    connected(cast.olive, idp, just_in_time=True)
    idp.person("m1", **MIKA)
    come(console(), idp, cast.acme, "m1")
    User.objects.filter(pk=cast.mika.user_id).update(is_active=False)
    browser = console()

    assert come(browser, idp, cast.acme, "m1").status_code == 403
    assert refusals() == ["closed"]
    assert not is_in(browser)


def test_B10_an_account_that_was_never_proven_gives_nothing_to_whoever_made_it(cast, idp):
    connected(cast.olive, idp, just_in_time=True)
    planted = make_user("nora@acme.example", "Somebody Else")
    apps.get_model("account", "EmailAddress").objects.filter(user=planted).update(verified=False)
    thief = console(planted)
    idp.person("n1", **NEW)
    browser = console()

    come(browser, idp, cast.acme, "n1")

    planted.refresh_from_db()
    assert browser.get("/o/acme/workspaces/").status_code == 200
    assert not planted.has_usable_password()
    assert not is_in(thief)


def test_a_member_of_two_organizations_is_signed_in_by_the_one_whose_domain_it_is(cast, idp):
    make_member(cast.umbrella, "Mika", user=cast.mika.user)
    connected(cast.olive, idp)
    idp.person("m1", **MIKA)
    members.suspend(cast.olive, cast.mika, reason="away")
    browser = console()

    come(browser, idp, cast.acme, "m1")

    assert browser.get("/o/umbrella/").status_code == 200
    assert browser.get("/o/acme/").status_code == 403


def test_the_organizations_suspension_closes_its_provider(cast, idp):
    connected(cast.olive, idp)
    cast.acme.suspend(at=timezone.now(), reason="unpaid")
    cast.acme.save()

    assert console().post("/accounts/sso/", {"email": "mika@acme.example"}).status_code == 422
    assert IdentityProvider.objects.exists()


def test_whoever_is_invited_as_more_is_not_taken_in_as_everybody_is(cast, idp):
    connected(cast.olive, idp, just_in_time=True)
    invite(cast.olive, "nora@acme.example", role="admin")
    idp.person("n1", **NEW)
    browser = console()

    browser.post(come(browser, idp, cast.acme, "n1").headers["Location"])

    assert Member.objects.get(org=cast.acme, user__email="nora@acme.example").role == "admin"


def test_two_sign_ins_of_somebody_new_at_once_make_one_account(cast, idp):
    provider = connected(cast.olive, idp, just_in_time=True)
    first = sso.take_in(provider, None, email="nora@acme.example", name="Nora New")

    with pytest.raises(Refused, match="belong to Acme already"):
        sso.take_in(provider, None, email="nora@acme.example", name="Nora New")

    assert User.objects.get(email="nora@acme.example") == first
