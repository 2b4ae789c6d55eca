"""Deeds that show a conversation to more people: to a member who is not in its workspace, and to anybody by a link."""

from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from orgs import grants, links
from orgs.access import Action, Refused, check
from orgs.audit import act, read_again
from orgs.models import Kind, Member
from workspaces.conversations import outside
from workspaces.models import Conversation, SharedLink, reach


def share(actor: Member, conversation: Conversation, member: Member) -> None:
    """Let `member` read a conversation of a place that they are not in.

    Raises:
        Denied: the actor administers neither its place, nor leads its team.
        Refused: they do not belong here; they read it already; their plan opens no workspaces; a guest who was not
            named for the workspace.
    """
    with act(actor, Action.CONVERSATION_SHARE, conversation) as entry:
        read_again(member)
        name = {"name": member, "org": conversation.org}
        if member.org_id != conversation.org_id or member.removed_at is not None:
            raise Refused(_("%(name)s does not belong to %(org)s.") % name)
        if check(member, Action.CONVERSATION_READ, conversation).allowed:
            raise Refused(_("%(name)s reads this conversation already.") % name)
        if member.kind == Kind.GUEST and conversation.workspace_id not in grants.levels(member):
            text = _("%(name)s is a guest and was not named for %(workspace)s.")
            raise Refused(text % {"name": member, "workspace": conversation.workspace})
        if not reach.of(member).given:
            raise Refused(_("The plan of %(name)s opens no workspaces, so they could not read it.") % name)
        grants.give(member, "viewer", conversation)
        entry.happened, entry.detail = True, {"member": member.pk, "name": str(member), "after": "viewer"}


def unshare(actor: Member, conversation: Conversation, member: Member) -> None:
    """Take back that a conversation was shared with `member`. Does nothing where it was not.

    Raises:
        Denied: the actor administers neither its place, nor leads its team.
    """
    with act(actor, Action.CONVERSATION_SHARE, conversation) as entry:
        if conversation.pk in grants.levels(member):
            grants.take(member, conversation)
            entry.happened, entry.detail = True, {"member": member.pk, "name": str(member), "before": "viewer"}


def publish(actor: Member, conversation: Conversation, *, ends_at: datetime) -> SharedLink:
    """Make a link by which anybody reads a conversation, also what is said in it later, until `ends_at`.

    Raises:
        Denied: the organization or the workspace does not let the actor share it outside.
        Refused: the end is past, or more than 90 days ahead.
    """
    with act(actor, Action.CONVERSATION_PUBLISH, conversation) as entry:
        if not entry.at < ends_at <= entry.at + timedelta(days=outside.MOST_DAYS + 1):
            text = _("A link ends on a day from today on, at most %(days)s days ahead.")
            raise Refused(text % {"days": outside.MOST_DAYS})
        link = SharedLink(
            org=conversation.org, conversation=conversation, made_by=actor, made_at=entry.at, ends_at=ends_at
        )
        link.digest = links.digest(outside.token(link))
        link.save(force_insert=True)
        entry.made(link)
    return link


def revoke(actor: Member, link: SharedLink) -> None:
    """Shut a link for good. Does nothing where it is shut already.

    Raises:
        Denied: the actor neither made it, nor administers the conversation's place or the organization.
    """
    with act(actor, Action.LINK_REVOKE, link) as entry:
        if link.revoked_at is None:
            link.revoked_at = entry.at
            link.save(update_fields=["revoked_at"])
