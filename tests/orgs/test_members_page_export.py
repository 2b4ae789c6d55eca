"""The list of members as a file: who may take it, what stands in it, what the log says of it."""

import csv
import io

import pytest

from orgs.models import AuditEntry, Member
from orgs.tables import cell
from tests.doors import console
from tests.orgs.crowd import make_crowd

URL = "/o/acme/members/export/"


def _rows(answer):
    return list(csv.DictReader(io.StringIO(b"".join(answer.streaming_content).decode())))


def test_an_export_holds_what_is_filtered(cast):
    rows = _rows(console(cast.olive).get(URL, {"role": "owner"}))

    assert sorted(row["email"] for row in rows) == ["olive@acme.example", "oscar@acme.example"]
    assert {row["status"] for row in rows} == {"active"}
    assert rows[0]["id"] in {str(cast.olive.pk), str(cast.oscar.pk)}


def test_an_export_holds_every_member_over_all_its_pieces(cast):
    make_crowd(cast.acme, 2_100)

    rows = _rows(console(cast.olive).get(URL))

    assert len({row["email"] for row in rows}) == len(rows) == 2_109


def test_an_export_is_in_the_log_before_its_first_byte(cast):
    answer = console(cast.adam).get(URL, {"q": "mi"})

    entry = AuditEntry.objects.get(action="member.export")
    assert (entry.actor_name, entry.detail) == ("Adam", {"filters": {"q": "mi"}})
    assert answer.streaming


def test_A17_who_may_not_export_gets_nothing_and_leaves_no_entry(cast):
    for reader, status in ((cast.mika, 403), (cast.vera, 403), (cast.lena, 403), (cast.eve, 404)):
        assert console(reader).get(URL).status_code == status
    assert not AuditEntry.objects.exists()


def test_an_export_that_makes_no_sense_is_refused_and_not_logged(cast):
    assert console(cast.olive).get(URL, {"role": "king"}).status_code == 422
    assert not AuditEntry.objects.exists()


def test_an_export_in_flight_ends_when_its_reader_is_suspended(cast):
    make_crowd(cast.acme, 1_500)
    stream = iter(console(cast.adam).get(URL).streaming_content)
    for _line in range(10):
        next(stream)

    Member.objects.filter(pk=cast.adam.pk).update(suspended_at=cast.adam.joined_at)
    type(cast.acme).objects.filter(pk=cast.acme.pk).update(access_version=99)
    rest = [line.decode() for line in stream]

    assert len(rest) < 1_010
    assert "may no longer do so" in rest[-1]


SIGNS = ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1", "＋1", "－1", "＠x")
HIDDEN = ("  =1", "\u00a0=1", "\u3000=1", "\ufeff=1", " ＝1")


@pytest.mark.parametrize("text", SIGNS + HIDDEN)
def test_E04_no_cell_begins_a_formula(text):
    assert cell(text) == f"'{text}"


def test_E04_no_exported_column_begins_a_formula_and_quotes_are_doubled(cast):
    bad = '=HYPERLINK("http://evil.example","x")'
    user = cast.mika.user
    user.name = bad
    user.save()
    cast.search.name = "＝cmd"
    cast.search.save()
    Member.objects.filter(pk=cast.mika.pk).update(suspended_at=cast.mika.joined_at, suspension_reason='@a "b", c')

    body = b"".join(console(cast.olive).get(URL).streaming_content).decode()
    row = next(row for row in csv.DictReader(io.StringIO(body)) if row["email"] == "mika@acme.example")

    assert row["name"] == f"'{bad}"
    assert row["team"] == "'＝cmd"
    assert row["suspension_reason"] == '\'@a "b", c'
    assert "\r\n" in body
    assert '"\'=HYPERLINK(""http://evil.example"",""x"")"' in body
