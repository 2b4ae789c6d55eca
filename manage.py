#!/usr/bin/env python
"""Steward's command line."""

import os
import sys


def main() -> None:
    """Run one command under the environment that fits it."""
    command = sys.argv[1] if len(sys.argv) > 1 else ""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    if command != "serve":  # a command may take longer than a page
        os.environ.setdefault("STATEMENT_TIMEOUT", "300")
    if command == "migrate" and os.environ.get("MIGRATION_DATABASE_URL"):
        os.environ["DATABASE_URL"] = os.environ["MIGRATION_DATABASE_URL"]

    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
