"""What an event looks like at the door: its fields, their limits, and the words for what is wrong with it."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any, Literal, NamedTuple

import msgspec
from msgspec import Meta

OLDEST = timedelta(days=400)
AHEAD = timedelta(hours=1)
# Per event, so that no sum of a batch or of an organization's years leaves 64 bits.
MOST_TOKENS = 10**12
MOST_BYTES = 10**13
MOST_COST = 100_000  # USD
MOST_NUMBER = 2**63 - 1  # the largest id
NANOS = 10**9

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_PLAIN_MONEY = re.compile(r"([0-9]{1,6})(?:\.([0-9]{1,9}))?")

Tokens = Annotated[int, Meta(ge=0, le=MOST_TOKENS)]
Name = Annotated[str, Meta(max_length=100)]
Number = Annotated[int, Meta(ge=0, le=MOST_NUMBER)]


class Incoming(msgspec.Struct, forbid_unknown_fields=True, gc=False):
    """An event as `POST /api/v1/events` takes it. `null` is the same as leaving a field out."""

    id: Annotated[str, Meta(min_length=1, max_length=64)]
    at: Annotated[datetime, Meta(tz=True)]
    kind: Literal["message", "response", "file", "integration_call", "refusal", "error"]
    member: Annotated[str, Meta(max_length=254)] | Number | None = None
    conversation: Annotated[str, Meta(max_length=128)] | None = None
    workspace: Name | Number | None = None
    model: Name | None = None
    integration: Name | None = None
    use_case: Name | None = None
    tokens_in: Tokens | None = None
    tokens_out: Tokens | None = None
    cost: Annotated[str, Meta(max_length=40)] | None = None
    bytes: Annotated[int, Meta(ge=0, le=MOST_BYTES)] | None = None
    # Not even decoded below the monitoring level that would let them be kept: see `analytics.listening`.
    title: msgspec.Raw = msgspec.Raw(b"")
    text: msgspec.Raw = msgspec.Raw(b"")


class Taken(NamedTuple):
    """A valid event as the inbox keeps it: absent texts empty, absent numbers 0, time in microseconds since 1970."""

    id: str
    at: int
    kind: str
    member: str
    conversation: str
    workspace: str
    model: str
    integration: str
    use_case: str
    tokens_in: int
    tokens_out: int
    cost_nanos: int
    bytes: int


# An event, and the title and the text that came with it: they never reach the inbox.
Said = tuple[Taken, str, str]


@dataclass(frozen=True, slots=True)
class Rejected:
    """Why an event was not taken: where it stood in the body, its id if it has one, the field, and what is wrong."""

    index: int
    id: str | None
    field: str | None
    error: str


@dataclass(slots=True)
class Sorted:
    """A body's events: those that are taken, in their order, and those that are not; and the words of some."""

    taken: list[Taken] = field(default_factory=list)
    rejected: list[Rejected] = field(default_factory=list)
    said: list[Said] = field(default_factory=list)


class Unfit(Exception):
    """An event cannot be taken."""

    def __init__(self, field: str | None, error: str) -> None:
        super().__init__(error)
        self.field, self.error = field, error


_KINDS = "must be message, response, file, integration_call, refusal or error"
_WRONG_TYPE = {
    "id": "must be a text of 1 to 64 characters",
    "at": "must be a time with its offset, such as 2026-11-21T10:00:00Z",
    "kind": _KINDS,
    "member": "must be an e-mail address, an external id or a member's id",
    "workspace": "must be a workspace's name or id",
    "tokens_in": "must be a whole number",
    "tokens_out": "must be a whole number",
    "bytes": "must be a whole number",
    "cost": 'must be a decimal string in USD, such as "0.0125"',
}
_HALF = "must be Unicode text, without half a surrogate pair"
_LONGEST = {"id": 64, "member": 254, "conversation": 128, "cost": 40}
_LARGEST = {"bytes": MOST_BYTES, "member": MOST_NUMBER, "workspace": MOST_NUMBER}
_PATH = re.compile(r" - at `\$(?:\[[0-9.]*\])?\.?([a-z_]*)`$")
_UNKNOWN = re.compile(r"contains unknown field `(.*)`")
_MISSING = re.compile(r"missing required field `(.*)`")


def unfit(error: msgspec.ValidationError) -> Unfit:
    """msgspec's complaint about one event, in our words."""
    message = str(error)
    for pattern, words in ((_MISSING, "is missing"), (_UNKNOWN, "is not a field of an event")):
        if found := pattern.search(message):
            return Unfit(_told(found[1]), words)
    path = _PATH.search(message)
    name = path[1] if path else ""
    if not name:
        return Unfit(None, "must be an object")
    if ">= 0" in message:
        return Unfit(name, "must be 0 or more")
    if "<=" in message and "length" in message:
        return Unfit(name, f"must be at most {_LONGEST.get(name, 100)} characters long")
    if "<=" in message or "out of range" in message:
        return Unfit(name, f"must be at most {_LARGEST.get(name, MOST_TOKENS)}")
    return Unfit(name, _WRONG_TYPE.get(name, "must be a text"))


