"""Joining by an address in a verified domain: by a link to everybody who may, by the same answer to everybody else."""

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from orgs import joining, mails
from orgs.access import Refused
from orgs.actions import joining as deeds
from orgs.actions import sso
from orgs.models import AuditEntry, Mail, Member, User
from orgs.queries.sentences import sentence
from tests.cast import make_domain, make_provider, make_user
from tests.doors import console
from tests.meanwhile import meanwhile
from tests.ways_in import NEWCOMER, door, invite, is_in, link_in, signed_in

NILS = "nils@acme.example"


@pytest.fixture
def domain(cast):
    return make_domain(cast.acme, verified_at=timezone.now(), verified_by="dns", admission="join", plan="standard")


def mailed_link(email=NILS):
    console().post("/joining/", {"email": email})
    while (waiting := mails.take_due(timezone.now())) is not None:
        mails.send(waiting)
    return link_in(mail.outbox[-1])


def test_somebody_new_joins_by_the_link_in_their_mail(cast, domain):
    browser, link = console(), mailed_link()
    page = browser.get(link)
    assert "Join Acme" in page.text

    browser.post(link, NEWCOMER)

    nils = Member.objects.get(org=cast.acme, user__email=NILS)
    assert (nils.role, nils.plan, str(nils)) == ("user", "standard", NEWCOMER["name"])
    assert browser.get("/o/acme/").status_code == 200
    assert sentence(AuditEntry.objects.latest("seq")) == f"{NEWCOMER['name']} joined."


def test_D08_the_answer_is_the_same_for_every_address(cast, domain):
    browser, answers = console(), set()

    for email in (NILS, "mika@acme.example", "eve@umbrella.example", "nobody@nowhere.example"):
        answer = browser.post("/joining/", {"email": email})
        answers.add((answer.status_code, re.sub(r"\b\w{64}\b", "a token", answer.text.replace(email, ""))))

    assert len(answers) == 1
    assert set(Mail.objects.values_list("to", flat=True)) == {NILS, "mika@acme.example"}


def test_an_address_is_mailed_three_times_a_day_at_most(cast, domain):
    for _ in range(5):
        joining.send_link(NILS)

    assert Mail.objects.count() == 3


def test_D08_one_network_address_asks_twenty_times_a_minute_at_most(cast, domain):
    here, elsewhere = console(REMOTE_ADDR="192.0.2.7"), console(REMOTE_ADDR="192.0.2.8")
    answers = [here.post("/joining/", {"email": f"n{number}@acme.example"}).status_code for number in range(21)]

    refused = here.post("/joining/", {"email": NILS})
    asked_by_htmx = here.post("/joining/", {"email": NILS}, hx=True)

    assert answers == [200] * 20 + [429]
    assert "Too many addresses were tried from here" in refused.text
    assert "Back to the start" in refused.text
    assert (asked_by_htmx.status_code, asked_by_htmx["HX-Reswap"]) == (429, "none")
    assert here.get("/joining/").status_code == 200
    assert elsewhere.post("/joining/", {"email": NILS}).status_code == 200
    assert Mail.objects.count() == 21


def test_a_link_is_for_one_address_and_one_day_and_dies_with_the_offer(cast, domain):
    link = mailed_link()
    assert console().get(link.rstrip("/") + "x/").status_code == 404

    domain.admission = "none"
    domain.save()

    assert console().post(link, NEWCOMER).status_code == 404
    assert not User.objects.filter(email=NILS).exists()


def test_whoever_has_an_account_signs_in_and_finds_the_offer_on_their_home_page(cast, domain):
    nils = make_user(NILS, "Nils")
    assert console().get(mailed_link()).headers["Location"].startswith("/accounts/login/")
    browser = console(nils)
    home = browser.get("/")
    assert "You can join Acme" in home.text

    browser.get(mailed_link())
    answer = browser.post("/joining/now/")

    assert answer.headers["Location"] == "/o/acme/"
    assert browser.get("/o/acme/").status_code == 200


def test_B04_an_account_made_by_another_organizations_invitation_does_not_join_by_its_address(cast, domain):
    thief = console()
    thief.post(door(invite(cast.eve, NILS)), NEWCOMER)  # Eve sees the link, so it shows nothing of the mailbox
    assert is_in(thief)

    answer = thief.post("/joining/now/")

    assert answer.headers["Location"] == "/"
    assert "A link is on its way" in thief.get("/").text
    assert not Member.objects.filter(org=cast.acme, user__email=NILS).exists()
    assert set(Mail.objects.filter(kind="joining").values_list("to", flat=True)) == {NILS}


def test_the_link_of_another_address_shows_nothing_of_ones_own(cast, domain):
    make_user(NILS, "Nils")
    link, other = mailed_link(), console(make_user("otto@acme.example", "Otto"))

    other.get(link)
    other.post("/joining/now/")

    assert not Member.objects.filter(user__email="otto@acme.example").exists()


def test_whoever_is_invited_comes_in_as_the_invitation_says(cast, domain):
    link = mailed_link()
    invite(cast.olive, NILS, role="admin")

    answer = console().post(link, NEWCOMER)

    assert answer.status_code == 409
    assert "You are invited to Acme already" in answer.text
    assert not User.objects.filter(email=NILS).exists()


def test_a_member_is_offered_nothing(cast, domain):
    assert joining.offer(cast.mika.user) is None
    assert joining.offer(cast.rita.user) is None
    assert signed_in(cast.mika).post("/joining/now/").status_code == 404


def test_whoever_was_removed_comes_back_by_invitation_alone(cast, domain):
    with pytest.raises(Refused, match="are or were a member"):
        deeds.come_in(domain, cast.rita.user, email="rita@acme.example")


def test_an_address_that_is_not_proven_opens_nothing(cast, domain):
    planted = User.objects.create_user(NILS, "a long pass phrase of a thief", name="Thief")

    with pytest.raises(Refused, match="in no domain of Acme"):
        deeds.come_in(domain, planted, email=NILS)


def test_B10_an_account_that_was_never_proven_starts_anew(cast, domain):
    planted = User.objects.create_user(NILS, "a long pass phrase of a thief", name="Thief")
    thief = console(planted)

    console().post(mailed_link(), NEWCOMER)

    planted.refresh_from_db()
    assert planted.name == NEWCOMER["name"]
    assert not planted.check_password("a long pass phrase of a thief")
    assert not is_in(thief)


@pytest.mark.parametrize("way", ["domain", "provider"])
def test_an_account_that_another_organization_makes_in_the_same_moment_is_told(cast, domain, way):
    doing = deeds.come_in if way == "domain" else sso.take_in
    by, elsewhere = domain if way == "domain" else make_provider(cast.acme), lambda: make_user(NILS, "Nils")

    with meanwhile(elsewhere, before='INSERT INTO "orgs_user"'), pytest.raises(Refused, match="in this very moment"):
        doing(by, None, email=NILS, name="Nils")


def test_nobody_joins_without_a_free_seat(cast, domain):
    cast.acme.seats = cast.acme.members.filter(removed_at=None).count()
    cast.acme.save()

    answer = console().post(mailed_link(), NEWCOMER)

    assert answer.status_code == 409
    assert not User.objects.filter(email=NILS).exists()


def test_where_single_sign_on_is_enforced_it_is_the_way(cast, domain):
    now = timezone.now() - timedelta(minutes=1)
    make_provider(cast.acme, tested_at=now, enforced_at=now)

    joining.send_link(NILS)

    assert not Mail.objects.exists()
