"""What every page of a workspace has in common: its tabs."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from orgs.access import Action, check
from orgs.frame import Item
from orgs.models import Member
from workspaces.models import Workspace

# Label, name of the URL, and the action that opens it.
TABS = (
    (_("Conversations"), "workspaces_page", Action.WORKSPACE_VIEW),
    (_("Rooms"), "workspaces_rooms", Action.WORKSPACE_VIEW),
    (_("Mates"), "workspaces_mates", Action.WORKSPACE_VIEW),
    (_("People"), "workspaces_people", Action.WORKSPACE_VIEW),
    (_("Settings"), "workspaces_settings", Action.WORKSPACE_MANAGE),
)


def tabs(actor: Member, workspace: Workspace, here: str) -> list[Item]:
    """The tabs of a workspace that `actor` may open; `here` is the name of the page's URL. No query."""
    return [
        Item(str(label), "", reverse(name, args=[actor.org.slug, workspace.pk]), name == here)
        for label, name, action in TABS
        if check(actor, action, workspace).allowed
    ]
