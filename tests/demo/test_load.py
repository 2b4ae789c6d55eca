"""The demo in an installation: rows, deeds, accounts and usage, made once however often it is asked for."""

from __future__ import annotations

import base64
import hmac
import json
import stat
import struct
import time
from collections import Counter
from datetime import timedelta
from io import StringIO
from math import ceil

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from analytics.models import InboxBatch
from config.demo import companies, keeping, load, rows
from config.demo.usage import figures
from orgs import chain, grants
from orgs.models import AuditEntry, Member, Organization, Scope, ServiceKey, Team, User
from policies.models import PowerUser
from tests.cast import make_org
from tests.demo.conftest import TODAY, made
from tests.doors import api
from workspaces.models import Workspace

FABRIKAM = [companies.FABRIKAM]


@pytest.fixture
def told(data_dir):
    """What the demo says of Fabrikam whose usage was sent before."""
    made()
    keeping.write(keeping.Kept(loaded=["fabrikam"], until={"fabrikam": "9999-12-31"}))
    return load.load(7, quietly, FABRIKAM)


def quietly(*said):
    """Progress that nobody reads."""


def summary(org, key):
    """The overview of the last 30 full days in the organization's zone."""
    yesterday = timezone.localdate(timezone=org.zone) - timedelta(days=1)
    days = {"from": str(yesterday - timedelta(days=29)), "to": str(yesterday)}
    answer = api(key).get("/api/v1/usage/summary", days)
    assert answer.status_code == 200
    return answer.json()


def test_everybody_of_northwind_is_there_as_they_were_made_up(northwind):
    company, org = northwind

    found = {
        m.user.email: (m.user.name, m.role, m.plan, m.status, m.kind, m.team.name if m.team else "")
        for m in Member.objects.filter(org=org).select_related("user", "team")
    }
    assert found == {
        p.email: (
            p.name,
            p.role,
            p.plan,
            "removed" if p.removed_days_ago else "suspended" if p.suspended_days_ago else "active",
            "guest" if p.guest else "member",
            p.team,
        )
        for p in company.people
    }
    assert Member.objects.filter(org=org).holding_a_seat().count() == 280
    assert org.seats >= 280


def test_everybody_joined_before_the_first_day_of_usage(db):
    _, org = made()

    first_day = timezone.now() - timedelta(days=(timezone.now().date() - TODAY).days + 90)
    assert not Member.objects.filter(org=org, joined_at__gte=first_day)


def test_the_next_member_gets_a_place_of_their_own_in_the_bitmaps(db):
    _, org = made()

    org.refresh_from_db()
    assert org.next_ordinal == max(Member.objects.filter(org=org).values_list("ordinal", flat=True)) + 1


def test_leads_lead_their_teams_and_one_of_them_leads_two(northwind):
    company, org = northwind

    leads = {
        team.name: [member.user.email for member, _ in pairs]
        for team, pairs in ((Team.objects.get(pk=pk), pairs) for pk, pairs in grants.holders(org.teams.all()).items())
    }
    assert {name: who for name, who in leads.items() if who} == {
        name: [person.email] for person in company.people for name in person.leads
    }
    assert max(Counter(who[0] for who in leads.values() if who).values()) == 2


@pytest.mark.both
def test_workspaces_have_the_members_that_usage_will_name(db):
    company, org = made()

    for workspace in company.workspaces:
        row = Workspace.objects.get(org=org, name=workspace.name)
        held = {member.user.email: level for member, level in grants.holders([row])[row.pk]}
        assert row.visibility == ("private" if workspace.private else "public")
        assert held == {workspace.creator: "admin"} | dict.fromkeys(workspace.users, "user") | dict.fromkeys(
            workspace.viewers, "viewer"
        )


def test_the_log_tells_how_the_organization_came_to_be_and_its_chain_holds(db):
    company, org = made()

    entries = list(AuditEntry.objects.filter(org=org).order_by("seq").values_list("actor_kind", "action"))
    assert entries[0] == ("system", "organization.create")
    assert Counter(entries)["system", "organization.create"] == 1
    assert Counter(entries)["member", "team.lead"] == sum(len(person.leads) for person in company.people)
    assert Counter(entries)["member", "workspace.create"] == len(company.workspaces)
    assert chain.verify(org).broken_at is None


def test_furnishing_twice_changes_nothing(db):
    company, org = made()
    before = AuditEntry.objects.count()

    rows.furnish(company, org)

    assert AuditEntry.objects.count() == before


@pytest.mark.both
def test_fabrikams_overview_shows_its_figures(data_dir):
    told = load.load(7, quietly, FABRIKAM)

    org = Organization.objects.get(slug="fabrikam")
    shown = summary(org, told["organizations"][0]["key"])
    wanted = figures.FABRIKAM
    assert (shown["active_members"], shown["members"]) == (wanted.active, 24)
    assert (shown["conversations"], shown["responses"]) == (wanted.conversations, wanted.responses)
    assert (shown["files"], shown["integration_calls"]) == (wanted.files, wanted.integration_calls)
    assert (str(shown["cost"]), float(shown["daily_active"])) == ("318.50", 7)
    assert (shown["peak_from"], shown["peak_to"]) == (8, 12)
    assert PowerUser.objects.filter(org=org).count() == ceil(wanted.active / 10)


def test_asked_again_the_demo_says_the_same_and_sends_nothing(data_dir):
    first = load.load(7, quietly, FABRIKAM)
    batches, entries = InboxBatch.objects.count(), AuditEntry.objects.count()

    assert load.load(7, quietly, FABRIKAM) == first
    assert (InboxBatch.objects.count(), AuditEntry.objects.count()) == (batches, entries)


