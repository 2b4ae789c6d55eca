"""What must always be true of the rows, asked of the database as it is (security.md 3): after chaos and restores."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.apps import apps
from django.db import connection, models
from django.db.models import Count, Exists, F, OuterRef, Q
from django.db.models.functions import Lower

from analytics import recount
from analytics.models import Event
from orgs import chain, grants, seats
from orgs.models import Invitation, Kind, Member, Organization, PlanPrice, Role, User

KEPT_BY_TRIGGERS = {
    "sqlite": {
        "audit_entries_are_never_changed",
        "audit_entries_are_never_deleted",
        "an_organization_keeps_an_active_owner",
        "a_workspaces_visibility_is_for_ever",
    },
    "postgresql": {
        "audit_entries_are_never_changed",
        "audit_entries_are_never_truncated",
        "an_organization_keeps_an_active_owner",
        "a_workspaces_visibility_is_for_ever",
    },
}


@dataclass(frozen=True, slots=True)
class Invariant:
    """One promise, and what breaks it: a text per row."""

    id: str
    promise: str
    broken: Callable[[], list[str]]


def _without_owner() -> list[str]:
    """Organizations that somebody belongs to, without an Owner who could sign in. One that nobody joined yet is new."""
    members = Member.objects.filter(org=OuterRef("pk"), removed_at=None)
    owners = members.filter(role=Role.OWNER, suspended_at=None, user__is_active=True)
    return [org.slug for org in Organization.objects.filter(Exists(members)).exclude(Exists(owners))]


def _two_memberships() -> list[str]:
    rows = Member.objects.order_by().values("org__slug", "user__email").annotate(n=Count("pk")).filter(n__gt=1)
    return [f"{row['user__email']} in {row['org__slug']}" for row in rows]


def _crossing() -> list[str]:
    """Rows of one organization that point at a row of another, over every foreign key there is."""
    found = []
    for model, field in _inside():
        away = ~Q(**{f"{field.name}__org_id": F("org_id")}) & Q(**{f"{field.name}__isnull": False})
        rows = model._default_manager.filter(away).values_list("pk", flat=True)
        found += [f"{model._meta.label} {pk} → {field.name}" for pk in rows]
    return found


def _inside() -> Iterator[tuple[type[models.Model], models.Field]]:  # type: ignore[type-arg]
    for model in apps.get_models():
        if not _belongs(model):
            continue
        for field in model._meta.fields:
            if field.many_to_one and field.related_model is not None and _belongs(field.related_model):
                yield model, field


def _belongs(model: object) -> bool:
    meta = getattr(model, "_meta", None)
    return meta is not None and any(f.name == "org" and f.related_model is Organization for f in meta.fields)


def _strangers() -> list[str]:
    """Grants on objects of an organization to people who never belonged to it."""
    found = []
    for table in grants.tables():
        members = Member.objects.filter(org_id=OuterRef("content_object__org_id"), user_id=OuterRef("user_id"))
        rows = table._default_manager.exclude(Exists(members)).select_related("user")
        found += [f"{row.user} on {table.__name__} {row.content_object_id}" for row in rows]
    return found


def _two_invitations() -> list[str]:
    rows = Invitation.objects.open().order_by().values("org__slug", address=Lower("email"))
    return [f"{row['address']} to {row['org__slug']}" for row in rows.annotate(n=Count("pk")).filter(n__gt=1)]


def _broken_chains() -> list[str]:
    verified = [(org, chain.verify(org)) for org in Organization.objects.order_by("slug")]
    return [f"{org.slug}: {found.problem}" for org, found in verified if found.broken_at is not None]


def _missing_triggers() -> list[str]:
    query = {
        "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
        "postgresql": "SELECT tgname FROM pg_trigger WHERE tgenabled IN ('O', 'A')",
    }[connection.vendor]
    with connection.cursor() as cursor:
        cursor.execute(query)
        there = {name for (name,) in cursor.fetchall()}
    return sorted(KEPT_BY_TRIGGERS[connection.vendor] - there)


def _counted_twice() -> list[str]:
    rows = Event.objects.order_by().values("org_id", "id").annotate(n=Count("*")).filter(n__gt=1)
    return [f"{row['id']} of {row['org_id']}" for row in rows]


def _wrong_totals() -> list[str]:
    orgs = Organization.objects.order_by("slug")
    return [f"{org.slug}: {difference}" for org in orgs for difference in recount.reconcile(org)]


def _too_many_seats() -> list[str]:
    held = Count("members", filter=Q(members__removed_at=None))
    orgs = Organization.objects.filter(seats__isnull=False).annotate(held=held).filter(held__gt=F("seats"))
    return [f"{org.slug}: {org.held} of {org.seats}" for org in orgs]


def _too_many_of_a_plan() -> list[str]:
    bound = PlanPrice.objects.filter(seats__isnull=False).select_related("org")
    taken = ((row, seats.held(row.org)[row.plan]) for row in bound)
    return [f"{row}: {held} of {row.seats}" for row, held in taken if held > (row.seats or 0)]


def _stays() -> list[str]:
    endless = Q(kind=Kind.GUEST, ends_at=None) | Q(kind=Kind.MEMBER, ends_at__isnull=False)
    above = Q(kind=Kind.GUEST, role__in=[Role.OWNER, Role.ADMIN])
    return [
        f"{member.pk} of {member.org.slug}" for member in Member.objects.filter(endless | above).select_related("org")
    ]


def _orphans() -> list[str]:
    """Permissions past the one door: guardian's generic tables, Django's own, grants of no known level, on nothing."""
    generic = [kind for kind in apps.get_app_config("guardian").get_models() if kind not in grants.tables()]
    found = [f"{kind._meta.label} {row.pk}" for kind in generic for row in kind._default_manager.all()]
    people = User.objects.filter(Q(user_permissions__isnull=False) | Q(groups__isnull=False) | Q(is_superuser=True))
    found += [f"permissions over everything: {user}" for user in people.distinct()]
    levels = grants.level_of_codename()
    for table in grants.tables():
        unknown = table._default_manager.exclude(permission__codename__in=levels)
        lost = table._default_manager.filter(content_object=None)
        found += [f"{table.__name__} {row.pk}" for row in (unknown | lost)]
    return found


INVARIANTS = (
    Invariant("I1", "every organization has an active Owner who can sign in", _without_owner),
    Invariant("I2", "nobody belongs to an organization twice", _two_memberships),
    Invariant("I5", "the triggers that keep log, Owners and visibility are there", _missing_triggers),
    Invariant("I6", "no row points into another organization", _crossing),
    Invariant("I6", "whoever holds a grant belongs to its organization", _strangers),
    Invariant("guests", "guests have an end and administer nothing, nobody else has one", _stays),
    Invariant("I8", "an address has one open invitation to an organization", _two_invitations),
    Invariant("I11", "the chain of every audit log is whole", _broken_chains),
    Invariant("I12", "every event is kept once", _counted_twice),
    Invariant("I13", "totals are what counting the events again gives", _wrong_totals),
    Invariant("I16", "no organization holds more seats than it has", _too_many_seats),
    Invariant("I16", "no plan holds more seats than were bought for it", _too_many_of_a_plan),
    Invariant("I20", "no permission lies beside the grants", _orphans),
)
