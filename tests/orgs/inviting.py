"""The part of the state machine that invites: who may, what becomes of each invitation, and what it takes of seats."""

from collections import Counter

from hypothesis.stateful import invariant

from orgs.actions import invitations
from orgs.invitees import Wanted
from orgs.models import Invitation, Organization, Plan, Role
from orgs.pace import A_DAY
from tests.orgs.model import DENIED, OK, REACH, REFUSED, Person, World

RULES = ("invite", "send again", "revoke invitation", "decline")


class Letters:
    """Invitations as product.md 2 tells them. `world.open` holds the plan of each that is open."""

    def __init__(self, world: World) -> None:
        self.world, self.mails = world, Counter()

    def may(self, actor: Person, role: str) -> bool:
        return actor.active and actor.org == "acme" and role in REACH.get(actor.role, ())

    def invite(self, actor: Person, person: Person, role: str, plan: str, there: tuple[str, str] | None) -> str:
        """`there` is the id and role of the invitation that is open for this address."""
        if not self.may(actor, role):
            return DENIED
        if person.role or (there and not self.may(actor, there[1])):
            return REFUSED
        if not there and (self.mails[person.name] >= A_DAY or not self._seat(plan)):
            return REFUSED
        if there and plan != self.world.open[there[0]] and not self._one_of(plan):
            return REFUSED
        self.mails[person.name] += not there
        return OK

    def _seat(self, plan: str) -> bool:
        world = self.world
        return world.holding("acme") + len(world.open) < world.seats["acme"] and self._one_of(plan)

    def _one_of(self, plan: str) -> bool:
        world, promised = self.world, list(self.world.open.values()).count(plan)
        return plan not in world.bound or world.holding("acme", plan) + promised < world.bound[plan]

    def send_again(self, actor: Person, letter: str, role: str, person: Person) -> str:
        if not self.may(actor, role):
            return DENIED
        if letter not in self.world.open or person.present or self.mails[person.name] >= A_DAY:
            return REFUSED
        self.mails[person.name] += 1
        return OK

    def revoke(self, actor: Person, letter: str, role: str) -> str:
        if not self.may(actor, role):
            return DENIED
        return OK if self.world.open.pop(letter, None) else REFUSED

    def decline(self, letter: str) -> str:
        return OK if self.world.open.pop(letter, None) else REFUSED


class Inviting:
    """Rules for a machine that has `world`, `users`, `orgs`, `random`, `same`, `member`, `an_actor` and `anybody`."""

    def letters(self) -> Letters:
        if not hasattr(self, "_letters"):
            self._letters = Letters(self.world)
        return self._letters

    def inviter(self, invitation: Invitation) -> Person | None:
        names = {user.pk: name for name, user in self.users.items()}
        maker = invitation.invited_by
        return self.world.people[names[maker.user_id]] if maker else None

    def a_letter(self) -> Invitation | None:
        """One of the organization's invitations; one that is open two times out of three."""
        found = list(Invitation.objects.filter(org=self.orgs["acme"]).order_by("created_at"))
        alive = [row for row in found if str(row.pk) in self.world.open]
        return self.random.choice(alive if alive and self.random.random() < 2 / 3 else found) if found else None

    def addressee(self, invitation: Invitation) -> Person:
        return next(self.world.people[name] for name, user in self.users.items() if user.email == invitation.email)

    def invite(self):
        actor, person = self.an_actor(), self.anybody(lambda p: p.org == "acme" and not p.role)
        mine, email = self.member(actor), self.users[person].email
        if mine is None or self.world.people[person].org != "acme":
            return
        role, plan = self.random.choice(["user", "user", "viewer", *Role.values]), self.random.choice(Plan.values)
        open_ones = Invitation.objects.filter(org=self.orgs["acme"], email=email).open()
        there = open_ones.values_list("pk", "role").first()
        self.touched = "acme"
        args = (self.world.people[actor], self.world.people[person], role, plan)
        expected = self.letters().invite(*args, (str(there[0]), there[1]) if there else None)
        org = Organization.objects.get(pk=self.orgs["acme"].pk)
        wanted = [Wanted(email=email, role=role, plan=plan)]
        self.same("invite", expected, lambda: invitations.invite(mine, org, wanted))
        if expected == OK:
            self.world.open[str(open_ones.get().pk)] = plan

    def follow_up(self):
        letter, actor = self.a_letter(), self.an_actor()
        mine = self.member(actor)
        if letter is None or mine is None:
            return
        self.touched, me, key = "acme", self.world.people[actor], str(letter.pk)
        if self.random.random() < 1 / 2:
            expected = self.letters().send_again(me, key, letter.role, self.addressee(letter))
            self.same("send again", expected, lambda: invitations.resend(mine, letter))
        else:
            expected = self.letters().revoke(me, key, letter.role)
            self.same("revoke invitation", expected, lambda: invitations.revoke(mine, letter))

    def decline(self):
        letter = self.a_letter()
        if letter is None:
            return
        self.touched = "acme"
        expected = self.letters().decline(str(letter.pk))
        self.same("decline", expected, lambda: invitations.decline(letter))

    @invariant()
    def what_is_open_is_as_the_model_says(self):
        rows = Invitation.objects.filter(org=self.orgs["acme"]).open().values_list("pk", "plan")
        assert {str(pk): plan for pk, plan in rows} == self.world.open
