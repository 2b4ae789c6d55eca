"""Two organizations, their people in any order of deeds: Steward and the model never come apart (security.md 4.6)."""

import os
from datetime import timedelta
from itertools import count

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from orgs.access import Action, Denied, Refused, check
from orgs.actions import invitations, keys, members, seats
from orgs.chain import verify
from orgs.models import Invitation, Member, Organization, Plan, PlanPrice, Role, ServiceKey
from tests.cast import make_member, make_org, make_user
from tests.orgs.branches import BRANCHES, DEEDS, seldom
from tests.orgs.handing import Handing
from tests.orgs.inviting import Inviting
from tests.orgs.model import ACME, DENIED, NAMES, OK, REACH, REFUSED, UMBRELLA, Person, World
from tests.orgs.staying import Staying, how_they_begin
from tests.undone import undone

SOAK = os.environ.get("STEWARD_SOAK") == "1"
RUNS = settings(
    max_examples=5000 if SOAK else 25,
    stateful_step_count=20,
    phases=[Phase.generate],  # a long story is told whole, not shrunk for minutes
    deadline=None,
    suppress_health_check=list(HealthCheck),
    database=None,
)
VALUES = {
    "role": Role.values,
    "plan": Plan.values,
    "suspend": ["because", "because", "because", ""],
    "reactivate": [""],
    "remove": ["because", "because", "because", ""],
    "restore": ["fresh", "as_before"],
    "leave": [""],
}


def in_acme(person):
    return person.org == "acme" and person.present


