"""Asking to join by an address in a verified domain: who waits, who is told of it, and who answers."""

from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from orgs import adapter, mails
from orgs.access import Denied, Refused
from orgs.actions import account, members
from orgs.actions import joining as deeds
from orgs.models import AuditEntry, JoinRequest, Mail, Member, User
from orgs.queries.sentences import sentence
from tests.cast import make_domain, make_user
from tests.doors import console
from tests.orgs.test_joining import NILS, mailed_link
from tests.ways_in import NEWCOMER

pytestmark = pytest.mark.both


@pytest.fixture
def domain(cast):
    now = timezone.now()
    return make_domain(cast.acme, verified_at=now, verified_by="dns", admission="request", plan="standard")


def test_whoever_asks_waits_for_an_owner_or_admin(cast, domain):
    browser = console()
    browser.post(mailed_link(), NEWCOMER)

    assert not Member.objects.filter(user__email=NILS).exists()
    assert "You have asked to join Acme" in browser.get("/").text
    assert browser.get("/o/acme/").status_code == 404
    assert NILS in console(cast.adam).get("/o/acme/members/joining/").text
    assert sentence(AuditEntry.objects.latest("seq")) == f"{NEWCOMER['name']} asked to join."
    with pytest.raises(Refused, match="asked already"):
        deeds.come_in(domain, User.objects.get(email=NILS), email=NILS)


def asked_by_nils(cast, domain):
    deeds.come_in(domain, make_user(NILS, "Nils"), email=NILS)
    return JoinRequest.objects.get()


def _deliver(minutes=0):
    """Send what is due so many minutes from now."""
    while (waiting := mails.take_due(timezone.now() + timedelta(minutes=minutes))) is not None:
        mails.send(waiting)


def _ask(domain, name):
    deeds.come_in(domain, make_user(f"{name.lower()}@acme.example", name), email=f"{name.lower()}@acme.example")


def test_whoever_may_answer_gets_a_mail_and_an_hour_later_one_of_all_who_asked_since(cast, domain):
    for number, name in enumerate(("Nils", "Nora", "Otto")):
        _ask(domain, name)
        if not number:
            _deliver()
    first = list(mail.outbox)
    _deliver(minutes=55)
    assert len(mail.outbox) == len(first)
    _deliver(minutes=61)

    later = mail.outbox[len(first) :]
    administer = {"olive@acme.example", "oscar@acme.example", "adam@acme.example", "anna@acme.example"}
    assert [{to for message in sent for to in message.to} for sent in (first, later)] == [administer, administer]
    assert [len(first), len(later)] == [4, 4]
    assert (first[0].subject, later[0].subject) == ("Nils asks to join Acme", "2 people ask to join Acme")
    assert "Nils (nils@acme.example)" in first[0].body
    assert "Nora (nora@acme.example)" in later[0].body
    assert "Nils" not in later[0].body
    assert "/o/acme/members/joining/" in later[0].body


def test_a_mail_that_still_waits_tells_of_the_next_request_too(cast, domain):
    _ask(domain, "Nils")
    _ask(domain, "Nora")

    _deliver()

    assert {message.subject for message in mail.outbox} == {"2 people ask to join Acme"}
    assert len(mail.outbox) == 4


def test_nobody_is_told_of_who_was_answered_and_nobody_who_may_not_answer_any_more(cast, domain):
    asked = asked_by_nils(cast, domain)
    members.set_role(cast.olive, cast.adam, role="user")
    _deliver()
    assert {to for message in mail.outbox for to in message.to} == {
        "olive@acme.example",
        "oscar@acme.example",
        "anna@acme.example",
    }

    _ask(domain, "Nora")
    for request in JoinRequest.objects.exclude(pk=asked.pk):
        deeds.decline(cast.olive, request)
    sent = len(mail.outbox)
    _deliver(minutes=61)

    assert [message.subject for message in mail.outbox[sent:]] == ["Acme did not let you in"]


def test_an_admin_lets_them_in_as_the_domain_says(cast, domain):
    asked = asked_by_nils(cast, domain)

    console(cast.adam).post(f"/o/acme/members/joining/{asked.pk}/accept/")

    nils = Member.objects.get(org=cast.acme, user__email=NILS)
    assert (nils.role, nils.plan) == ("user", "standard")
    assert sentence(AuditEntry.objects.latest("seq")) == "Adam let Nils in, who had asked to join."
    assert Mail.objects.latest("created_at").kind == "join_accepted"


def test_who_was_let_in_has_an_entry_that_says_as_what(cast, domain):
    deeds.accept(cast.adam, asked_by_nils(cast, domain))

    nils = Member.objects.get(org=cast.acme, user__email=NILS)
    entry = AuditEntry.objects.about(nils, cast.adam).get()
    assert (entry.action, entry.after["role"], entry.after["plan"]) == ("join.decide", "user", "standard")


def test_an_admin_declines_and_they_may_ask_again(cast, domain):
    asked = asked_by_nils(cast, domain)

    console(cast.adam).post(f"/o/acme/members/joining/{asked.pk}/decline/", hx=True)

    asked.refresh_from_db()
    assert (asked.accepted, asked.decided_by) == (False, cast.adam)
    assert not Member.objects.filter(user__email=NILS).exists()
    assert sentence(AuditEntry.objects.latest("seq")) == "Adam declined Nils, who had asked to join."
    with pytest.raises(Refused, match="decided meanwhile"):
        deeds.accept(cast.adam, asked)
    deeds.come_in(domain, asked.user, email=NILS)


def test_only_owners_and_admins_answer_and_only_their_own(cast, domain):
    asked = asked_by_nils(cast, domain)

    for person in (cast.lena, cast.mika, cast.eve):
        with pytest.raises(Denied):
            deeds.accept(person, asked)


def test_whoever_closed_their_account_since_is_not_let_in(cast, domain):
    asked = asked_by_nils(cast, domain)
    account.close(asked.user)

    answer = console(cast.adam).post(f"/o/acme/members/joining/{asked.pk}/accept/")

    assert answer.status_code == 409
    assert "Nils has closed their account since" in answer.text
    assert not Member.objects.filter(user__email=NILS).exists()
    deeds.decline(cast.adam, asked)


def test_a_request_is_not_accepted_when_its_domain_was_given_up(cast, domain):
    asked = asked_by_nils(cast, domain)
    domain.delete()

    with pytest.raises(Refused, match="in no verified domain any more"):
        deeds.accept(cast.adam, asked)
    assert adapter.has_verified_address(asked.user)
