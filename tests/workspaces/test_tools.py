"""Tools: connecting, addresses, levels, and secrets that nobody is ever shown again."""

import io
import logging

import pytest
from django.core.management import call_command
from django.db import connection

from orgs.access import Denied, Refused
from orgs.models import AuditEntry
from orgs.queries import sentences
from tests.cast import again
from tests.doors import console, staff
from tests.workspaces.mates import make_mate, make_tool
from workspaces import tasks
from workspaces.actions import levels, tools
from workspaces.forms.tools import Connect
from workspaces.models import MateTool, Tool

pytestmark = pytest.mark.django_db

SECRET = "sk-canary-4711-never-shown"
WORDS = {"name": "CRM", "integration": "crm", "description": "Customers", "url": "https://crm.example.com/api"}


def told():
    return sentences.sentence(AuditEntry.objects.latest("seq"))


def connect(who, **words):
    return tools.create(who, **(WORDS | {"secret": SECRET} | words))


# ---------------------------------------------------------------- secrets


def test_a_secret_is_sealed_in_the_database_and_opens_with_the_keys_of_this_installation(cast):
    crm = connect(cast.lena)

    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM workspaces_tool WHERE id = %s", [crm.pk])
        assert SECRET not in str(cursor.fetchone())
    assert again(crm).secret() == SECRET


def test_a_secret_survives_a_rotation_of_the_key_and_ends_with_the_last_key_that_opens_it(cast, settings):
    crm, old = connect(cast.lena), settings.SECRET_KEY

    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another key, long enough to be one", [old]
    assert again(crm).secret() == SECRET
    tools.keep_secret(cast.lena, crm, secret="newer")

    settings.SECRET_KEY_FALLBACKS = []
    assert again(crm).secret() == "newer"
    settings.SECRET_KEY = "a third key, which nobody sealed with"
    assert again(crm).secret() == ""


def test_secrets_move_to_the_newest_key_by_themselves_and_the_old_one_can_go(cast, settings):
    crm, old = connect(cast.lena), settings.SECRET_KEY
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another key, long enough to be one", [old]
    bare, entries = connect(cast.olive, name="Bare", secret=""), AuditEntry.objects.count()

    assert (tasks.renew_secrets(), tasks.renew_secrets()) == (1, 0)

    settings.SECRET_KEY_FALLBACKS = []
    assert (again(crm).secret(), again(bare).secret()) == (SECRET, "")
    assert again(crm).secret_set_at == crm.secret_set_at
    assert AuditEntry.objects.count() == entries


def test_no_page_log_entry_export_admin_or_dump_of_facts_holds_the_secret(cast, caplog):
    caplog.set_level(logging.DEBUG)
    lena, adam, crm = console(cast.lena), console(cast.adam), None

    form = {**WORDS, "secret": SECRET}
    lena.post("/o/acme/tools/new/", form)
    crm = Tool.objects.get()
    lena.post(f"/o/acme/tools/{crm.pk}/secret/", {"secret": SECRET})
    shown = [
        lena.post("/o/acme/tools/new/", form),
        lena.post("/o/acme/tools/new/", form | {"name": "Two", "url": "http://x.example.com"}, hx=True),
        *(lena.get(f"/o/acme/tools/{crm.pk}/{door}") for door in ("", "secret/", "configure/", "delete/")),
        lena.post(f"/o/acme/tools/{crm.pk}/secret/", {"secret": SECRET + "x" * 5000}),
        lena.get("/o/acme/tools/"),
        adam.get("/o/acme/audit/"),
        adam.get(f"/o/acme/audit/{AuditEntry.objects.latest('seq').pk}/"),
        adam.get("/o/acme/audit/export/", {"format": "jsonl"}),
        staff(cast.support.user).get("/admin/"),
    ]

    assert crm.secret() == SECRET
    for answer in shown:
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content
        assert b"sk-canary" not in body
        assert crm.sealed.encode() not in body
    entries = "".join(str((e.before, e.after, e.detail, e.target_name)) for e in AuditEntry.objects.all())
    assert "sk-canary" not in caplog.text + entries + repr(crm) + str(crm)


def test_the_log_says_that_a_secret_was_set_and_taken_away(cast):
    crm = connect(cast.lena)
    assert told() == "Lena connected the tool CRM."

    tools.keep_secret(cast.lena, crm, secret="newer")
    assert told() == "Lena set the secret of the tool CRM."
    tools.keep_secret(cast.lena, crm, secret="")
    assert told() == "Lena took away the secret of the tool CRM."
    assert again(crm).secret() == ""


