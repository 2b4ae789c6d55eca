"""`manage.py check_invariants`: ask the database whether what must always be true of it is true."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from config.invariants import INVARIANTS

SHOWN = 20


class Command(BaseCommand):
    help = "Check what must always be true of the rows, one line each; exit 1 where a row breaks it."

    def handle(self, *args: Any, **options: Any) -> None:
        broken = 0
        for invariant in INVARIANTS:
            rows = invariant.broken()
            broken += bool(rows)
            self.stdout.write(f"{invariant.id:4} {'BROKEN' if rows else 'ok':7} {invariant.promise}")
            for row in rows[:SHOWN]:
                self.stdout.write(f"       {row}")
            if len(rows) > SHOWN:
                self.stdout.write(f"       and {len(rows) - SHOWN} more")
        if broken:
            raise CommandError(f"{broken} of {len(INVARIANTS)} promises are broken.", returncode=1)
