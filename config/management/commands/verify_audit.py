"""`manage.py verify_audit`: walk the chain of every organization's audit log, or of one."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from orgs import chain
from orgs.models import Organization


class Command(BaseCommand):
    help = "Walk the chain of the audit log; exit 1 where an entry was changed, removed or added past Steward."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--org", metavar="SLUG", help="only this organization")

    def handle(self, *args: Any, **options: Any) -> None:
        orgs = Organization.objects.order_by("slug")
        if options["org"]:
            orgs = orgs.filter(slug=options["org"])
            if not orgs:
                raise CommandError(f"There is no organization {options['org']}. `--org` takes the part after /o/.")
        broken = sum([self._tell(org) for org in orgs])
        if broken:
            raise CommandError(f"{broken} of {len(orgs)} chains are broken. Keep the database as it is.", returncode=1)

    def _tell(self, org: Organization) -> bool:
        found = chain.verify(org)
        if found.broken_at is None:
            self.stdout.write(f"{org.slug}: {found.entries} entries, whole, ends with {found.hash}")
            return False
        self.stdout.write(f"{org.slug}: BROKEN at entry {found.broken_at}: {found.problem}")
        return True
