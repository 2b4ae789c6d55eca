"""Membership as product.md 1 tells it, in plain Python: what the state machine holds Steward against."""

from dataclasses import dataclass, field

REACH = {"owner": {"owner", "admin", "user", "viewer"}, "admin": {"user", "viewer"}}
OK, DENIED, REFUSED = "ok", "denied", "refused"
# One of each role, a second Owner who is suspended (Otto counts for nothing), a guest, and two who may yet join.
ACME = {
    "olive": "owner",
    "otto": "owner",
    "adam": "admin",
    "mika": "user",
    "vera": "viewer",
    "gina": "user",
    "nora": "",
    "nils": "",
}
UMBRELLA = {"eve": "owner", "ulf": "admin", "uma": "user", "vito": "viewer"}
NAMES = [*ACME, *UMBRELLA]


@dataclass
class Person:
    """A member or one who may become one (`role` empty) of one organization."""

    name: str
    org: str
    role: str = ""
    plan: str = ""
    status: str = "active"  # or removed
    suspended: bool = False
    guest: bool = False
    over: bool = False  # the stay of a guest

    @property
    def present(self) -> bool:
        return bool(self.role) and self.status == "active"

    @property
    def active(self) -> bool:
        return self.present and not self.suspended and not (self.guest and self.over)


@dataclass
class World:
    people: dict[str, Person]
    seats: dict[str, int]
    keys: dict[str, tuple[str, bool]] = field(default_factory=dict)  # name → (organization, alive)
    used: set[str] = field(default_factory=set)  # invitations
    open: dict[str, str] = field(default_factory=dict)  # invitation → plan
    bound: dict[str, int] = field(default_factory=dict)  # seats that Acme bought for a plan

    def members(self, org: str) -> list[Person]:
        return [person for person in self.people.values() if person.org == org and person.role]

    def keeps_an_owner(self, but: Person) -> bool:
        return any(p.active and p.role == "owner" and p is not but for p in self.members(but.org))

    def holding(self, org: str, plan: str = "") -> int:
        return sum(person.present and plan in ("", person.plan) for person in self.members(org))

    def has_a_seat(self, org: str, plan: str) -> bool:
        return self.holding(org) < self.seats[org] and self.has_one_of(org, plan)

    def has_one_of(self, org: str, plan: str) -> bool:
        return org != "acme" or plan not in self.bound or self.holding(org, plan) < self.bound[plan]

    def may(self, actor: Person, action: str, target: Person, gives: str = "") -> bool:
        """Whether the engine allows a deed on a member."""
        if not actor.active or actor.org != target.org:
            return False
        if action == "leave":
            return actor is target
        reach = REACH.get(actor.role, set())
        own = action == "role" and actor is target
        return target.role in reach and (not gives or gives in reach) and not own

    def deed(self, actor: Person, action: str, target: Person, value: str = "") -> str:
        """What becomes of a deed: it is denied, refused, or done."""
        if not self.may(actor, action, target, value if action == "role" else ""):
            return DENIED
        if not getattr(self, f"_{action}")(actor, target, value):
            return REFUSED
        return OK

    def _role(self, actor: Person, target: Person, role: str) -> bool:
        if target.status == "removed" or (role != "owner" and not self.keeps_an_owner(target)):
            return False
        if target.guest and role in REACH:
            return False
        target.role = role
        return True

    def _extend(self, actor: Person, target: Person, days: int) -> bool:
        if not target.guest or target.status == "removed" or not 0 < days <= 90:
            return False
        target.over = False
        return True

    def _end(self, actor: Person, target: Person, value: str) -> bool:
        if not target.guest or target.status == "removed":
            return False
        target.over = True
        return True

    def _plan(self, actor: Person, target: Person, plan: str) -> bool:
        if target.status == "removed":
            return False
        if plan != target.plan and not self.has_one_of(target.org, plan):
            return False
        target.plan = plan
        return True

    def _suspend(self, actor: Person, target: Person, reason: str) -> bool:
        if target.status == "removed" or target is actor or not reason or not self.keeps_an_owner(target):
            return False
        target.suspended = True
        return True

    def _reactivate(self, actor: Person, target: Person, value: str) -> bool:
        if target.status == "removed":
            return False
        target.suspended = False
        return True

    def _remove(self, actor: Person, target: Person, reason: str) -> bool:
        if target.status == "removed" or target is actor or not reason or not self.keeps_an_owner(target):
            return False
        target.status = "removed"
        return True

    def _leave(self, actor: Person, target: Person, value: str) -> bool:
        if not self.keeps_an_owner(target):
            return False
        target.status = "removed"
        return True

    def _restore(self, actor: Person, target: Person, mode: str) -> bool:
        plan = "essential" if mode == "fresh" else target.plan
        if target.status != "removed" or not self.has_a_seat(target.org, plan):
            return False
        target.status = "active"
        if mode == "fresh":
            target.role, target.plan, target.suspended = "user", "essential", False
        return True

    def bulk(self, actor: Person, action: str, targets: list[Person], value: str) -> list[str]:
        """The result of one deed on many, one after another. Owners lose role or access one at a time."""
        results = []
        for target in targets:
            before = (target.role, target.plan, target.suspended, target.status)
            taking = action in ("role", "suspend", "remove", "restore")
            if taking and target.role == "owner" and self.may(actor, action, target, value if action == "role" else ""):
                results.append("refused")
                continue
            done = self.deed(actor, action, target, value) == OK
            changed = before != (target.role, target.plan, target.suspended, target.status)
            results.append(("done" if changed else "same") if done else "refused")
        return results

    def accept(
        self, person: Person, invitation: str, addressee: str, role: str, plan: str, by: Person | None = None
    ) -> str:
        if invitation in self.used or addressee != person.name or person.present:
            return REFUSED
        if not self.has_a_seat(person.org, plan) or (by and not (by.active and role in REACH.get(by.role, ()))):
            return REFUSED
        self.used.add(invitation)
        person.guest = False
        self.open.pop(invitation, None)
        person.role, person.plan, person.status, person.suspended = role, plan, "active", False
        return OK

    def buy(self, actor: Person, total: int, plans: dict[str, int | None]) -> str:
        """An Owner buys seats or gives them back: never fewer than are held and promised."""
        if not actor.active or actor.org != "acme" or actor.role != "owner":
            return DENIED
        promised = list(self.open.values())
        short = total < self.holding("acme") + len(promised) or total < sum(seats or 0 for seats in plans.values())
        for plan, seats in plans.items():
            short = short or (seats is not None and seats < self.holding("acme", plan) + promised.count(plan))
        if short:
            return REFUSED
        self.seats["acme"] = total
        self.bound = {plan: seats for plan, seats in (self.bound | plans).items() if seats is not None}
        return OK

    def make_key(self, actor: Person, org: str, name: str, scope: str) -> str:
        allowed = actor.active and actor.org == org and actor.role in REACH
        if not allowed or (scope == "usage:read" and actor.role != "owner"):
            return DENIED
        alive = sum(on and key.partition(" ")[0] == name and home == org for key, (home, on) in self.keys.items())
        return REFUSED if alive >= 2 else OK

    def revoke_key(self, actor: Person, key: str) -> str:
        home, _ = self.keys[key]
        if not (actor.active and actor.org == home and actor.role in REACH):
            return DENIED
        self.keys[key] = (home, False)
        return OK
