"""No secret of anybody's reaches the audit log, the logs or any other row (catalogue F09)."""

import io
import logging

import pytest
import structlog
from django.apps import apps
from django.conf import settings
from django.core import mail
from django.db import connection

from config import logs
from orgs import links
from orgs.actions import organizations
from orgs.keys import new_key
from orgs.models import AuditEntry, Mail
from tests.cast import PASSWORD
from tests.doors import Client, api, console
from tests.ways_in import by_password, prove_again, reset, reset_link, signed_in

WRONG = "wrong canary of a password"
FRESH = "fresh canary of a password"


@pytest.fixture
def said():
    """Everything that the process logs, as it would stand in the file."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    config = logs.to_json("DEBUG")["formatters"]["json"]
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(**{key: value for key, value in config.items() if key != "()"})
    )
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    logging.getLogger("django_structlog").setLevel(logging.DEBUG)
    yield stream.getvalue
    root.removeHandler(handler)
    root.setLevel(level)


def _everything_stored():
    with connection.cursor() as cursor:
        dump = []
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            dump.append(repr(cursor.fetchall()))
    return "".join(dump)


def _a_day_of_secrets(cast):
    """What people and machines do in a day that has a secret in it, and those secrets."""
    secrets = {"password": PASSWORD, "wrong password": WRONG, "fresh password": FRESH}
    browser = signed_in(cast.olive)
    by_password(console(), cast.mika.user.email, WRONG)
    secrets["session"] = browser.cookies[settings.SESSION_COOKIE_NAME].value

    made = browser.post("/o/acme/keys/", {"name": "gateway", "scopes": ["events:write"]})
    secrets["key"] = made.context["secret"]
    api(secrets["key"]).post("/api/v1/events", [{"id": "1"}])
    secrets["unknown key"] = new_key()
    api(secrets["unknown key"]).post("/api/v1/events", [])
    Client().post(f"/api/v1/events?key={secrets['key']}", [], content_type="application/json")

    invitation = organizations.create(
        cast.support,
        name="New",
        slug="new",
        timezone="UTC",
        edition="team",
        seats=None,
        owner_email="nora@new.example",
    )
    secrets["invitation"] = links.token(invitation)
    Client().get(links.join_url(invitation))

    link = reset_link(cast.vera)
    secrets["reset link"] = link.rstrip("/").rsplit("/", 1)[-1]
    reset(console(), link, FRESH)

    prove_again(browser)
    secret = browser.get("/accounts/2fa/totp/activate/").context["form"].secret
    secrets["authenticator's secret"] = secret
    return secrets


def test_F09_no_secret_reaches_a_row_or_the_log(cast, said):
    secrets = _a_day_of_secrets(cast)

    stored, logged = _everything_stored(), said()
    assert "request_finished" in logged
    assert "/join/[token]" in logged
    assert AuditEntry.objects.filter(action="key.manage").exists()
    for what, secret in secrets.items():
        if what not in ("session", "authenticator's secret"):  # rows of their own, tested elsewhere
            assert secret not in stored, what
        assert secret not in logged, what


def test_F09_the_audit_log_holds_no_secret_of_any_kind(cast, said):
    secrets = _a_day_of_secrets(cast)

    written = repr(list(AuditEntry.objects.values()))
    for what, secret in secrets.items():
        assert secret not in written, what


def test_F09_a_mail_is_kept_without_its_text(cast):
    _a_day_of_secrets(cast)

    assert mail.outbox
    assert Mail.objects.exists()
    assert "body" not in {field.name for field in apps.get_model("orgs", "Mail")._meta.fields}
    kept = repr(list(Mail.objects.values()))
    assert "http" not in kept
