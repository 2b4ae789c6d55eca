"""What is wrong with a policy is said where it was typed, in words; paths are for whoever writes it as JSON."""

import re

import pytest

from policies.models import CatalogueModel
from tests.doors import console
from tests.policies.writing import LEADERS, catalogue, draft

ORG = "/o/acme/policies/organization/"


@pytest.fixture
def olive(cast):
    catalogue(cast.acme)
    return console(cast.olive)


def at_its_field(page, field):
    """The problems that stand under a field."""
    found = re.search(rf'id="id_{field}_error">(.*?)</div></div>', page.text, re.DOTALL)
    return re.findall(r"<div>(.*?)(?=</div>|$)", found.group(1)) if found else []


def test_an_address_of_nobody_here_is_told_and_nothing_typed_is_lost(olive):
    page = olive.post(f"{ORG}new-group/", {"revision": 0, "name": "few", "members": "eve@umbrella.example"})

    assert page.status_code == 422
    assert at_its_field(page, "members") == ["Unknown member &quot;eve@umbrella.example&quot;."]
    assert "eve@umbrella.example</textarea>" in page.text


@pytest.mark.parametrize(
    ("path", "sent", "field", "said"),
    [
        ("new-group/", {"name": "Not A Name"}, "name", "&quot;Not A Name&quot; is no name: up to 64 of"),
        ("new-group/", {"name": "few", "members": "Mika@acme.example mika@acme.example nobody"}, "members", "Unknown"),
        ("new-use-case/", {"id": "Not Work", "effect": "block"}, "id", "&quot;Not Work&quot; is no name: up to 100 of"),
        (
            "new-use-case/",
            {"id": "play", "effect": "block", "phrases": "fun\n" + "x" * 201},
            "phrases",
            "Phrase 2: 201",
        ),
        ("new-use-case/", {"id": "play", "effect": "block", "description": "a\tb"}, "description", "Line breaks"),
        ("monitoring/", {"monitoring_level": "total", "unknown_models": "refused"}, "monitoring_level", "Select a"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_in_words(cast, olive, path, sent, field, said):
    page = olive.post(f"{ORG}{path}", {"revision": 0, **sent})

    assert page.status_code == 422
    assert len(at_its_field(page, field)) == 1
    assert at_its_field(page, field)[0].startswith(said)
    assert "ai_usage_policy" not in page.text


def test_what_is_wrong_elsewhere_in_the_policy_is_said_above_the_form(cast, olive):
    draft(cast.adam, LEADERS)
    CatalogueModel.objects.filter(name="deep").delete()

    page = olive.post(f"{ORG}new-group/", {"revision": 1, "name": "few", "roles": "user"})

    assert page.status_code == 422
    assert "Models of leaders: Unknown model &quot;deep&quot;." in page.text
    assert "ai_usage_policy" not in page.text
