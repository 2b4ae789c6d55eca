"""Invitations that are out: sent again, revoked, and asked everything again when somebody comes (product.md 2)."""

from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from orgs import links, tasks
from orgs.access import Refused
from orgs.actions import invitations, members
from orgs.models import Invitation, Mail, Member
from tests.cast import make_user
from tests.doors import console
from tests.orgs.invited import ask, seats, the
from tests.ways_in import NEWCOMER, door, invite

pytestmark = pytest.mark.django_db


# ---------------------------------------------------------------- sending again, revoking


def test_B05_sent_again_the_old_link_is_dead_and_the_days_begin_anew(cast):
    invitation = invite(cast.adam, expires_at=timezone.now() + timedelta(hours=1))
    old = door(invitation)

    invitations.resend(cast.olive, invitation)

    there = the("nora@new.example")
    assert console().get(old).status_code == 404
    assert console().get(door(there)).status_code == 200
    assert there.expires_at > timezone.now() + timedelta(days=6)
    assert there.invited_by == cast.olive


def test_B07_who_was_left_without_an_inviter_gets_a_new_one_by_sending_again(cast):
    invitation = invite(cast.adam)
    members.set_role(cast.olive, cast.adam, role="user")
    assert "needs a new inviter" in console(cast.olive).get("/o/acme/invitations/").text

    invitations.resend(cast.olive, invitation)

    assert "needs a new inviter" not in console(cast.olive).get("/o/acme/invitations/").text
    assert console().post(door(the("nora@new.example")), NEWCOMER).status_code == 302


def test_B05_revoked_the_link_is_dead_and_a_waiting_mail_stays_here(cast):
    invitations.invite(cast.adam, cast.acme, ask("nora@new.example"))
    link = door(the("nora@new.example"))

    invitations.revoke(cast.adam, the("nora@new.example"))
    tasks.send_mails()

    assert console().get(link).status_code == 404
    assert mail.outbox == []
    assert Mail.objects.get().error == "The invitation was revoked before this mail went out."


def test_a_mail_whose_invitation_is_over_when_its_turn_comes_is_not_sent(cast):
    invitations.invite(cast.adam, cast.acme, ask("nora@new.example"))
    Invitation.objects.update(revoked_at=timezone.now())

    tasks.send_mails()

    assert mail.outbox == []
    assert (Mail.objects.get().state, Mail.objects.get().error) == (
        "failed",
        "The invitation was over before this mail went out.",
    )


@pytest.mark.parametrize("closed", ["accepted_at", "declined_at", "revoked_at"])
def test_what_is_closed_is_neither_sent_nor_changed_nor_revoked(cast, closed):
    invitation = invite(cast.olive, **{closed: timezone.now()})

    for deed in (invitations.resend, invitations.revoke):
        with pytest.raises(Refused):
            deed(cast.olive, invitation)
    with pytest.raises(Refused, match="is closed"):
        invitations.change(cast.olive, invitation, wanted=ask("nora@new.example")[0])


def test_many_are_sent_again_with_a_result_each(cast):
    found = [invite(cast.olive, "a@new.example"), invite(cast.olive, "b@new.example", revoked_at=timezone.now())]
    found.append(invite(cast.olive, "c@new.example", role="owner"))

    done = invitations.in_bulk(cast.adam, found, deed="resend")

    assert [one.outcome for one in done] == ["done", "refused", "refused"]
    assert Mail.objects.get().to == "a@new.example"
    assert the("a@new.example").digest == links.digest(links.token(the("a@new.example")))
    assert (the("a@new.example").issue, the("a@new.example").invited_by) == (2, cast.adam)


def test_expired_ones_that_are_sent_again_together_share_no_seat(cast):
    past = timezone.now() - timedelta(days=1)
    found = [invite(cast.olive, f"{n}@new.example", expires_at=past) for n in range(3)]
    seats(cast, free=2)

    done = invitations.in_bulk(cast.olive, found, deed="resend")

    assert [one.outcome for one in done] == ["done", "done", "refused"]


def test_whoever_came_in_another_way_is_sent_nothing_any_more(cast):
    invitation = invite(cast.olive, "mika@acme.example")

    with pytest.raises(Refused, match="belongs to Acme already"):
        invitations.resend(cast.olive, invitation)


# ---------------------------------------------------------------- at acceptance


def test_B07_a_workspace_that_the_inviter_may_no_longer_give_is_not_given(cast, settings):
    invitation = invite(cast.adam, workspaces=[cast.den.pk])
    settings.HOOKS = settings.HOOKS | {"invitable_workspaces": []}
    from orgs import hooks

    hooks._named.cache_clear()
    try:
        answer = console().post(door(invitation), NEWCOMER)
    finally:
        hooks._named.cache_clear()

    assert answer.status_code == 409
    assert "may no longer let you into every workspace" in answer.text


def test_a_workspace_that_is_gone_is_passed_over(cast):
    invitation = invite(cast.adam, workspaces=[cast.den.pk, 4711])

    assert console().post(door(invitation), NEWCOMER).status_code == 302


def test_B11_the_seat_is_asked_for_again_when_they_come(cast):
    invitations.invite(cast.olive, cast.acme, ask("nora@new.example"))
    seats(cast, free=0)

    assert console().post(door(the("nora@new.example")), NEWCOMER).status_code == 409


def test_B06_an_invitation_is_for_the_address_alone_whatever_its_case(cast):
    invitations.invite(cast.olive, cast.acme, ask("nora@new.example"))

    invitations.accept(make_user("NORA@new.example"), the("nora@new.example"))

    assert Member.objects.filter(org=cast.acme, user__email="nora@new.example").exists()
