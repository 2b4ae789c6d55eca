"""A new address: proven before it counts, told to the old one, and the same person in every organization."""

import pytest
from django.apps import apps
from django.core import mail
from django.urls import reverse

from orgs import tasks
from orgs.access import Action, Refused, check
from orgs.actions import account
from orgs.models import AuditEntry, FormerAddress, Member
from tests.cast import make_member
from tests.doors import console
from tests.ways_in import by_password, code_in, is_in, newest_mail, prove_again, reset_link, signed_in

pytestmark = pytest.mark.django_db


def ask(browser, email):
    prove_again(browser)
    return browser.post(reverse("account_email"), {"email": email})


def change(browser, email):
    ask(browser, email)
    return browser.post(reverse("account_email_verification_sent"), {"code": code_in(newest_mail())}, follow=True)


def addresses(user):
    rows = apps.get_model("account", "EmailAddress")._default_manager.filter(user=user)
    return list(rows.values_list("email", "verified", "primary"))


def test_a_new_address_counts_when_its_owner_has_typed_the_code(cast):
    browser = signed_in(cast.mika)

    asked = ask(browser, "mika@new.example")
    cast.mika.user.refresh_from_db()
    assert asked["Location"] == reverse("account_email_verification_sent")
    assert (newest_mail().to, cast.mika.user.email) == (["mika@new.example"], "mika@acme.example")
    assert addresses(cast.mika.user) == [("mika@acme.example", True, True)]
    answer = browser.post(asked["Location"], {"code": code_in(newest_mail())})

    cast.mika.user.refresh_from_db()
    assert (answer.url, cast.mika.user.email) == (reverse("account"), "mika@new.example")
    assert addresses(cast.mika.user) == [("mika@new.example", True, True)]
    assert by_password(console(), "mika@new.example").url == "/"
    other = console()
    by_password(other, "mika@acme.example")
    assert not is_in(other)


def test_a_wrong_code_changes_nothing(cast):
    browser = signed_in(cast.mika)
    ask(browser, "mika@new.example")

    for _ in range(4):
        browser.post(reverse("account_email_verification_sent"), {"code": "WRONG1"})
    browser.post(reverse("account_email_verification_sent"), {"code": code_in(newest_mail())})

    cast.mika.user.refresh_from_db()
    assert cast.mika.user.email == "mika@acme.example"


def test_the_old_address_is_told_and_still_resolves_events(cast):
    change(signed_in(cast.mika), "mika@new.example")
    tasks.send_mails()

    told = mail.outbox[-1]
    assert told.to == ["mika@acme.example"]
    assert "moved from mika@acme.example to mika@new.example" in told.body
    former = FormerAddress.objects.get()
    assert (former.user, former.email) == (cast.mika.user, "mika@acme.example")


def test_every_organization_lists_the_new_address_and_logs_both(cast):
    elsewhere = make_member(cast.umbrella, "Mika", user=cast.mika.user)
    before = {org.pk: org.access_version for org in (cast.acme, cast.umbrella)}

    change(signed_in(cast.mika), "mika@new.example")

    for member in (cast.mika, elsewhere):
        row = Member.objects.select_related("org").get(pk=member.pk)
        entry = AuditEntry.objects.get(org=row.org)
        assert row.listed_as == "mika mika@new.example"
        assert (entry.before, entry.after) == ({"email": "mika@acme.example"}, {"email": "mika@new.example"})
        assert row.org.access_version == before[row.org_id] + 1
        assert check(row, Action.CONSOLE_OPEN, row.org, door="console").allowed


def test_C07_a_new_address_ends_the_persons_other_sessions(cast):
    here, there = signed_in(cast.mika), signed_in(cast.mika)
    before = here.cookies["sid"].value

    change(here, "mika@new.example")

    assert [is_in(here), is_in(there)] == [True, False]
    assert here.cookies["sid"].value != before


def test_a_link_to_reset_the_password_that_went_to_the_old_address_is_dead(cast):
    link = reset_link(cast.mika)

    change(signed_in(cast.mika), "mika@new.example")

    assert "password1" not in console().get(link, follow=True).text


def test_a_new_address_asks_who_one_is(cast):
    answer = signed_in(cast.mika).post(reverse("account_email"), {"email": "mika@new.example"})

    assert answer.url.startswith(reverse("account_reauthenticate"))
    assert newest_mail() is None


def test_what_was_asked_before_proving_who_one_is_goes_on_after_it(cast):
    browser = signed_in(cast.mika)
    asked = browser.post(reverse("account_email"), {"email": "mika@new.example"})

    browser.post(asked.url, {"password": "correct horse battery staple"}, follow=True)

    assert newest_mail().to == ["mika@new.example"]


@pytest.mark.parametrize("email", ["mika@acme.example", "MIKA@acme.example", "no address", ""])
def test_what_is_no_new_address_comes_back_with_the_reason(cast, email):
    browser = signed_in(cast.mika)

    answer = ask(browser, email)

    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.text
    assert newest_mail() is None


def test_D06_an_address_that_somebody_took_meanwhile_is_refused(cast):
    browser = signed_in(cast.mika)
    ask(browser, "mika@new.example")
    code = code_in(newest_mail())
    cast.vera.user.email = "mika@new.example"
    cast.vera.user.save()

    answer = browser.post(reverse("account_email_verification_sent"), {"code": code})

    cast.mika.user.refresh_from_db()
    assert "already registered" in answer.text
    assert cast.mika.user.email == "mika@acme.example"


def test_going_back_to_an_address_makes_it_no_former_one(cast):
    browser = signed_in(cast.mika)
    change(browser, "mika@new.example")
    change(browser, "mika@acme.example")

    assert [former.email for former in FormerAddress.objects.filter(user=cast.mika.user)] == ["mika@new.example"]


def test_D06_nobody_makes_an_address_primary_or_takes_it_away_past_the_code(cast):
    browser = signed_in(cast.mika)
    prove_again(browser)

    for action in ("action_primary", "action_remove", "action_send", "action_add"):
        browser.post(reverse("account_email"), {"email": "vera@acme.example", action: ""})

    cast.mika.user.refresh_from_db()
    assert addresses(cast.mika.user) == [("mika@acme.example", True, True)]


def test_an_address_belongs_to_one_person_whatever_way_it_comes(cast):
    with pytest.raises(Refused, match="belongs to another account"):
        account.change_address(cast.mika.user, email="Vera@acme.example")

    assert not FormerAddress.objects.exists()
