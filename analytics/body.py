"""A request's body: read within limits, unpacked, and split into its items without trusting any of it."""

import json
import re
import zlib
from collections.abc import Hashable, Iterator
from functools import cache
from typing import Any, TypeVar, cast

import msgspec
from django.http import HttpRequest

LARGEST = 8 * 1024 * 1024  # bytes as sent
LARGEST_UNPACKED = 32 * 1024 * 1024
MOST_ITEMS = 5_000
_PIECE = 256 * 1024
_TYPES = {"", "application/json", "application/x-ndjson", "application/ndjson", "application/jsonl", "text/plain"}


Item = TypeVar("Item")


class Unreadable(Exception):
    """The whole body is refused; `status` is the answer's."""

    def __init__(self, status: int, error: str) -> None:
        super().__init__(error)
        self.status, self.error = status, error


_TOO_LARGE = "The body is larger than 8 MiB. Send fewer events at a time."
_TOO_LARGE_UNPACKED = "The body is larger than 32 MiB when unpacked. Send fewer events at a time."
_TOO_MANY = f"There are more than {MOST_ITEMS} events in the body. Send fewer at a time."
_TOO_DEEP = "The body is nested too deep."
_NOT_JSON = "The body is neither a JSON array nor one JSON object a line"


def read(request: HttpRequest) -> bytes:
    """The body, unpacked.

    Reads the stream itself, in pieces: Django's general limit is for forms, and nothing larger than the limits is
    ever held.

    Raises:
        Unreadable: of another type or coding (415), too large (413), empty or broken (400).
    """
    if request.content_type not in _TYPES:
        raise Unreadable(415, "Send application/json or application/x-ndjson.")
    coding = request.headers.get("Content-Encoding", "identity").strip().lower()
    if coding not in ("identity", "gzip", ""):
        raise Unreadable(415, "Send the body as it is or with Content-Encoding: gzip.")
    if _announced(request) > LARGEST:
        raise Unreadable(413, _TOO_LARGE)
    pieces = _unpacked(_sent(request)) if coding == "gzip" else _sent(request)
    body = b"".join(pieces)
    if not body.strip():
        raise Unreadable(400, "The body is empty.")
    return body


def _announced(request: HttpRequest) -> int:
    """What Content-Length says, as far as it is a number that a body could have."""
    length = request.META.get("CONTENT_LENGTH") or ""
    return int(length) if length.isascii() and length.isdigit() and len(length) < 20 else 0


def _sent(request: HttpRequest) -> Iterator[bytes]:
    size = 0
    while piece := request.read(_PIECE):
        size += len(piece)
        if size > LARGEST:
            raise Unreadable(413, _TOO_LARGE)
        yield piece


def _unpacked(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """The members of a gzip stream. No more than the limit and one piece is ever unpacked."""
    size, unpacker = 0, zlib.decompressobj(wbits=31)
    for piece in pieces:
        rest = piece
        while rest:
            if unpacker.eof:
                unpacker = zlib.decompressobj(wbits=31)
            try:
                part = unpacker.decompress(rest, _PIECE)
            except zlib.error:
                raise Unreadable(400, "The body is not gzip, though Content-Encoding says so.") from None
            size += len(part)
            if size > LARGEST_UNPACKED:
                raise Unreadable(413, _TOO_LARGE_UNPACKED)
            yield part
            rest = unpacker.unused_data if unpacker.eof else unpacker.unconsumed_tail
    if not unpacker.eof:
        raise Unreadable(400, "The gzip body ends in the middle.")


def items(body: bytes) -> Iterator[Any]:
    """The body's items as plain values, one by one: the slow way, for a body in which something is wrong.

    A line that is no JSON is an item of its own (`Broken`) where another line is; a broken array, or lines of which
    none is JSON, are nothing that could be counted.

    Raises:
        Unreadable: while iterating; not JSON, nested too deep, NaN (400), or too many items (413).
    """
    try:
        text = body.decode()
        yield from _array(text) if text.lstrip()[:1] == "[" else _lines(text)
    except UnicodeDecodeError:
        raise Unreadable(400, "The body is not UTF-8.") from None
    except RecursionError:
        raise Unreadable(400, _TOO_DEEP) from None
    except ValueError as error:
        raise Unreadable(400, f"{_NOT_JSON}: {error}") from None


class Broken:
    """A line that is no JSON."""


def _no_number(word: str) -> Any:
    raise ValueError(f"{word} is not a number of JSON")


_decoder = json.JSONDecoder(parse_constant=_no_number)


def _array(text: str) -> Iterator[Any]:
    place = _past_blanks(text, text.index("[") + 1)
    count, open_ = 0, text[place : place + 1] != "]"
    while open_:
        value, place = _decoder.raw_decode(text, _past_blanks(text, place))
        count += 1
        if count > MOST_ITEMS:
            raise Unreadable(413, _TOO_MANY)
        yield value
        place = _past_blanks(text, place)
        open_ = text[place : place + 1] == ","
        place += open_
    if text[place : place + 1] != "]":
        raise ValueError(f"expected , or ] at character {place}")
    if text[place + 1 :].strip():
        raise ValueError(f"something follows the array at character {place + 1}")


_BLANKS = re.compile(r"[ \t\n\r]*")


def _past_blanks(text: str, place: int) -> int:
    found = _BLANKS.match(text, place)
    return found.end() if found else place


def _lines(text: str) -> Iterator[Any]:
    count = broken = 0
    first = ValueError("there is nothing in it")
    for line in text.split("\n"):
        if not line.strip():
            continue
        count += 1
        if count > MOST_ITEMS:
            raise Unreadable(413, _TOO_MANY)
        try:
            yield _decoder.decode(line)
        except ValueError as error:
            first = first if broken else error
            broken += 1
            yield Broken()
    if count == broken:
        raise first


def whole(body: bytes, item: type[Item], mark: bytes) -> list[Item] | None:
    """All items at once where every one of them is an `item`; None where any is not.

    `mark` is a text that every item holds: counting it bounds what a hostile body can make us build.

    Raises:
        Unreadable: too many items (413), nested too deep (400).
    """
    if body.count(mark) > 4 * MOST_ITEMS:
        raise Unreadable(413, _TOO_MANY)
    array, line = _decoders(cast(Hashable, item))
    try:
        found: list[Item] = array.decode(body) if body.lstrip()[:1] == b"[" else line.decode_lines(body)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
    except RecursionError:
        raise Unreadable(400, _TOO_DEEP) from None
    if len(found) > MOST_ITEMS:
        raise Unreadable(413, _TOO_MANY)
    return found


@cache
def _decoders(item: Any) -> tuple[Any, Any]:
    return msgspec.json.Decoder(list[item]), msgspec.json.Decoder(item)
