"""The audit log page: who reads it, how it is filtered and paged, what an entry says, and what leaves as a file."""

from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from orgs.access import TABLE, Action
from orgs.actions import departments, members, organizations, teams
from orgs.forms.audit import READING
from orgs.models import AuditEntry, User
from orgs.queries import audit as queries
from orgs.queries import sentences
from tests.cast import make_member
from tests.doors import console
from tests.orgs.logged import some_history

# Actions of the table that never write: questions, and the drain's and the platform's own ways.
NEVER_WRITTEN = READING | {
    "ingest.view",
    "events.write",
    "decisions.read",
    *("policy.view", "access.explain", "access.lint", "monitoring.view"),
    "workspace.view",
    "message.send",
    "file.upload",
    "model.use",
    *("room.view", "conversation.read", "link.list", "mate.view", "tool.view"),
    *("mate.use", "tool.use"),
    *("mate.bring", "tool.attach"),  # asked beside the deed that is written
}


def test_owners_and_admins_read_the_log_in_sentences_newest_first(cast):
    some_history(cast)

    for reader in (cast.olive, cast.adam):
        page = console(reader).get("/o/acme/audit/").content.decode()

        assert page.index("Adam made the service key gateway.") < page.index(
            "Oscar changed the role of Lena from User to Admin."
        )
        assert page.index("Oscar changed the role") < page.index("Olive suspended Mika.")


def test_users_and_viewers_are_told_why_they_cannot_read_the_log(cast):
    for reader in (cast.mika, cast.vera, cast.lena):
        answer = console(reader).get("/o/acme/audit/")

        assert answer.status_code == 403
        assert "read the audit log" in answer.content.decode()


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({}, 3),
        ({"actor": "olive"}, 1),
        ({"action": "member.role"}, 1),
        ({"target": "gateway"}, 1),
        ({"actor": "olive", "target": "lena"}, 0),
        ({"from": "2199-01-01"}, 0),
        ({"to": "2199-01-01"}, 3),
    ],
)
def test_filters_of_the_url_narrow_the_log(cast, filters, expected):
    some_history(cast)

    page = console(cast.olive).get("/o/acme/audit/", filters)

    assert page.context["log"].total == expected


def test_a_filter_by_id_finds_whoever_has_it_under_any_name(cast):
    some_history(cast)
    cast.olive.user.name = "Olivia"
    cast.olive.user.save()

    page = console(cast.oscar).get("/o/acme/audit/", {"actor": str(cast.olive.pk)})

    assert [row.sentence for row in page.context["log"].rows] == ["Olive suspended Mika."]


def test_days_are_those_of_the_organizations_clock(cast):
    cast.acme.timezone = "Pacific/Auckland"
    cast.acme.save()
    members.suspend(cast.olive, cast.mika, reason="late")
    entry = AuditEntry.objects.get()
    here = entry.at.astimezone(cast.acme.zone).date()

    found = console(cast.olive).get("/o/acme/audit/", {"from": here.isoformat(), "to": here.isoformat()})
    before = console(cast.olive).get("/o/acme/audit/", {"to": str(here.replace(year=here.year - 1))})

    assert found.context["log"].total == 1
    assert before.context["log"].total == 0
    midnight = queries._midnight(cast.acme, datetime(2026, 7, 1, tzinfo=UTC).date())
    assert midnight.utcoffset().total_seconds() == 12 * 3600


def test_a_day_that_is_none_is_named_and_answered_422(cast):
    answer = console(cast.olive).get("/o/acme/audit/", {"from": "yesterday"})

    assert answer.status_code == 422
    assert "Enter a valid date" in answer.content.decode()


def test_days_that_end_before_they_begin_are_named_at_their_field(cast):
    answer = console(cast.olive).get("/o/acme/audit/", {"from": "2026-11-20", "to": "2026-11-01"})

    page = answer.content.decode()
    assert answer.status_code == 422
    assert "To: The last day is before the first." in page
    assert page.count('aria-invalid="true"') == 1
    assert "No entry matches" not in page


def test_times_are_said_to_be_those_of_the_clock_that_the_page_goes_by(cast):
    User.objects.filter(pk=cast.olive.user_id).update(timezone="Asia/Tokyo")
    organizations.edit(cast.olive, cast.acme, changes={"name": "Acme Ltd"})

    page = console(cast.olive).get("/o/acme/audit/").content.decode()

    assert "Times are those of Asia/Tokyo." in page
    assert page.count(' JST"') == 1


def test_pages_follow_each_other_without_a_gap_and_lead_back(cast):
    others = [make_member(cast.acme, f"P{n:03}") for n in range(120)]
    members.in_bulk(cast.olive, others, deed="suspend", reason="closing")
    browser = console(cast.olive)

    first = browser.get("/o/acme/audit/").context["log"]
    second = browser.get("/o/acme/audit/", {"before": first.older}).context["log"]
    third = browser.get("/o/acme/audit/", {"before": second.older}).context["log"]
    back = browser.get("/o/acme/audit/", {"after": second.newer}).context["log"]

    seqs = [row.seq for log in (first, second, third) for row in log.rows]
    assert seqs == list(range(120, 0, -1))
    assert first.newer is None
    assert third.older is None
    assert [row.seq for row in back.rows] == [row.seq for row in first.rows]


def test_the_page_costs_the_same_queries_at_any_length(cast):
    browser = console(cast.olive)
    browser.get("/o/acme/audit/")
    counts = []
    for size in (5, 60):
        people = [make_member(cast.acme, f"Q{size}-{n}") for n in range(size)]
        members.in_bulk(cast.olive, people, deed="suspend", reason="closing")
        browser.get("/o/acme/audit/")  # compiles the reader's subject again
        with CaptureQueriesContext(
            connection,
        ) as queries_of:
            browser.get("/o/acme/audit/")
        counts.append(len(queries_of))

    assert counts[0] == counts[1]


