"""The policy as people write it: JSON in the form of product.md 4, both ways without loss, every error by its path.

`text` → `parsed` → `read` → what is stored: the value of `ai_usage_policy` with ids for departments, teams and members
and every model under its own name. `shown` is the way back. Pure: `policies.names` knows the database.
"""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from policies.engine import EVERYONE
from policies.names import PLACES, Names
from policies.reading import BYTES, CASE, KEY, KEYS, RULE, SHOWN, Problem, Reader, quoted

BLANK: dict[str, Any] = {"allowed_models": {EVERYONE: []}, "restricted_use_cases": [], "monitoring_level": "standard"}


@dataclass(frozen=True, slots=True)
class Read:
    """What became of a document: as it is stored (None: it has problems), and what is allowed and yet worth a look."""

    document: dict[str, Any] | None
    problems: tuple[Problem, ...] = ()
    warnings: tuple[Problem, ...] = ()


def parsed(text: str) -> tuple[Any, tuple[Problem, ...]]:
    """The value that a JSON text is, or what is wrong with it by line and column (RFC 8259; no key twice, no NaN)."""
    if len(text) > BYTES or len(text.encode(errors="replace")) > BYTES:
        return None, (Problem("", _("The document is larger than %(kb)s KB.") % {"kb": BYTES // 1024}),)
    try:
        return json.loads(text, object_pairs_hook=_once, parse_constant=_no_number), ()
    except json.JSONDecodeError as wrong:
        place = {"line": wrong.lineno, "column": wrong.colno, "reason": wrong.msg}
        return None, (Problem("", _("Line %(line)s, column %(column)s: this is no JSON. %(reason)s.") % place),)
    except RecursionError:
        return None, (Problem("", _("The document is nested too deeply.")),)
    except _Unclear as wrong:
        return None, (Problem("", str(wrong)),)
    except ValueError:  # Python reads no number of more than 4,300 digits
        return None, (Problem("", _("A number in the document is too long.")),)


class _Unclear(Exception):
    """JSON by its letters that says nothing for certain."""


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        [(twice, _times)] = Counter(name for name, _value in pairs).most_common(1)
        raise _Unclear(_("The key %(key)s stands twice in one object.") % {"key": quoted(twice)})
    return found


def _no_number(name: str) -> Any:
    raise _Unclear(_("%(name)s is no number in JSON.") % {"name": name})


def read(value: Any, names: Names) -> Read:
    """Check a whole document, `{"ai_usage_policy": {…}}`, and turn it into what is stored. All problems at once."""
    reader = Reader(names)
    document = reader.document(value)
    problems = reader.problems
    if len(problems) > SHOWN:
        more = Problem("", _("And %(n)s more.") % {"n": len(problems) - SHOWN})
        problems = [*problems[:SHOWN], more]
    if problems:
        return Read(None, tuple(problems))
    return Read(document, (), tuple(odd(document, names)[:SHOWN]))


def shown(document: Mapping[str, Any], names: Names) -> dict[str, Any]:
    """A stored document as people read it: names for ids, everybody's group first. An id without a name stays one."""
    inner = {key: document[key] for key in KEYS if key in document}
    inner["allowed_models"] = {
        group: [names.models.get(model, model) for model in models]
        for group, models in ordered(document["allowed_models"]).items()
    }
    if "groups" in document:
        inner["groups"] = {group: _named(rule, names) for group, rule in ordered(document["groups"]).items()}
    if "use_cases" in document:
        cases = sorted(document["use_cases"].items())
        inner["use_cases"] = {id_: {key: case[key] for key in CASE if key in case} for id_, case in cases}
    return {KEY: inner}


def text(document: Mapping[str, Any], names: Names) -> str:
    """A stored document as JSON for people."""
    return json.dumps(shown(document, names), indent=2, ensure_ascii=False)


def lines(document: Mapping[str, Any], names: Names) -> list[str]:
    """The same with every list in order, line by line: two documents that mean the same have the same lines."""
    return json.dumps(_sorted(shown(document, names)), indent=2, ensure_ascii=False).splitlines()


def _sorted(value: Any) -> Any:
    if isinstance(value, list):
        return sorted(value, key=str)
    return {key: _sorted(one) for key, one in value.items()} if isinstance(value, dict) else value


def ordered(groups: Mapping[str, Any]) -> dict[str, Any]:
    """Groups with everybody's first, the others by name: databases keep the keys of an object in no order."""
    return dict(sorted(groups.items(), key=lambda group: (group[0] != EVERYONE, group[0])))


def _named(rule: Mapping[str, Any], names: Names) -> dict[str, Any]:
    said = {key: rule[key] for key in RULE if key in rule}
    return said | {kind: [names.of(kind).get(id_, id_) for id_ in said[kind]] for kind in PLACES if kind in said}


def odd(document: Mapping[str, Any], names: Names) -> list[Problem]:
    """What a checked document says that is allowed and can hardly be meant."""
    found, rules = [], document.get("groups", {})
    for group, models in ordered(document["allowed_models"]).items():
        path = f"{KEY}.allowed_models.{group}"
        if group != EVERYONE and not _matches(rules.get(group, {})):
            found.append(Problem(path, _("no rule says who is in this group: nobody is")))
        found += [
            Problem(path, _("%(model)s is retired: nobody may use it") % {"model": m}) for m in _gone(models, names)
        ]
    for group, rule in ordered(rules).items():
        path = f"{KEY}.groups.{group}"
        if not document["allowed_models"].get(group):
            found.append(Problem(path, _("no model is allowed to this group")))
        for kind in PLACES:
            lost = [id_ for id_ in rule.get(kind, ()) if id_ not in names.of(kind)]
            found += [Problem(f"{path}.{kind}", _("%(id)s is no longer there") % {"id": id_}) for id_ in lost]
    for id_ in sorted(document.get("use_cases", {}).keys() - set(document["restricted_use_cases"])):
        found.append(Problem(f"{KEY}.use_cases.{id_}", _("described, and not restricted: it holds nobody")))
    return found


def _matches(rule: Mapping[str, Any]) -> bool:
    return any(rule.get(key) for key in RULE if key != "exclusive")


def _gone(models: Sequence[str], names: Names) -> list[str]:
    return [model for model in models if names.models.get(model, model) in names.retired]
