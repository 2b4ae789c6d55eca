"""What docs/threat-model.md says holds is there, and no part of the product is left out of it."""

import re
from pathlib import Path

import pytest

ROWS = [line for line in Path("docs/threat-model.md").read_text().splitlines() if line.startswith("| ")][1:]


def test_what_it_points_to_exists():
    named = {path for row in ROWS for path in re.findall(r"`((?:orgs|config|workspaces|analytics)/[\w/.]+)`", row)}

    assert {"orgs/evidence.py", "orgs/actions/provisioning.py", "orgs/markdown.py"} <= named
    assert [path for path in sorted(named) if not Path(path).exists()] == []


@pytest.mark.parametrize("about", ["a newcomer", "whoever looks after an item", "a file of evidence", "training"])
def test_newcomers_training_and_evidence_have_their_rows(about):
    assert [row for row in ROWS if about in row.split("|")[1]]


def test_every_row_says_who_with_what_not_what_and_by_what():
    assert {row.count("|") for row in ROWS} == {5}