def take(event: Incoming, oldest: int, newest: int) -> Taken:
    """`event` as the inbox keeps it. `oldest` and `newest` are microseconds since 1970.

    Raises:
        Unfit: its time lies outside of them, or its cost is no amount of money.
    """
    at = (event.at - _EPOCH) // _MICROSECOND
    if not oldest <= at <= newest:
        refuse_outside(at, (oldest, newest), "at")
    return Taken(
        event.id,
        at,
        event.kind,
        "" if event.member is None else str(event.member).strip(),
        event.conversation or "",
        "" if event.workspace is None else str(event.workspace),
        event.model or "",
        event.integration or "",
        event.use_case or "",
        event.tokens_in or 0,
        event.tokens_out or 0,
        nanos(event.cost) if event.cost else 0,
        event.bytes or 0,
    )


def refuse_unstorable(event: Taken) -> None:
    """No database keeps half a surrogate pair, and PostgreSQL no NUL.

    Raises:
        Unfit: one is in there.
    """
    for name, value in zip(event._fields, event, strict=True):
        if not isinstance(value, str):
            continue
        if "\0" in value:
            raise Unfit(name, "must not contain a NUL character")
        if not value.isascii() and any("\ud800" <= letter <= "\udfff" for letter in value):
            raise Unfit(name, _HALF)


def refuse_outside(at: int, window: tuple[int, int], field: str) -> None:
    """Raises Unfit when `at` lies outside of `window` (both in microseconds since 1970)."""
    if at < window[0]:
        raise Unfit(field, f"is older than {OLDEST.days} days")
    if at > window[1]:
        raise Unfit(field, "is more than 1 hour in the future")


def nanos(amount: str) -> int:
    """USD as whole nano-USD; a tenth decimal and what follows it are rounded half to even.

    Raises:
        Unfit: it is no amount, below 0 or above 100,000 USD.
    """
    if plain := _PLAIN_MONEY.fullmatch(amount):
        whole = int(plain[1]) * NANOS + int((plain[2] or "").ljust(9, "0"))
    else:
        try:
            value = Decimal(amount)
        except InvalidOperation:
            raise Unfit("cost", _WRONG_TYPE["cost"]) from None
        if not value.is_finite():
            raise Unfit("cost", _WRONG_TYPE["cost"])
        if value < 0:
            raise Unfit("cost", "must be 0 or more")
        # Bounded before it is scaled: 1e-999999 would be a number of a million digits.
        whole = MOST_COST * NANOS + 1 if value > MOST_COST else round(value * NANOS) if value > Decimal("1e-12") else 0
    if whole > MOST_COST * NANOS:
        raise Unfit("cost", f"must be at most {MOST_COST}")
    return whole


def window(now: datetime) -> tuple[int, int]:
    """The oldest and the newest time that is taken, in microseconds since 1970."""
    return (now - OLDEST - _EPOCH) // _MICROSECOND, (now + AHEAD - _EPOCH) // _MICROSECOND


_taken_rows = msgspec.msgpack.Decoder(list[Taken])


def pack(events: Sequence[Taken]) -> bytes:
    return msgspec.msgpack.encode(events)


def unpack(body: bytes) -> list[Taken]:
    """What `pack` made.

    Raises:
        msgspec.DecodeError: it is not that.
    """
    return _taken_rows.decode(body)


_raw_rows = msgspec.msgpack.Decoder(list[msgspec.Raw])


def pieces(body: bytes) -> list[msgspec.Raw]:
    """Each event of what `pack` made, as bytes."""
    return _raw_rows.decode(body)


def sift(events: Iterable[Incoming], now: datetime, *, careful: bool) -> Sorted:
    """The events of a body that decoded as a whole. `careful` where a NUL was seen in it."""
    result = Sorted()
    oldest, newest = window(now)
    for index, event in enumerate(events):
        try:
            taken = take(event, oldest, newest)
            if careful:
                refuse_unstorable(taken)
        except Unfit as reason:
            result.rejected.append(Rejected(index, id_of(event.id), reason.field, reason.error))
        else:
            result.taken.append(taken)
    return result


def sift_items(items: Iterable[Any], now: datetime) -> Sorted:
    """The events among the items of a body in which at least one is none."""
    result = Sorted()
    oldest, newest = window(now)
    for index, item in enumerate(items):
        try:
            taken = take(_event(item), oldest, newest)
            refuse_unstorable(taken)
        except Unfit as reason:
            claimed = item.get("id") if isinstance(item, dict) else None
            result.rejected.append(Rejected(index, id_of(claimed), reason.field, reason.error))
        else:
            result.taken.append(taken)
    return result


_WORDS = {"title", "text"}


def _event(item: Any) -> Incoming:
    if not isinstance(item, dict):
        raise Unfit(None, "must be a JSON object")
    try:
        return msgspec.convert({name: item[name] for name in item if name not in _WORDS}, Incoming)
    except msgspec.ValidationError as error:
        raise unfit(error) from None
    except UnicodeEncodeError:
        raise Unfit(None, _HALF) from None


def id_of(claimed: Any) -> str | None:
    """The id that an event claims, as far as it can be repeated in an answer."""
    if not isinstance(claimed, str) or "\0" in claimed or len(claimed) > 64:
        return None
    return _told(claimed)


def _told(text: str) -> str:
    """What a client wrote, fit to be repeated and kept."""
    return text[:64].replace("\0", "").encode(errors="replace").decode()
