"""Who belongs to the two demo organizations: people, teams, workspaces; the same from the same seed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from random import Random
from typing import Literal

from config.demo import names
from config.demo.shares import apportion

Role = Literal["owner", "admin", "user", "viewer"]
Plan = Literal["essential", "standard", "advanced", "expert"]
PLANS: dict[Plan, float] = {"essential": 0.20, "standard": 0.44, "advanced": 0.25, "expert": 0.11}
REASONS = (
    "On long leave; access paused at the manager's request",
    "Repeated sharing of customer data; under review",
    "Device lost, replacement pending",
    "Contract ended, hand-over open",
    "Asked for by the people team",
)


@dataclass(frozen=True, slots=True)
class Team:
    """A team and the seats that are not plain Users; `size` counts all of them."""

    name: str
    department: str
    titles: tuple[str, ...]
    size: int
    owners: int = 0
    admins: int = 0
    viewers: int = 0
    interns: int = 0
    lead: bool = True
    led_by: str = ""  # another team, whose lead leads this one too
    workspace: str = ""
    private: bool = False


@dataclass(frozen=True, slots=True)
class Person:
    """One member, in the words of the console; days count back from the day of the demo."""

    name: str
    email: str
    title: str
    role: Role = "user"
    plan: Plan = "standard"
    department: str = ""
    team: str = ""
    leads: tuple[str, ...] = ()
    intern: bool = False
    joined_days_ago: int = 400
    suspended_days_ago: int = 0
    suspension_reason: str = ""
    removed_days_ago: int = 0
    sponsor: str = ""  # e-mail; only guests have one
    ends_in_days: int = 0

    @property
    def guest(self) -> bool:
        return bool(self.sponsor)

    @property
    def last_day_ago(self) -> int:
        """How many days ago this person could last do anything; 0 if they still can."""
        return max(self.suspended_days_ago, self.removed_days_ago)

    @property
    def opens_workspaces(self) -> bool:
        return self.plan in ("advanced", "expert")


@dataclass(frozen=True, slots=True)
class Workspace:
    """A workspace; its creator always stays one of its Admins."""

    name: str
    private: bool
    team: str
    creator: str
    users: tuple[str, ...]
    viewers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Company:
    """One demo organization."""

    name: str
    slug: str
    zone: str
    edition: str
    seats: dict[Plan, int]
    teams: tuple[Team, ...]
    people: tuple[Person, ...]
    workspaces: tuple[Workspace, ...]

    @property
    def counted(self) -> list[Person]:
        """Members as the overview counts them: active or suspended, not removed."""
        return [person for person in self.people if not person.removed_days_ago]


@dataclass(frozen=True, slots=True)
class Plot:
    """What a company is made from."""

    name: str
    slug: str
    zone: str
    edition: str
    teams: tuple[Team, ...]
    guests: tuple[tuple[str, str, int, Role], ...]  # team of the sponsor, title, days until the end, role
    guest_domain: str
    suspended: tuple[int, ...]  # days ago
    removed: tuple[int, ...]
    open_workspaces: tuple[str, ...]
    small: bool = False
    domain: str = field(default="", kw_only=True)


def company(plot: Plot, seed: int) -> Company:
    """The organization of `plot`, with the same people for the same seed."""
    rng = Random(f"{seed}:{plot.slug}:people")
    total = sum(team.size for team in plot.teams) + len(plot.guests) + len(plot.removed)
    supply = iter(names.people(rng, total, reserved=plot.small))
    staff = [person for team in plot.teams for person in _team(rng, plot, team, supply)]
    staff = _with_plans(rng, _with_second_teams(plot, staff))
    staff = _with_suspended(rng, plot, staff)
    staff += [_former(rng, plot, next(supply), days) for days in plot.removed]
    people = staff + [_guest(plot, staff, next(supply), *guest) for guest in plot.guests]
    return Company(
        name=plot.name,
        slug=plot.slug,
        zone=plot.zone,
        edition=plot.edition,
        seats=_seats(people),
        teams=plot.teams,
        people=tuple(people),
        workspaces=tuple(_workspaces(rng, plot, people)),
    )


def _team(rng: Random, plot: Plot, team: Team, supply: Iterator[str]) -> list[Person]:
    special = team.lead + team.owners + team.admins + team.viewers + team.interns
    kinds = ["lead"] * team.lead + ["owner"] * team.owners + ["admin"] * team.admins
    kinds += ["user"] * (team.size - special) + ["intern"] * team.interns + ["viewer"] * team.viewers
    return [_person(rng, plot, team, kind, next(supply)) for kind in kinds]


def _person(rng: Random, plot: Plot, team: Team, kind: str, name: str) -> Person:
    places = {"lead": f"Head of {team.name}", "owner": "Managing Director", "intern": "Intern", "viewer": "Auditor"}
    role: Role = kind if kind in ("owner", "admin", "viewer") else "user"  # type: ignore[assignment]
    return Person(
        name=name,
        email=f"{names.ascii_of(name)}@{plot.domain}",
        title=places.get(kind) or rng.choice(team.titles),
        role=role,
        department=team.department,
        team=team.name,
        leads=(team.name,) if kind == "lead" else (),
        intern=kind == "intern",
        joined_days_ago=rng.randint(100, 160) if kind == "intern" else rng.randint(120, 1400),
    )


def _with_second_teams(plot: Plot, staff: list[Person]) -> list[Person]:
    also = {team.led_by: team.name for team in plot.teams if team.led_by}
    return [
        replace(person, leads=(*person.leads, also[person.team])) if person.leads and person.team in also else person
        for person in staff
    ]


def _with_plans(rng: Random, staff: list[Person]) -> list[Person]:
    """Leads and Owners get the upper plans, interns Essential, everybody else by the usual shares."""
    plain = [person for person in staff if _plan_by_place(person) is None]
    counts = apportion(len(plain), list(PLANS.values()))
    deck = [plan for plan, count in zip(PLANS, counts, strict=True) for _ in range(count)]
    rng.shuffle(deck)
    return [replace(person, plan=_plan_by_place(person) or deck.pop()) for person in staff]


def _plan_by_place(person: Person) -> Plan | None:
    if person.intern:
        return "essential"
    if person.leads or person.role in ("owner", "admin"):
        return "expert"
    return "standard" if person.role == "viewer" else None


def _with_suspended(rng: Random, plot: Plot, staff: list[Person]) -> list[Person]:
    plain = [p.email for p in staff if p.role == "user" and not p.leads and not p.intern]
    chosen = dict(zip(rng.sample(plain, len(plot.suspended)), plot.suspended, strict=True))
    reasons = dict(zip(chosen, REASONS, strict=False))
    return [
        replace(p, suspended_days_ago=chosen[p.email], suspension_reason=reasons[p.email]) if p.email in chosen else p
        for p in staff
    ]


def _former(rng: Random, plot: Plot, name: str, days: int) -> Person:
    team = rng.choice([team for team in plot.teams if team.lead])
    return replace(_person(rng, plot, team, "user", name), removed_days_ago=days)


def _guest(plot: Plot, staff: list[Person], name: str, team: str, title: str, ends_in: int, role: Role) -> Person:
    sponsor = next(person for person in staff if team in person.leads)
    return Person(
        name=name,
        email=f"{names.ascii_of(name)}@{plot.guest_domain}",
        title=title,
        role=role,
        plan="advanced",
        joined_days_ago=130,
        sponsor=sponsor.email,
        ends_in_days=ends_in,
    )


def _seats(people: list[Person]) -> dict[Plan, int]:
    """Seats bought: what is held and a little more, in tens for a large organization."""
    held = {plan: sum(p.plan == plan and not p.removed_days_ago for p in people) for plan in PLANS}
    step = 10 if len(people) > 100 else 2
    return {plan: (count // step + 1) * step for plan, count in held.items()}


def _workspaces(rng: Random, plot: Plot, people: list[Person]) -> Iterator[Workspace]:
    present = [p for p in people if not p.removed_days_ago and not p.guest]
    leads = {team: p for p in present for team in p.leads}
    for name in plot.open_workspaces:
        creator = rng.choice([p for p in present if p.role == "owner"])
        joined = [p.email for p in present if p.opens_workspaces and p is not creator and rng.random() < 0.45]
        yield _workspace(name, "", creator, joined, _viewers(present, ""), private=False)
    for team in (team for team in plot.teams if team.workspace):
        creator = leads[team.name]
        inside = [p.email for p in present if _works_in(rng, p, team.name) and p is not creator]
        guests = [p.email for p in people if p.sponsor == creator.email and p.role == "user"]
        viewers = _viewers(present, team.department)
        viewers += [p.email for p in people if p.sponsor == creator.email and p.role == "viewer"]
        yield _workspace(team.workspace, team.name, creator, inside + guests, viewers, private=team.private)


def _works_in(rng: Random, person: Person, team: str) -> bool:
    if person.role == "viewer" or not person.opens_workspaces:
        return False
    return person.team == team or rng.random() < 0.05


def _viewers(people: list[Person], department: str) -> list[str]:
    return [p.email for p in people if p.role == "viewer" and p.department == department]


def _workspace(
    name: str, team: str, creator: Person, users: list[str], viewers: list[str], *, private: bool
) -> Workspace:
    return Workspace(name, private, team, creator.email, tuple(users), tuple(viewers))
