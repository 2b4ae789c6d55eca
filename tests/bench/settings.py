"""Steward's own settings, and beside its doors those of its rivals."""

import os
from pathlib import Path

from config.settings import *  # noqa: F403
from config.settings import DATABASES, INSTALLED_APPS, TEMPLATES

INSTALLED_APPS = [*INSTALLED_APPS, "django_tables2"]
ROOT_URLCONF = "tests.bench.rivals.urls"
TEMPLATES = [{**TEMPLATES[0], "DIRS": [*TEMPLATES[0]["DIRS"], Path(__file__).parent / "rivals" / "templates"]}]
DATABASES["default"]["TEST"] = {"NAME": os.environ.get("BENCH_DATABASE")}
