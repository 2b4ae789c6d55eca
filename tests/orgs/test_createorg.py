"""`manage.py createorg`: how the first organization of an installation begins."""

import re
from io import StringIO

import pytest
from django.core import mail
from django.core.management import CommandError, call_command

from orgs.models import AuditEntry, Mail, Member, Organization
from tests.doors import console

pytestmark = pytest.mark.django_db


def createorg(*args):
    said = StringIO()
    call_command("createorg", "--name", "Acme Ltd", "--owner", "Olive@Acme.example", *args, stdout=said)
    return said.getvalue()


def link_in(text):
    return re.search(r"http://\S+/join/\S+/", text)[0]


def test_it_prints_and_mails_the_owners_invitation():
    said = createorg("--timezone", "Europe/Berlin", "--edition", "enterprise", "--seats", "25")

    org = Organization.objects.get()
    assert (org.name, org.slug, org.timezone, org.edition, org.seats) == (
        "Acme Ltd",
        "acme-ltd",
        "Europe/Berlin",
        "enterprise",
        25,
    )
    assert mail.outbox[0].to == ["olive@acme.example"]
    assert link_in(mail.outbox[0].body) == link_in(said)
    assert "mailed to olive@acme.example" in said
    assert AuditEntry.objects.get().actor_kind == "system"


def test_the_printed_link_makes_an_owner_who_lands_on_the_first_steps():
    link = link_in(createorg())
    browser = console()

    answer = browser.post(link, {"name": "Olive", "password": "correct horse battery"}, follow=True)

    owner = Member.objects.get()
    assert (owner.role, owner.plan, owner.user.name) == ("owner", "expert", "Olive")
    assert answer.redirect_chain[-1][0] == "/o/acme-ltd/"
    assert "First steps" in answer.text


def test_seats_are_unlimited_unless_they_are_counted():
    createorg("--seats", "unlimited")

    assert Organization.objects.get().seats is None


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["--timezone", "Berlin"], "Berlin is no time zone"),
        (["--owner", "olive"], "olive is no e-mail address"),
        (["--seats", "0"], "0 is no number of seats"),
        (["--seats", "many"], "many is no number of seats"),
        (["--slug", "Acme Ltd"], "Acme Ltd is no short name"),
        (["--edition", "gold"], "invalid choice: 'gold'"),
        (["--name", " "], "a name has 1 to 80 characters"),
        (["--name", "東京"], "No short name can be made of 東京"),
    ],
)
def test_what_it_cannot_use_is_named(args, said):
    with pytest.raises(CommandError, match=re.escape(said)):
        createorg(*args)

    assert not Organization.objects.exists()


def test_a_short_name_is_taken_once():
    createorg()

    with pytest.raises(CommandError, match="There is an organization at /o/acme-ltd/ already"):
        createorg()


def test_a_mail_server_that_is_down_does_not_stop_it(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9  # nobody listens there

    said = createorg()

    assert "waits and is tried again" in said
    assert link_in(said)
    assert Mail.objects.get().state == "queued"


def test_the_sign_in_page_of_an_empty_installation_says_how_to_begin():
    assert "manage.py createorg" in console().get("/accounts/login/").text

    createorg()

    assert "manage.py createorg" not in console().get("/accounts/login/").text
