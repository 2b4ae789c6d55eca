"""What can be set is told in .env.example and reaches the containers of compose.yaml."""

import re

import pytest
from django.conf import settings

ROOT = settings.BASE_DIR
READ = set(re.findall(r"\benv(?:\.\w+)?\(\s*[\"']([A-Z_]+)", (ROOT / "config/settings.py").read_text()))
BY_MANAGE = {"MIGRATION_DATABASE_URL"}  # manage.py alone, for `migrate`
DECIDED = {"HOST", "PORT", "DATA_DIR", "DEMO", "DEBUG"}  # by the image, for every installation


def test_every_setting_stands_in_the_example_and_nothing_else_does():
    told = re.findall(r"^#?([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE)

    assert {name.removesuffix("_FILE") for name in told} == READ | BY_MANAGE
    assert len(told) == len(set(told))


def test_the_containers_get_every_setting_that_the_image_does_not_decide():
    shared = (ROOT / "compose.yaml").read_text().partition("services:")[0]
    named = set(re.findall(r"^    ([A-Z_]+):", shared, re.MULTILINE))

    assert {name.removesuffix("_FILE") for name in named} == READ - DECIDED


@pytest.mark.parametrize("secret", ["OWNER_PASSWORD", "env_file"])
def test_nothing_but_the_migration_gets_the_owners_password(secret):
    shared, _, services = (ROOT / "compose.yaml").read_text().partition("services:")
    web = services.partition("  migrate:")[0]

    assert secret not in re.sub(r"^#.*", "", shared, flags=re.MULTILINE) + web
