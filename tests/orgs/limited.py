"""Limits in random worlds: as hypothesis draws them, what the engine is given for them, and what they refuse."""

from datetime import timedelta

from hypothesis import strategies as st

from policies import limits
from policies.limits import Held, Named

SPEND = ("model.use", "message.send", "mate.use", "tool.use")
NEAREST_FIRST = ("member", "team", "plan", "organization")
KINDS = ("messages_day", "cost_month", "storage")
WHOM = {"member": 10, "team": 100, "plan": "standard", "organization": ""}

drawn = {
    "limits": st.dictionaries(
        st.tuples(st.sampled_from(KINDS), st.sampled_from(NEAREST_FIRST)), st.integers(0, 3), max_size=4
    ),
    "used": st.dictionaries(st.sampled_from(KINDS), st.integers(0, 4)),
    "anew": st.frozensets(st.sampled_from(("messages_day", "cost_month"))),
}


def held(who, now):
    """What the engine is given: as it is loaded, but for the rows."""
    rules = {(kind, level, WHOM[level]): Named(amount, level) for (kind, level), amount in who.limits.items()}
    for kind in KINDS:
        limit = limits.nearest(rules, kind, member_id=10, team_id=100, plan="standard")
        if limit is not None:  # a period is over at the very moment that it names
            until = None if kind == "storage" else now if kind in who.anew else now + timedelta(seconds=1)
            yield Held(kind, limit, who.used.get(kind, 0), until, now)


def refuses(who, action, thing):
    """Written a second time and straight from product.md 4: the nearest wins, refused at 100 %."""
    about = ("storage",) if action == "file.upload" else KINDS[:2] if action in SPEND else ()
    for kind in about:
        amounts = [who.limits[kind, level] for level in NEAREST_FIRST if (kind, level) in who.limits]
        used = 0 if kind in who.anew else who.used.get(kind, 0)
        if amounts and (used >= amounts[0] or used + thing.bytes > amounts[0]):
            return True
    return False
