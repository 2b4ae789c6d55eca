"""Ownership handed over: offered by an Owner, accepted by who proves that it is them, declined or taken back."""

import time
from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from orgs import adapter
from orgs.access import Denied, Refused
from orgs.actions import members, ownership
from orgs.models import AuditEntry, Mail, Member, OwnershipTransfer
from tests.doors import console
from tests.ways_in import code_in, newest_mail, totp

pytestmark = pytest.mark.django_db


def roles(*people):
    return [Member.objects.get(pk=person.pk).role for person in people]


@pytest.fixture
def offer(cast):
    """Olive offers Mika her place and would stay an Admin."""
    return ownership.offer(cast.olive, cast.mika, keeps="admin")


def url(offer, deed=""):
    return f"/o/acme/ownership/{offer.pk}/{deed}"


def test_an_offer_changes_nothing_and_is_told_by_mail(cast, offer):
    assert roles(cast.olive, cast.mika) == ["owner", "user"]
    assert Mail.objects.get(kind="ownership_offered").to == "mika@acme.example"


def test_only_owners_offer_and_only_to_active_members_below_them(cast):
    with pytest.raises(Denied):
        ownership.offer(cast.adam, cast.mika, keeps="user")
    for nobody in (cast.olive, cast.oscar, cast.gus, cast.sam, cast.rita):
        with pytest.raises(Refused, match="cannot become Owner"):
            ownership.offer(cast.olive, nobody, keeps="admin")
    with pytest.raises(Refused, match="Choose the role to keep"):
        ownership.offer(cast.olive, cast.mika, keeps="owner")


def test_accepting_changes_both_at_once_and_each_has_an_entry_that_says_so(cast, offer):
    ownership.accept(cast.mika, offer)

    assert roles(cast.olive, cast.mika) == ["admin", "owner"]
    entries = AuditEntry.objects.filter(action="ownership.answer")
    assert {(e.target_name, e.before["role"], e.after["role"]) for e in entries} == {
        ("Mika", "user", "owner"),
        ("Olive", "owner", "admin"),
    }


def test_an_offer_is_answered_once(cast, offer):
    ownership.accept(cast.mika, offer)

    with pytest.raises(Refused, match="answered, taken back, or has ended"):
        ownership.accept(cast.mika, offer)
    with pytest.raises(Refused):
        ownership.decline(cast.mika, offer)


@pytest.mark.parametrize("how", ["withdrawn", "ended", "superseded"])
def test_an_offer_that_is_over_is_not_accepted(cast, offer, how):
    match how:
        case "withdrawn":
            ownership.withdraw(cast.olive, offer)
        case "ended":
            OwnershipTransfer.objects.filter(pk=offer.pk).update(expires_at=timezone.now())
        case "superseded":
            ownership.offer(cast.olive, cast.lena, keeps="admin")

    with pytest.raises(Refused):
        ownership.accept(cast.mika, offer)
    assert roles(cast.olive, cast.mika) == ["owner", "user"]


def test_an_offer_dies_with_the_ownership_of_who_made_it(cast, offer):
    members.set_role(cast.oscar, cast.olive, role="user")

    with pytest.raises(Refused, match="no active Owner any more"):
        ownership.accept(cast.mika, offer)
    assert roles(cast.mika) == ["user"]


def test_nobody_else_answers_or_takes_back_an_offer(cast, offer):
    for deed in (ownership.accept, ownership.decline):
        with pytest.raises(Refused, match="This offer is for Mika"):
            deed(cast.lena, offer)
    with pytest.raises(Refused, match="Olive made this offer"):
        ownership.withdraw(cast.oscar, offer)


def test_declining_changes_nothing_and_tells_who_offered(cast, offer):
    ownership.decline(cast.mika, offer)

    assert roles(cast.olive, cast.mika) == ["owner", "user"]
    assert Mail.objects.get(kind="ownership_declined").to == "olive@acme.example"


# ---------------------------------------------------------------- the pages


def test_without_a_second_factor_it_takes_the_code_that_was_mailed(cast, offer):
    mika = console(cast.mika)
    assert "Mail me the code" in mika.get(url(offer)).text
    assert mika.post(url(offer, "accept/"), {"code": "000000"}).status_code == 422  # none was mailed

    mika.post(url(offer, "code/"))
    code = code_in(newest_mail())
    assert mail.outbox[-1].to == ["mika@acme.example"]
    wrong = f"{(int(code) + 1) % 10**6:06}"
    assert "This is not the code" in mika.post(url(offer, "accept/"), {"code": wrong}).text
    assert roles(cast.mika) == ["user"]

    assert mika.post(url(offer, "accept/"), {"code": code}).status_code == 303
    assert roles(cast.olive, cast.mika) == ["admin", "owner"]