def test_an_entry_shows_before_and_after_with_the_names_kept_as_they_were(cast):
    members.set_role(cast.olive, cast.mika, role="viewer")
    entry = AuditEntry.objects.get()
    cast.mika.user.name = "Michaela"
    cast.mika.user.save()

    page = console(cast.adam).get(f"/o/acme/audit/{entry.pk}/").content.decode()

    assert "Olive changed the role of Mika from User to Viewer." in page
    assert "Michaela" not in page
    assert '<td class="text-secondary" data-before>User</td>' in page
    assert "<td data-after>Viewer</td>" in page
    assert entry.hash in page
    assert entry.previous_hash in page
    assert "127.0.0.1" not in page  # written by a command, from nowhere


def test_an_entry_says_from_where_and_in_which_request_it_was_written(cast):
    console(cast.olive).post("/o/acme/keys/", {"name": "gateway", "scopes": ["events:write"]})
    entry = AuditEntry.objects.get(action="key.manage")

    page = console(cast.olive).get(f"/o/acme/audit/{entry.pk}/").content.decode()

    assert entry.ip == "127.0.0.1"
    assert len(entry.request_id) == 36
    assert entry.ip in page
    assert entry.request_id in page


def test_A01_entries_of_another_organization_do_not_exist_here(cast):
    departments.create(cast.eve, cast.umbrella, name="Canary")
    entry = AuditEntry.objects.get(org=cast.umbrella)

    for reader in (cast.olive, cast.adam, cast.mika, cast.vera):
        assert console(reader).get(f"/o/acme/audit/{entry.pk}/").status_code == 404
    assert "Canary" not in console(cast.olive).get("/o/acme/audit/").content.decode()


def test_every_action_that_writes_has_a_sentence(cast):
    assert {str(action) for action in Action} - NEVER_WRITTEN <= sentences.TOLD


def test_what_was_required_and_taken_back_is_told_in_so_many_words(cast):
    start = datetime(2030, 1, 1, tzinfo=UTC)
    organizations.require_second_factor(cast.olive, cast.acme, starts_at=start)
    organizations.require_second_factor(cast.olive, cast.acme, starts_at=None)
    organizations.edit(cast.olive, cast.acme, changes={"session_hours": 2, "name": "Acme Inc."})
    teams.give_lead(cast.olive, cast.ranking, cast.mika)
    teams.take_lead(cast.olive, cast.ranking, cast.mika)

    told = [sentences.sentence(entry) for entry in AuditEntry.objects.order_by("seq")]

    assert told == [
        "Olive required a second factor from 1 Jan 2030, 00:00 on.",
        "Olive took back that a second factor is required.",
        "Olive changed the settings: name, session length in hours.",
        "Olive let Mika lead Ranking.",
        "Olive took the lead of Ranking from Mika.",
    ]


def test_an_action_that_no_sentence_knows_is_told_by_its_meaning(cast):
    entry = AuditEntry(action="ingest.view", actor_name="Olive", target_name="Acme", before={}, after={}, detail={})

    assert sentences.sentence(entry) == f"Olive: {TABLE[Action.INGEST_VIEW].meaning} (Acme)."


def test_a_name_with_signs_of_a_template_is_only_a_name(cast):
    cast.mika.user.name = "100 %(target)s {{ 7 }} <b>"
    cast.mika.user.save()
    members.suspend(cast.olive, cast.mika, reason="x")

    page = console(cast.olive).get("/o/acme/audit/").content.decode()

    assert "Olive suspended 100 %(target)s {{ 7 }} &lt;b&gt;." in page


@pytest.mark.parametrize("address", ["olive@acme.example", "OLIVE@acme", "olive@"])
def test_an_address_finds_what_its_member_did(cast, address):
    some_history(cast)

    shown = console(cast.adam).get("/o/acme/audit/", {"actor": address}).context["log"]

    assert [row.actor for row in shown.rows] == ["Olive"]


def test_an_address_finds_what_was_done_to_its_member_and_nobody_of_another_organization(cast):
    some_history(cast)
    page = console(cast.adam)

    about = page.get("/o/acme/audit/", {"target": "mika@acme.example"}).context["log"]
    eves = page.get("/o/acme/audit/", {"actor": cast.eve.user.email}).context["log"]

    assert [row.target_id for row in about.rows] == [cast.mika.pk]
    assert eves.rows == ()


def test_an_id_in_the_address_stands_in_the_filter_as_the_name_of_whose_it_is(cast):
    some_history(cast)

    page = console(cast.adam).get("/o/acme/audit/", {"actor": str(cast.olive.pk), "target": str(cast.mika.pk)})

    assert 'name="actor" value="Olive"' in page.content.decode()
    assert 'name="target" value="Mika"' in page.content.decode()
    assert {row.actor for row in page.context["log"].rows} == {"Olive"}


@pytest.mark.parametrize(
    ("name", "about"),
    [("4", "Version 4 of the policy"), ("Customer Success 1", "Version 1 of the policy of Customer Success")],
)
def test_an_entry_about_a_version_says_whose_it_is_and_leaves_out_what_was_and_is_empty(name, about):
    entry = AuditEntry(action="policy.publish", target_kind="policyversion", target_name=name, after={"note": ""})

    told = queries.detail(entry)

    assert (told.about, told.changes) == (about, ())
