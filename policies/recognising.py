"""What a message is about: the use cases whose tag or phrases are in it. Pure: no database, no clock, no Django.

A phrase is found as whole words, whatever their case, width or spacing. Reading a text takes time in proportion to its
length, however many phrases there are (Aho and Corasick, 1975, over words); nobody's regular expression is run.
"""

import re
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from itertools import groupby
from typing import Any
from unicodedata import category, normalize

from policies.engine import EFFECTS, UseCase

_NONSTARTERS = 30  # in a row at most: the Stream-Safe Text Format of UAX #15; more would take quadratic time to sort
# Written without spaces: every letter stands for itself. Thai to Myanmar, Khmer, kana, ideographs.
_UNSPACED = "\u0e01-\u0e30\u0e81-\u0eb0\u1000-\u102a\u1780-\u17b3\u3041-\u30ff\u3400-\u4dbf\u4e00-\u9fff"
_UNSPACED += "\uf900-\ufaff\U00020000-\U0003ffff"


@dataclass(frozen=True, slots=True)
class Found:
    """A use case, and the phrase that told it; no phrase: the platform's tag did."""

    use_case: UseCase
    phrase: str = ""


@dataclass(slots=True)
class _Node:
    """A place in the trie of phrases. `ends`: what is complete here, or in a place that this one ends with: by the use
    case's id, so that phrases inside of phrases add nothing."""

    then: dict[str, "_Node"] = field(default_factory=dict)
    back: "_Node | None" = None
    ends: dict[str, Found] = field(default_factory=dict)


class Recogniser:
    """Asked about any number of texts; made once for the use cases of a policy."""

    def __init__(self, cases: Iterable[UseCase]) -> None:
        self._tags = {case.id: case for case in cases}
        self._start = _Node()
        for case in self._tags.values():
            for phrase in case.phrases:
                self._learn(case, phrase)
        self._link()

    def found(self, text: str, tag: str = "") -> tuple[Found, ...]:
        """Each use case that `tag` names or a phrase in `text` tells, once; the strictest first."""
        seen: dict[str, Found] = {}
        if tag in self._tags:
            seen[tag] = Found(self._tags[tag])
        if text and self._start.then:
            for ends in self._ends(text):
                seen = ends | seen
        return tuple(sorted(seen.values(), key=lambda found: EFFECTS.index(found.use_case.effect)))

    def _learn(self, case: UseCase, phrase: str) -> None:
        node, known = self._start, list(words(phrase))
        for word in known:
            node = node.then.setdefault(word, _Node())
        if known:
            node.ends[case.id] = Found(case, phrase)

    def _link(self) -> None:
        """From each place the way back to the longest other one that ends the same."""
        waiting = deque([self._start])
        while waiting:
            node = waiting.popleft()
            for word, after in node.then.items():
                after.back = _step(node.back, word, self._start)
                after.ends = after.back.ends | after.ends
                waiting.append(after)

    def _ends(self, text: str) -> Iterator[dict[str, Found]]:
        node = self._start
        for word in words(text):
            node = _step(node, word, self._start)
            if node.ends:
                yield node.ends


def tags(said: Any) -> tuple[str, ...]:
    """What a platform tags a message with, one or several, as it is compared: without the spaces around it."""
    several = said if isinstance(said, list) else [said]
    return tuple(dict.fromkeys(tag for one in several if isinstance(one, str) and (tag := one.strip())))


def _step(node: _Node | None, word: str, start: _Node) -> _Node:
    while node is not None:
        if word in node.then:
            return node.then[word]
        node = node.back
    return start


def words(text: str) -> Iterator[str]:
    """The words of a text as they are compared. Letters of scripts without spaces are words of their own."""
    if text.isascii():
        return (found[0] for found in _PLAIN.finditer(text.lower()))
    marks, word = _patterns()
    safe = marks.sub(r"\1", text)
    folded = normalize("NFKC", normalize("NFKC", safe).casefold()).translate(_invisible())
    return (found[0] for found in word.finditer(folded))


_PLAIN = re.compile(r"[a-z0-9]+")


@cache
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Too many marks in a row; a word: a letter without spaces around it, or letters, digits and their marks."""
    marks = _ranges("M")
    return (
        re.compile(f"([{marks}]{{{_NONSTARTERS}}})[{marks}]+"),
        re.compile(f"[{_UNSPACED}][{marks}]*|(?:(?![{_UNSPACED}])(?:[^\\W_]|[{marks}]))+"),
    )


@cache
def _invisible() -> dict[int, None]:
    """Soft hyphens, joiners, direction marks: what is put into a word and not seen."""
    return dict.fromkeys(_all("Cf"))


def _ranges(kind: str) -> str:
    """Every character of a general category, as the inside of a character class."""
    runs = (list(run) for _, run in groupby(enumerate(_all(kind)), key=lambda pair: pair[1] - pair[0]))
    return "".join(f"{chr(run[0][1])}-{chr(run[-1][1])}" for run in runs)


def _all(kind: str) -> list[int]:
    """The characters of a general category. Between the planes that are looked at there are ideographs alone."""
    return [code for plane in _PLANES for code in plane if category(chr(code)).startswith(kind)]


_PLANES = (range(0x80, 0x20000), range(0xE0000, 0xE0200))
