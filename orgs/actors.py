"""Who acts besides members and service keys: the system itself, a directory, the operator's support staff."""

from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from orgs.models import Member, Organization, ServiceKey, User


@dataclass(frozen=True, slots=True)
class System:
    """Steward itself: a timetable's task, a command."""

    name: str = "Steward"


@dataclass(frozen=True, slots=True)
class Directory:
    """An organization's identity provider, provisioning its people."""

    org: Organization
    name: str


@dataclass(frozen=True, slots=True)
class Support:
    """A member of the operator's support staff, who says why they act."""

    user: User
    reason: str = field(compare=False)


SYSTEM = System()
Actor = Member | ServiceKey | System | Directory | Support


@dataclass(frozen=True, slots=True)
class Signature:
    """How an actor is named in the audit log, as they were when they acted."""

    kind: str
    id: int
    name: str
    role: str


def sign(actor: Actor) -> Signature:
    match actor:
        case Member():
            return Signature("member", actor.pk, str(actor.user), actor.role)
        case ServiceKey():
            return Signature("service key", actor.pk, actor.name, "")
        case Directory():
            return Signature("directory", actor.org.pk, actor.name, "")
        case Support():
            return Signature("support", actor.user.pk, str(actor.user), "")
        case System():
            return Signature("system", 0, _("Steward"), "")
