"""What a reader is told when the engine said no: why, whom to ask, and where."""

from collections.abc import Sequence
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone

from orgs import asking
from orgs.access import TABLE, Action
from orgs.decision import Decision, to_themself
from orgs.models import AccessRequest, Member, Role

NAMED = 5
RUNNING: tuple[str, ...] = (Role.OWNER, Role.ADMIN)


def why_not(actor: Member, answer: Decision) -> str:
    """Why the reader may not, and what would change it, in words to themself; nothing where they may."""
    if answer.allowed:
        return ""
    fix = answer.deciding.fix
    said = [answer.reason, fix.text if fix else ""]
    return " ".join(to_themself(text, str(actor)) for text in said if text)


def who_can(member: Member, decision: Decision) -> Sequence[Member]:
    """Up to five others in the member's organization who can do it, or can change that it is refused. One query."""
    roles = _roles(member, decision)
    others = Member.objects.filter(org_id=member.org_id, role__in=roles).active(timezone.now()).exclude(pk=member.pk)
    owners_first = others.select_related("user").order_by("-role", "listed_as", "id")
    return list(owners_first[:NAMED])


def granting(member: Member, kind: str, wanted: str) -> Sequence[Member]:
    """Up to five others who may grant `member` what they ask for, Owners first. One query."""
    roles = asking.grantors(member, kind, wanted)
    others = Member.objects.filter(org_id=member.org_id, role__in=roles).active(timezone.now()).exclude(pk=member.pk)
    return list(others.select_related("user").order_by("-role", "listed_as", "id")[:NAMED])


def way_to_ask(member: Member, decision: Decision, workspace_id: int = 0) -> str:
    """Where `member` can ask for what would turn this refusal; empty where nothing that can be asked for would.

    `workspace_id` is the workspace that the refused page is about, if any. At most one query.
    """
    kind, wanted = _wish(member, decision, workspace_id)
    if not wanted or not member.is_active(timezone.now()):
        return ""
    said = {"kind": kind, "wanted": wanted}
    if kind == AccessRequest.Kind.WORKSPACE:
        said["target"] = str(workspace_id)
    if kind == AccessRequest.Kind.USE_CASE:
        said = {"kind": kind, "use_case": wanted}
    return f"{reverse('requests_new', args=[member.org.slug])}?{urlencode(said)}"


def _wish(member: Member, decision: Decision, workspace_id: int) -> tuple[str, str]:
    """What to ask for, as kind and value; empty where nothing helps."""
    layer, _slash, rest = decision.deciding.rule.partition("/")
    kinds = AccessRequest.Kind
    if layer == "plan":
        return kinds.PLAN, asking.least_plan_with(member.org, rest.partition("/")[2])
    if layer == "viewer":
        return kinds.ROLE, Role.USER
    if layer == "use_case" and rest.startswith("approve/"):
        return kinds.USE_CASE, asking.excepted(member, rest.partition("/")[2])
    if layer != "default" or rest not in TABLE:
        return "", ""
    rule = TABLE[Action(rest)]
    if rule.level:
        # A level on a mate, a tool or a link that a page of a workspace is about is none in the workspace.
        return kinds.WORKSPACE, rule.level if workspace_id and rule.inside else ""
    return kinds.ROLE, next((role for role in asking.roles_above(member) if role in rule.by | rule.use), "")


def _roles(member: Member, decision: Decision) -> tuple[str, ...]:
    layer, _, rest = decision.deciding.rule.partition("/")
    if layer == "default" and rest in TABLE:
        given = TABLE[Action(rest)].by
        return tuple(role for role in RUNNING if role in given) or (Role.OWNER,)
    if layer in ("cost", "budget") or (layer == "rank" and member.role == Role.ADMIN):
        return (Role.OWNER,)
    return RUNNING