def test_an_interrupted_load_goes_on_and_counts_nothing_twice(data_dir):
    told = load.load(7, quietly, FABRIKAM)
    kept = keeping.read()
    kept.loaded.clear()
    keeping.write(kept)

    assert load.load(7, quietly, FABRIKAM) == told
    assert summary(Organization.objects.get(slug="fabrikam"), told["organizations"][0]["key"])["responses"] == 1_404
    assert sum(InboxBatch.objects.values_list("duplicates", flat=True)) > 7_000


def test_the_accounts_told_of_cover_every_role_kind_status_and_plan(told):
    accounts = told["organizations"][0]["accounts"]

    assert set(accounts[0]) == {"email", "password", "member", "role", "plan", "kind", "status", "lead_of"}
    active = [account for account in accounts if account["status"] == "active"]
    assert Counter(account["role"] for account in active)["owner"] >= 2
    assert Counter(account["role"] for account in active)["admin"] >= 2
    assert {account["role"] for account in active} == {"owner", "admin", "user", "viewer"}
    users = [account for account in active if account["role"] == "user" and account["kind"] == "member"]
    assert {account["plan"] for account in users} == {"essential", "standard", "advanced", "expert"}
    assert {account["kind"] for account in active} == {"member", "guest"}
    assert {account["status"] for account in accounts} == {"active", "suspended", "removed"}
    assert any(account["lead_of"] for account in active)


def test_the_passwords_told_of_are_theirs_and_nobody_else_has_one(told):
    accounts = told["organizations"][0]["accounts"]
    passwords = {account["email"]: account["password"] for account in accounts}
    for user in User.objects.filter(memberships__org__slug="fabrikam"):
        assert user.has_usable_password() == (user.email in passwords)
        assert user.email not in passwords or user.check_password(passwords[user.email])
    assert len(set(passwords.values())) == len(passwords)


def test_support_enters_the_admin_with_the_second_factor_told(told):
    support, browser = told["support"], Client()

    browser.post("/accounts/login/", {"login": support["email"], "password": support["password"]})
    browser.post("/accounts/2fa/authenticate/", {"code": code_of(support["totp_secret"])})

    assert browser.get("/admin/").status_code == 200


def code_of(secret):
    """The six digits that an authenticator app shows now (RFC 6238)."""
    digest = hmac.digest(base64.b32decode(secret), struct.pack(">Q", int(time.time()) // 30), "sha1")
    offset = digest[-1] & 15
    number = int.from_bytes(digest[offset : offset + 4], "big") & 0x7FFFFFFF
    return f"{number % 10**6:06d}"


def test_the_key_has_every_scope(told):
    assert set(ServiceKey.objects.get().scopes) == set(Scope.values)


def test_secrets_are_kept_where_only_the_owner_of_the_process_reads(told, data_dir):
    assert stat.S_IMODE((data_dir / "demo.json").stat().st_mode) == 0o600
    assert [path.name for path in data_dir.glob("demo*")] == ["demo.json"]


def test_a_lost_file_of_secrets_is_made_anew_for_the_same_people_and_usage(data_dir):
    told = load.load(11, quietly, FABRIKAM)
    (data_dir / "demo.json").unlink()

    again = load.load(7, quietly, FABRIKAM)

    before, after = (said["organizations"][0] for said in (told, again))
    assert [account["email"] for account in before["accounts"]] == [account["email"] for account in after["accounts"]]
    account = after["accounts"][0]
    assert account["password"] != before["accounts"][0]["password"]
    assert User.objects.get(email=account["email"]).check_password(account["password"])
    assert summary(Organization.objects.get(slug="fabrikam"), after["key"])["responses"] == 1_404


def test_an_organization_of_somebody_elses_is_left_alone(data_dir):
    make_org("Northwind")

    with pytest.raises(CommandError, match="/o/northwind/ that the demo did not make"):
        call_command("demo", stdout=StringIO())

    assert not Member.objects.exists()


def test_an_empty_installation_starts_with_the_demo_unless_told_otherwise(data_dir, settings):
    settings.DEMO = True
    assert load.is_wanted()

    make_org("Acme")
    assert not load.is_wanted()


def test_a_load_that_was_interrupted_goes_on_at_the_next_start(told, data_dir, settings):
    settings.DEMO = True

    assert load.is_wanted()


def test_an_installation_without_demo_starts_empty(data_dir, settings):
    settings.DEMO = False

    assert not load.is_wanted()


@pytest.mark.slow
def test_northwinds_overview_is_the_published_one_and_the_command_prints_json_alone(data_dir):
    out, err = StringIO(), StringIO()

    call_command("demo", "--json", stdout=out, stderr=err)

    told = json.loads(out.getvalue())
    assert [org["slug"] for org in told["organizations"]] == ["northwind", "fabrikam"]
    assert "Northwind: 90 days of usage" in err.getvalue()
    shown = summary(Organization.objects.get(slug="northwind"), told["organizations"][0]["key"])
    assert (shown["active_members"], shown["members"]) == (247, 280)
    assert (shown["conversations"], shown["responses"]) == (3_847, 28_934)
    assert (shown["files"], shown["integration_calls"]) == (1_205, 15_623)
    assert (str(shown["cost"]), float(shown["daily_active"])) == ("8456.00", 128)
    assert (shown["peak_from"], shown["peak_to"]) == (10, 14)
