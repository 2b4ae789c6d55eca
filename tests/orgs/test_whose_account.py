"""An account that an invitation's link opened belongs to whoever reads the mail of its address, once they show up."""

from django.test import Client

from orgs import actions, adapter, links
from orgs.invitees import Wanted
from orgs.models import AuditEntry, Invitation, User
from tests.cast import PASSWORD
from tests.doors import console
from tests.ways_in import by_code

FRIDA = "frida@freelance.example"


def invited(by, org, **wanted):
    actions.invitations.invite(by, org, [Wanted(email=FRIDA, **wanted)])
    return Invitation.objects.select_related("org", "invited_by__user").get(org=org, email=FRIDA)


def test_B10_who_opened_an_account_by_a_copied_link_is_out_when_its_owner_signs_in_by_code(cast):
    member = actions.invitations.accept_as_new(invited(cast.eve, cast.umbrella), name="Frida", password=PASSWORD)
    eves = console(member)
    frida = console()

    by_code(frida, FRIDA)
    actions.invitations.accept(User.objects.get(email=FRIDA), invited(cast.olive, cast.acme, role="admin"))

    assert frida.get("/o/acme/").status_code == 200
    assert eves.get("/o/acme/").status_code == 302
    answer = Client().post("/accounts/login/", {"login": FRIDA, "password": PASSWORD})
    assert answer.status_code == 422
    assert "do not belong together" in answer.content.decode()


def test_B10_a_reset_by_its_owner_takes_second_factors_away_that_somebody_else_set_up(cast):
    member = actions.invitations.accept_as_new(invited(cast.eve, cast.umbrella), name="Frida", password=PASSWORD)
    adapter.set_up_totp(member.user)

    actions.account.prove(member.user, by="reset link", chose_password=True)

    frida = User.objects.get(email=FRIDA)
    assert not adapter.has_second_factor(frida)
    assert frida.check_password(PASSWORD)
    assert "proven by reset link" in AuditEntry.objects.filter(org=cast.umbrella).order_by("seq").last().detail["what"]


def test_who_came_by_the_link_as_it_was_mailed_keeps_password_and_sessions_when_signing_in_by_code(cast):
    invitation = invited(cast.olive, cast.acme)
    mailed = links.mailed_url(invitation).removeprefix("http://testserver")
    path = mailed[mailed.index("/join/") :]
    Client().post(path, {"name": "Frida", "password": PASSWORD})

    actions.account.prove(User.objects.get(email=FRIDA), by="emailed code")

    assert User.objects.get(email=FRIDA).check_password(PASSWORD)


def test_the_proof_in_a_mail_is_shown_in_no_list(cast):
    invitation = invited(cast.olive, cast.acme)

    page = console(cast.olive).get("/o/acme/invitations/").content.decode()

    assert links.token(invitation) in page
    assert links.mailed_url(invitation).partition("?mail=")[2] not in page
