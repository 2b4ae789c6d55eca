"""Random people and things, as hypothesis draws them, and what the engine is given for them. No database."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from operator import or_

from hypothesis import strategies as st

from orgs.access import Action
from orgs.models import Feature, Member, Organization, ProvisioningItem, Role, Scope, Team
from orgs.subjects import Subject
from policies.engine import Person, Policy
from policies.facts import Catalogue, Facts, _facts, _Whole
from policies.models import UseCaseException
from tests.orgs import limited
from tests.orgs.governed import CATALOGUE, IN_DEPARTMENT, RETIRED, SPEND, VERSIONS
from tests.orgs.questions import Thing, Who
from tests.orgs.rolling import STANDS, course
from tests.orgs.working import WORK
from workspaces.models import Conversation, Mate, Room, SharedLink, Tool, Workspace
from workspaces.uses import Use

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
HERE, THERE, ME = 1, 2, 10
TEAMS = {"search": 100, "ranking": 101}
IDS = {"lab": 200, "den": 201, "q4": 202, "talk": 203, "scout": 204, "crm": 205}
LEVELS = {1: "viewer", 2: "user", 3: "admin", 4: "owner"}
EVERYONE = {0: "", 1: "list", 2: "user"}
SHUT = {
    "suspended": {"suspended": True},
    "removed": {"removed": True},
    "ended": {"ends_at": NOW},
    "closed": {"user_active": False},
    "unverified": {"address_verified": False},
    "organization": {"org_suspended": True},
    "unwelcome": {"guest": True, "guests_allowed": False, "ends_at": NOW + timedelta(seconds=1)},
}


def subject(who: Who) -> Subject:
    facts = {"kind": who.kind, "name": "Mika", "scopes": who.scopes, "features": who.features, "role": who.role}
    if who.kind in ("member", "directory", "service key"):
        facts |= {"org_id": HERE, "org_name": "Acme"}
    if who.kind == "member":
        held = {TEAMS[team]: "lead" for team in who.leads} | {
            IDS[what]: LEVELS[level] for what, level in who.holds.items()
        }
        facts |= {"member_id": ME, "plan": "standard", "cost_visible_to": who.cost, "guest": who.guest, "grants": held}
        facts |= {"ends_at": NOW + timedelta(seconds=1)} if who.guest else {}
        facts |= {"second_factor_from": NOW if who.factor_missing else None}
        facts |= {"delegated": who.delegated, "external_sharing": who.sharing}
        facts |= {"untrained": dict.fromkeys(who.untrained, "Safe use")}
        if who.over_budget is not None:  # the stop ends at the very moment that it names
            until = NOW + timedelta(seconds=1) if who.over_budget else NOW
            facts |= {"budget_stopped_until": until, "budget_spent_nanos": 2, "budget_nanos": 1}
        facts["policies"] = policies(who)
    return Subject(**(facts | SHUT.get(who.shut_out, {})))


def policies(who: Who) -> Facts:
    """What policies know of them: worked out as for anybody, from rows that are not in the database."""
    person = Person(ME, who.role, who.department, lead=bool(who.leads), guest=who.guest)
    published = {0: who.policy, IN_DEPARTMENT: who.narrower}
    in_force = {scope: (Policy.of(numbered(said)), 1, "") for scope, said in published.items() if said}
    courses = tuple(course(n, what, how, NOW) for n, (what, how) in enumerate(who.rollouts.items()))
    reached = {n: NOW for n, how in enumerate(who.rollouts.values()) if how == "reached"}
    rolled = {VERSIONS[0]: (0, who.rolled), VERSIONS[1]: (IN_DEPARTMENT, who.rolled_narrower)}
    coming = ((n, *rolled[what]) for n, what in enumerate(who.rollouts) if what in rolled)
    versions = {n: (scope, (Policy.of(numbered(said)), 2, "")) for n, scope, said in coming if said}
    ends = dict.fromkeys(CASES, NOW) | dict.fromkeys(who.excepted, NOW + timedelta(seconds=1))
    excepted = [UseCaseException(use_case=id_, member_id=ME, granted_at=NOW, ends_at=end) for id_, end in ends.items()]
    until = NOW + timedelta(seconds=1)
    groups = ({"use_case": id_, "scope": scope, "group": group} for id_, (scope, group) in who.given.items())
    excepted += [UseCaseException(granted_at=NOW, ends_at=until, **whose) for whose in groups]
    whole = _Whole(Catalogue(CATALOGUE, frozenset(RETIRED)), in_force, excepted, courses, versions)
    return replace(_facts(whole, person, reached, power=False), limits=tuple(limited.held(who, NOW)))


def numbered(document: dict) -> dict:
    rules = {
        name: {key: [ME] if key == "members" else value for key, value in rule.items()}
        for name, rule in document["groups"].items()
    }
    return document | {"groups": rules}


def target(thing: Thing):
    org = THERE if thing.foreign else HERE
    match thing.kind:
        case "organization":
            return Organization(id=org, name="Acme")
        case "member":
            pk, team = ME if thing.own else ME + 1, TEAMS.get(thing.team)
            return Member(id=pk, org_id=org, role=thing.role, team_id=team)
        case "item":
            newcomer = Member(id=ME + 1, org_id=org, team_id=TEAMS.get(thing.team))
            return ProvisioningItem(id=300, org_id=org, member=newcomer, owner_id=ME if thing.in_charge else None)
        case "team":
            return Team(id=TEAMS[thing.team], org_id=org)
        case "workspace" | "room" | "conversation" | "link":
            return place(thing, org)
        case "mate" | "tool":
            return authorized(thing, org)
        case "use":
            tool = Tool(id=IDS["crm"], org_id=org, name="It") if thing.tool else None
            where = place(Thing(**(vars(thing) | {"kind": "room" if thing.narrowed else "workspace"})), org)
            lies = {"added": True, "attached": True, "switched_on": True} | dict.fromkeys(thing.lacks, False)
            return Use(authorized(thing, org), where if thing.name else None, tool, **lies)
    return None


def authorized(thing: Thing, org: int):
    kind, pk = (Tool, IDS["crm"]) if thing.kind == "tool" else (Mate, IDS["scout"])
    return kind(id=pk, org_id=org, name="It", team_id=TEAMS.get(thing.mates_team), everyone=EVERYONE[thing.everyone])


def place(thing: Thing, org: int):
    """The workspace, the room, the conversation in one of them or alone, or the link to it."""
    workspace = room = None
    if thing.name:
        said = {"visibility": "public" if thing.public else "private", "archived_at": NOW if thing.archived else None}
        said |= dict.fromkeys(("mates_by", "files_by", "sharing_by"), thing.circle)
        said |= {"daily_messages": 1, "messages_today": 1, "day_ends_at": NOW + timedelta(1)} if thing.full else {}
        workspace = Workspace(id=IDS[thing.name], org_id=org, team_id=TEAMS.get(thing.team), name="W", **said)
    if thing.kind == "workspace":
        return workspace
    if workspace is not None and (thing.kind == "room" or thing.narrowed):
        room = Room(id=IDS["q4"], org_id=org, workspace=workspace, narrowed=thing.narrowed)
    if thing.kind == "room":
        return room
    author = ME if thing.mine else ME + 1
    talk = Conversation(id=IDS["talk"], org_id=org, workspace=workspace, room=room, author_id=author)
    return (
        talk if thing.kind == "conversation" else SharedLink(id=206, org_id=org, conversation=talk, made_by_id=author)
    )


def fitting(action: str) -> tuple[str, ...]:
    """The kinds of things that an action is about."""
    if action in WORK:
        return WORK[action]
    if action in ("provisioning.tick", "provisioning.plan"):
        return ("item",)
    if action.startswith("introduction.") or action in (
        *("provisioning.view", "provisioning.remind", "provisioning.welcome", "training.pass"),
    ):
        return ("member",)
    if action.startswith("usage."):
        return ("organization", "member", "team", "workspace") if action == "usage.view" else ("organization", "team")
    if action in ("team.lead", "team.view"):
        return ("team",)
    people = ("member.list", "member.export", "member.invite", "member.join", "member.decline")
    if action.startswith(("member.", "guest.", "session.", "account.")) and action not in people:
        return ("member",)
    return ("",) if action == "model.use" else ("organization",)


CASES = ("gossip", "rivals", "secrets")
MODELS = ("fast", "quick", "deep", "old", "nobodys")
GROUPS = st.sampled_from(["general_staff", "leadership", "interns"])
rules = st.fixed_dictionaries(
    {},
    optional={
        "roles": st.lists(st.sampled_from(Role.values), max_size=2),
        "departments": st.just([IN_DEPARTMENT]),
        "leads": st.booleans(),
        "guests": st.booleans(),
        "members": st.just(["me"]),
        "exclusive": st.booleans(),
    },
)
documents = st.fixed_dictionaries(
    {
        "allowed_models": st.dictionaries(GROUPS, st.lists(st.sampled_from(["fast", "deep"]))),
        "groups": st.dictionaries(st.sampled_from(["leadership", "interns"]), rules),
        "restricted_use_cases": st.lists(st.sampled_from(CASES), unique=True),
        "use_cases": st.dictionaries(
            st.sampled_from(CASES),
            st.fixed_dictionaries({}, optional={"effect": st.sampled_from(["block", "approve", "flag"])}),
        ),
        "monitoring_level": st.just("standard"),
        "unknown_models": st.sampled_from(["allowed", "refused"]),
    }
)
THINGS = ["model/fast", "model/nobodys", "tool/205", *(f"feature/{f}" for f in Feature)]
rolled_out = st.dictionaries(st.sampled_from(THINGS), st.sampled_from(list(STANDS)), max_size=4)
on_their_way = st.dictionaries(st.sampled_from(VERSIONS), st.sampled_from(list(STANDS)))
under_policies = {
    "policy": st.one_of(st.none(), documents),
    "narrower": st.one_of(st.none(), documents),
    "department": st.sampled_from([0, IN_DEPARTMENT, IN_DEPARTMENT]),
    "excepted": st.frozensets(st.sampled_from(CASES)),
    "given": st.dictionaries(st.sampled_from(CASES), st.tuples(st.sampled_from([0, IN_DEPARTMENT]), GROUPS)),
    "rolled": st.one_of(st.none(), documents),
    "rolled_narrower": st.one_of(st.none(), documents),
    "rollouts": st.builds(or_, rolled_out, on_their_way),
    **limited.drawn,
}
teams = st.sampled_from(["", *TEAMS])
features = st.one_of(st.frozensets(st.sampled_from(Feature.values)), st.just(frozenset(Feature.values)))
members = st.builds(
    Who,
    role=st.sampled_from(Role.values),
    features=features,
    shut_out=st.sampled_from(["", "", "", "", *(how for how in SHUT if how != "unwelcome")]),
    cost=st.sampled_from(["owners", "admins", "leads"]),
    leads=st.frozensets(st.sampled_from(list(TEAMS))),
    holds=st.dictionaries(st.sampled_from(list(IDS)), st.sampled_from(list(LEVELS))),
    delegated=st.frozensets(st.sampled_from(["audit", "compliance", "usage"])),
    sharing=st.booleans(),
    factor_missing=st.booleans(),
    untrained=st.one_of(st.just(frozenset()), st.frozensets(st.sampled_from(Feature.values))),
    over_budget=st.sampled_from([None, None, None, False, True]),
    **under_policies,
)
guests = st.builds(
    Who,
    role=st.sampled_from(["user", "viewer"]),
    features=features,
    shut_out=st.sampled_from(["", "", "ended", "unwelcome"]),
    guest=st.just(True),
    holds=st.dictionaries(st.sampled_from(list(IDS)), st.sampled_from(list(LEVELS))),
    **under_policies,
)
keys = st.builds(
    Who,
    kind=st.just("service key"),
    scopes=st.frozensets(st.sampled_from(Scope.values)),
    shut_out=st.sampled_from(["", "", "removed", "ended", "organization"]),
)
others = st.builds(Who, kind=st.sampled_from(["system", "support", "directory"]))
anybody = st.one_of(members, members, guests, keys, others)
# Whom nothing below the policies keeps from anything: most others are refused before these are asked.
clear = st.builds(
    Who, role=st.sampled_from(["owner", "user"]), features=st.just(frozenset(Feature.values)), **under_policies
)

placed = st.fixed_dictionaries(
    {
        "name": st.sampled_from(["lab", "den"]),
        "public": st.booleans(),
        "narrowed": st.booleans(),
        "archived": st.sampled_from([False, False, True]),
        "circle": st.sampled_from(["users", "users", "admins", "nobody"]),
        "mine": st.booleans(),
        "full": st.sampled_from([False, False, True]),
    }
)
authorizing = st.fixed_dictionaries(
    {
        "everyone": st.sampled_from(list(EVERYONE)),
        "mates_team": teams,
        "tool": st.booleans(),
        "lacks": st.one_of(st.just(frozenset()), st.frozensets(st.sampled_from(["added", "attached", "switched_on"]))),
        "name": st.sampled_from(["", "lab", "den"]),
        "public": st.booleans(),
        "narrowed": st.booleans(),
        "archived": st.sampled_from([False, False, True]),
        "full": st.sampled_from([False, False, True]),
    }
)

personal = st.fixed_dictionaries({"mine": st.booleans()})
about = dict.fromkeys(("workspace", "room", "link"), placed) | dict.fromkeys(("mate", "tool", "use"), authorizing)
about["conversation"] = st.one_of(placed, personal)


@st.composite
def questions(draw, who=anybody):
    """Who, action, thing, the role handed out, and whether it is asked at the console's door."""
    action = draw(st.one_of(st.sampled_from([str(action) for action in Action]), st.sampled_from(SPEND)))
    kind = draw(st.sampled_from(fitting(action)))
    asker = draw(clear if action in SPEND and draw(st.integers(0, 3)) else who)
    own = kind == "member" and draw(st.booleans())
    thing = Thing(
        kind=kind,
        role=(asker.role or "user") if own else draw(st.sampled_from(Role.values)) if kind == "member" else "",
        own=own and asker.kind == "member",
        team=draw(st.sampled_from(list(TEAMS))) if kind == "team" else draw(teams) if kind != "organization" else "",
        **draw(about.get(kind, st.just({}))),
        in_charge=kind == "item" and asker.kind == "member" and draw(st.booleans()),
        foreign=draw(st.sampled_from([False, False, False, False, True])) and not own and bool(kind),
        model=draw(st.sampled_from(["", *MODELS])) if action in SPEND else "",
        use_cases=draw(st.lists(st.sampled_from([*CASES, "work"]), max_size=2).map(tuple)) if action in SPEND else (),
        bytes=draw(st.integers(0, 2)) if action == "file.upload" else 0,
    )
    gives = draw(st.sampled_from(["", *Role.values])) if action in ("member.role", "member.invite") else ""
    return asker, action, thing, gives, draw(st.booleans())


def context(thing: Thing, gives: str, console: bool) -> dict[str, object]:
    named = {"role": gives, "door": "console" if console else "", "model": thing.model, "use_case": thing.use_cases}
    named |= {"bytes": thing.bytes}
    return {name: value for name, value in named.items() if value}
