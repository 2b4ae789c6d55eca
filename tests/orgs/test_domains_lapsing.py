"""A domain whose DNS record is gone counts on for thirty days, says so, and then counts no more until it is back."""

from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from orgs import domains as names
from orgs import joining, mails
from orgs.access import Refused
from orgs.actions import domains, invitations, sso
from orgs.actions import joining as deeds
from orgs.invitees import Wanted
from orgs.models import AuditEntry, Domain, IdentityProvider, Mail
from orgs.queries import sso as queries
from orgs.queries.sentences import sentence
from tests import zone
from tests.cast import make_domain, make_provider, make_user
from tests.doors import console

URL = "/o/acme/security/"
NILS = "nils@acme.example"
pytestmark = pytest.mark.both


@pytest.fixture(autouse=True)
def _empty_zone():
    zone.TEXTS.clear()


@pytest.fixture
def domain(cast):
    """Proven long ago, with a record that is there no more; nobody has noticed yet."""
    long_ago = timezone.now() - timedelta(days=90)
    facts = {"verified_at": long_ago, "checked_at": long_ago, "verified_by": "dns"}
    return make_domain(cast.acme, admission="join", plan="standard", **facts)


def gone(domain, *, days, hours=0):
    """Let so much time go by since it was noticed."""
    domain.missing_since = timezone.now() - timedelta(days=days, hours=hours)
    domain.save()


def sent():
    while (waiting := mails.take_due(timezone.now())) is not None:
        mails.send(waiting)
    subjects = [(message.subject, *message.to) for message in mail.outbox]
    mail.outbox.clear()
    return subjects


def test_for_thirty_days_it_counts_as_before(cast, domain):
    gone(domain, days=29, hours=23)

    assert joining.open_domain(NILS) == domain
    assert deeds.come_in(domain, None, email=NILS, name="Nils").email == NILS


def test_after_thirty_days_nobody_joins_by_it(cast, domain):
    nils = make_user(NILS, "Nils")
    gone(domain, days=30)

    assert joining.open_domain(NILS) is None
    assert joining.offer(nils) is None
    with pytest.raises(Refused, match="in no domain of Acme"):
        deeds.come_in(domain, nils, email=NILS)


def test_after_thirty_days_single_sign_on_is_not_enforced_for_it(cast, domain):
    now = timezone.now()
    provider = make_provider(cast.acme, tested_at=now, enforced_at=now)
    gone(domain, days=29)
    assert queries.binding(cast.mika.user) == provider

    gone(domain, days=30)

    assert queries.binding(cast.mika.user) is None
    assert queries.for_address(NILS) is None
    assert queries.bound(cast.olive, timezone.now()).count == 0
    assert queries.asserts(provider, queries.Asserted(NILS, True, "Nils", None)).refusal == "foreign_domain"
    with pytest.raises(Refused, match="No domain is verified"):
        sso.enforce(cast.olive, IdentityProvider.objects.get())
    domains.remove(cast.olive, domain)  # it binds nobody: nothing stands in the way


def test_after_thirty_days_its_addresses_keep_the_pace_of_all_others(cast, domain):
    gone(domain, days=29)
    invitations.invite(cast.olive, cast.acme, [Wanted(email=NILS)])
    gone(domain, days=30)
    invitations.invite(cast.olive, cast.acme, [Wanted(email="nora@acme.example")])

    assert [mail.params["paced"] for mail in Mail.objects.order_by("created_at")] == [False, True]


def test_owners_get_a_mail_when_it_is_noticed_and_when_it_counts_no_more_and_no_other(cast, domain):
    owners = {"olive@acme.example", "oscar@acme.example"}
    domains.check(cast.olive, domain)
    noticed = sent()
    domains.check(cast.olive, domain)
    gone(domain, days=30)
    assert not sent()
    domains.check(cast.olive, domain)
    over = sent()
    domains.check(cast.olive, domain)

    assert set(noticed) == {("The DNS record of acme.example is gone", owner) for owner in owners}
    assert set(over) == {("acme.example counts no more", owner) for owner in owners}
    assert not sent()
    assert "The domain acme.example counts no more" in sentence(AuditEntry.objects.latest("seq"))


