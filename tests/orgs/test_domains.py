"""Domains: claimed by a name, proven by DNS or by the postmaster, asked about daily, and never proven twice."""

from datetime import timedelta

import dns.resolver
import pytest
from django.core import mail
from django.utils import timezone

from orgs import domains as names
from orgs import mails, tasks
from orgs.access import Denied, Refused
from orgs.actions import domains
from orgs.models import AuditEntry, Domain
from orgs.queries.sentences import sentence
from tests import zone
from tests.cast import make_domain
from tests.doors import console
from tests.ways_in import link_in

URL = "/o/acme/security/domains/"


@pytest.fixture(autouse=True)
def _empty_zone():
    zone.TEXTS.clear()


def _put(domain, at="_steward."):
    zone.TEXTS[f"{at}{domain.name}"] = ["v=spf1 -all", names.record(domain)]


def _deliver():
    while (waiting := mails.take_due(timezone.now())) is not None:
        mails.send(waiting)


# ---------------------------------------------------------------- names


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Example.COM", "example.com"),
        (" example.com. ", "example.com"),
        ("olive@example.com", "example.com"),
        ("bücher.example", "xn--bcher-kva.example"),
        ("a.b.example.co.uk", "a.b.example.co.uk"),
    ],
)
def test_a_domain_is_kept_in_one_spelling(typed, kept):
    assert names.normal(typed) == kept


@pytest.mark.parametrize("typed", ["", "example", "ex ample.com", "-a.com", "127.0.0.1", "a..b.com", "https://a.com/x"])
def test_what_is_no_domain_is_refused_in_words(typed):
    with pytest.raises(ValueError, match="This is no domain"):
        names.normal(typed)


def test_a_domain_in_which_anybody_can_have_an_address_is_nobodys(cast):
    answer = console(cast.olive).post(URL + "new/", {"name": "GMail.com"})

    assert answer.status_code == 422
    assert "Anybody can have an address in gmail.com" in answer.text
    assert not Domain.objects.exists()


# ---------------------------------------------------------------- by DNS


def test_an_owner_claims_a_domain_and_proves_it_by_a_record(cast):
    browser = console(cast.olive)
    answer = browser.post(URL + "new/", {"name": "Acme.example"})
    domain = Domain.objects.get()
    page = browser.get(answer["Location"])
    assert f"_steward.{domain.name}" in page.text
    assert names.record(domain) in page.text

    _put(domain)
    browser.post(answer["Location"] + "check/")

    domain.refresh_from_db()
    assert (domain.verified_by, domain.verified_at is not None) == ("dns", True)
    assert [sentence(entry) for entry in AuditEntry.objects.order_by("seq")] == [
        "Olive added the domain acme.example.",
        "The domain acme.example was verified.",
    ]


def test_the_record_may_stand_at_the_domain_itself(cast):
    domain = make_domain(cast.acme)
    _put(domain, at="")

    assert domains.check(cast.olive, domain).found


def _refused(name):
    raise dns.resolver.NoNameservers


def _broken(name):
    raise OSError("no wire")


@pytest.mark.parametrize(
    ("resolve", "words"),
    [
        (zone.texts, "has no TXT record yet"),
        (zone.silent, "did not answer"),
        (_refused, "refuse to answer"),
        (_broken, "could not be asked"),
        (lambda name: ["v=spf1 -all"], "has no such TXT record yet"),
        (lambda name: [f"{names.KEY}somebody-elses"], "but with another value"),
    ],
    ids=["none", "timeout", "servers", "wire", "others", "wrong"],
)
def test_whatever_dns_says_is_told_in_words_and_proves_nothing(cast, resolve, words):
    domain = make_domain(cast.acme)

    answer = domains.check(cast.olive, domain, resolve=resolve)

    domain.refresh_from_db()
    assert not answer.found
    assert words in answer.words
    assert domain.verified_at is None
    assert not AuditEntry.objects.exists()


def test_a_domain_that_another_organization_proved_is_refused_without_telling_which(cast):
    make_domain(cast.umbrella, verified_at=timezone.now(), verified_by="dns")
    mine = make_domain(cast.acme)
    _put(mine)

    answer = console(cast.olive).post(f"{URL}{mine.pk}/check/")

    mine.refresh_from_db()
    assert answer.status_code == 409
    assert "verified by another organization" in answer.text
    assert "Umbrella" not in answer.text
    assert mine.verified_at is None


# ---------------------------------------------------------------- daily


def _proven(org, **fields):
    yesterday = timezone.now() - timedelta(days=1, hours=1)
    return make_domain(org, verified_at=yesterday, verified_by="dns", checked_at=yesterday, **fields)


def test_a_record_that_is_gone_is_seen_within_a_day_and_the_domain_counts_on(cast):
    domain = _proven(cast.acme)

    assert tasks.check_domains() == 1
    assert tasks.check_domains() == 0

    domain.refresh_from_db()
    assert domain.missing_since is not None
    assert domain.verified_at is not None
    assert sentence(AuditEntry.objects.get()) == "The record of acme.example is gone from DNS."
    assert "Record missing" in console(cast.olive).get("/o/acme/security/").text


