"""A rollout in its first stage, with gates and with what people say, for a browser to look at."""

from decimal import Decimal

from policies.actions import rollouts, rollouts_people
from policies.actions.rollouts import Planned, Thing
from tests.cast import Cast
from tests.policies.rolling import use


def rolled_out(cast: Cast) -> dict[str, int]:
    gates = {"least_people": 2, "least_days": 3, "highest_refusals": 10, "lowest_score": Decimal("3.0")}
    stages = [
        Planned("Owners", {"roles": ["owner"], "teams": [cast.ranking.pk]}, None, **gates),
        Planned("Department leads", {"leads": True}, None, **gates),
        Planned("Everybody", {"everyone": True, "guests": True}),
    ]
    thing = Thing("model", "nova", "nova")
    rollout = rollouts.create(cast.adam, cast.acme, thing, name="Nova for everybody", stages=stages)
    rollouts.start(cast.adam, rollout)
    use(cast.oscar, model="nova")
    rollouts_people.answer(cast.oscar, rollout, score=4, sentence="Quick, and it knows our terms.")
    return {"rollout": rollout.pk}
