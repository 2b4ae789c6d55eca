"""A change of somebody's password or second factors and the entry that says so are one: both or neither (product.md 7).

allauth makes these changes in its own views and forms.
"""

import pytest
from django.apps import apps
from django.db import DatabaseError, connection
from django.urls import reverse

from orgs import adapter
from orgs.models import AuditEntry, Mail, User
from tests.committed import _django_db_helper  # noqa: F401
from tests.doors import console
from tests.orgs.test_sign_in_second_factor import enrol
from tests.ways_in import PASSWORD, newest_mail, prove_again, reset, reset_link, signed_in

pytestmark = pytest.mark.django_db
NEW = "another long pass phrase"


@pytest.fixture
def full():
    """The log takes no entry any more, as on a disk that is full."""

    def fill():
        with connection.cursor() as cursor:
            cursor.execute(
                "CREATE TRIGGER full BEFORE INSERT ON orgs_auditentry BEGIN SELECT RAISE(ABORT, 'no room'); END"
            )

    yield fill
    with connection.cursor() as cursor:
        cursor.execute("DROP TRIGGER IF EXISTS full")


def _passkey(user):
    apps.get_model("mfa", "Authenticator")._default_manager.create(user=user, type="webauthn", data={"name": "Key"})


def _add_app(browser, cast):
    enrol(browser)


def _remove_app(browser, cast):
    browser.post(reverse("mfa_deactivate_totp"), {})


def _remove_passkey(browser, cast):
    (key,) = apps.get_model("mfa", "Authenticator")._default_manager.filter(type="webauthn")
    browser.post(reverse("mfa_remove_webauthn", args=[key.pk]), {})


def _new_codes(browser, cast):
    browser.post(reverse("mfa_generate_recovery_codes"), {})


def _change_password(browser, cast):
    fields = {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW}
    browser.post(reverse("account_change_password"), fields)


def _reset_password(browser, cast):
    reset(console(), reset_link(cast.mika), NEW)


WAYS = [
    (_add_app, [], "second factor added"),
    (_remove_app, [adapter.set_up_totp], "second factor removed"),
    (_remove_passkey, [adapter.set_up_totp, _passkey], "second factor removed"),
    (_new_codes, [adapter.set_up_totp], "new recovery codes"),
    (_change_password, [], "password changed"),
    (_reset_password, [], "password reset"),
]
each_way = pytest.mark.parametrize(("change", "before", "what"), WAYS, ids=[way[0].__name__[1:] for way in WAYS])


def _held(user):
    found = apps.get_model("mfa", "Authenticator")._default_manager.filter(user=user)
    return set(found.values_list("pk", "type")), User.objects.get(pk=user.pk).password


def _ready(cast, before):
    browser = signed_in(cast.mika)
    prove_again(browser)
    for made in before:
        made(cast.mika.user)
    return browser


@each_way
def test_a_change_leaves_one_entry(cast, change, before, what):
    browser = _ready(cast, before)
    held = _held(cast.mika.user)

    change(browser, cast)

    assert _held(cast.mika.user) != held
    assert [entry.detail for entry in AuditEntry.objects.filter(action="account.change")] == [{"what": what}]


@each_way
def test_without_its_entry_nothing_is_changed_and_nobody_is_told(cast, full, change, before, what):
    browser = _ready(cast, before)
    held = _held(cast.mika.user)
    full()

    with pytest.raises(DatabaseError, match="no room"):
        change(browser, cast)

    assert _held(cast.mika.user) == held
    assert set(Mail.objects.values_list("kind", flat=True)) <= {"account/password_reset_key"}  # asked for before


def test_whoever_is_refused_by_the_form_leaves_no_entry(cast):
    browser = signed_in(cast.mika)
    prove_again(browser)
    browser.get(reverse("mfa_activate_totp"))

    browser.post(reverse("mfa_activate_totp"), {"code": "000000"})
    browser.post(reverse("account_change_password"), {"oldpassword": "x", "password1": NEW, "password2": NEW})

    assert not AuditEntry.objects.exists()


def test_the_mail_about_a_second_factor_waits_in_the_outbox_with_the_change(cast):
    browser = _ready(cast, [adapter.set_up_totp])

    _remove_app(browser, cast)

    assert (newest_mail().to, newest_mail().subject) == (["mika@acme.example"], "Your authenticator app is turned off")
    assert "browser" in newest_mail().body