def test_slow_name_servers_make_nobody_wait_for_ever_and_nobody_is_left_out(cast):
    """A run ends in time; the next one goes on with whoever waits longest."""
    for name, hours in {"new": 25, "oldest": 90, "older": 40}.items():
        domain = _proven(cast.acme, name=name)
        Domain.objects.filter(pk=domain.pk).update(checked_at=timezone.now() - timedelta(hours=hours))

    asked = []
    while tasks.check_domains(seconds=0.0):
        asked += Domain.objects.exclude(missing_since=None).exclude(name__in=asked).values_list("name", flat=True)

    assert asked == ["oldest.example", "older.example", "new.example"]


def test_a_run_of_checks_ends_before_a_task_is_ended(settings):
    (seconds,) = tasks.check_domains.run.__defaults__

    assert seconds + 2 * names.PATIENCE < settings.CELERY_TASK_SOFT_TIME_LIMIT


def test_a_record_that_is_back_is_missing_no_more(cast):
    domain = _proven(cast.acme)
    domains.check(cast.olive, domain)
    _put(domain)

    domains.check(cast.olive, domain)

    assert domain.missing_since is None
    assert sentence(AuditEntry.objects.latest("seq")) == "The record of acme.example is back in DNS."


def test_silence_of_dns_takes_nothing_for_gone(cast):
    domain = _proven(cast.acme)

    domains.check(cast.olive, domain, resolve=zone.silent)

    assert domain.missing_since is None


# ---------------------------------------------------------------- by the postmaster


def test_the_postmaster_proves_it_by_a_link_without_an_account(cast):
    domain = make_domain(cast.acme)
    console(cast.olive).post(f"{URL}{domain.pk}/mail/")
    _deliver()
    message = mail.outbox[-1]
    stranger, link = console(), link_in(message)

    asked = stranger.get(link)
    domain.refresh_from_db()
    assert domain.verified_at is None
    stranger.post(link)

    domain.refresh_from_db()
    assert message.to == ["postmaster@acme.example"]
    assert "Is acme.example yours?" in asked.text
    assert domain.verified_by == "mail"
    assert stranger.get(link).status_code == 404


def test_the_link_dies_with_the_claim_and_is_worth_nothing_for_another_one(cast):
    domain = make_domain(cast.acme)
    secret = names.proof_url(domain).rstrip("/").rpartition("/")[2]
    domains.remove(cast.olive, domain)
    again = domains.claim(cast.olive, cast.acme, name="acme.example")

    assert console().post(f"/domains/{secret}/").status_code == 404
    assert console().post(f"/domains/{secret}x/").status_code == 404
    again.refresh_from_db()
    assert again.verified_at is None


def test_a_postmaster_is_mailed_three_times_a_day_at_most_whoever_asks(cast):
    mine, theirs = make_domain(cast.acme), make_domain(cast.umbrella)
    for _ in range(2):
        domains.ask_postmaster(cast.olive, mine)
    domains.ask_postmaster(cast.eve, theirs)

    with pytest.raises(Refused, match="three times today"):
        domains.ask_postmaster(cast.olive, mine)


# ---------------------------------------------------------------- whom it takes in, and giving it up


def test_a_domain_takes_in_nobody_who_administers(cast):
    domain = make_domain(cast.acme, verified_at=timezone.now(), verified_by="dns")
    browser = console(cast.olive)

    for role in ("owner", "admin"):
        typed = {"admission": "join", "role": role, "plan": "standard"}
        assert browser.post(f"{URL}{domain.pk}/admit/", typed).status_code == 422
    browser.post(f"{URL}{domain.pk}/admit/", {"admission": "join", "role": "viewer", "plan": "standard"})

    domain.refresh_from_db()
    assert (domain.admission, domain.role, domain.plan) == ("join", "viewer", "standard")


def test_a_domain_that_is_given_up_is_gone_and_the_log_says_who_did_it(cast):
    domain = make_domain(cast.acme, verified_at=timezone.now(), verified_by="dns")

    console(cast.olive).post(f"{URL}{domain.pk}/remove/")

    assert not Domain.objects.exists()
    assert sentence(AuditEntry.objects.get()) == "Olive gave up the domain acme.example."


def test_only_owners_manage_domains_whichever_door_they_come_through(cast):
    domain = make_domain(cast.acme)
    for deed in (domains.check, domains.ask_postmaster, domains.remove):
        with pytest.raises(Denied):
            deed(cast.adam, domain)
    with pytest.raises(Denied):
        domains.claim(cast.adam, cast.acme, name="new.example")
    with pytest.raises(Denied):
        domains.admit(cast.eve, domain, admission="join", role="user", plan="essential")
