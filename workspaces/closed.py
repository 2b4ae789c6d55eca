"""What is closed to somebody who administers it: administering opens nothing to read (product.md 1 and 3)."""

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


def leave_what_is_in_it(member: Member, workspace: Workspace) -> None:
    """Take somebody out of the rooms of a workspace that they are in no more. One query, 3 for a guest.

    A guest, who was named for it alone, also loses what was shared with them there, and the mates that they meet in no
    other workspace. Whoever should stay in a room is named there again.
    """
    grants.take_among(member, Room.objects.filter(workspace=workspace))
    if member.kind == Kind.GUEST:
        grants.take_among(member, Conversation.objects.filter(workspace=workspace))
        elsewhere = WorkspaceMate.objects.filter(workspace__in=grants.held(member, Workspace)).values("mate")
        grants.take_among(member, Mate.objects.filter(added__workspace=workspace).exclude(pk__in=elsewhere))
