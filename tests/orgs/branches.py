"""What the state machine has done so far of all that it can do, and what of that too seldom to prove anything."""

from collections import Counter
from itertools import chain

from tests.orgs.handing import HANDS
from tests.orgs.inviting import RULES
from tests.orgs.model import DENIED, OK, REFUSED
from tests.orgs.staying import STAYS

LEAST = 20
BRANCHES = Counter()  # (rule, outcome) → how often
DEEDS = {  # what a step may be, and the rules that it is about
    "change": ("role", "plan", "suspend", "reactivate"),
    "come_and_go": ("remove", "restore", "leave"),
    "bulk": ("bulk",),
    "accept": ("accept",),
    "seat_purchase": ("seats",),
    "key": ("key",),
    "revoke": ("revoke",),
    "stay": STAYS,
    "time_passes": (),
    "hand": HANDS,
    "invite": RULES[:1],
    "follow_up": RULES[1:3],
    "decline": RULES[3:],
}


def seldom(rules=()):
    """What of these rules, or of all, was allowed or refused too rarely to prove anything."""
    rules = rules or list(chain.from_iterable(DEEDS.values()))
    allowed = {what: BRANCHES[what, OK] for what in rules}
    refused = {f"no {what}": BRANCHES[what, DENIED] + BRANCHES[what, REFUSED] for what in rules}
    return {what: times for what, times in (allowed | refused).items() if times < LEAST}
