"""Reads what a policy document says, word by word, and gathers what is wrong with it by path. Pure."""

import json
import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orgs.models import Role
from policies.engine import EFFECTS, EVERYONE, LEVELS
from policies.names import PLACES, Names

KEY = "ai_usage_policy"
NEEDED = ("allowed_models", "restricted_use_cases", "monitoring_level")
KEYS = (*NEEDED, "groups", "use_cases", "unknown_models")
RULE = ("roles", *PLACES, "leads", "guests", "exclusive")
CASE = ("description", "effect", "phrases")
UNKNOWN = ("refused", "allowed")
# How large a document may be: bytes of JSON, and the most entries of each kind.
BYTES = 262_144
GROUPS, MODELS, CASES, PHRASES, NAMED = 100, 500, 200, 50, 1_000
LONGEST = {"group": 64, "use case": 100, "description": 500, "phrase": 200}
SHOWN = 100  # errors that are told; the rest is counted
_ID = re.compile(r"[a-z0-9][a-z0-9_-]*", re.ASCII)
_PATH = re.compile(rf'{KEY}\.(\w+)(?:\.([a-z0-9_-]+)|\["(.*?)"\])?(?:\.(\w+))?(?:\[(\d+)\])?')
# What the parts of a document are called: with a name, and without.
_PARTS: dict[str, tuple[Any, Any]] = {
    "allowed_models": (gettext_lazy("Models of %(name)s"), gettext_lazy("Models by group")),
    "groups": (gettext_lazy("Group %(name)s"), gettext_lazy("Groups")),
    "use_cases": (gettext_lazy("Use case %(name)s"), gettext_lazy("Use cases")),
    "restricted_use_cases": (gettext_lazy("Use case %(name)s"), gettext_lazy("Restricted use cases")),
    "monitoring_level": ("", gettext_lazy("Monitoring level")),
    "unknown_models": ("", gettext_lazy("Models that are not in the catalogue")),
}


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong, and where: `ai_usage_policy.allowed_models.interns[0]`."""

    path: str
    reason: str

    def __str__(self) -> str:
        return f"{self.path}: {self.reason}" if self.path else self.reason

    @property
    def words(self) -> str:
        """The same for whoever does not look at the JSON: `Group interns, phrase 3: …`."""
        found = _PATH.fullmatch(self.path)
        if found is None or found[1] not in _PARTS:
            return str(self)
        name = found[2] or found[3]
        part = str(_PARTS[found[1]][0] % {"name": name} if name else _PARTS[found[1]][1])
        place = f"{part}, {found[4]}" if found[4] and found[4] != "phrases" else part
        return f"{place}: {self.told}"

    @property
    def told(self) -> str:
        """The reason as a sentence, for the field in which it was typed: of phrases, with which one it is."""
        number = re.search(r"\.phrases\[(\d+)\]$", self.path)
        reason = self.reason if self.reason[-1:] in ".?!" else f"{self.reason}."
        sentence = reason[:1].upper() + reason[1:]
        return _("Phrase %(n)s: %(said)s") % {"n": int(number[1]) + 1, "said": sentence} if number else sentence


def quoted(value: Any) -> str:
    """A value as an error names it: short, and nothing in it that no page could show."""
    match value:
        case str():
            said = f'"{value[:200]}"'
        case dict() | list():
            said = "{…}" if isinstance(value, dict) else "[…]"
        case _:
            said = json.dumps(value)
    plain = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in said)
    return plain if len(plain) <= 80 else f"{plain[:79]}…"


def meant(said: Any, known: Sequence[str]) -> str:
    """ "; did you mean …?" where something known is spelled nearly alike, else nothing."""
    near = get_close_matches(said, known, 1, 0.6) if isinstance(said, str) and len(said) <= 100 else []
    return _('; did you mean "%(name)s"?') % {"name": near[0]} if near else ""


def no_name(value: Any, word: str) -> str:
    """Why something is no name of a `word` (a group, a use case); empty: it is one."""
    if isinstance(value, str) and _ID.fullmatch(value) and len(value) <= LONGEST[word]:
        return ""
    text = _("%(said)s is no name: up to %(most)s of a to z, 0 to 9, _ and -, a letter or a digit first.")
    return text % _said(value, most=LONGEST[word])


def _at(path: str, key: str) -> str:
    return f"{path}.{key}" if _ID.fullmatch(key) and len(key) <= 100 else f"{path}[{quoted(key)}]"


class Reader:
    """Reads one document and gathers what is wrong with it."""

    def __init__(self, names: Names) -> None:
        self.names = names
        self.problems: list[Problem] = []

    def wrong(self, path: str, reason: str) -> None:
        self.problems.append(Problem(path, reason))

    def unknown(self, path: str, reason: str, said: Any, known: Sequence[str]) -> None:
        """A word that is none, with the nearest that is one; looked for as long as errors are told at all."""
        self.wrong(path, reason + (meant(said, known) if len(self.problems) < SHOWN else ""))

    # ---- the whole

    def document(self, value: Any) -> dict[str, Any]:
        whole = self.object(value, "", (KEY,), (KEY,))
        if KEY not in whole:
            return {}
        inner = self.object(whole[KEY], KEY, KEYS, NEEDED)
        parts: dict[str, Callable[[Any, str], Any]] = {
            "allowed_models": lambda said, path: self.named(said, path, "group", GROUPS, self.models),
            "restricted_use_cases": lambda said, path: self.listed(said, path, CASES, self.case_id),
            "monitoring_level": lambda said, path: self.one_of(said, path, LEVELS),
            "groups": lambda said, path: self.named(said, path, "group", GROUPS, self.rule),
            "use_cases": lambda said, path: self.named(said, path, "use case", CASES, self.case),
            "unknown_models": lambda said, path: self.one_of(said, path, UNKNOWN),
        }
        return {key: parts[key](inner[key], f"{KEY}.{key}") for key in KEYS if key in inner}

    def object(self, value: Any, path: str, known: Sequence[str], needed: Sequence[str] = ()) -> dict[str, Any]:
        if not isinstance(value, dict):
            self.wrong(path or _("The document"), _("%(said)s is no object.") % {"said": quoted(value)})
            return {}
        for key in (key for key in value if key not in known):
            self.unknown(_at(path, key) if path else quoted(key), _("unknown key"), key, known)
        for key in needed:
            if key not in value:
                self.wrong(f"{path}.{key}" if path else key, _("missing"))
        return {key: value[key] for key in known if key in value}

    def named(self, value: Any, path: str, word: str, most: int, one: Callable[[Any, str], Any]) -> dict[str, Any]:
        """An object whose keys are names of `word`s that people choose."""
        if not isinstance(value, dict):
            self.wrong(path, _("%(said)s is no object.") % {"said": quoted(value)})
            return {}
        self.few(value, path, most)
        for key in value:
            self.id(key, _at(path, key), word)
        return {key: one(said, _at(path, key)) for key, said in list(value.items())[:most]}

    def listed(self, value: Any, path: str, most: int, one: Callable[[Any, str], Any]) -> list[Any]:
        """A list without anything in it twice."""
        if not isinstance(value, list):
            self.wrong(path, _("%(said)s is no list.") % {"said": quoted(value)})
            return []
        self.few(value, path, most)
        found: dict[Any, int] = {}
        for place, said in enumerate(value[:most]):
            kept = one(said, f"{path}[{place}]")
            if kept is None:
                continue
            first = found.setdefault(kept, place)
            if first != place:
                self.wrong(f"{path}[{place}]", _("%(said)s is named in [%(n)s] already.") % _said(said, n=first))
        return list(found)

    def few(self, value: Any, path: str, most: int) -> None:
        if len(value) > most:
            self.wrong(path, _("%(n)s entries are too many: %(most)s at most.") % {"n": len(value), "most": most})

    # ---- its words

    def one_of(self, value: Any, path: str, known: Sequence[str]) -> str:
        if not isinstance(value, str) or value not in known:
            words = _("%(said)s is none of %(known)s") % _said(value, known=", ".join(known))
            self.unknown(path, words, value, known)
        return str(value)

    def id(self, value: Any, path: str, word: str) -> None:
        if reason := no_name(value, word):
            self.wrong(path, reason)

    def line(self, value: Any, path: str, most: int) -> str:
        """A line of text; None where it is none."""
        if not isinstance(value, str):
            self.wrong(path, _("%(said)s is no text.") % {"said": quoted(value)})
        elif len(value) > most:
            self.wrong(path, _("%(n)s characters are too many: %(most)s at most.") % {"n": len(value), "most": most})
        elif any(unicodedata.category(c) in ("Cc", "Cs", "Zl", "Zp") for c in value):
            self.wrong(path, _("Line breaks and control characters cannot stand here."))
        return str(value)

    def models(self, value: Any, path: str) -> list[str]:
        return self.listed(value, path, MODELS, self.model)

    def model(self, value: Any, path: str) -> str | None:
        name = self.names.models.get(value) if isinstance(value, str) else None
        if name is None:
            self.unknown(path, _("unknown model %(said)s") % {"said": quoted(value)}, value, list(self.names.models))
        return name

    def case_id(self, value: Any, path: str) -> str:
        self.id(value, path, "use case")
        return str(value)

    def rule(self, value: Any, path: str) -> dict[str, Any]:
        if path == f"{KEY}.groups.{EVERYONE}":
            self.wrong(path, _("everybody is in this group: it takes no rule"))
        said = self.object(value, path, RULE)
        found: dict[str, Any] = {}
        if "roles" in said:
            found["roles"] = self.listed(said["roles"], f"{path}.roles", len(Role), self._role)
        for kind in PLACES:
            if kind in said:
                found[kind] = self.listed(said[kind], f"{path}.{kind}", NAMED, _finder(self, kind))
        for key in ("leads", "guests", "exclusive"):
            if key in said:
                if not isinstance(said[key], bool):
                    self.wrong(f"{path}.{key}", _("%(said)s is neither true nor false.") % _said(said[key]))
                found[key] = bool(said[key])
        return found

    def _role(self, value: Any, path: str) -> str:
        return self.one_of(value, path, Role.values)

    def case(self, value: Any, path: str) -> dict[str, Any]:
        said = self.object(value, path, CASE)
        found: dict[str, Any] = {}
        if "description" in said:
            found["description"] = self.line(said["description"], f"{path}.description", LONGEST["description"])
        if "effect" in said:
            found["effect"] = self.one_of(said["effect"], f"{path}.effect", EFFECTS)
        if "phrases" in said:
            found["phrases"] = self.listed(said["phrases"], f"{path}.phrases", PHRASES, self.phrase)
        return found

    def phrase(self, value: Any, path: str) -> str:
        line = self.line(value, path, LONGEST["phrase"])
        if not line.strip():
            self.wrong(path, _("a phrase has at least one word"))
        return line


def _said(value: Any, **more: Any) -> dict[str, Any]:
    return {"said": quoted(value), **more}


def _finder(reader: Reader, kind: str) -> Callable[[Any, str], int | None]:
    """Ids of departments, teams or members by their names, or by their ids."""
    known = reader.names.of(kind)
    by_name = {name.casefold(): id_ for id_, name in known.items()} | {name: id_ for id_, name in known.items()}
    words = {"departments": _("department"), "teams": _("team"), "members": _("member")}

    def find(value: Any, path: str) -> int | None:
        found: Any = value if isinstance(value, int) and not isinstance(value, bool) else None
        if isinstance(value, str):
            name = value.strip()
            found = by_name.get(value) or by_name.get(name.casefold())
            if found is None and name.isascii() and name.isdigit() and len(name) < 20:
                found = int(name)
        if found in known or found in reader.names.kept:
            return int(found)
        near = list(known.values()) if kind != "members" else []
        reader.unknown(path, _("unknown %(what)s %(said)s") % _said(value, what=words[kind]), value, near)
        return None

    return find
