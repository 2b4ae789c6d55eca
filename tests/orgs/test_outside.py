"""The switches of the settings for people from outside: what they will cut is said before, and then it is cut."""

from datetime import timedelta

import pytest
from django.utils import timezone

from orgs.models import AuditEntry, Invitation, Kind, Organization
from orgs.queries import sentences
from tests.cast import make_member
from tests.doors import console

GUESTS, SHARING = "/o/acme/settings/guests/", "/o/acme/settings/sharing/"


def _acme(cast):
    return Organization.objects.get(pk=cast.acme.pk)


def _guest(cast, number, days=5):
    end = timezone.now() + timedelta(days=days)
    return make_member(cast.acme, f"Guest {number}", kind=Kind.GUEST, ends_at=end, email=f"{number}@else.example")


def _invite(cast, number, days):
    fields = {"kind": Kind.GUEST, "email": f"g{number}@new.example", "digest": f"{number}"}
    return Invitation.objects.create(org=cast.acme, expires_at=timezone.now() + timedelta(days=days), **fields)


def test_whom_the_switch_shuts_out_is_named_before(cast):
    _guest(cast, 1)
    _guest(cast, 2, days=-1)
    _invite(cast, 1, days=3)
    _invite(cast, 2, days=-3)

    panel = console(cast.olive).get(GUESTS, hx=True).content.decode()

    assert "2 guests lose access at once: Guest 1, Gus." in panel
    assert "1 open invitation of a guest cannot be accepted meanwhile." in panel
    assert not AuditEntry.objects.exists()


def test_where_nobody_loses_anything_that_is_said(cast):
    cast.gus.delete()

    assert "nobody loses access" in console(cast.olive).get(GUESTS).content.decode()


def test_turning_it_off_and_on_again_leaves_entries_and_a_way_back(cast):
    olive = console(cast.olive)

    off = olive.post(GUESTS, {"allowed": "no"}, hx=True).content.decode()
    assert not _acme(cast).guests_allowed
    again = olive.get(GUESTS, hx=True).content.decode()
    olive.post(GUESTS, {"allowed": "yes"}, hx=True)

    assert 'id="outside"' in off
    assert 'name="allowed" value="yes"' in off.partition("<hx-partial")[2]
    assert "1 guest is let in again at once: Gus." in again
    assert _acme(cast).guests_allowed
    told = [sentences.sentence(entry) for entry in AuditEntry.objects.all()]
    assert told == ["Olive changed the settings: guests may come in."] * 2


@pytest.mark.parametrize(("typed", "status"), [("", 422), ("acme", 422), ("Acme", 303)])
def test_more_than_ten_who_lose_access_want_the_name_typed(cast, typed, status):
    for number in range(10):
        _guest(cast, number)

    answer = console(cast.olive).post(GUESTS, {"allowed": "no", "typed": typed})

    assert answer.status_code == status
    assert _acme(cast).guests_allowed == (status == 422)


def test_who_turns_it_to_what_it_is_leaves_no_entry(cast):
    console(cast.olive).post(GUESTS, {"allowed": "yes"})

    assert not AuditEntry.objects.exists()


def test_sharing_outside_is_a_switch_of_its_own(cast):
    olive = console(cast.olive)

    panel = olive.get(SHARING, hx=True).content.decode()
    olive.post(SHARING, {"allowed": "no"})

    assert "Share nothing outside" in panel
    assert (_acme(cast).external_sharing, _acme(cast).guests_allowed) == (False, True)
    assert sentences.sentence(AuditEntry.objects.get()).endswith("conversations may be shared outside.")


@pytest.mark.parametrize("sent", [{}, {"allowed": ""}, {"allowed": "perhaps"}])
def test_what_is_neither_yes_nor_no_changes_nothing(cast, sent):
    for url in (GUESTS, SHARING):
        assert console(cast.olive).post(url, sent).status_code == 422
    assert not AuditEntry.objects.exists()
