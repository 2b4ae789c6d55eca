"""From an id in a URL to a row that the reader can see, or 404: for every page of a workspace."""

from django.shortcuts import get_object_or_404

from orgs.models import Member
from orgs.web import ConsoleRequest
from workspaces.models import Room, Workspace


def workspace(request: ConsoleRequest, workspace_id: int) -> Workspace:
    found = Workspace.objects.visible_to(request.member).select_related("org", "team", "owner__user")
    return get_object_or_404(found, pk=workspace_id)


def room(request: ConsoleRequest, room_id: int) -> Room:
    related = ("org", "workspace__org", "workspace__team", "workspace__owner__user")
    return get_object_or_404(Room.objects.visible_to(request.member).select_related(*related), pk=room_id)


def reader(request: ConsoleRequest) -> Member:
    """The reader as they are now: a deed of this request may have changed what they hold. One query after a deed."""
    if request.method == "POST":
        request.member.org.refresh_from_db(fields=["access_version"])
    return request.member
