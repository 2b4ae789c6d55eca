"""What is closed to somebody who administers it: administering opens nothing to read (product.md 1 and 3)."""

from typing import Any

from django.db.models import QuerySet

from orgs import grants
from orgs.models import Kind, Member
from workspaces.models import Conversation, Mate, Room, Visibility, Workspace, WorkspaceMate


def private_to(actor: Member, workspaces: "QuerySet[Workspace]") -> "QuerySet[Workspace]":
    """The private ones of `workspaces` that `actor` holds nothing in. One query."""
    return workspaces.filter(visibility=Visibility.PRIVATE).exclude(pk__in=grants.held(actor, Workspace))


def narrowed_to(actor: Member, workspaces: "QuerySet[Workspace]") -> "QuerySet[Room]":
    """The rooms of `workspaces` with people of their own, none of whom `actor` is. One query."""
    own = Room.objects.filter(narrowed=True, workspace__in=workspaces)
    return own.exclude(pk__in=grants.held(actor, Room))


def leave_what_is_in_it(member: Member, workspace: Workspace) -> dict[str, str]:
    """Take somebody out of the rooms of a workspace that they are in no more. 3 queries, 8 for a guest.

    A guest, who was named for it alone, also loses what was shared with them there, and the mates that they meet in no
    other workspace. Whoever should stay in a room is named there again. Gives what they lost, for `give_back`.
    """
    inside: list[QuerySet[Any]] = [Room.objects.filter(workspace=workspace)]
    if member.kind == Kind.GUEST:
        elsewhere = WorkspaceMate.objects.filter(workspace__in=grants.held(member, Workspace)).values("mate")
        inside.append(Conversation.objects.filter(workspace=workspace))
        inside.append(Mate.objects.filter(added__workspace=workspace).exclude(pk__in=elsewhere))
    held, lost = grants.levels(member), dict[str, str]()
    for found in inside:
        lost |= {str(pk): held[pk] for pk in found.filter(pk__in=list(held)).values_list("pk", flat=True)}
        grants.take_among(member, found)
    return lost


def give_back(member: Member, workspace: Workspace, lost: dict[str, str]) -> None:
    """Let somebody hold again what `leave_what_is_in_it` took, as far as it is still there and they hold nothing on it.

    3 queries, and 3 for each.
    """
    held, ids = grants.levels(member), {int(pk) for pk in lost}
    there: list[QuerySet[Any]] = [
        Room.objects.filter(workspace=workspace, narrowed=True),
        Conversation.objects.filter(workspace=workspace),
        Mate.objects.filter(added__workspace=workspace),
    ]
    for row in (row for found in there for row in found.filter(pk__in=ids - held.keys())):
        grants.give(member, lost[str(row.pk)], row)