def test_a_code_is_tried_five_times_and_good_for_a_quarter_of_an_hour(cast, offer, monkeypatch):
    mika = console(cast.mika)
    mika.post(url(offer, "code/"))
    code = code_in(newest_mail())
    for _ in range(5):
        mika.post(url(offer, "accept/"), {"code": f"{(int(code) + 1) % 10**6:06}"})
    assert "No code is good any more" in mika.post(url(offer, "accept/"), {"code": code}).text

    mika.post(url(offer, "code/"))
    code, now = code_in(newest_mail()), time.time()
    monkeypatch.setattr(time, "time", lambda: now + 901)
    assert "No code is good any more" in mika.post(url(offer, "accept/"), {"code": code}).text
    assert roles(cast.mika) == ["user"]


def test_a_code_of_one_session_or_offer_is_worth_nothing_in_another(cast, offer):
    mika, elsewhere = console(cast.mika), console(cast.mika)
    mika.post(url(offer, "code/"))
    code = code_in(newest_mail())
    other = ownership.offer(cast.oscar, cast.mika, keeps="user")

    assert elsewhere.post(url(offer, "accept/"), {"code": code}).status_code == 422
    assert mika.post(url(other, "accept/"), {"code": code}).status_code == 422
    assert roles(cast.mika) == ["user"]


def test_codes_are_mailed_at_a_pace(cast, offer):
    mika, before = console(cast.mika), Mail.objects.count()

    for _ in range(6):
        mika.post(url(offer, "code/"))

    assert Mail.objects.count() - before == 3


def test_with_a_second_factor_it_takes_that_and_no_password_or_code_instead(cast, offer):
    secret = adapter.set_up_totp(cast.mika.user)
    mika = console(cast.mika, proven=True)  # the password was given a moment ago
    mika.post(url(offer, "code/"))

    turned = mika.post(url(offer, "accept/"), {"code": code_in(newest_mail())})

    assert turned.status_code == 303
    assert turned.url == f"/accounts/2fa/reauthenticate/?next=%2Fo%2Facme%2Fownership%2F{offer.pk}%2F"
    assert roles(cast.mika) == ["user"]
    back = mika.post(turned.url, {"code": totp(secret)})
    assert back.url == url(offer)
    assert mika.post(url(offer, "accept/")).status_code == 303
    assert roles(cast.olive, cast.mika) == ["admin", "owner"]


def test_a_second_factor_shown_long_ago_is_asked_for_again(cast, offer, monkeypatch):
    secret = adapter.set_up_totp(cast.mika.user)
    mika = console(cast.mika)
    mika.post("/accounts/2fa/reauthenticate/", {"code": totp(secret)})
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + 301)

    assert "/2fa/reauthenticate/" in mika.post(url(offer, "accept/")).url


def test_the_owner_offers_from_the_members_page_and_sees_what_became_of_it(cast):
    olive = console(cast.olive)
    assert "Offer ownership" in olive.get(f"/o/acme/members/{cast.mika.pk}/").text
    assert "Offer ownership" not in olive.get(f"/o/acme/members/{cast.gus.pk}/").text
    assert "Offer ownership" not in console(cast.adam).get(f"/o/acme/members/{cast.mika.pk}/").text

    made = olive.post(f"/o/acme/members/{cast.mika.pk}/ownership/", {"keeps": "user"})

    page = olive.get(made.url).text
    assert "has not answered yet" in page
    assert "Take the offer back" in page
    assert "Olive offers you to become Owner" in console(cast.mika).get("/o/acme/needs/").text
    ownership.accept(cast.mika, OwnershipTransfer.objects.get())
    assert "Mika accepted and is Owner in place of Olive" in olive.get(made.url).text


def test_ended_offers_say_so(cast, offer):
    OwnershipTransfer.objects.filter(pk=offer.pk).update(expires_at=timezone.now() - timedelta(days=1))

    assert "The offer has ended" in console(cast.mika).get(url(offer)).text
