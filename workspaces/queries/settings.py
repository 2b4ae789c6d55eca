"""The settings of a workspace, what is used of its limits, and what a change, archiving or a copy would do."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from orgs import grants
from orgs.access import Action, check, require
from orgs.models import AuditEntry, Kind, Member, Role, Team
from orgs.queries import sentences
from orgs.queries.members.panels import Panel
from orgs.templatetags.ui import number
from workspaces.models import Circle, SharedLink, Visibility, Workspace
from workspaces.queries.workspaces import teams_for
from workspaces.roles import hands_over

MB = 1_000_000
OFFERED = 100


@dataclass(frozen=True, slots=True)
class Page:
    """A workspace's settings as they stand. `counts`: how many people each circle is; storage in MB."""

    workspace: Workspace
    counts: dict[str, int]
    messages_today: int
    stored_mb: str
    may_copy: bool
    may_hand_over: bool
    seen: int
    shares_outside: bool


def page(actor: Member, workspace: Workspace) -> Page:
    """The settings. 2 queries beside the actor's subject.

    Raises:
        Denied: the actor does not administer the workspace.
    """
    require(actor, Action.WORKSPACE_MANAGE, workspace)
    public = workspace.visibility == Visibility.PUBLIC
    return Page(
        workspace=workspace,
        counts=counts(workspace),
        messages_today=workspace.messages_by(timezone.now()),
        stored_mb=_mb(workspace.stored_bytes),
        may_copy=public and check(actor, Action.WORKSPACE_CREATE, actor.org).allowed,
        may_hand_over=hands_over(actor, workspace),
        seen=seen(workspace),
        shares_outside=workspace.org.external_sharing,
    )


def seen(workspace: Workspace) -> int:
    """The place in the audit log of the last change of these settings; 0 for none. One query."""
    return _changes(workspace).order_by("-seq").values_list("seq", flat=True).first() or 0


def meanwhile(workspace: Workspace, since: int | None) -> tuple[str, ...]:
    """What others did to these settings since that place in the audit log, in sentences. One query, none without it."""
    if since is None:
        return ()
    return tuple(sentences.sentence(entry) for entry in _changes(workspace).filter(seq__gt=since).order_by("seq")[:5])


def _changes(workspace: Workspace) -> QuerySet[AuditEntry]:
    told = AuditEntry.objects.filter(org=workspace.org_id, target_id=workspace.pk, action=Action.WORKSPACE_MANAGE)
    return told.exclude(after={})


def _mb(size: int) -> str:
    return number(size / MB, 1)


def counts(workspace: Workspace) -> dict[str, int]:
    """How many people each circle of the collaboration settings is, the suspended among them. One query."""
    found = grants.holding(workspace).values_list("codename", "role").annotate(n=Count("pk")).order_by()
    held = dict.fromkeys(("admin", "user", "viewer"), 0)
    names = grants.level_of_codename()
    for codename, role, n in found:
        held["viewer" if role == Role.VIEWER else names[codename]] += n
    return {Circle.NOBODY: 0, Circle.ADMINS: held["admin"], Circle.USERS: held["admin"] + held["user"]}


def teams(actor: Member, workspace: Workspace) -> QuerySet[Team]:
    """The teams that the workspace may belong to: those of `teams_for`, and its own. For a select."""
    own = Team.objects.filter(pk=workspace.team_id or 0)
    return (teams_for(actor) | own.distinct()).order_by("name")


def successors(workspace: Workspace) -> list[Member]:
    """The active Admins of a workspace, other than its owner, who could own it. One query."""
    able = grants.holding(workspace).filter(codename=Workspace.LEVELS["admin"], suspended_at=None, kind=Kind.MEMBER)
    return list(able.exclude(role=Role.VIEWER).exclude(pk=workspace.owner_id).order_by("listed_as")[:OFFERED])


# ---------------------------------------------------------------- panels


