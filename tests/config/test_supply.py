"""What is installed is what was looked at."""

import re

import pytest
from django.conf import settings

PINS = sorted(settings.BASE_DIR.glob("requirements*.txt"))


@pytest.mark.parametrize("path", PINS, ids=lambda path: path.name)
def test_F10_every_package_is_pinned_by_version_and_hash_and_names_no_registry(path):
    text = path.read_text()
    blocks = re.split(r"\n(?=[a-zA-Z0-9])", text.strip())

    assert [block.splitlines()[0] for block in blocks if "--hash=sha256:" not in block or "==" not in block] == []
    assert "index-url" not in text
    assert "://" not in text


def test_F10_nothing_is_installed_without_its_hash():
    makefile = (settings.BASE_DIR / "Makefile").read_text()
    dockerfile = (settings.BASE_DIR / "Dockerfile").read_text()

    installs = re.findall(r"pip install.*", makefile + dockerfile)
    assert installs
    assert all("--require-hashes" in line for line in installs)
