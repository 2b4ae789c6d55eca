"""`manage.py reconcile`: count all usage events again and compare with the totals."""

from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from analytics import recount
from orgs.models import Organization


class Command(BaseCommand):
    help = "Counts all usage events again, prints every total that differs and how many do; exit 1 if any does."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--org", metavar="SLUG", help="this organization only (default: all)")
        parser.add_argument("--heal", action="store_true", help="write what was counted where it differs")

    def handle(self, *args: Any, **options: Any) -> None:
        orgs = Organization.objects.order_by("slug")
        if options["org"]:
            orgs = orgs.filter(slug=options["org"])
            if not orgs:
                raise CommandError(f"There is no organization {options['org']}.")
        number = sum(self._reconcile(org, heal=options["heal"]) for org in orgs)
        healed = ", healed" if number and options["heal"] else ""
        self.stdout.write(f"{number} {'difference' if number == 1 else 'differences'}{healed}")
        if number and not options["heal"]:
            sys.exit(1)

    def _reconcile(self, org: Organization, *, heal: bool) -> int:
        differences = recount.reconcile(org, heal=heal)
        for difference in differences:
            self.stdout.write(f"{org.slug}: {difference}")
        return len(differences)
