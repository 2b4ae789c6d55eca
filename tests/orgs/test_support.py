"""What the operator's support staff see and may do in the admin (product.md 8)."""

import pytest
from django.urls import reverse

from analytics.models import InboxBatch
from orgs import grants
from orgs.actions import members
from orgs.models import AuditEntry, Invitation, Job, Organization, OrganizationGrant
from tests.cast import make_key
from tests.doors import console, staff
from workspaces.models import Conversation


@pytest.fixture
def desk(cast):
    return staff(cast.support.user)


PAGES = ["organization", "member", "user", "invitation", "servicekey", "job", "mail", "auditentry"]


@pytest.mark.parametrize("kind", PAGES)
def test_support_reads_and_searches_every_list(desk, kind):
    answer = desk.get(reverse(f"admin:orgs_{kind}_changelist"), {"q": "acme"})

    assert answer.status_code == 200


@pytest.mark.parametrize("kind", PAGES)
def test_rows_are_never_edited_by_raw_forms(desk, cast, kind):
    assert desk.get(reverse(f"admin:orgs_{kind}_add")).status_code in (302, 403)
    for name, data in (("change", {"role": "owner"}), ("delete", {"post": "yes"})):
        url = reverse(f"admin:orgs_{kind}_{name}", args=[cast.mika.pk])
        assert desk.post(url, data).status_code in (302, 403)

    cast.mika.refresh_from_db()
    assert cast.mika.role == "user"


def test_support_creates_an_organization_and_its_first_owner_is_invited(desk):
    terms = {"name": "Initech", "slug": "initech", "timezone": "Europe/Berlin", "edition": "business", "seats": "20"}

    answer = desk.post(
        reverse("admin:orgs_organization_create"), terms | {"owner_email": "bill@initech.example", "reason": "signed"}
    )

    assert answer.status_code == 302
    assert desk.get(reverse("admin:orgs_organization_add")).url == reverse("admin:orgs_organization_create")
    org = Organization.objects.get(slug="initech")
    assert Invitation.objects.get(org=org).role == "owner"
    entry = AuditEntry.objects.get(org=org)
    assert (entry.actor_kind, entry.detail["support_reason"]) == ("support", "signed")


def test_support_suspends_a_member_with_a_reason_and_the_log_names_them(desk, cast):
    url = reverse("admin:orgs_member_deed", args=[cast.mika.pk, "suspend"])

    assert desk.post(url, {"reason": " "}).status_code == 422
    assert "The member is suspended." in desk.post(url, {"reason": "ticket 17"}, follow=True).text

    cast.mika.refresh_from_db()
    entry = AuditEntry.objects.get(org=cast.acme)
    assert (cast.mika.status, cast.mika.suspension_reason) == ("suspended", "ticket 17")
    assert (entry.actor_kind, entry.actor_name) == ("support", "Hal Helper")


def test_what_a_rule_refuses_is_said_on_the_form(desk, cast):
    url = reverse("admin:orgs_member_deed", args=[cast.eve.pk, "suspend"])

    answer = desk.post(url, {"reason": "asked for by mail"})

    assert answer.status_code == 422
    assert "Eve is the only active Owner of Umbrella" in answer.content.decode()


def test_support_suspends_and_reopens_an_organization(desk, cast):
    for deed in ("suspend", "reopen"):
        desk.post(reverse("admin:orgs_organization_deed", args=[cast.acme.pk, deed]), {"reason": "unpaid"})

    cast.acme.refresh_from_db()
    assert cast.acme.suspended_at is None
    assert [e.action for e in AuditEntry.objects.order_by("seq")] == ["organization.suspend", "organization.reopen"]


def test_support_sets_edition_seats_and_prices(desk, cast):
    url = reverse("admin:orgs_organization_deed", args=[cast.acme.pk, "terms"])

    answer = desk.post(url, {"edition": "business", "seats": "500", "price_expert": "49.90", "reason": "renewal"})

    cast.acme.refresh_from_db()
    assert answer.status_code == 302
    assert (cast.acme.edition, cast.acme.seats) == ("business", 500)
    assert cast.acme.prices.get(plan="expert").price_nanos == 49_900_000_000


def test_fewer_seats_than_are_held_are_refused(desk, cast):
    url = reverse("admin:orgs_organization_deed", args=[cast.acme.pk, "terms"])

    answer = desk.post(url, {"edition": "business", "seats": "2", "reason": "renewal"})

    assert answer.status_code == 422
    assert "2 are too few" in answer.content.decode()


