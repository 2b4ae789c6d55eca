"""What Owners and Admins may do with the accounts of their people, and how support lets a sole Owner in again."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from orgs import adapter, mails, tasks
from orgs.access import Denied, Refused
from orgs.actions import accounts, members, recoveries
from orgs.actors import SYSTEM, Support
from orgs.models import AuditEntry, Mail, Member, Recovery
from tests.cast import PASSWORD, make_domain, make_member, make_provider, make_user
from tests.doors import console, staff
from tests.ways_in import by_password, reset

pytestmark = pytest.mark.django_db
NEW = "another horse battery staple"


def queued(kind):
    return Mail.objects.filter(kind=kind)


# ---------------------------------------------------------------- passwords


def test_a_reset_mails_a_link_that_lets_the_person_alone_choose_a_password(cast, settings, mailoutbox):
    settings.PUBLIC_BASE_URL = "https://steward.example"
    accounts.send_reset(cast.adam, cast.mika)
    assert by_password(console(), "mika@acme.example").status_code == 302  # the old one works until then
    mails.send(queued("password_reset").get())

    link = re.search(r"^(https://steward\.example/\S+)$", mailoutbox[-1].body, re.MULTILINE)[1]
    assert mailoutbox[-1].to == ["mika@acme.example"]
    assert queued("password_reset").get().params.keys() == {"user", "by"}  # no link is kept
    reset(console(), link.removeprefix("https://steward.example"), NEW)
    assert by_password(console(), "mika@acme.example", NEW).status_code == 302
    assert by_password(console(), "mika@acme.example", PASSWORD).status_code == 422
    again = console().get(link.removeprefix("https://steward.example"), follow=True).text
    assert "This link does not work any more" in again


def test_a_reset_goes_nowhere_when_the_address_changed_meanwhile(cast):
    accounts.send_reset(cast.adam, cast.mika)
    cast.mika.user.email = "mika@new.example"
    cast.mika.user.save()
    mail = queued("password_reset").get()

    mails.send(mail)

    assert (mail.state, "changed" in mail.error) == ("failed", True)


def test_admins_reset_users_and_viewers_only(cast):
    for above in (cast.olive, cast.anna):
        with pytest.raises(Denied):
            accounts.send_reset(cast.adam, above)
        with pytest.raises(Denied):
            accounts.reset_second_factor(cast.adam, above, reason="lost")
    for nobody in (cast.mika, cast.lena, cast.eve):
        with pytest.raises(Denied):
            accounts.send_reset(nobody, cast.vera)


def test_nobody_resets_their_own_second_factor_past_the_page_that_asks_for_it(cast):
    adapter.set_up_totp(cast.olive.user)

    with pytest.raises(Denied):
        accounts.reset_second_factor(cast.olive, cast.olive, reason="me")


# ---------------------------------------------------------------- second factors


def test_a_reset_second_factor_is_gone_with_every_session_and_the_person_is_told_why(cast):
    adapter.set_up_totp(cast.mika.user)
    browser = console(cast.mika)

    accounts.reset_second_factor(cast.adam, cast.mika, reason="phone fell into the sea")

    assert adapter.second_factors(cast.mika.user) == set()
    assert browser.get("/o/acme/").status_code == 302
    mail = queued("second_factor_reset").get()
    assert (mail.to, mail.params["reason"]) == ("mika@acme.example", "phone fell into the sea")
    assert AuditEntry.objects.filter(action="account.factor_reset").get().detail["reason"] == mail.params["reason"]


def test_a_reset_second_factor_needs_a_reason_and_a_factor(cast):
    with pytest.raises(Refused, match="has no second factor"):
        accounts.reset_second_factor(cast.adam, cast.mika, reason="lost")
    adapter.set_up_totp(cast.mika.user)
    with pytest.raises(Refused, match="Give a reason"):
        accounts.reset_second_factor(cast.adam, cast.mika, reason=" ")


# ---------------------------------------------------------------- whose account it is


def touches(cast, member):
    """What becomes of each deed on an account."""
    adapter.set_up_totp(member.user)
    for deed in (
        lambda: accounts.send_reset(cast.olive, member),
        lambda: accounts.reset_second_factor(cast.olive, member, reason="lost"),
        lambda: members.end_sessions(cast.olive, member),
    ):
        try:
            deed()
        except Refused:
            yield False
        else:
            yield True


def test_the_account_of_somebody_who_belongs_elsewhere_too_is_theirs(cast):
    make_member(cast.umbrella, "Mika", user=cast.mika.user)

    assert list(touches(cast, cast.mika)) == [False, False, False]


def test_it_is_ours_again_where_their_address_is_in_a_domain_we_verified(cast):
    make_member(cast.umbrella, "Mika", user=cast.mika.user)
    make_domain(cast.umbrella, "acme-too", verified_at=timezone.now())
    make_domain(cast.acme, "acme", verified_at=timezone.now(), verified_by="dns")

    assert list(touches(cast, cast.mika)) == [True, True, True]


def test_support_staff_who_are_members_are_out_of_reach(cast):
    cast.mika.user.is_staff = True
    cast.mika.user.save()

    assert list(touches(cast, cast.mika)) == [False, False, False]


def test_the_removed_are_out_of_reach(cast):
    assert list(touches(cast, cast.rita)) == [False, False, False]


def test_there_is_no_password_to_reset_where_single_sign_on_is_enforced(cast):
    make_domain(cast.acme, "acme", verified_at=timezone.now(), verified_by="dns")
    make_provider(cast.acme, tested_at=timezone.now(), enforced_at=timezone.now())

    with pytest.raises(Refused, match="no password to reset"):
        accounts.send_reset(cast.adam, cast.mika)


def test_buttons_are_locked_with_the_reason_and_hidden_from_who_runs_nothing(cast):
    make_member(cast.umbrella, "Mika", user=cast.mika.user)
    locked = console(cast.olive).get(f"/o/acme/members/{cast.mika.pk}/").text
    assert "belongs to other organizations too" in locked
    assert "/reset/" not in locked

    free = console(cast.olive).get(f"/o/acme/members/{cast.vera.pk}/").text
    assert f"/members/{cast.vera.pk}/reset/" in free
    assert "Vera has no second factor." in free
    assert "Send a password reset" not in console(cast.lena).get(f"/o/acme/members/{cast.mika.pk}/").text


def test_the_deeds_are_done_from_the_members_page(cast):
    adapter.set_up_totp(cast.vera.user)
    adam, page = console(cast.adam), f"/o/acme/members/{cast.vera.pk}/"

    assert "gets a mail with a link" in adam.post(f"{page}reset/", follow=True).text
    assert "Call them first" in adam.get(f"{page}second-factor/").text
    assert "is gone" in adam.post(f"{page}second-factor/", {"reason": "lost"}, follow=True).text
    assert not adapter.has_second_factor(cast.vera.user)


# ---------------------------------------------------------------- recovery by support


@pytest.fixture
def second():
    return Support(make_user("sue@steward.example", "Sue", is_staff=True), "checked by phone")


@pytest.fixture
def sole(cast):
    """Olive, the only active Owner, with a second factor."""
    members.set_role(cast.olive, cast.oscar, role="user")
    adapter.set_up_totp(cast.olive.user)
    return cast.olive


def over(recovery):
    Recovery.objects.filter(pk=recovery.pk).update(ready_at=timezone.now())
    return Recovery.objects.select_related("org", "user").get(pk=recovery.pk)


def test_two_of_support_a_reason_and_a_day_let_a_sole_owner_in_again(cast, sole, second):
    made = recoveries.ask(cast.support, sole)
    recoveries.approve(second, made)

    assert made.ready_at - made.approved_at == timedelta(hours=24)
    assert set(queued("recovery").values_list("to", flat=True)) == {
        f"{name}@acme.example" for name in ("olive", "adam", "anna")
    }
    assert tasks.finish_recoveries() == 0
    assert adapter.has_second_factor(sole.user)
    over(made)
    assert tasks.finish_recoveries() == 1
    assert tasks.finish_recoveries() == 0
    assert adapter.second_factors(sole.user) == set()
    assert queued("recovered").count() == 3


def test_whoever_asked_does_not_approve_and_nobody_recovers_themself(cast, sole, second):
    made = recoveries.ask(cast.support, sole)
    with pytest.raises(Refused, match="second member of staff"):
        recoveries.approve(cast.support, made)

    sole.user.is_staff = True
    sole.user.save()
    with pytest.raises(Refused, match="Nobody recovers themself"):
        recoveries.approve(Support(sole.user, "me"), made)
    assert Recovery.objects.get().approved_at is None


def test_an_owner_with_another_owner_is_not_recovered_by_support(cast):
    adapter.set_up_totp(cast.olive.user)

    for somebody in (cast.olive, cast.adam, cast.mika):
        with pytest.raises(Refused, match="not the only active Owner"):
            recoveries.ask(cast.support, somebody)


def test_only_support_asks_and_says_why(cast, sole):
    with pytest.raises(Denied):
        recoveries.ask(cast.adam, sole)
    with pytest.raises(Refused, match="give a reason"):
        recoveries.ask(Support(cast.support.user, " "), sole)


def test_any_owner_or_admin_stops_it_from_needs_you(cast, sole, second):
    made = recoveries.ask(cast.support, sole)
    recoveries.approve(second, made)
    adam = console(cast.adam)
    assert "Support is about to take the second factor of Olive away." in adam.get("/o/acme/needs/").text

    assert "is stopped" in adam.post(f"/o/acme/recoveries/{made.pk}/stop/", follow=True).text

    over(made)
    assert tasks.finish_recoveries() == 0
    assert adapter.has_second_factor(sole.user)
    with pytest.raises(Refused, match="closed"):
        recoveries.approve(second, made)


def test_a_recovery_that_is_no_longer_needed_is_stopped_and_takes_nothing(cast, sole, second):
    made = recoveries.ask(cast.support, sole)
    recoveries.approve(second, made)
    members.set_role(sole, cast.oscar, role="owner")

    assert not recoveries.finish(SYSTEM, over(made))

    assert adapter.has_second_factor(sole.user)
    assert Recovery.objects.get().state == "stopped"


def test_support_asks_and_approves_in_the_admin(cast, sole, second):
    first, other = staff(cast.support.user), staff(second.user)
    first.post(reverse("admin:orgs_member_deed", args=[sole.pk, "recover"]), {"reason": "ticket 9, passport seen"})
    made = Recovery.objects.get()
    url = reverse("admin:orgs_recovery_deed", args=[made.pk, "approve"])

    assert "second member of staff" in first.post(url, {"reason": "again"}).text
    assert other.post(url, {"reason": "called back"}).status_code == 302

    listed = other.get(reverse("admin:orgs_recovery_changelist")).text
    assert "approved, takes effect by itself" in listed
    assert Member.objects.get(pk=sole.pk).role == "owner"
