"""What of the audit log leaves as a file, and what the walk along its chain says."""

import csv
import io
import json
from datetime import datetime

import pytest

from orgs import chain
from orgs.access import Denied
from orgs.actions import audit as deeds
from orgs.actions import members, organizations
from orgs.models import AuditEntry, AuditHead
from orgs.queries import audit as queries
from tests.doors import console
from tests.orgs.logged import body, some_history


def test_an_export_is_an_entry_of_its_own_and_carries_the_checkpoint_of_the_chain(cast):
    some_history(cast)

    lines = [
        json.loads(line) for line in body(console(cast.adam).get("/o/acme/audit/export/?format=jsonl")).split("\n")[:-1]
    ]

    head = AuditHead.objects.get(org=cast.acme)
    checkpoint = lines[-1]["checkpoint"]
    assert (checkpoint["seq"], checkpoint["hash"], checkpoint["rows"]) == (head.seq, head.hash, 4)
    assert [line["seq"] for line in lines[:-1]] == [1, 2, 3, 4]
    assert (lines[3]["action"], lines[3]["actor_name"]) == ("audit.export", "Adam")
    assert lines[3]["detail"] == {"format": "jsonl", "filters": {}}


def test_an_exported_line_holds_all_that_its_hash_is_made_of(cast):
    some_history(cast)

    line = json.loads(body(console(cast.adam).get("/o/acme/audit/export/?format=jsonl")).split("\n")[1])

    kept = line.pop("hash")
    line["at"] = datetime.fromisoformat(line["at"])
    assert chain.digest(AuditEntry(**line)) == kept


def test_an_export_holds_what_is_filtered_and_says_so_in_its_entry(cast):
    some_history(cast)

    answer = console(cast.olive).get("/o/acme/audit/export/?format=csv&actor=olive&action=member.suspend")
    rows = list(csv.DictReader(io.StringIO(body(answer))))

    assert answer["Content-Type"].startswith("text/csv")
    assert [row["row"] for row in rows] == ["entry", "checkpoint"]
    assert rows[0]["target_name"] == "Mika"
    assert rows[1]["hash"] == AuditHead.objects.get(org=cast.acme).hash
    written = AuditEntry.objects.get(action="audit.export").detail
    assert written == {"format": "csv", "filters": {"actor": "olive", "action": "member.suspend"}}


def test_an_export_is_csv_unless_something_else_is_asked_for(cast):
    some_history(cast)

    answer = console(cast.olive).get("/o/acme/audit/export/")

    assert answer["Content-Type"].startswith("text/csv")
    assert body(answer).startswith("row,")
    assert AuditEntry.objects.get(action="audit.export").detail["format"] == "csv"
    assert console(cast.olive).get("/o/acme/audit/export/?format=exe").status_code == 422


def test_E04_no_cell_of_an_exported_log_begins_a_formula(cast):
    for sign in ("=", "+", "-", "@", "\t=", " =", "＝"):
        cast.mika.user.name = f"{sign}1+1"
        cast.mika.user.save()
        members.suspend(cast.olive, cast.mika, reason="x")
        members.reactivate(cast.olive, cast.mika)

    rows = list(csv.reader(io.StringIO(body(console(cast.olive).get("/o/acme/audit/export/?format=csv")))))

    names = [row[10] for row in rows[1:15]]
    assert all(name.startswith("'") for name in names)


def test_A17_those_who_may_not_read_the_log_cannot_export_it_and_leave_no_entry(cast):
    for reader in (cast.mika, cast.vera, cast.lena, cast.gus):
        for form in ("csv", "jsonl", "exe"):
            assert console(reader).get(f"/o/acme/audit/export/?format={form}").status_code == 403

    assert not AuditEntry.objects.exists()


def test_A16_an_export_answers_get_alone(cast):
    browser = console(cast.olive)

    for method in ("head", "post", "put", "patch", "delete", "options"):
        assert getattr(browser, method)("/o/acme/audit/export/?format=csv").status_code == 405
    assert not AuditEntry.objects.exists()


def test_an_export_in_a_form_that_there_is_not_is_answered_422_and_not_written_down(cast):
    assert console(cast.olive).get("/o/acme/audit/export/?format=exe").status_code == 422
    assert not AuditEntry.objects.exists()


def test_C01_an_export_in_flight_ends_when_its_reader_is_suspended_and_does_not_look_whole(cast, monkeypatch):
    monkeypatch.setattr(queries, "CHUNK", 2)
    some_history(cast)
    head = deeds.export(cast.adam, cast.acme, form="jsonl", filters={})
    lines = queries.json_lines(cast.adam, queries.Filters(), head)

    first = next(lines)
    members.suspend(cast.olive, cast.adam, reason="caught")
    rest = list(lines)

    assert len(first.splitlines()) == 2
    assert [json.loads(line) for line in rest] == [{"ended": queries.ENDED}]


def test_an_export_ends_at_its_checkpoint_whatever_is_written_meanwhile(cast):
    some_history(cast)
    head = deeds.export(cast.adam, cast.acme, form="jsonl", filters={})
    members.reactivate(cast.olive, cast.mika)

    lines = [json.loads(line) for line in "".join(queries.json_lines(cast.adam, queries.Filters(), head)).splitlines()]

    assert [line.get("seq") for line in lines] == [1, 2, 3, 4, None]
    assert lines[-1]["checkpoint"]["hash"] == lines[-2]["hash"] == head.hash


def test_export_is_refused_to_a_demoted_admin_by_the_deed_itself(cast):
    members.set_role(cast.olive, cast.adam, role="user")

    with pytest.raises(Denied):
        deeds.export(cast.adam, cast.acme, form="csv", filters={})


# ---------------------------------------------------------------- verify


def test_verify_says_on_the_page_that_the_chain_is_whole(cast):
    organizations.edit(cast.olive, cast.acme, changes={"session_hours": 4})

    answer = console(cast.adam).post("/o/acme/audit/verify/", hx=True).content.decode()

    assert "The chain is whole." in answer
    assert AuditHead.objects.get(org=cast.acme).hash in answer
    assert "<html" not in answer


def test_only_who_may_read_the_log_may_have_it_verified(cast):
    assert console(cast.mika).post("/o/acme/audit/verify/").status_code == 403
    assert console(cast.eve).post("/o/acme/audit/verify/").status_code == 404
