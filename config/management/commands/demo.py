"""`manage.py demo`: two organizations to look at, measure and try things on."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from config import prepare
from config.demo import keeping, load
from orgs.access import Refused

WIDTH = 30


class Command(BaseCommand):
    help = (
        "Makes the demo organizations Northwind and Fabrikam with 90 days of usage, and says how to sign in. "
        "Run again on a later day, it adds the days since, each like the one thirty days before, so that the overview "
        "shows the same figures; on the same day it changes nothing."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="print accounts and keys as JSON, for scripts")
        parser.add_argument("--seed", type=int, default=load.SEED, help="other numbers give other people (default 7)")

    def handle(self, *args: Any, **options: Any) -> None:
        with prepare.usable(), keeping.alone(self._waits):
            if said := keeping.mend():
                self.stderr.write(said, str)
            try:
                told = load.load(options["seed"], self._progress)
            except (load.InTheWay, load.NotTaken, Refused) as refusal:
                raise CommandError(str(refusal)) from refusal
        if options["json"]:
            self.stdout.write(json.dumps(told, indent=2))
        elif options["verbosity"]:
            self.stdout.write(self._sign_ins(told))

    def _waits(self) -> None:
        self.stderr.write("Another process is loading the demo. Waiting for it.", str)

    def _progress(self, what: str, done: int, total: int) -> None:
        """A bar on a terminal; elsewhere one line when it is full."""
        if self.stderr.isatty():
            bar = "█" * (WIDTH * done // total)
            end = "" if done < total else "\n"
            self.stderr.write(f"\r{what} {bar:░<{WIDTH}} {done:,} of {total:,}", str, end)
        elif done == total:
            self.stderr.write(f"{what}: {total:,} events sent", str)

    def _sign_ins(self, told: dict[str, Any]) -> str:
        lines = []
        for org in told["organizations"]:
            lines.append(f"{org['name']}  /o/{org['slug']}/")
            lines += [
                f"  {_words(account):<28} {account['email']:<44} {account['password']}" for account in org["accounts"]
            ]
        support = told["support"]
        lines.append("Support staff  /admin/")
        lines.append(f"  {'TOTP ' + support['totp_secret']:<28} {support['email']:<44} {support['password']}")
        return "\n".join(lines)


def _words(account: dict[str, Any]) -> str:
    """An account in a few words: what is out of the ordinary first."""
    words = [word for word in (account["status"], account["kind"]) if word not in ("active", "member")]
    words += [account["role"], account["plan"]]
    return " ".join([*words, "(lead)"] if account["lead_of"] else words)
