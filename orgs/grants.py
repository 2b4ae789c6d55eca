"""django-guardian behind one door: who holds which level on which object.

Guardian's tables (one per kind of object, with real foreign keys) are the store and the truth. A holder has one
level per object. Global permissions and superusers open nothing here: nobody asks guardian's shortcuts (traps in
docs/decisions/0003-grants.md).
"""

from collections.abc import Iterable
from functools import cache, lru_cache
from typing import Any

from django.apps import apps
from django.contrib.auth.models import Permission
from django.db import connection
from django.db.models import Count, Model, OuterRef, QuerySet, Subquery
from guardian.models import UserObjectPermissionBase

from orgs.models import Member, Organization, OrganizationGrant


@cache
def tables() -> tuple[type[UserObjectPermissionBase], ...]:
    """Every grant table there is, in a stable order."""
    found = [model for model in apps.get_models() if issubclass(model, UserObjectPermissionBase)]
    return tuple(sorted((m for m in found if hasattr(_kind(m), "LEVELS")), key=lambda m: m._meta.label))


def _kind(table: type[UserObjectPermissionBase]) -> type[Model]:
    """The kind of object that a grant table is about."""
    field: Any = table._meta.get_field("content_object")  # type: ignore[misc]
    kind: type[Model] = field.related_model
    return kind


@cache
def table_of(kind: type[Model]) -> type[UserObjectPermissionBase]:
    return next(table for table in tables() if _kind(table) is kind)


@cache
def _permission(kind: type[Model], level: str) -> Permission:
    # Lives as long as the process: permissions are made by migrations and never change their id.
    return Permission.objects.select_related("content_type").get(
        codename=kind.LEVELS[level],  # type: ignore[attr-defined]
        content_type__app_label=kind._meta.app_label,
    )


@cache
def _delegation(what: str) -> Permission:
    return Permission.objects.get(codename=Organization.DELEGATED[what], content_type__app_label="orgs")


@cache
def level_of_codename() -> dict[str, str]:
    return {codename: level for table in tables() for level, codename in _kind(table).LEVELS.items()}  # type: ignore[attr-defined]


def give(member: Member, level: str, target: Model) -> None:
    """Make `level` the one level that `member` holds on `target`. At most 3 queries; call it inside an act."""
    table, permission = table_of(type(target)), _permission(type(target), level)
    take(member, target)
    table._default_manager.create(user_id=member.user_id, content_object=target, permission=permission)


def give_each(members: Iterable[Member], level: str, target: Model) -> None:
    """Make `level` the one level that each of `members` holds on `target`. At most 3 queries; call it inside an act."""
    table: Any = table_of(type(target))
    permission = _permission(type(target), level)
    users = {member.user_id for member in members}
    table._default_manager.filter(user_id__in=users, content_object=target).delete()
    rows = [table(user_id=user_id, content_object=target, permission=permission) for user_id in sorted(users)]
    table._default_manager.bulk_create(rows)


def take_from(members: Iterable[Member], target: Model) -> None:
    """Take what each of `members` holds on `target`. One query."""
    users = {member.user_id for member in members}
    table_of(type(target))._default_manager.filter(user_id__in=users, content_object=target).delete()


def take(member: Member, target: Model) -> None:
    """Take what `member` holds on `target`; nothing where they hold nothing. One query."""
    table_of(type(target))._default_manager.filter(user_id=member.user_id, content_object=target).delete()


def take_among(member: Member, targets: QuerySet[Any]) -> None:
    """Take what `member` holds on any of `targets`, all of one kind. One query."""
    kind: type[Model] = targets.model
    table_of(kind)._default_manager.filter(user_id=member.user_id, content_object__in=targets).delete()


def take_all(member: Member) -> None:
    """Take everything that `member` holds in their organization. One query per grant table, and one."""
    for table in tables():
        table._default_manager.filter(user_id=member.user_id, content_object__org_id=member.org_id).delete()
    OrganizationGrant.objects.filter(user_id=member.user_id, content_object=member.org_id).delete()


def delegate(member: Member, wanted: Iterable[str]) -> None:
    """Make `wanted` (keys of `Organization.DELEGATED`) all that is delegated to `member`. 2 queries; inside an act."""
    OrganizationGrant.objects.filter(user_id=member.user_id, content_object=member.org_id).delete()
    rows = [
        OrganizationGrant(user_id=member.user_id, content_object=member.org, permission=_delegation(w)) for w in wanted
    ]
    OrganizationGrant.objects.bulk_create(rows)


def delegated(member: Member) -> frozenset[str]:
    """What is delegated to `member` over the whole organization. One query."""
    return delegated_to([member])[member.pk]


def delegated_to(members: Iterable[Member]) -> dict[int, frozenset[str]]:
    """Member id → what is delegated to each of `members` (of one organization). One query."""
    by_user = {member.user_id: member for member in members}
    names = {codename: what for what, codename in Organization.DELEGATED.items()}
    org_ids = {member.org_id for member in by_user.values()}
    found = OrganizationGrant.objects.filter(user_id__in=by_user, content_object__in=org_ids)
    result: dict[int, set[str]] = {member.pk: set() for member in by_user.values()}
    for user_id, codename in found.values_list("user_id", "permission__codename"):
        result[by_user[user_id].pk].add(names[codename])
    return {pk: frozenset(what) for pk, what in result.items()}