def changing(actor: Member, workspace: Workspace, wanted: dict[str, Any]) -> Panel:
    """What saving these settings gives and takes. At most 6 queries beside the actor's subject.

    Raises:
        Denied: the actor does not administer the workspace.
    """
    require(actor, Action.WORKSPACE_MANAGE, workspace)
    happens = [*_named(workspace, wanted), *_of_a_team(workspace, wanted), *_circles(workspace, wanted)]
    happens += _limits(workspace, wanted)
    happens = happens or [("check", _("Nothing changes: everything stands like this already."))]
    name = {"name": workspace}
    title = _("Save the settings of %(name)s?") % name
    return Panel("settings", title, _("Save the settings"), tuple(happens), _archived(workspace), dangerous=False)


def _archived(workspace: Workspace) -> str:
    return _("%(name)s is archived. Reopen it first.") % {"name": workspace} if workspace.closed else ""


def _named(workspace: Workspace, wanted: dict[str, Any]) -> Iterator[tuple[str, str]]:
    if wanted["name"] != workspace.name:
        yield "message", _("It is called %(name)s; usage and the log keep both names.") % wanted


def _of_a_team(workspace: Workspace, wanted: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Who comes in with another team, and who goes. At most 4 queries."""
    before, after = workspace.team, wanted["team"]
    if before == after:
        return
    if after is not None:
        text = _("The leads of %(team)s look after it and read everything in it: %(names)s.")
        yield "users", text % {"team": after, "names": _leads_of(after)}
    if before is not None:
        text = _("The leads of %(team)s no longer look after it, unless they are in it themselves: %(names)s.")
        yield "user-off", text % {"team": before, "names": _leads_of(before)}


def _leads_of(team: Team) -> str:
    return ", ".join(sorted(str(member) for member, _level in grants.holders([team])[team.pk])) or _("nobody yet")


def _circles(workspace: Workspace, wanted: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Who may more, and who may less. At most 2 queries."""
    size = counts(workspace)
    deeds = {
        "mates_by": _("add mates"),
        "files_by": _("upload files"),
        "sharing_by": _("share conversations outside"),
    }
    for field, what in deeds.items():
        before, after = getattr(workspace, field), wanted[field]
        more = size[after] - size[before]
        if before != after:
            people = ngettext("%(n)s person", "%(n)s people", abs(more)) % {"n": number(abs(more))}
            words = {"people": people, "what": what, "who": Circle(after).label}
            text = _("%(people)s more may %(what)s. From then on: %(who)s.")
            text = text if more > 0 else _("%(people)s may no longer %(what)s. From then on: %(who)s.")
            yield ("plus" if more > 0 else "minus"), text % words
    less = size[wanted["sharing_by"]] < size[workspace.sharing_by]
    if less and (live := _live_links(workspace)):
        text = _("%(links)s while their makers may not share, and again once they may before the end.")
        yield "link", text % {"links": live}


def _live_links(workspace: Workspace) -> str:
    """How many links to its conversations are out, as the beginning of a sentence; nothing for none. One query."""
    found = SharedLink.objects.filter(conversation__workspace=workspace, revoked_at=None, ends_at__gt=timezone.now())
    n = found.count()
    text = ngettext("%(n)s link that is out opens nothing", "%(n)s links that are out open nothing", n)
    return text % {"n": number(n)} if n else ""


def _limits(workspace: Workspace, wanted: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """What a limit that is used up already refuses from now on. No query."""
    limit, stored = wanted["storage_limit"], workspace.stored_bytes
    if limit is not None and limit != workspace.storage_limit:
        text = _("Up to %(limit)s MB of files; %(used)s MB are used.")
        full = f" {_('No further file is taken then.')}" if stored >= limit else ""
        yield "database", text % {"limit": number(limit / MB), "used": _mb(stored)} + full
    if limit is None and workspace.storage_limit is not None:
        yield "database", _("Its files have no limit of their own.")
    most, sent = wanted["daily_messages"], workspace.messages_by(timezone.now())
    if most is not None and most != workspace.daily_messages:
        full = f" {_('No further message is taken today then.')}" if sent >= most else ""
        yield "messages", _("Up to %(most)s messages a day; %(sent)s today.") % {"most": most, "sent": sent} + full
    if most is None and workspace.daily_messages is not None:
        yield "messages", _("Its messages have no limit of their own.")


def handing_over(actor: Member, workspace: Workspace) -> Panel:
    """What another owner means. No query beside the actor's subject.

    Raises:
        Denied: the actor does not administer the workspace.
    """
    require(actor, Action.WORKSPACE_MANAGE, workspace)
    happens = (
        ("crown", _("The new owner cannot leave it, and nobody takes their role of Admin.")),
        ("user", _("%(owner)s stays an Admin of it, and can leave then.") % {"owner": workspace.owner}),
    )
    name = {"name": workspace}
    title, button = _("Hand over %(name)s") % name, _("Hand over %(name)s") % name
    return Panel("owner", title, button, happens, dangerous=False)


def archiving(actor: Member, workspace: Workspace) -> Panel:
    """What archiving does. 3 queries beside the actor's subject.

    Raises:
        Denied: the actor does not administer the workspace.
    """
    require(actor, Action.WORKSPACE_ARCHIVE, workspace)
    name = {"name": workspace}
    people, rooms = grants.counts([workspace]).get(workspace.pk, 0), workspace.rooms.count()
    happens = (
        ("lock", _("Nobody writes in it: no messages, files, rooms, mates or settings, and nobody joins.")),
        ("users", ngettext("%(n)s person keeps reading it.", "%(n)s people keep reading it.", people) % {"n": people}),
        (
            "stack-2",
            ngettext("Its %(n)s room is closed with it.", "Its %(n)s rooms are closed with it.", rooms) % {"n": rooms},
        ),
        *_links_that_close(workspace),
        ("restore", _("Whoever administers it can reopen it, as it was.")),
    )
    obstacle = _("%(name)s is archived already.") % name if workspace.archived_at else ""
    return Panel("archive", _("Archive %(name)s?") % name, _("Archive %(name)s") % name, happens, obstacle)


def _links_that_close(workspace: Workspace) -> tuple[tuple[str, str], ...]:
    """What becomes of links to its conversations. One query."""
    live = _live_links(workspace)
    return (("link", _("%(links)s while it is archived.") % {"links": live}),) if live else ()


def reopening(actor: Member, workspace: Workspace) -> Panel:
    """What opening an archived workspace again does. No query beside the actor's subject.

    Raises:
        Denied: the actor does not administer the workspace.
    """
    require(actor, Action.WORKSPACE_ARCHIVE, workspace)
    name = {"name": workspace}
    happens = (
        ("lock-open", _("People write in it again, each with the role they have.")),
        ("stack-2", _("Rooms that were archived by themselves stay archived.")),
    )
    obstacle = "" if workspace.archived_at else _("%(name)s is not archived.") % name
    title, button = _("Reopen %(name)s?") % name, _("Reopen %(name)s") % name
    return Panel("reopen", title, button, happens, obstacle, dangerous=False)


def copying(actor: Member, workspace: Workspace) -> Panel:
    """What a private copy takes along. 4 queries beside the actor's subject.

    Raises:
        Denied: the actor makes no workspaces, or does not administer this one.
    """
    require(actor, Action.WORKSPACE_CREATE, actor.org)
    require(actor, Action.WORKSPACE_MANAGE, workspace)
    people, rooms = grants.counts([workspace]).get(workspace.pk, 0), workspace.rooms.count()
    words = {"people": number(people), "rooms": number(rooms), "mates": number(workspace.added.count())}
    happens = (
        ("lock", _("The copy is private for ever: only those who are in it learn that it exists, and you own it.")),
        ("users", _("It takes over the same people with their roles (%(people)s) and the settings.") % words),
        ("stack-2", _("Rooms with their milestones (%(rooms)s) and mates (%(mates)s) come along.") % words),
        ("messages", _("Conversations and files stay where they are: %(name)s goes on, public.") % {"name": workspace}),
    )
    obstacle = "" if workspace.visibility == Visibility.PUBLIC else _("It is private already.")
    name = {"name": workspace}
    title, button = _("Make a private copy of %(name)s?") % name, _("Make the private copy")
    return Panel("copy", title, button, happens, obstacle, dangerous=False)


def may_still(actor: Member, workspace: Workspace) -> bool:
    """Whether the reader administers the workspace, after a deed that may have changed it. No query beside theirs."""
    return check(actor, Action.WORKSPACE_MANAGE, workspace).allowed
