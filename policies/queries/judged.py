"""What another policy would have refused of past usage: in all, by person, model and use case. Totals only."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from orgs.access import Action, check
from orgs.models import Job, Member
from policies.models import Judged, PolicyVersion
from policies.models.judged import JudgedQuerySet

SHOWN = 20
COLUMNS = ("member", "name", "responses", "would be refused", "more than half")


@dataclass(frozen=True, slots=True)
class Line:
    """A person, model or use case: `asked` responses, those that would have been refused, and what these cost."""

    id: int
    name: str
    asked: int
    refused: int
    spent: int

    @property
    def share(self) -> float:
        return self.refused / self.asked if self.asked else 0.0


@dataclass(frozen=True, slots=True)
class Result:
    """`unjudged` responses are of people who are unknown or have left. `cost`: whether the reader sees cost.

    `people` are the first of `people_count`, `half` the first of `half_count` who lose more than half.
    """

    total: Line
    unjudged: int
    people: tuple[Line, ...]
    people_count: int
    models: tuple[Line, ...]
    use_cases: tuple[Line, ...]
    half: tuple[str, ...]
    half_count: int
    cost: bool

    @property
    def half_more(self) -> int:
        return self.half_count - len(self.half)


def of_replay(job: Job) -> JudgedQuerySet:
    """What a replay judged."""
    return Judged.objects.filter(job=job)


def of_trial(version: PolicyVersion) -> JudgedQuerySet:
    """What a version that runs report-only has judged by now."""
    return Judged.objects.filter(version=version)


def result(actor: Member, found: JudgedQuerySet) -> Result:
    """What `found` adds up to. 9 queries, at any size."""
    known = found.exclude(member=0)
    people, half = known.by("member").filter(refused__gt=0), found.losing_half()
    rows = list(people.order_by("-refused", "member")[:SHOWN])
    losing = list(half.order_by("-refused", "member").values_list("member", flat=True)[:SHOWN])
    names = _names(actor, [row["member"] for row in rows] + losing)
    return Result(
        total=_sum(found),
        unjudged=sum(found.filter(member=0).values_list("responses", flat=True)),
        people=tuple(_line(row, names.get(row["member"], ""), row["member"]) for row in rows),
        people_count=people.count(),
        models=_lines(known, "model"),
        use_cases=_lines(known, "use_case"),
        half=tuple(names.get(pk, "") for pk in losing),
        half_count=half.count(),
        cost=check(actor, Action.USAGE_COST, actor.org).allowed,
    )


def by_tag_alone(document: Mapping[str, Any]) -> bool:
    """Whether a policy knows a use case by phrases, which past usage cannot be held against: it keeps no texts."""
    described = document.get("use_cases", {})
    return any(described.get(id_, {}).get("phrases") for id_ in document.get("restricted_use_cases", ()))


def refused(found: JudgedQuerySet) -> int:
    """How many responses would have been refused. One query."""
    return sum(row["refused"] for row in found.by("org"))


def rows(actor: Member, found: JudgedQuerySet) -> Any:
    """Everybody of whom something would have been refused, as a table of COLUMNS. 2 queries."""
    counted = list(found.exclude(member=0).by("member").filter(refused__gt=0).order_by("-refused", "member"))
    names = _names(actor, [row["member"] for row in counted])
    for row in counted:
        half = "yes" if row["refused"] * 2 > row["asked"] else "no"
        yield row["member"], names.get(row["member"], ""), row["asked"], row["refused"], half


def _sum(found: JudgedQuerySet) -> Line:
    row = next(iter(found.by("org")), {"asked": 0, "refused": 0, "spent": 0})
    return _line(row, "")


def _lines(found: JudgedQuerySet, name: str) -> tuple[Line, ...]:
    lost = found.by(name).filter(refused__gt=0).order_by("-refused", name)
    return tuple(_line(row, row[name]) for row in lost[:SHOWN])


def _line(row: Any, name: str, id_: int = 0) -> Line:
    return Line(id_, name, row["asked"], row["refused"], row["spent"])


def _names(actor: Member, ids: list[int]) -> dict[int, str]:
    people = Member.objects.visible_to(actor).filter(pk__in=ids).select_related("user")
    return {member.pk: str(member) for member in people}
