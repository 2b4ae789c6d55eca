"""Pasted addresses: taken apart, the bad ones named with the reason, doubles merged."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

_PARTS = re.compile(r'"[^"\n]*"|[^,;\n"]+|"')
_QUOTED, _NO_BRACKETS = re.compile(r'"[^"\n]*"'), {ord("<"): None, ord(">"): None}
SHOWN = 80  # characters of a text that is no address
MOST_READ = 2_000  # addresses, good or bad: what comes after them is named as one problem


@dataclass(frozen=True, slots=True)
class Address:
    email: str
    name: str = ""

    def __str__(self) -> str:
        return f'"{self.name}" <{self.email}>' if self.name else self.email


@dataclass(frozen=True, slots=True)
class Bad:
    text: str
    reason: str


@dataclass(frozen=True, slots=True)
class Pasted:
    """What was pasted: each good address once, in the order given; what is none; how many came twice."""

    good: tuple[Address, ...]
    bad: tuple[Bad, ...]
    doubles: int


NOTHING = Pasted((), (), 0)


def read(text: str) -> Pasted:
    """Take apart what stands between commas, semicolons, spaces and lines, as `a@b.c` or `Name <a@b.c>`.

    Where there are more than can be read at once, that is told as something bad, so nothing is left out in silence.
    """
    good: dict[str, Address] = {}
    bad: dict[str, Bad] = {}
    doubles = 0
    for number, (email, name) in enumerate(_written(text)):
        if number == MOST_READ:
            reason = _("Only the first %(n)s are read. Import a file for more.") % {"n": MOST_READ}
            bad[text] = Bad(email[:SHOWN], reason)
            break
        reason = why_not(email)
        if reason:
            bad[email] = Bad(email[:SHOWN], reason)
            continue
        address = Address(email.lower(), " ".join(name.split())[:120])
        there = good.get(address.email)
        doubles += there is not None
        good[address.email] = address if there is None or not there.name else there
    return Pasted(tuple(good.values()), tuple(bad.values()), doubles)


def _written(text: str) -> Iterator[tuple[str, str]]:
    """Each address as it is written, with the name before it."""
    for part in _between_separators(text):
        part = _QUOTED.sub(lambda found: found[0].translate(_NO_BRACKETS), part)
        while "<" in part:
            before, _bracket, rest = part.partition("<")
            inside, _closed, part = rest.partition(">")
            words = before.split()
            yield from ((word, "") for word in words if "@" in word)
            yield inside.strip(), " ".join(word for word in words if "@" not in word).replace('"', "").strip()
        words = part.split()
        said = " ".join(words)
        yield from ((word, "") for word in (words if "@" in said or len(said) > SHOWN else filter(None, [said])))


def _between_separators(text: str) -> Iterator[str]:
    """What commas, semicolons and lines set apart; those inside quotes set nothing apart."""
    part = ""
    end = 0
    for found in _PARTS.finditer(text):
        if re.search(r"[,;\n]", text[end : found.start()]) and part:
            yield part
            part = ""
        part += found[0]
        end = found.end()
    if part:
        yield part


def why_not(email: str) -> str:
    """Why this is no address that can be written to; nothing when it is one."""
    if email.count("@") != 1:
        return _("There is no @ in it.") if "@" not in email else _("There is more than one @ in it.")
    local, _at, domain = email.partition("@")
    if not local or not domain:
        return _("There is nothing before the @.") if not local else _("There is nothing behind the @.")
    if "." not in domain:
        return _("%(domain)s is no whole domain: .com or the like is missing.") % {"domain": domain[:SHOWN]}
    if len(email) > 254:
        return _("It is longer than an address can be.")
    try:
        validate_email(email)
    except ValidationError:
        return _("It holds a character or a form that no address has.")
    return ""