class Membership(Inviting, Staying, Handing, RuleBasedStateMachine):
    orgs: dict[str, Organization]
    users: dict[str, object]

    def __init__(self):
        super().__init__()
        self.block = undone()
        self.block.__enter__()
        people = {n: Person(n, "acme", role, "standard" if role else "") for n, role in ACME.items()}
        people |= {n: Person(n, "umbrella", role, "standard") for n, role in UMBRELLA.items()}
        people["otto"].suspended, people["gina"].guest = True, True
        self.world = World(people, {"acme": 7, "umbrella": 4})
        self.rows, self.made, self.numbers, self.offers = {}, {}, count(), []
        self.turns, self.nights = count(), count()
        self.touched = ""

    def teardown(self):
        for org in self.orgs.values():
            assert verify(org).broken_at is None
        self.block.__exit__(None, None, None)

    @initialize(random=st.randoms(use_true_random=True))
    def cast_the_dice(self, random):
        """What a step does is drawn evenly; hypothesis draws the order of the rules and the seed."""
        self.random = random

    # ------------------------------------------------------------ deeds

    def member(self, name):
        found = Member.objects.select_related("org", "user").filter(user=self.users[name])
        return found.first()

    def anybody(self, likely):
        """Somebody; those of whom `likely` is true come up two times out of three."""
        found = [person.name for person in self.world.people.values() if likely(person)]
        return self.random.choice(found if found and self.random.random() < 2 / 3 else NAMES)

    def an_actor(self):
        return self.anybody(lambda person: person.active and person.org == "acme" and person.role in REACH)

    def same(self, what, expected, deed):
        """Do it; Steward must answer as the model did."""
        try:
            deed()
        except Denied:
            got = DENIED
        except Refused:
            got = REFUSED
        else:
            got = OK
        BRANCHES[what, got] += 1
        assert got == expected, f"{what}: Steward {got}, the model {expected}"

    def on_a_member(self, what, actor, target, deed, value=""):
        mine, theirs = self.member(actor), self.member(target)
        if mine is None or theirs is None:
            return
        self.touched = self.world.people[target].org
        expected = self.world.deed(self.world.people[actor], what, self.world.people[target], value)
        self.same(what, expected, lambda: deed(mine, theirs))

    @rule()
    def step(self):
        """One of all deeds; what was done too seldom so far comes up as soon as it can be, and else more often."""
        if self.random.random() < 1 / 2:
            if self.gone() and "restore" in seldom(["restore"]):
                return self.deed_on_a_member("restore")
            if self.world.open and seldom(DEEDS["follow_up"] + DEEDS["decline"]):
                return self.random.choice([self.follow_up, self.follow_up, self.decline])()
            if self.made and seldom(["revoke"]):
                return self.revoke()
        wanted = [0.5 + len(seldom(rules)) for rules in DEEDS.values()]
        return getattr(self, self.random.choices(list(DEEDS), wanted)[0])()

    def gone(self):
        return any(person.status == "removed" for person in self.world.people.values())

    def change(self):
        self.deed_on_a_member(self.one_of(DEEDS["change"]))

    def come_and_go(self):
        self.deed_on_a_member(self.one_of(DEEDS["come_and_go"] if self.gone() else ("remove", "leave")))

    def one_of(self, rules):
        return self.random.choices(rules, [0.2 + len(seldom([what])) for what in rules])[0]

    def deed_on_a_member(self, what):
        value = self.random.choice(VALUES[what])
        likely = {"reactivate": lambda p: in_acme(p) and p.suspended, "restore": lambda p: p.status == "removed"}
        actor = self.anybody(in_acme) if what == "leave" else self.an_actor()
        on = self.anybody(likely.get(what, in_acme))
        if what == "leave" and self.random.random() < 2 / 3:
            on = actor
        deeds = {
            "role": lambda a, m: members.set_role(a, m, role=value),
            "plan": lambda a, m: members.set_plan(a, m, plan=value),
            "suspend": lambda a, m: members.suspend(a, m, reason=value),
            "reactivate": members.reactivate,
            "remove": lambda a, m: members.remove(a, m, reason=value),
            "restore": lambda a, m: members.restore(a, m, fresh=value == "fresh"),
            "leave": members.leave,
        }
        self.on_a_member(what, actor, on, deeds[what], value)

    def bulk(self):
        deed, actor = self.random.choice(["role", "plan", "suspend", "reactivate", "remove"]), self.an_actor()
        on = self.random.sample(list(ACME), self.random.randint(1, 5))
        who = {name: self.member(name) for name in (actor, *on)}
        on = [name for name in on if who[name]]
        if not on or who[actor] is None or self.world.people[actor].org != "acme":
            return
        name = {"role": "role", "plan": "plan", "suspend": "reason", "remove": "reason"}.get(deed)
        value = self.random.choice(VALUES[deed])
        self.touched = "acme"
        expected = self.world.bulk(self.world.people[actor], deed, [self.world.people[n] for n in on], value)

        got = members.in_bulk(who[actor], [who[n] for n in on], deed=deed, **({name: value} if name else {}))

        assert [outcome.outcome for outcome in got] == expected
        for outcome in expected:
            BRANCHES["bulk", OK if outcome != "refused" else REFUSED] += 1

    # ------------------------------------------------------------ invitations and keys

    def accept(self):
        person = self.anybody(lambda person: person.org == "acme" and not person.present)
        if person not in ACME:
            return
        number = next(self.numbers)
        addressee = self.random.choice([person, person, person, person, "nora", "nils"])
        self.touched = "acme"
        invitation = Invitation.objects.filter(org=self.orgs["acme"], email=self.users[addressee].email).open().first()
        if invitation is None:
            invitation = Invitation.objects.create(
                org=self.orgs["acme"],
                email=self.users[addressee].email,
                role=self.random.choice(Role.values),
                plan=self.random.choice(Plan.values),
                digest=f"{number}",
                expires_at=timezone.now() + timedelta(days=7),
            )
            self.world.open[str(invitation.pk)] = invitation.plan
        for _ in range(self.random.choice([1, 1, 1, 2])):  # a link that was used is dead
            user, given = self.users[person], Invitation.objects.get(pk=invitation.pk)
            args = (self.world.people[person], str(given.pk), addressee, given.role, given.plan, self.inviter(given))
            self.same(
                "accept", self.world.accept(*args), lambda user=user, given=given: invitations.accept(user, given)
            )

    def seat_purchase(self):
        actor, held = self.an_actor(), self.world.holding("acme")
        mine = self.member(actor)
        if mine is None:
            return
        self.touched = "acme"
        total = held + self.random.choice([-1, 0, 1, 1, 2, 3, 8])
        plans = {}
        for plan in Plan.values:
            drawn = self.random.choice([None, None, None, -1, 0, 1, 2])
            plans[plan] = None if drawn is None else max(0, self.world.holding("acme", plan) + drawn)
        expected = self.world.buy(self.world.people[actor], total, plans)
        org = Organization.objects.get(pk=self.orgs["acme"].pk)
        self.same("seats", expected, lambda: seats.change(mine, org, total=total, plans=plans))

    def key(self):
        actor, name = self.an_actor(), self.random.choice("abcd")
        mine = self.member(actor)
        if mine is None:
            return
        self.touched = "acme"
        scope, made = self.random.choice(["events:write", "usage:read"]), []
        expected = self.world.make_key(self.world.people[actor], "acme", name, scope)
        org = Organization.objects.get(pk=self.orgs["acme"].pk)
        self.same(
            "key", expected, lambda: made.append(keys.make(mine, org, name=name, scopes=[scope], ends_at=None)[0])
        )
        for key in made:
            self.made[f"{name} {key.pk}"] = key
            self.world.keys[f"{name} {key.pk}"] = ("acme", True)

    def revoke(self):
        actor = self.random.choice([self.an_actor(), self.random.choice(NAMES)])
        mine = self.member(actor)
        if mine is None or not self.made:
            return
        self.touched, old = "acme", self.random.choice(sorted(self.made))
        expected = self.world.revoke_key(self.world.people[actor], old)
        self.same("revoke", expected, lambda: keys.revoke(mine, ServiceKey.objects.get(pk=self.made[old].pk)))

    # ------------------------------------------------------------ what always holds

    @invariant()
    def rows_are_as_the_model_says_and_the_other_organization_as_it_was(self):
        names = {user.pk: name for name, user in self.users.items()}
        found = {names[row["user_id"]]: row for row in Member.objects.values()}
        for person in self.world.people.values():
            row = found.get(person.name)
            assert (row is not None) == bool(person.role)
            if row is not None:
                status = (row["removed_at"] is not None, row["suspended_at"] is not None)
                assert (row["role"], row["plan"]) == (person.role, person.plan), person
                assert status == (person.status == "removed", person.suspended), person
        for org, prior in self.rows.items():
            if org != self.touched:
                assert prior == [found[p.name] for p in self.world.members(org)], f"{org} was touched"
        self.rows = {org: [found[p.name] for p in self.world.members(org)] for org in self.orgs}
        self.touched = ""

    @invariant()
    def each_organization_has_an_active_owner(self):
        for slug in self.orgs:
            assert any(p.active and p.role == "owner" for p in self.world.members(slug))

    @invariant()
    def the_engine_answers_as_the_model(self):
        if next(self.turns) % 4:  # who asks is read anew after each change, which was most of what a step cost
            return
        rows = {row.user_id: row for row in Member.objects.select_related("org", "user")}
        there = [(p, rows[self.users[p.name].pk]) for p in self.world.people.values() if p.role]
        actor, mine = there[sum(BRANCHES.values()) % len(there)]  # another one in each story
        assert check(mine, Action.CONSOLE_OPEN, mine.org).allowed == actor.active
        for target, theirs in there:
            for deed in ("plan", "suspend", "remove", "restore", "leave"):
                allowed = check(mine, Action(f"member.{deed}"), theirs).allowed
                assert allowed == self.world.may(actor, deed, target), (actor, deed, target)
            for role in Role.values:
                allowed = check(mine, Action.MEMBER_ROLE, theirs, role=role).allowed
                assert allowed == self.world.may(actor, "role", target, role), (actor, role, target)


@pytest.mark.soak
@pytest.mark.slow
def test_A07_A08_B02_B03_B05_C03_F07_steward_and_the_model_never_come_apart(db):
    orgs = {"acme": make_org("Acme", seats=7), "umbrella": make_org("Umbrella", seats=4)}
    PlanPrice.objects.bulk_create(PlanPrice(org=orgs["acme"], plan=plan, price_nanos=1) for plan in Plan.values)
    users = {name: make_user(f"{name}@example.org", name.title()) for name in NAMES}
    for slug, people in (("acme", ACME), ("umbrella", UMBRELLA)):
        for name, role in people.items():
            if role:
                begins = how_they_begin(name)
                make_member(orgs[slug], name.title(), role=role, plan="standard", user=users[name], **begins)
    Membership.orgs, Membership.users = orgs, users
    BRANCHES.clear()

    for number in range(8):  # until every branch of every rule was there often enough; the same stories each time
        run_state_machine_as_test(Membership if SOAK else seed(number)(Membership), settings=RUNS)
        if not seldom():
            break

    assert not seldom()
