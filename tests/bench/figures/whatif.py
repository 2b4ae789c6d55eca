"""A4: who gains and who loses what by a policy that is not published yet, over everybody, for each cell."""

from collections.abc import Callable
from datetime import UTC, datetime

from orgs import subjects
from orgs.access import Action
from orgs.models import Member, Organization
from orgs.subjects import Subject
from policies import facts, people
from policies.models import WHOLE, PolicyDraft
from policies.queries import impact
from policies.queries.policy import Writing, writing
from tests.bench import governed, world
from tests.bench.race import Contender, Result, median

MEMBERS, ONE_BY_ONE = 10_000, 2_000


def what_if(size: str) -> list[Result]:
    """A cell is a member, a model and one of the two policies; what is counted is the same, one by one."""
    org, olive = governed.organization(MEMBERS)
    changed = governed.document(org)
    changed["allowed_models"] |= {"general_staff": list(governed.MODELS[1:3]), "research_team": [governed.MODELS[4]]}
    PolicyDraft.objects.create(org=org, scope=WHOLE, document=changed, revision=1, edited_by=olive)
    at = writing(olive, None)
    assert _counted(at) == _one_by_one(org, at)
    cells = 2 * (MEMBERS + 1) * len(governed.MODELS)
    found = list(Member.objects.filter(org=org, role="user").select_related("org", "user")[:ONE_BY_ONE])
    warm = subjects.of_many(org, found)
    asked = [(who, org, model) for who in warm.values() for model in governed.MODELS]
    contenders = {
        "in memory": lambda: impact.impact(at),
        "read": lambda: impact.impact(writing(olive, None)),
        "counted": lambda: (people._kept.clear(), impact.impact(writing(olive, None))),
    }
    ours, *beside = (Contender(name, _often(once, cells), servers=world.backend) for name, once in contenders.items())
    title = f"what-if over {MEMBERS:,} members, per cell: one decision / ours"
    result = Result("A4", title, 100, 500).race(ours, Contender("one", _anew(asked)), *beside)
    result.note = (
        f"{cells:,} cells, drafts and kinds of people in memory as the people of the one decision are, no answer kept; "
        f"where draft and policies are read: {_by_cpu(result, 'read')} CPU; where everybody is counted as well: "
        f"{_by_cpu(result, 'counted')} CPU{result.note}"
    )
    return [result]


def _often(once: Callable[[], object], cells: int) -> Callable[[], int]:
    """Ten times, which a database's clock of hundredths of a second can tell."""

    def run() -> int:
        for _ in range(10):
            once()
        return 10 * cells

    return run


def _by_cpu(result: Result, name: str) -> str:
    return f"{median(result.laps['one'], 'cpu') / median(result.laps[name], 'cpu'):.3g}×"


def _anew(asked: list[tuple[Subject, Organization, str]]) -> Callable[[], int]:
    def run() -> int:
        now = datetime.now(UTC)
        for who, org, model in asked:
            governed.ask_anew(who, Action.MODEL_USE, org, now, {"model": model})
        return len(asked)

    return run


def _counted(at: Writing) -> dict[str, tuple[int, int]]:
    return {one.model: (one.gain.count, one.lose.count) for one in impact.impact(at).models}


def _one_by_one(org: Organization, at: Writing) -> dict[str, tuple[int, int]]:
    """How many gain and lose each model, by looking at every member under either policy."""
    counted = (one.who for one in people.everybody(org) if one.status == "active")
    everybody = [who for who in counted if people.uses_models(who)]
    before, after = facts.under(org, everybody), facts.under(org, everybody, WHOLE, at.document)
    found = {}
    for model in governed.MODELS:
        was, now = (
            {pk for pk, known in judged.items() if all(model in one.models for one in known.policies)}
            for judged in (before, after)
        )
        if was != now:
            found[model] = len(now - was), len(was - now)
    return found


FIGURES = {"A4": (("postgres",), what_if)}
