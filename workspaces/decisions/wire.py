"""What a machine sends and gets, as OpenID AuthZEN Authorization API 1.0 spells it. Unknown fields are passed over."""

from typing import Annotated, Any, Literal, TypeVar

import msgspec
from django.http import HttpRequest
from msgspec import Meta, Struct

from orgs.ids import LARGEST
from policies import recognising
from workspaces.resources import Named

MOST_EVALUATIONS = 1_000  # in one request
MOST_RESULTS = 1_000  # on a page of a search
_RESULTS = 100  # where the request does not say how many

Count = Annotated[int, Meta(ge=0, le=LARGEST)]
Case = Annotated[str, Meta(max_length=200)]
Name = Annotated[str, Meta(max_length=200)]  # of a place, as a platform knows it
T = TypeVar("T")


class Malformed(Exception):
    """What was sent cannot be answered; `status` is the answer's."""

    def __init__(self, error: str, status: int = 400) -> None:
        super().__init__(error)
        self.error, self.status = error, status


# ---------------------------------------------------------------- what is sent


class Kind(Struct):
    """An entity of which the type alone counts."""

    type: str


class Entity(Kind):
    id: str


class Properties(Struct):
    """Of a resource: where it is used, and through which mate (a tool)."""

    workspace: Name | None = None
    room: Name | None = None
    mate: Name | None = None


class KindOfResource(Kind):
    properties: Properties | None = None


class Resource(KindOfResource, kw_only=True):
    id: str


class Verb(Struct):
    name: str


class Context(Struct):
    use_case: Case | Annotated[list[Case], Meta(max_length=100)] | None = None
    workspace: Name | None = None
    room: Name | None = None
    bytes: Count | None = None

    def asked(self) -> dict[str, Any]:
        """What the engine is told of it: only what a layer reads, since answers are kept by it."""
        found = {"use_case": recognising.tags(self.use_case) or None, "bytes": self.bytes}
        return {name: value for name, value in found.items() if value is not None}


class Evaluation(Struct):
    """May `subject` do `action` to `resource`?"""

    subject: Entity
    action: Verb
    resource: Resource
    context: Context | None = None


class Part(Struct):
    """One of many: what it does not say is taken whole from the request's own entities."""

    subject: Entity | None = None
    action: Verb | None = None
    resource: Resource | None = None
    context: Context | None = None


class Options(Struct):
    evaluations_semantic: Literal["execute_all", "deny_on_first_deny", "permit_on_first_permit"] | None = None


class Batch(Part, kw_only=True):
    """Items are left as they were sent: one that is broken breaks no other, one that was answered is not read."""

    options: Options | None = None
    evaluations: list[msgspec.Raw] | None = None


class Page(Struct):
    token: str | None = None
    limit: Annotated[int, Meta(ge=1)] | None = None

    @property
    def most(self) -> int:
        return min(self.limit or _RESULTS, MOST_RESULTS)


class SubjectSearch(Struct):
    subject: Kind
    action: Verb
    resource: Resource
    context: Context | None = None
    page: Page | None = None


class ResourceSearch(Struct):
    subject: Entity
    action: Verb
    resource: KindOfResource
    context: Context | None = None
    page: Page | None = None


class ActionSearch(Struct):
    subject: Entity
    resource: Resource
    context: Context | None = None


# ---------------------------------------------------------------- reading it


def read(request: HttpRequest, kind: type[T]) -> T:
    """The body as a `kind`.

    Raises:
        Malformed: of another content type, empty, no JSON, or with a field that is missing or of another type.
    """
    return parsed(body(request), kind)


def read_many(request: HttpRequest) -> Batch:
    """A request with its items unread.

    Raises:
        Malformed: what `read` refuses; more items than one request may have (413).
    """
    many = read(request, Batch)
    if len(many.evaluations or ()) > MOST_EVALUATIONS:
        raise Malformed(f"evaluations: at most {MOST_EVALUATIONS:,} in one request.", 413)
    return many


def defaults_of(batch: Batch) -> bytes:
    """What a batch says for all of its items, always in the same bytes; nothing where it says nothing."""
    said = (batch.subject, batch.action, batch.resource, batch.context)
    return b"" if said == (None, None, None, None) else msgspec.json.encode(said)


def whole(part: Part) -> Evaluation:
    """The same as a question of its own.

    Raises:
        Malformed: it names no subject, action or resource.
    """
    for name in ("subject", "action", "resource"):
        if getattr(part, name) is None:
            raise Malformed(f"Object missing required field `{name}`")
    return Evaluation(part.subject, part.action, part.resource, part.context)  # type: ignore[arg-type]


def body(request: HttpRequest) -> bytes:
    """
    Raises:
        Malformed: of another content type, or empty.
    """
    if request.content_type != "application/json":
        raise Malformed("Send application/json.")
    if not request.body.strip():
        raise Malformed("The body is empty.")
    return request.body


def parsed(text: bytes, kind: type[T]) -> T:
    try:
        return msgspec.json.decode(text, type=kind)
    except RecursionError:
        raise Malformed("The body is nested too deep.") from None
    except UnicodeDecodeError:
        raise Malformed("The body is not UTF-8.") from None
    except msgspec.DecodeError as error:
        raise Malformed(_placed(str(error))) from None


def _placed(text: str) -> str:
    """What is wrong, after where: ``subject: Object missing required field `id` ``."""
    wrong, _, place = text.partition(" - at `$")
    return f"{place.strip('`.')}: {wrong}" if place.strip("`.") else wrong


_NO_PROPERTIES, _NO_CONTEXT = Properties(), Context()


def named(resource: KindOfResource, context: Context | None, id_: str = "") -> Named:
    """A resource as it is looked up; where it is used is said beside it, or by the context."""
    if resource.properties is None and (context is None or not (context.workspace or context.room)):
        return Named(resource.type, id_)
    beside, around = resource.properties or _NO_PROPERTIES, context or _NO_CONTEXT
    place = beside if beside.workspace or beside.room else around
    return Named(resource.type, id_, place.workspace or "", place.room or "", beside.mate or "")
