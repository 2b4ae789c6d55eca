"""Stories of where people work, told at random: Steward and the model never come apart, and no canary is ever heard
where it must not be (security.md 4.6)."""

import os
from collections import Counter
from random import Random

import pytest

from orgs import grants
from orgs.access import Action, Denied, Refused, check
from orgs.actions import members
from orgs.models import Department, Member, Team
from tests.cast import make_member, make_org
from tests.doors import console
from tests.undone import undone
from tests.workspaces.places import DENIED, OK, PEOPLE, REFUSED, Place, World
from workspaces import actions
from workspaces.models import Conversation, Room, Workspace

SOAK = os.environ.get("STEWARD_SOAK") == "1"
STORIES, STEPS, OFTEN = (400, 80, 200) if SOAK else (20, 70, 20)
RULES = ("create", "join", "leave", "give", "archive", "narrow", "name")
BRANCHES = {(rule, outcome) for rule in RULES for outcome in (OK, DENIED)}
BRANCHES |= {("leave", REFUSED), ("give", REFUSED), ("name", REFUSED), ("narrow", REFUSED)}


class Story:
    """One story: an organization with its people, the same people in the model, and what was done to both."""

    def __init__(self, seed: int, seen: Counter) -> None:
        self.random, self.seen, self.world = Random(seed), seen, World()
        self.org, other = make_org("Acme"), make_org("Umbrella")
        research = Department.objects.create(org=self.org, name="Research")
        search = Team.objects.create(org=self.org, department=research, name="Search")
        self.team, self.ids, self.places, self.rooms = search, {}, {}, {}
        for name, (role, plan, guest, leads) in PEOPLE.items():
            self.ids[name] = _make(other if name == "eve" else self.org, name, role, plan, guest)
            if leads:
                grants.give(self.member(name), "lead", search)

    def member(self, name: str) -> Member:
        return Member.objects.select_related("org", "user").get(pk=self.ids[name])

    def workspace(self, canary: str) -> Workspace:
        return Workspace.objects.select_related("org", "team", "owner__user").get(pk=self.places[canary])

    # ------------------------------------------------------------ steps

    def step(self) -> None:
        wanted = {rule: 1 + 2 * len({branch for branch in self.seldom() if branch[0] == rule}) for rule in RULES}
        wanted["create"] = wanted["create"] / 2 if len(self.places) < 4 else 0
        deed = self.random.choices([*wanted, "life"], [*wanted.values(), 1])[0]
        if not self.places:
            deed = self.random.choice(["create", "life"])
        getattr(self, deed)()

    def seldom(self) -> set[tuple[str, str]]:
        return {branch for branch in BRANCHES if self.seen[branch] < OFTEN}

    def anybody(self, *likely: str) -> str:
        return self.random.choice([*likely, *PEOPLE] if likely else list(PEOPLE))

    def likely(self, may, place: Place) -> str:
        """Somebody; two times out of three one of those who may, where there are any."""
        able = [name for name, who in self.world.people.items() if may(who, place)]
        return self.random.choice(able if able and self.random.random() < 0.67 else list(PEOPLE))

    def a_place(self) -> Place:
        return self.world.places[self.random.choice(list(self.world.places))]

    def same(self, rule: str, expected: str, deed) -> None:
        try:
            deed()
        except Denied:
            got = DENIED
        except Refused:
            got = REFUSED
        else:
            got = OK
        self.seen[rule, got] += 1
        assert got == expected, f"{rule}: Steward {got}, the model {expected}"

    def create(self) -> None:
        who = self.world.people[self.random.choice(["olive", "lena", "mika", "vera", "gus", "nora", "adam"])]
        place = Place(
            f"canary-{len(self.places)}-of-{who.name}", self.random.random() < 0.5, self.random.random() < 0.5, who.name
        )
        made, actor = [], self.member(who.name)

        def deed():
            visibility, team = "public" if place.public else "private", self.team if place.team else None
            made.append(actions.workspaces.create(actor, name=place.canary, visibility=visibility, team=team))

        self.same("create", self.world.create(who, place), deed)
        for workspace in made:
            room = Room.objects.create(org=self.org, workspace=workspace, name="Room")
            self.rooms[place.canary] = room.pk
            talk = {"org": self.org, "workspace": workspace, "author": actor}
            Conversation.objects.create(**talk, room=room, title=f"in the room of {place.canary}")
            self.places[place.canary] = workspace.pk
            Conversation.objects.create(
                org=self.org, workspace=workspace, author=actor, title=f"talk in {place.canary}"
            )

    def join(self) -> None:
        open_ones = [place for place in self.world.places.values() if place.public]
        place = self.random.choice(open_ones) if open_ones and self.random.random() < 0.7 else self.a_place()
        who = self.likely(lambda who, _: who.inside and not who.guest and who.name not in place.held, place)
        deed = lambda: actions.workspaces.join(self.member(who), self.workspace(place.canary))  # noqa: E731
        self.same("join", self.world.join(self.world.people[who], place), deed)

    def leave(self) -> None:
        place = self.a_place()
        guests = [name for name in place.held if name != place.owner] * 4
        who = self.anybody(*guests, *place.held)
        deed = lambda: actions.workspaces.leave(self.member(who), self.workspace(place.canary))  # noqa: E731
        self.same("leave", self.world.leave(self.world.people[who], place), deed)

    def give(self) -> None:
        place = self.a_place()
        actor, who = self.likely(self.world.manages, place), self.anybody()
        level = self.random.choice(["", "viewer", "user", "admin"])
        expected = self.world.give(self.world.people[actor], place, self.world.people[who], level)

        def deed():
            mine, theirs = self.member(actor), self.member(who)
            actions.workspaces.give_role(mine, self.workspace(place.canary), theirs, level=level)

        self.same("give", expected, deed)

    def archive(self) -> None:
        place, archived = self.a_place(), self.random.random() < 0.4
        actor = self.likely(self.world.manages, place)
        deed = actions.settings.archive if archived else actions.settings.reopen
        expected = self.world.archive(self.world.people[actor], place, archived=archived)
        self.same("archive", expected, lambda: deed(self.member(actor), self.workspace(place.canary)))

    def room(self, canary: str) -> Room:
        return Room.objects.select_related("org", "workspace__org", "workspace__team").get(pk=self.rooms[canary])

    def narrow(self) -> None:
        place, narrowed = self.a_place(), self.random.random() < 0.7
        actor = self.likely(self.world.manages_room, place) if self.random.random() < 0.7 else "adam"
        deed = actions.rooms.narrow if narrowed else actions.rooms.follow
        expected = self.world.narrow(self.world.people[actor], place, narrowed=narrowed)
        self.same("narrow", expected, lambda: deed(self.member(actor), self.room(place.canary)))

    def name(self) -> None:
        place = self.a_place()
        actor, who = self.likely(self.world.manages_room, place), self.anybody()
        level = self.random.choice(["", "viewer", "user", "admin"])
        expected = self.world.name(self.world.people[actor], place, self.world.people[who], level)

        def deed():
            mine, theirs = self.member(actor), self.member(who)
            actions.rooms.set_role(mine, self.room(place.canary), theirs, level=level)

        self.same("name", expected, deed)

    def life(self) -> None:
        """Somebody is suspended, comes back, or is given another role or plan: it counts at the next question."""
        who = self.world.people[self.random.choice(["lena", "lars", "mika", "nora", "vera", "gus"])]
        olive, member = self.member("olive"), self.member(who.name)
        match self.random.choice(["suspend", "role", "plan"]):
            case "suspend" if who.suspended:
                members.reactivate(olive, member)
                who.suspended = False
            case "suspend":
                members.suspend(olive, member, reason="away")
                who.suspended = True
            case "role":
                who.role = self.random.choice(["user", "user", "viewer"])
                members.set_role(olive, member, role=who.role)
            case "plan":
                who.plan = self.random.choice(["essential", "standard", "advanced", "expert"])
                members.set_plan(olive, member, plan=who.plan)

    # ------------------------------------------------------------ what always holds

    def holds(self) -> None:
        """For somebody: the engine, the lists and the counts say what the model says of every place."""
        name = self.random.choice(list(PEOPLE))
        who, member = self.world.people[name], self.member(name)
        listed = set(Workspace.objects.visible_to(member).values_list("name", flat=True))
        talks = set(Conversation.objects.visible_to(member).values_list("title", flat=True))
        workspaces = Workspace.objects.select_related("org", "team", "owner__user").in_bulk(self.places.values())
        spoken = {(talk.workspace_id, talk.room_id): talk for talk in Conversation.objects.placed()}
        for canary, place in self.world.places.items():
            pk, room = self.places[canary], self.rooms[canary]
            workspace, talk, inner = workspaces[pk], spoken[pk, None], spoken[pk, room]
            sees, reads, posts = (ask(who, place) for ask in (self.world.sees, self.world.reads, self.world.posts))
            heard, said = self.world.reads_room(who, place), self.world.posts_in_room(who, place)
            assert check(member, Action.CONVERSATION_READ, inner).allowed == heard, (name, place)
            assert check(member, Action.MESSAGE_SEND, inner).allowed == said, (name, place)
            assert who.suspended or (inner.title in talks) == heard, (name, place)
            assert check(member, Action.WORKSPACE_VIEW, workspace).allowed == sees, (name, place)
            assert check(member, Action.CONVERSATION_READ, talk).allowed == reads, (name, place)
            assert check(member, Action.MESSAGE_SEND, talk).allowed == posts, (name, place)
            # Suspension shuts the door before any list is made.
            assert who.suspended or (canary in listed) == sees, (name, place)
            assert who.suspended or (talk.title in talks) == reads, (name, place)

    def heard(self) -> None:
        """What somebody's pages say: the canaries of what they see and no other, in lists, search and counts."""
        name = self.random.choice([name for name in PEOPLE if name != "eve"])
        who, browser = self.world.people[name], console(self.member(name))
        seen = {canary for canary, place in self.world.places.items() if self.world.sees(who, place)}
        named = {canary for canary, place in self.world.places.items() if self.world.reads_room(who, place)}
        for url in ("/o/acme/workspaces/", "/o/acme/search/?q=canary", "/o/acme/"):
            said = browser.get(url).content.decode()
            heard = {canary for canary in self.world.places if canary in said}
            # Who is named in a room learns the name of the workspace around it.
            assert heard <= (set() if who.suspended else seen | named), (name, url)
        for canary, pk in self.places.items():
            answer = 403 if who.suspended else 200 if canary in seen else 404
            assert browser.get(f"/o/acme/workspaces/{pk}/").status_code == answer, (name, canary)


def _make(org, name, role, plan, guest) -> int:
    from datetime import timedelta

    from django.utils import timezone

    stay = {"kind": "guest", "ends_at": timezone.now() + timedelta(days=30)} if guest else {}
    return make_member(org, name.title(), role=role, plan=plan, **stay).pk


@pytest.mark.slow
@pytest.mark.soak
def test_A02_F07_steward_and_the_model_never_come_apart_where_people_work(db):
    seen: Counter = Counter()

    for seed in range(STORIES):
        with undone():
            story = Story(seed, seen)
            for number in range(STEPS):
                story.step()
                story.holds()
                if number % 35 == 34:
                    story.heard()
        if not SOAK and not story.seldom():
            break

    assert not story.seldom(), seen
