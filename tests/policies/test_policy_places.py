"""A rule of a policy has an address: what leads there finds its very place on the page."""

import pytest

from orgs.models import Department
from policies.models import WHOLE
from policies.places import place
from policies.queries import grid as grids
from tests.doors import console
from tests.policies.writing import LEADERS, catalogue, draft

ODD = "meta/llama 3 & 100%"


@pytest.fixture
def written(cast):
    catalogue(cast.acme, "basic", "deep", "fast", ODD)
    draft(cast.adam, LEADERS)
    return console(cast.olive)


def found_at(browser, address):
    """The page of an address, and whether the place that it names stands there."""
    page, _hash, anchor = address.partition("#")
    answer = browser.get(page)
    return answer.status_code == 200 and (not anchor or f'id="{anchor}"' in answer.text)


def test_every_rule_is_found_at_its_address(cast, written):
    cells = [{"group": "leaders", "model": "deep"}, {"group": "leaders", "model": ODD}, {"model": ODD}]

    for what in (*cells, {"group": "leaders"}, {"case": "private"}, {}):
        assert found_at(written, place(cast.acme, WHOLE, **what))


def test_the_address_of_a_cell_finds_it_on_whichever_page_of_the_grid_it_stands(cast, written, monkeypatch):
    monkeypatch.setattr(grids, "CELLS", 4)  # one group a page

    assert found_at(written, place(cast.acme, WHOLE, group="leaders", model="fast"))
    assert found_at(written, place(cast.acme, WHOLE, group="general_staff", model="fast"))
    assert "First groups" in written.get(place(cast.acme, WHOLE, group="leaders", model="fast").split("#")[0]).text


def test_a_group_that_is_gone_is_a_page_and_no_dead_end(cast, written):
    address = place(cast.acme, WHOLE, group="long_gone", model="fast")

    assert not found_at(written, address)
    assert written.get(address.split("#")[0]).status_code == 200


def test_a_rule_of_a_department_stands_in_its_own_policy(cast, written):
    research = Department.objects.get_or_create(org=cast.acme, name="Research")[0]

    assert f"/policies/{research.pk}/grid/" in place(cast.acme, research.pk, group="general_staff", model="basic")
    assert found_at(written, place(cast.acme, research.pk, group="general_staff", model="basic"))
