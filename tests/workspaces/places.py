"""Where people work as product.md 1 and 3 tell it, in plain Python: what the stories hold Steward against."""

from dataclasses import dataclass, field

OK, DENIED, REFUSED = "ok", "denied", "refused"
RANK = {"": 0, "viewer": 1, "user": 2, "admin": 3}
# Name → role, plan, guest, leads Search.
PEOPLE = {
    "olive": ("owner", "expert", False, False),
    "adam": ("admin", "essential", False, False),
    "lena": ("user", "expert", False, True),
    "lars": ("user", "essential", False, True),
    "mika": ("user", "advanced", False, False),
    "nora": ("user", "essential", False, False),
    "vera": ("viewer", "advanced", False, False),
    "gus": ("user", "expert", True, False),
    "eve": ("owner", "expert", False, False),  # of the other organization
}


@dataclass
class Person:
    name: str
    role: str
    plan: str
    guest: bool
    leads: bool
    suspended: bool = False

    @property
    def inside(self) -> bool:
        return self.plan in ("advanced", "expert")

    @property
    def governs(self) -> bool:
        return self.role in ("owner", "admin")


@dataclass
class Place:
    """A workspace with a canary for a name. `team`: it belongs to Search.

    `room`: who its one room names; None where that room follows the workspace.
    """

    canary: str
    public: bool
    team: bool
    owner: str
    held: dict[str, str] = field(default_factory=dict)
    archived: bool = False
    room: dict[str, str] | None = None


class World:
    def __init__(self) -> None:
        self.people = {name: Person(name, *facts) for name, facts in PEOPLE.items()}
        self.places: dict[str, Place] = {}

    # ------------------------------------------------------------ who may what

    def held(self, who: Person, place: Place) -> int:
        """A Viewer of the organization is no more than a viewer anywhere."""
        held = RANK[place.held.get(who.name, "")]
        return min(held, 1) if who.role == "viewer" else held

    def in_room(self, who: Person, place: Place) -> int:
        """The same in its room: where that has people of its own, they alone decide."""
        if place.room is None:
            return self.held(who, place)
        held = RANK[place.room.get(who.name, "")]
        return min(held, 1) if who.role == "viewer" else held

    def leads(self, who: Person, place: Place) -> bool:
        return place.team and who.leads

    def reads(self, who: Person, place: Place) -> bool:
        if who.name == "eve" or who.suspended:
            return False
        if self.leads(who, place) or (who.role == "viewer" and self.held(who, place)):
            return True
        return who.inside and bool(self.held(who, place) or (place.public and not who.guest))

    def sees(self, who: Person, place: Place) -> bool:
        return self.reads(who, place) or (who.governs and who.name != "eve" and not who.suspended)

    def posts(self, who: Person, place: Place) -> bool:
        if who.name == "eve" or who.suspended or who.role == "viewer" or place.archived or not who.inside:
            return False
        return self.held(who, place) >= 2 or self.leads(who, place)

    def reads_room(self, who: Person, place: Place) -> bool:
        if place.room is None:
            return self.reads(who, place)
        if who.name == "eve" or who.suspended:
            return False
        held = bool(self.in_room(who, place))
        return self.leads(who, place) or (held and (who.inside or who.role == "viewer"))

    def posts_in_room(self, who: Person, place: Place) -> bool:
        if place.room is None:
            return self.posts(who, place)
        if who.name == "eve" or who.suspended or who.role == "viewer" or place.archived or not who.inside:
            return False
        return self.in_room(who, place) >= 2 or self.leads(who, place)

    def manages_room(self, who: Person, place: Place) -> bool:
        if place.room is None or who.governs or self.leads(who, place):
            return self.manages(who, place)
        return who.inside and not who.suspended and who.name != "eve" and self.in_room(who, place) == 3

    def manages(self, who: Person, place: Place) -> bool:
        if who.name == "eve" or who.suspended:
            return False
        if who.governs:
            return True
        if self.leads(who, place):
            return who.role != "viewer"
        return who.inside and self.held(who, place) == 3

    # ------------------------------------------------------------ deeds, and what becomes of them

    def create(self, who: Person, place: Place) -> str:
        if who.suspended or who.role == "viewer" or who.guest or who.plan != "expert":
            return DENIED
        self.places[place.canary] = place
        place.held[who.name] = "admin"
        return OK

    def join(self, who: Person, place: Place) -> str:
        if who.suspended or who.guest or not who.inside or not place.public or place.archived or who.name == "eve":
            return DENIED
        place.held.setdefault(who.name, "viewer" if who.role == "viewer" else "user")
        return OK

    def leave(self, who: Person, place: Place) -> str:
        if who.suspended or not place.held.get(who.name):
            return DENIED
        if place.owner == who.name or not self._keeps_an_admin(place, but=who.name):
            return REFUSED
        self._take(place, who)
        return OK

    def give(self, actor: Person, place: Place, who: Person, level: str) -> str:
        if not self.manages(actor, place):
            return DENIED
        held = place.held.get(who.name, "")
        if who.name == "eve" or (who.role == "viewer" and level in ("user", "admin")):
            return REFUSED
        if actor is who and RANK[level] > RANK[held] and not place.public and not self.leads(actor, place):
            return REFUSED  # nobody lets themselves into a private workspace, or up in it
        if held == level:
            return OK
        if who.name == place.owner and level != "admin":
            return REFUSED
        if held == "admin" and not self._keeps_an_admin(place, but=who.name):
            return REFUSED
        if level:
            place.held[who.name] = level
        else:
            self._take(place, who)
        return OK

    def _take(self, place: Place, who: Person) -> None:
        """Whoever leaves a workspace leaves its rooms as well."""
        del place.held[who.name]
        if place.room is not None:
            place.room.pop(who.name, None)

    def narrow(self, actor: Person, place: Place, *, narrowed: bool) -> str:
        if not self.manages_room(actor, place):
            return DENIED
        if not narrowed:
            if place.room is not None and actor.name not in place.room and not self.leads(actor, place):
                return REFUSED  # nobody lets themselves into a room by letting it follow
            place.room = None
        elif place.room is None:
            place.room = dict(place.held)
        return OK

    def name(self, actor: Person, place: Place, who: Person, level: str) -> str:
        """A role in the room."""
        if not self.manages_room(actor, place):
            return DENIED
        if place.room is None or who.name == "eve" or (who.role == "viewer" and level in ("user", "admin")):
            return REFUSED
        if who.guest and level and who.name not in place.held:
            return REFUSED
        held = place.room.get(who.name, "")
        if actor is who and RANK[level] > RANK[held] and not self.leads(actor, place):
            return REFUSED
        if held == "admin" and level != "admin" and not self._keeps_an_admin(place, but=who.name, held=place.room):
            return REFUSED
        place.room.pop(who.name, None)
        if level:
            place.room[who.name] = level
        return OK

    def archive(self, actor: Person, place: Place, *, archived: bool) -> str:
        if not self.manages(actor, place):
            return DENIED
        place.archived = archived
        return OK

    def _keeps_an_admin(self, place: Place, *, but: str, held: dict[str, str] | None = None) -> bool:
        people = place.held if held is None else held
        admins = (self.people[name] for name, level in people.items() if level == "admin" and name != but)
        return any(who.role != "viewer" and not who.suspended for who in admins)
