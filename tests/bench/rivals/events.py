"""Ingest with django-ninja: a schema of pydantic and `bulk_create`, for events alone and for all totals as well."""

from datetime import timedelta
from decimal import Decimal
from typing import Any, Literal

from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone
from ninja import NinjaAPI, Schema
from ninja.security import HttpBearer
from pydantic import AwareDatetime, Field

from analytics import ledgers, subjects
from analytics.cells import Fact, Person, Scene
from analytics.clock import EPOCH, day_of
from analytics.models import Event
from orgs.keys import digest_of
from orgs.models import Member, Organization, ServiceKey
from tests.bench.rivals import totals
from workspaces.models import Workspace

MICROSECOND = timedelta(microseconds=1)

Name = Field("", max_length=100)


class Key(HttpBearer):
    def authenticate(self, request: HttpRequest, token: str) -> Any:
        keys = ServiceKey.objects.select_related("org").alive(timezone.now())
        return keys.filter(digest=digest_of(token)).first()


class Incoming(Schema):
    id: str = Field(min_length=1, max_length=64)
    at: AwareDatetime
    kind: Literal["message", "response", "file", "integration_call", "refusal", "error"]
    member: str = Field("", max_length=254)
    conversation: str = Field("", max_length=128)
    workspace: str = Name
    model: str = Name
    integration: str = Name
    use_case: str = Name
    tokens_in: int = Field(0, ge=0)
    tokens_out: int = Field(0, ge=0)
    cost: Decimal = Decimal(0)
    bytes: int = Field(0, ge=0)


door = NinjaAPI(urls_namespace="rival", docs_url=None, openapi_url=None, auth=Key())


@door.post("/events")
def take(request: Any, payload: list[Incoming]) -> dict[str, int]:
    """Events alone: no names are looked up, nothing is added up."""
    org = request.auth.org
    rows = [_row(event, org) for event in payload]
    Event.objects.bulk_create(rows, ignore_conflicts=True)
    return {"received": len(rows)}


@door.post("/usage")
def count(request: Any, payload: list[Incoming]) -> dict[str, int]:
    """The same whole: members and workspaces looked up, duplicates left out, all totals kept."""
    org = request.auth.org
    with transaction.atomic():
        ledger = ledgers.lock(org)
        known = set(Event.objects.filter(org=org, id__in=[event.id for event in payload]).values_list("id", flat=True))
        rows = {event.id: _row(event, org) for event in payload if event.id not in known}
        _name(org, list(rows.values()))
        Event.objects.bulk_create(rows.values(), ignore_conflicts=True)
        totals.add_up(ledger.book, _facts(org, list(rows.values())))
    return {"received": len(payload), "new": len(rows)}


def _row(event: Incoming, org: Organization) -> Event:
    local = event.at.astimezone(org.zone)
    return Event(
        org_id=org.pk,
        id=event.id,
        at=event.at,
        day=local.date(),
        hour=local.hour,
        kind=event.kind,
        member_name=event.member,
        conversation=event.conversation,
        workspace_name=event.workspace,
        model=event.model,
        integration=event.integration,
        use_case=event.use_case,
        tokens_in=event.tokens_in,
        tokens_out=event.tokens_out,
        cost_nanos=int(event.cost * 10**9),
        bytes=event.bytes,
        fingerprint=0,
    )


def _name(org: Organization, rows: list[Event]) -> None:
    """Members by address and workspaces by name."""
    members = Member.objects.filter(org=org, user__email__in={row.member_name for row in rows})
    people = {email: who for email, *who in members.values_list("user__email", "pk", "department_id", "team_id")}
    named = Workspace.objects.filter(org=org, name__in={row.workspace_name for row in rows})
    workspaces = dict(named.values_list("name", "pk"))
    for row in rows:
        if row.member_name in people:
            row.member, department, team = people[row.member_name]
            row.department, row.team, row.member_name = department or 0, team or 0, ""
        if row.workspace_name in workspaces:
            row.workspace, row.workspace_name = workspaces[row.workspace_name], ""


def _facts(org: Organization, rows: list[Event]) -> list[Fact]:
    """What `analytics.cells` counts from."""
    members = {row.member for row in rows}
    ordinals = dict(Member.objects.filter(org=org, pk__in=members).values_list("pk", "ordinal"))
    people: dict[int, Person] = {}
    scenes: dict[tuple[Any, ...], Scene] = {}
    found = []
    for row in rows:
        unit = row.department, row.team
        person = people.get(row.member)
        if person is None:
            person = people[row.member] = Person(row.member, ordinals.get(row.member, 0), unit)
        value = subjects.workspace_value(row.workspace, row.workspace_name)
        key = unit, value, row.model, row.integration, row.use_case
        scene = scenes.get(key)
        if scene is None:
            scene = scenes[key] = Scene.of(*key)
        at, day = (row.at - EPOCH) // MICROSECOND, day_of(row.day)
        sums = row.tokens_in, row.tokens_out, row.cost_nanos, row.bytes
        found.append(Fact(row.id, at, day, row.hour, row.kind, person, scene, row.conversation, *sums))
    return found
