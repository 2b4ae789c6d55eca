"""What a question is made of where the engine is compared with its second writing: who asks, and about what."""

from dataclasses import dataclass, field


@dataclass
class Who:
    kind: str = "member"
    role: str = ""
    features: frozenset = frozenset()
    shut_out: str = ""  # suspended, removed, ended, closed, unverified, organization
    guest: bool = False
    cost: str = "owners"
    leads: frozenset = frozenset()  # teams
    holds: dict = field(default_factory=dict)  # what → 1 viewer or list, 2 user, 3 admin, 4 owner
    delegated: frozenset = frozenset()
    sharing: bool = True  # the organization lets conversations be shared outside
    scopes: frozenset = frozenset()
    factor_missing: bool = False
    untrained: frozenset = frozenset()  # features that wait for a training module
    over_budget: bool | None = None  # False: the month in which it was is over
    # The organization's policy and their department's, as documents; the use cases that they have an exception for
    policy: dict | None = None
    narrower: dict | None = None
    department: int = 0
    excepted: frozenset = frozenset()
    given: dict = field(default_factory=dict)  # a use case → the scope and the group that have an exception for it
    # What is being rolled out, `kind/what` → how it stands for them (tests.orgs.worlds), and the policy's new version
    rollouts: dict = field(default_factory=dict)
    rolled: dict | None = None
    rolled_narrower: dict | None = None
    # (kind, level) → amount; what is used of each kind; the kinds whose day or month is over
    limits: dict = field(default_factory=dict)
    used: dict = field(default_factory=dict)
    anew: frozenset = frozenset()


@dataclass
class Thing:
    kind: str = ""  # organization, member, team, workspace, item; nothing
    role: str = ""
    own: bool = False
    team: str = ""
    name: str = ""
    public: bool = False
    foreign: bool = False
    in_charge: bool = False  # of an item of the provisioning board
    # Where people work: a place, or a mate and its place, or a tool
    narrowed: bool = False  # a room with people of its own
    archived: bool = False
    circle: str = "users"  # who may what the collaboration settings are about
    mine: bool = False  # a personal chat of one's own, a link that one made
    full: bool = False  # the day's messages are used up
    everyone: int = 0
    mates_team: str = ""
    tool: bool = False
    lacks: frozenset = frozenset()
    # What the question names beside
    model: str = ""
    use_cases: tuple = ()
    bytes: int = 0
