"""The part of the state machine that is about ownership: it is offered, taken back by another offer, answered."""

from dataclasses import dataclass

from orgs.actions import ownership
from orgs.models import OwnershipTransfer
from tests.orgs.model import DENIED, OK, REFUSED

HANDS = ("offer", "accept offer", "decline offer")
KEEPS = ("admin", "admin", "user", "viewer", "owner")


@dataclass
class Offer:
    """What the model knows of one: by whom, to whom, what the old Owner keeps."""

    by: object
    to: object
    keeps: str
    row: object = None
    open: bool = True


def offered(offers, by, to, keeps):
    """What becomes of an offer, as product.md 1 tells it."""
    if not (by.active and by.role == "owner" and by.org == to.org):
        return DENIED
    if to is by or not to.active or to.guest or to.role == "owner" or keeps == "owner":
        return REFUSED
    for offer in offers:
        offer.open = offer.open and offer.by is not by
    return OK


def answered(offer, who, *, accepts):
    """What becomes of an answer: the new Owner in place of the old one, who keeps what they chose."""
    if not who.active:
        return DENIED
    if who is not offer.to or not offer.open:
        return REFUSED
    if accepts and (not offer.by.active or offer.by.role != "owner" or who.guest):
        return REFUSED
    offer.open = False
    if accepts:
        who.role, offer.by.role = "owner", offer.keeps
    return OK


class Handing:
    """Offers live as long as their week, whatever happens meanwhile to who made them and who may take them."""

    def hand(self):
        """An offer where none waits, and an answer or two: what was answered once is answered no more."""
        if not any(offer.open for offer in self.offers) or self.random.random() < 1 / 4:
            self.offer()
        if self.offers:
            offer = self.random.choice(self.offers)
            for _ in range(self.random.choice([1, 2])):
                self.answer(offer)

    def offer(self):
        by = self.world.people[self.anybody(lambda p: p.active and p.role == "owner")]
        to = self.world.people[self.anybody(lambda p: p.active and p.org == by.org and p.role not in ("", "owner"))]
        mine, theirs, made = self.member(by.name), self.member(to.name), []
        if mine is None or theirs is None:
            return
        self.touched, keeps = to.org, self.random.choice(KEEPS)
        expected = offered(self.offers, by, to, keeps)
        self.same("offer", expected, lambda: made.append(ownership.offer(mine, theirs, keeps=keeps)))
        self.offers += [Offer(by, to, keeps, row) for row in made]

    def answer(self, offer):
        who = offer.to if self.random.random() < 2 / 3 else self.world.people[self.anybody(lambda p: p.active)]
        mine, row = self.member(who.name), OwnershipTransfer.objects.get(pk=offer.row.pk)
        if mine is None or who.org != offer.to.org:
            return
        self.touched, accepts = who.org, self.random.random() < 1 / 2
        expected = answered(offer, who, accepts=accepts)
        what, deed = ("accept offer", ownership.accept) if accepts else ("decline offer", ownership.decline)
        self.same(what, expected, lambda: deed(mine, row))
