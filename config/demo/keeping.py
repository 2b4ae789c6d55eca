"""What the demo must remember of itself: passwords and keys, in one file that only we may read."""

from __future__ import annotations

import fcntl
import json
import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path

from django.conf import settings

NAME = "demo.json"


@dataclass(slots=True)
class Kept:
    """Secrets are plain text: they open made-up data on the machine that made them, and scripts need them."""

    passwords: dict[str, str] = field(default_factory=dict)  # by e-mail
    keys: dict[str, str] = field(default_factory=dict)  # by slug
    loaded: list[str] = field(default_factory=list)  # slugs whose events were sent and counted
    until: dict[str, str] = field(default_factory=dict)  # the last day that was added after those, by slug
    totp_secret: str = ""

    def password(self, email: str) -> str:
        """The password of an account; made up at first asking."""
        return self.passwords.setdefault(email, secrets.token_urlsafe(15))


def path() -> Path:
    return Path(settings.DATA_DIR) / NAME


@contextmanager
def alone(waits: Callable[[], None]) -> Iterator[None]:
    """Load the demo while nobody else does; `waits` is called where somebody is at it. A killed process lets go."""
    with (Path(settings.DATA_DIR) / "loading").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            waits()
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


class Broken(Exception):
    """The file is there and does not hold what it should; the message says what is wrong with it."""


def read() -> Kept:
    """What was kept, or something empty.

    Raises:
        Broken: the file is there and is not what `write` left.
    """
    try:
        said = json.loads(path().read_text())
    except FileNotFoundError:
        return Kept()
    except (OSError, ValueError) as why:
        raise Broken(str(why)) from why
    kept = Kept()
    for name, value in said.items() if isinstance(said, dict) else [("all of it", said)]:
        if type(value) is not type(getattr(kept, name, None)):
            raise Broken(f"“{name}” is not as it was written")
        setattr(kept, name, value)
    return kept


def mend() -> str:
    """Put a broken file aside, so that its passwords and keys are made anew; what to say of it, or nothing."""
    try:
        read()
    except Broken as why:
        aside = path().with_suffix(".broken")
        path().replace(aside)
        return (
            f"{path()} could not be read ({why}). It lies in {aside.name} now; "
            "the demo's passwords and keys are made anew for the same people."
        )
    return ""


def write(kept: Kept) -> None:
    """Keep it, readable by the owner of the process alone, whole or not at all."""
    new = path().with_suffix(f".{os.getpid()}")
    with open(os.open(new, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "w") as file:
        json.dump(asdict(kept), file, indent=1)
    new.replace(path())