def test_the_mail_says_until_when_and_what_to_put_where(cast, domain):
    domains.check(cast.olive, domain)
    mails.send(mails.take_due(timezone.now()))

    text, until = mail.outbox[0].body, domain.lapses_at.astimezone(cast.acme.zone)
    assert f"counts on until {until.day} {until:%b %Y}" in text
    assert names.record(domain) in text
    assert "_steward.acme.example" in text
    assert f"/o/acme/security/domains/{domain.pk}/" in text


def test_silence_of_dns_ends_the_thirty_days_all_the_same(cast, domain):
    gone(domain, days=30)

    domains.check(cast.olive, domain, resolve=zone.silent)

    assert domain.lapsed_at is not None


def test_a_record_that_is_back_makes_it_count_again_as_it_did(cast, domain):
    gone(domain, days=40)
    domains.check(cast.olive, domain)
    zone.TEXTS[names.host(domain)] = [names.record(domain)]

    domains.check(cast.olive, domain)

    assert joining.open_domain(NILS) == domain
    assert (domain.missing_since, domain.lapsed_at) == (None, None)
    assert sentence(AuditEntry.objects.latest("seq")) == "The record of acme.example is back in DNS."


def test_the_pages_say_until_when_it_counts_and_that_it_does_no_more(cast, domain):
    browser, now = console(cast.olive), timezone.now()
    gone(domain, days=3)
    before = [browser.get(url).text for url in (URL, f"{URL}domains/{domain.pk}/")]
    gone(domain, days=31)
    make_provider(cast.acme, tested_at=now, enforced_at=now - timedelta(days=60))
    after = [browser.get(url).text for url in (URL, f"{URL}domains/{domain.pk}/")]

    assert all("Record missing" in page and "counts no more" not in page.lower() for page in before)
    assert "counts until" in before[0]
    assert "The domain counts on until" in before[1]
    assert all("Counts no more" in page for page in after)
    assert "Nobody, until its record is back" in after[0]
    assert "Not enforced for acme.example" in after[0]
    assert "nobody joins by this domain any more" in after[1]


# ---------------------------------------------------------------- proven by somebody else meanwhile


@pytest.fixture
def theirs(cast):
    """Umbrella claims the domain too, and has put its record."""
    claimed = domains.claim(cast.eve, cast.umbrella, name="acme.example")
    zone.TEXTS[names.host(claimed)] = [names.record(claimed)]
    return claimed


def test_another_organization_proves_a_domain_that_counts_no_more_and_not_before(cast, domain, theirs):
    gone(domain, days=29)
    domains.check(cast.olive, domain)
    with pytest.raises(Refused, match="verified by another organization"):
        domains.check(cast.eve, theirs)

    gone(domain, days=30)
    domains.check(cast.olive, domain)
    domains.check(cast.eve, theirs)

    assert joining.open_domain(NILS) is None  # theirs admits nobody by itself
    assert [one.org for one in Domain.objects.of_address(NILS)] == [cast.umbrella]


def test_whoever_lost_a_domain_does_not_get_it_back_by_their_record(cast, domain, theirs):
    gone(domain, days=30)
    domains.check(cast.olive, domain)
    domains.check(cast.eve, theirs)
    zone.TEXTS[names.host(domain)].append(names.record(domain))

    answer = domains.check(cast.olive, domain)

    assert "verified by another organization" in answer.words
    assert [one.org for one in Domain.objects.of_address(NILS)] == [cast.umbrella]
    domains.remove(cast.eve, theirs)
    assert domains.check(cast.olive, domain).found
    assert [one.org for one in Domain.objects.of_address(NILS)] == [cast.acme]