def levels(member: Member) -> dict[int, str]:
    """Object id → level of all that `member` holds in their organization. One query over every grant table."""
    return levels_of([member])[member.pk]


def levels_of(members: Iterable[Member], *kinds: type[Model]) -> dict[int, dict[int, str]]:
    """Member id → object id → level of what each of `members` (of one organization) holds: on `kinds`, or on all.

    One query over the grant tables. Ids are random over all tables (orgs.ids), so one dictionary holds every kind.
    """
    by_user = {member.user_id: member for member in members}
    result: dict[int, dict[int, str]] = {member.pk: {} for member in by_user.values()}
    if not by_user:
        return result
    names, values = level_of_codename(), [next(iter(by_user.values())).org_id, *by_user]
    text, places = _levels_query(kinds, len(by_user))
    with connection.cursor() as cursor:
        cursor.execute(text, [values[place] for place in places])
        for user_id, object_id, codename in cursor.fetchall():
            result[by_user[user_id].pk][object_id] = names[codename]
    return result


@lru_cache(maxsize=64)
def _levels_query(kinds: tuple[type[Model], ...], people: int) -> tuple[str, tuple[int, ...]]:
    """The query of `levels_of` for so many people, and what stands where in it: 0 the organization, n the nth person.

    Its text is always the same, and takes Django longer to write than a database to answer.
    """
    first, *others = (
        table._default_manager.filter(user_id__in=range(1, people + 1), content_object__org_id=0).values_list(
            "user_id", "content_object_id", "permission__codename"
        )
        for table in (map(table_of, kinds) if kinds else tables())
    )
    return first.union(*others, all=True).query.sql_with_params()


def held(member: Member, kind: type[Model]) -> QuerySet[Any]:
    """Ids of the objects of one kind that `member` holds any level on: for a subquery."""
    return table_of(kind)._default_manager.filter(user_id=member.user_id).values("content_object_id")


def copy(source: Model, target: Model) -> int:
    """Let those who hold a level on `source` hold it on `target`, whatever kind it is; how many they are.

    The removed are left out. 2 queries, and at most 3 a level; call it inside an act.
    """
    held: dict[str, list[Member]] = {}
    for member, level in holders([source])[source.pk]:
        held.setdefault(level, []).append(member)
    for level, members in held.items():
        give_each(members, level, target)
    return sum(map(len, held.values()))


def take_everybody(target: Model) -> None:
    """Take what anybody holds on `target`. One query."""
    table_of(type(target))._default_manager.filter(content_object=target).delete()


def holding(target: Model) -> QuerySet[Any]:
    """The members who hold a level on `target`, the removed left out; each with its `codename`, for `level_of`."""
    table = table_of(type(target))._default_manager.filter(content_object=target)
    org_id: int = target.org_id  # type: ignore[attr-defined]
    members = Member.objects.filter(org_id=org_id, removed_at=None, user_id__in=table.values("user_id"))
    found = table.filter(user_id=OuterRef("user_id")).values("permission__codename")[:1]
    return members.annotate(codename=Subquery(found)).select_related("user")


def level_of(holder: Any) -> str:
    """The level that a member whom `holding` gave holds."""
    return level_of_codename()[holder.codename]


def counts(targets: Iterable[Model]) -> dict[int, int]:
    """Object id → how many hold a level on each of `targets` (one kind, one organization), the removed left out.

    One query, however many targets and holders; those whom nobody holds are not in it.
    """
    rows = list(targets)
    if not rows:
        return {}
    org_id: int = rows[0].org_id  # type: ignore[attr-defined]
    here = {"user__memberships__org": org_id, "user__memberships__removed_at": None}
    found = table_of(type(rows[0]))._default_manager.filter(content_object__in=rows, **here)
    return dict(found.values_list("content_object_id").annotate(n=Count("pk")))


def at_level(members: QuerySet[Member], kind: type[Model], level: str) -> QuerySet[Any]:
    """Ids of the objects of one kind that any of `members` of one organization holds this level on. For a subquery."""
    found = table_of(kind)._default_manager.filter(user_id__in=members.order_by().values("user_id"))
    return found.filter(permission=_permission(kind, level)).values("content_object_id")


def holding_any(org_id: int, kind: type[Model], level: str) -> QuerySet[Any]:
    """Ids of the people who hold this level on any object of one kind and organization. For a subquery."""
    found = table_of(kind)._default_manager.filter(content_object__org=org_id, permission=_permission(kind, level))
    return found.values("user_id")


def holders(targets: Iterable[Model]) -> dict[int, list[tuple[Member, str]]]:
    """Object id → (member, level) of those who hold a level on each of `targets` (one kind, one organization).

    Removed members are left out. Two queries, however many targets.
    """
    rows = list(targets)
    if not rows:
        return {}
    found = table_of(type(rows[0]))._default_manager.filter(content_object__in=rows)
    pairs = list(found.values_list("content_object_id", "user_id", "permission__codename"))
    org_id: int = rows[0].org_id  # type: ignore[attr-defined]
    members = Member.objects.filter(org_id=org_id, user_id__in={user for _, user, _ in pairs}, removed_at=None)
    by_user = {member.user_id: member for member in members.select_related("user")}
    names = level_of_codename()
    result: dict[int, list[tuple[Member, str]]] = {row.pk: [] for row in rows}
    for object_id, user_id, codename in pairs:
        if user_id in by_user:
            result[object_id].append((by_user[user_id], names[codename]))
    return result
