"""Mates and tools for tests, as rows alone: no entry."""

from orgs import grants
from workspaces.models import Mate, MateTool, Tool, WorkspaceMate


def make_mate(owner, name="Scout", *, at=(), tools=(), **fields):
    """A mate of `owner`'s, added to the workspaces `at`."""
    mate = Mate.objects.create(org=owner.org, owner=owner, name=name, model="balanced-creative", **fields)
    grants.give(owner, "owner", mate)
    for workspace in at:
        WorkspaceMate.objects.create(workspace=workspace, mate=mate)
    for tool in tools:
        MateTool.objects.create(mate=mate, tool=tool)
    return mate


def make_tool(owner, name="CRM", **fields):
    fields = {"integration": name.lower(), "url": "https://crm.example.com/api"} | fields
    tool = Tool.objects.create(org=owner.org, owner=owner, name=name, **fields)
    grants.give(owner, "owner", tool)
    return tool


def mates_and_tools(cast):
    """Search's Scout with the Wiki, in the Den, and the CRM, by the words that the tables have for them.

    Mika may use Scout, and know of the CRM; Vera may know of Scout, Lena attach the CRM.
    """
    wiki, crm = make_tool(cast.olive, "Wiki", team=cast.search), make_tool(cast.olive)
    scout = make_mate(cast.olive, team=cast.search, at=[cast.den], tools=[wiki])
    for who, level, thing in ((cast.mika, "user", scout), (cast.vera, "list", scout)):
        grants.give(who, level, thing)
    for who, level in ((cast.mika, "list"), (cast.lena, "user")):
        grants.give(who, level, crm)
    theirs = make_mate(cast.eve, "Their mate"), make_tool(cast.eve, "Their tool")
    mates = {"scout": scout.pk, "foreign": theirs[0].pk}
    return mates, {"crm": crm.pk, "wiki": wiki.pk, "foreign": theirs[1].pk}