def test_E05_another_address_drops_the_secret_and_asks_for_it_anew(cast):
    crm = connect(cast.lena)
    same = {name: WORDS[name] for name in ("name", "integration", "description", "url")}

    assert tools.configure(cast.lena, crm, **(same | {"description": "All customers"}), team=None) is False
    assert again(crm).secret() == SECRET
    answer = console(cast.lena).post(
        f"/o/acme/tools/{crm.pk}/configure/", same | {"url": "https://evil.example.com/"}, follow=True
    )

    assert (again(crm).sealed, again(crm).secret_set_at) == ("", None)
    assert "Its secret was dropped with the address" in answer.content.decode()
    assert AuditEntry.objects.latest("seq").after["secret_set_at"] is None


# ---------------------------------------------------------------- addresses


@pytest.mark.parametrize(
    "url",
    [
        "http://crm.example.com",
        "ftp://crm.example.com",
        "https://10.0.0.1/",
        "https://127.0.0.1/",
        "https://169.254.169.254/latest/meta-data",
        "https://[::1]/",
        "https://[fd00::1]/",
        "https://localhost/",
        "https://intranet/",
        "https://crm.internal/",
        "https://printer.local/",
        "https://2130706433/",
        "https://127.1/",
        "https://user:pass@crm.example.com/",
        "https://crm.example.com/#token",
        "not an address",
        "https://" + "x" * 600 + ".example.com",
    ],
)
def test_E05_an_address_is_public_over_https_and_holds_no_credentials(cast, settings, url):
    settings.FETCH_NETWORKS = []

    form = Connect({**WORDS, "url": url}, actor=cast.lena)

    assert not form.is_valid()
    assert set(form.errors) == {"url"}


@pytest.mark.parametrize("url", ["", "https://crm.example.com", "https://93.184.216.34/x?y=1"])
def test_a_public_address_over_https_and_none_at_all_will_do(cast, url):
    form = Connect({**WORDS, "url": url}, actor=cast.lena)

    assert form.is_valid(), form.errors


# ---------------------------------------------------------------- who may


@pytest.mark.parametrize("name", ["adam", "mika", "vera", "gus"])
def test_connecting_takes_the_feature_whatever_is_administered(cast, name):
    with pytest.raises(Denied):
        connect(getattr(cast, name))


def test_a_name_is_taken_once_in_an_organization(cast):
    connect(cast.lena)

    with pytest.raises(Refused, match="The name CRM is taken"):
        connect(cast.olive)


def test_a_tools_admin_sets_its_secret_only_with_the_feature(cast):
    crm = connect(cast.lena)
    levels.give(cast.lena, crm, cast.mika, level="admin")

    with pytest.raises(Denied, match="Advanced does not include"):
        tools.keep_secret(again(cast.mika), crm, secret="mine")


def test_who_says_who_may_attach_a_tool_takes_it_away_from_any_mate(cast):
    crm = connect(cast.olive)
    scout = make_mate(cast.lena, tools=[crm])
    levels.give(cast.olive, crm, cast.mika, level="user")
    with pytest.raises(Denied):
        tools.take_from(again(cast.mika), crm, mate=scout)

    tools.take_from(cast.olive, crm, mate=scout)

    assert not MateTool.objects.exists()
    assert told() == "Olive took the tool CRM away from the mate Scout."


def test_deleting_a_tool_takes_its_secret_and_says_which_mates_lost_it(cast):
    crm = connect(cast.lena)
    make_mate(cast.lena, tools=[crm])
    levels.give(cast.lena, crm, cast.mika, level="admin")
    with pytest.raises(Denied):
        tools.delete(again(cast.mika), crm)

    panel = console(cast.lena).get(f"/o/acme/tools/{crm.pk}/delete/", hx=True).content.decode()
    tools.delete(cast.lena, crm)

    assert "These mates reach it no more: Scout." in panel
    assert not Tool.objects.exists()
    assert AuditEntry.objects.latest("seq").detail["mates"] == ["Scout"]


def test_the_tools_that_somebody_may_not_know_of_are_nowhere(cast):
    crm = make_tool(cast.olive, "Canary CRM")
    make_mate(cast.olive, everyone="user", tools=[crm])

    for url in ("/o/acme/tools/", "/o/acme/mates/", f"/o/acme/mates/{again(crm).mates.get().pk}/"):
        assert "Canary" in console(cast.adam).get(url).content.decode()
        assert "Canary" not in console(cast.mika).get(url).content.decode()


def test_a_dump_of_the_database_holds_no_secret_in_words(cast):
    connect(cast.lena)
    out = io.StringIO()

    call_command("dumpdata", "workspaces", stdout=out)

    assert "sk-canary" not in out.getvalue()
