"""What happens to workspaces and rooms when something happens to a member or a team. Named in settings under HOOKS."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from operator import attrgetter
from typing import TypeVar

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from orgs import grants
from orgs.access import Action, check
from orgs.models import Invitation, Item, Member, Organization, Team
from orgs.models.members import MemberQuerySet
from orgs.queries.members import Spot
from workspaces import closed
from workspaces.models import Message, Room, SharedLink, Tool, Workspace, WorkspaceGrant
from workspaces.roles import administers

P = TypeVar("P", Workspace, Room)


def tools_of(org: Organization) -> list[tuple[str, str]]:
    """The tools of an organization, id and name, for a rollout. One query."""
    tools = Tool.objects.filter(org=org).order_by("name", "pk")
    return [(str(pk), name) for pk, name in tools.values_list("pk", "name")]


def items_given(org: Organization, item: str, members: Sequence[Member]) -> set[int]:
    """Who belongs to a workspace whose mates have a tool: ticks that item of the provisioning board. One query."""
    if item != Item.INTEGRATIONS:
        return set()
    held = WorkspaceGrant.objects.filter(content_object__org=org, user__in=[member.user_id for member in members])
    users = set(held.filter(content_object__added__mate__attached__isnull=False).values_list("user_id", flat=True))
    return {member.pk for member in members if member.user_id in users}


def hand_over(member: Member, successor: Member | None) -> list[str]:
    """Give the workspaces that `member` owns to `successor`, who looks after what nobody else would, too; their names.

    About 6 queries, and 4 a workspace or room.
    """
    if successor is None:
        return []
    owned = list(Workspace.objects.filter(owner=member).order_by("name"))
    left = _left_alone(Member.objects.filter(pk=member.pk))
    for workspace in owned:
        workspace.owner = successor
        workspace.save(update_fields=["owner"])
    for place in (*owned, *left):
        grants.give(successor, "admin", place)
    return [place.name for place in (*owned, *left)]


def _left_alone(members: MemberQuerySet) -> list[Workspace | Room]:
    """The workspaces that others own, and the rooms with people of their own, whose active Admins are all among
    `members`. A query a kind, 3 more where they are Admins of any."""
    going = members.order_by().values("pk")
    others = Workspace.objects.exclude(owner__in=going).filter(pk__in=grants.at_level(members, Workspace, "admin"))
    own = Room.objects.filter(narrowed=True, pk__in=grants.at_level(members, Room, "admin"))
    return [*_without_others(others.order_by("name"), members), *_without_others(own.order_by("name"), members)]


def _without_others(places: Iterable[P], members: MemberQuerySet) -> list[P]:
    """Those of `places` of one kind that have no active Admin beside `members`."""
    found = list(places)
    held = grants.holders(found)
    able = {pk: {m.pk for m, level in held[pk] if administers(m, level)} for pk in held}
    going = set(members.filter(pk__in=set().union(*able.values())).values_list("pk", flat=True)) if found else set()
    return [place for place in found if not able[place.pk] - going]


def owned_by(member: Member) -> list[str]:
    """The names of what somebody takes over when `member` goes. At most 9 queries."""
    return owned_among(Member.objects.filter(pk=member.pk))


def owned_among(members: MemberQuerySet) -> list[str]:
    """The names of what somebody takes over when all of `members` go. At most 9 queries, however many they are."""
    owned = Workspace.objects.filter(owner__in=members.order_by().values("pk"))
    names = list(owned.order_by("name").values_list("name", flat=True))
    return names + [place.name for place in _left_alone(members)]


def works_in(actor: Member, member: Member) -> list[Spot]:
    """The workspaces in which `member` holds a role, as `actor` may know. 1 query, and 1 a grant table."""
    held = grants.levels(member)
    found = Workspace.objects.visible_to(actor).filter(pk__in=held).order_by("name")
    return [_spot(actor, workspace, held[workspace.pk]) for workspace in found]


def work_in(actor: Member, members: Sequence[Member]) -> dict[int, list[Spot]]:
    """Member id → the workspaces in which each holds a role, as `actor` may know. 2 queries, however many members."""
    held = grants.levels_of(members, Workspace)
    seen = Workspace.objects.visible_to(actor).in_bulk({pk for levels in held.values() for pk in levels})
    return {
        member: sorted(
            (_spot(actor, seen[pk], level) for pk, level in levels.items() if pk in seen), key=attrgetter("name")
        )
        for member, levels in held.items()
    }


def of_team(actor: Member, team: Team) -> list[Spot]:
    """The workspaces that belong to a team, as `actor` may know, with how they are seen. One query."""
    found = Workspace.objects.visible_to(actor).filter(team=team).order_by("name")
    return [_spot(actor, workspace, "") for workspace in found]


def hides(actor: Member, team: Team) -> bool:
    """Whether a team has private workspaces, or rooms with people of their own, that `actor` is not in. 2 queries."""
    found = Workspace.objects.filter(team=team)
    return closed.private_to(actor, found).exists() or closed.narrowed_to(actor, found).exists()


def hand_on(team: Team, into: Team | None) -> list[str]:
    """Let the workspaces of a team that ends belong to another one, or to none; their names. 2 queries."""
    found = Workspace.objects.filter(team=team)
    names = list(found.order_by("name").values_list("name", flat=True))
    found.update(team=into)
    return names


def shared_outside(org: Organization) -> int:
    """How many links to conversations of an organization are neither over nor revoked. One query."""
    return SharedLink.objects.filter(org=org).live(timezone.now()).count()


def _spot(actor: Member, workspace: Workspace, level: str) -> Spot:
    """A workspace with the role held in it, or with its visibility where it is about nobody in particular."""
    levels = {"admin": _("Admin"), "user": _("User"), "viewer": _("Viewer")}
    role = levels.get(level) or workspace.get_visibility_display()
    return Spot(workspace.name, role, reverse("workspaces_page", args=[actor.org.slug, workspace.pk]))


def names(invitation: Invitation) -> list[str]:
    """The names of the workspaces that an invitation names. One query."""
    found = Workspace.objects.filter(org=invitation.org_id, pk__in=invitation.workspaces).order_by("name")
    return list(found.values_list("name", flat=True))


def invitable(actor: Member) -> list[tuple[int, str]]:
    """The workspaces, by name, that `actor` may give to whom they invite: those that they manage. One query."""
    seen = Workspace.objects.visible_to(actor).order_by("name")
    return [(w.pk, w.name) for w in seen if check(actor, Action.WORKSPACE_MANAGE, w).allowed]


def place(member: Member, invitation: Invitation | None) -> None:
    """Give whoever accepted an invitation the workspaces it names; those that are gone are passed over.

    Whoever came in without one (by a domain, by single sign-on) was promised none.
    """
    if invitation is None:
        return
    level = "viewer" if member.role == "viewer" else "user"
    for workspace in Workspace.objects.filter(org=member.org, pk__in=invitation.workspaces):
        grants.give(member, level, workspace)


def said_in(org: Organization, conversation_id: str) -> list[tuple[datetime, int, str, str]]:
    """What was said in a conversation: when, whose it is, by whom, and the words. An answer is whoever's asked for it.

    One query.
    """
    said = Message.objects.filter(org=org, conversation=int(conversation_id), state=Message.State.SAID)
    rows = said.exclude(text="").select_related("author__user").order_by("at", "pk")
    whose = ((row, row.author_id or row.asked_by_id or 0) for row in rows)
    return [(row.at, pk, row.mate_name or str(row.author or ""), row.text) for row, pk in whose]