def test_a_key_is_shown_to_support_without_its_digest(desk, cast):
    key, secret = make_key(cast.acme)

    page = desk.get(reverse("admin:orgs_servicekey_change", args=[key.pk])).content.decode()

    assert key.prefix in page
    assert key.digest not in page
    assert secret not in page


def test_D09_the_admin_opens_only_for_staff_with_a_second_factor(cast):
    url = reverse("admin:index")
    assert console().get(url, follow=True).redirect_chain[-1][0].startswith(reverse("account_login"))

    assert console(cast.olive).get(url, follow=True).status_code == 404
    assert console(cast.support).get(url, follow=True).redirect_chain[-1][0] == reverse("mfa_index")
    assert staff(cast.support.user).get(url).status_code == 200


def test_a_job_that_was_stopped_goes_on_when_support_says_so(desk, cast):
    job = Job.objects.create(org=cast.acme, kind="members.plan", state="parked", attempts=3, started_by=cast.olive)

    answer = desk.post(reverse("admin:orgs_job_deed", args=[job.pk, "again"]), {"reason": "database was full"})

    job.refresh_from_db()
    assert answer.status_code == 302
    assert job.state != "parked"
    assert AuditEntry.objects.get(org=cast.acme).action == "work.retry"


def test_a_batch_that_was_parked_is_counted_when_support_says_so(desk, cast):
    batch = InboxBatch.objects.create(org=cast.acme, source="api", state="parked", attempts=3, error="KeyError: x")
    page = desk.get(reverse("admin:analytics_inboxbatch_change", args=[batch.pk])).content.decode()

    answer = desk.post(reverse("admin:analytics_inboxbatch_deed", args=[batch.pk, "again"]), {"reason": "mended"})

    batch.refresh_from_db()
    assert "KeyError: x" in page
    assert answer.status_code == 302
    assert (batch.state, batch.attempts) == ("waiting", 0)


def test_the_start_page_asks_for_a_request_id_and_says_whose_clock_it_shows(desk):
    page = desk.get(reverse("admin:index")).text

    assert reverse("admin:orgs_auditentry_changelist") in page
    assert 'name="q"' in page
    assert "All times are UTC." in page
    assert "app/mark.svg" in page
    assert "Audit entries" in page
    assert "Batches" in page


def test_support_looks_up_a_request_id(desk, cast):
    members.suspend(cast.olive, cast.mika, reason="left")
    entry = AuditEntry.objects.get(org=cast.acme)
    AuditEntry.objects.bulk_create(
        [AuditEntry(org=cast.umbrella, seq=1, at=entry.at, action="key.manage", target_id=1, request_id="req-17")]
    )

    page = desk.get(reverse("admin:orgs_auditentry_changelist"), {"q": "req-17"}).content.decode()

    assert page.count('class="field-request_id"') == 1
    assert "req-17" in page


@pytest.mark.parametrize("table", [*grants.tables(), OrganizationGrant], ids=lambda table: table._meta.model_name)
def test_support_reads_every_list_of_grants_and_changes_none(desk, table):
    page = f"admin:{table._meta.app_label}_{table._meta.model_name}"

    assert desk.get(reverse(f"{page}_changelist"), {"q": "acme"}).status_code == 200
    assert desk.post(reverse(f"{page}_add"), {}).status_code == 403


def test_support_finds_who_holds_what_by_their_address(desk, cast):
    grants.delegate(cast.mika, ["audit"])

    leads = desk.get(reverse("admin:orgs_teamgrant_changelist"), {"q": "lena@acme"}).content.decode()
    delegated = desk.get(reverse("admin:orgs_organizationgrant_changelist"), {"q": "mika@acme"}).content.decode()
    others = desk.get(reverse("admin:workspaces_workspacegrant_changelist"), {"q": "eve@"}).content.decode()

    assert all(text in leads for text in ("lena@acme.example", "lead", "Search", "Acme"))
    assert "mika@acme.example" not in leads
    assert "mika@acme.example" in delegated
    assert "Lair" in others
    assert "Umbrella" in others


def test_what_a_conversation_is_called_is_not_for_support(desk, cast):
    secret = Conversation.objects.create(org=cast.acme, author=cast.mika, title="About my health")
    grants.give(cast.lena, "viewer", secret)

    page = desk.get(reverse("admin:workspaces_conversationgrant_changelist")).content.decode()

    assert str(secret.pk) in page
    assert "About my health" not in page
