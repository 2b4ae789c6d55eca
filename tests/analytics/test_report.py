"""The report of a month: a page, a CSV and a PDF that say the same, and leave an entry when they leave the house."""

import re
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.html import strip_tags

from analytics.queries import periods
from orgs.actions import organizations
from orgs.models import AuditEntry, Department, Member, Team
from tests.analytics.reporting import (
    LAST,
    LENA,
    MIKA,
    MONTH,
    TODAY,
    VERA,
    a_month,
    and_today,
    at,
    figures,
    last_day,
    lines,
    of,
    pages,
    said,
    table,
)
from tests.analytics.sending import event, reference, send
from tests.cast import make_key, make_member
from tests.doors import console

HOME = "/o/acme/report/"


@pytest.fixture
def used(cast, client):
    send(client, make_key(cast.acme)[1], and_today())
    return cast


def abouts(cast):
    return ({}, {"department": cast.research.pk}, {"team": cast.search.pk})


def files(person, about=None):
    """The CSV's rows by their part, and the words of the PDF."""
    tab, by_part = console(person), {}
    for row in lines(tab.get("/o/acme/report.csv", about)):
        by_part.setdefault(row["part"], []).append(row)
    return by_part, said(tab.get("/o/acme/report.pdf", about))


# ---------------------------------------------------------------- the month


@pytest.mark.parametrize(
    ("first", "today", "last", "before"),
    [
        ("2026-10-01", "2026-11-21", "2026-10-31", ("2026-09-01", "2026-09-30")),
        ("2026-11-01", "2026-11-21", "2026-11-21", ("2026-10-01", "2026-10-21")),
        ("2026-03-01", "2026-03-30", "2026-03-30", ("2026-02-01", "2026-02-28")),
        ("2026-02-01", "2026-02-28", "2026-02-28", ("2026-01-01", "2026-01-31")),
        ("2026-01-01", "2026-01-01", "2026-01-01", ("2025-12-01", "2025-12-01")),
    ],
)
def test_a_month_stands_against_the_calendar_month_before_as_far_as_it_is(first, today, last, before):
    now = datetime.fromisoformat(f"{today}T22:30:00+00:00")

    found = periods.month_of(date.fromisoformat(first), now=now, zone=ZoneInfo("UTC"))

    assert (f"{found.last}", (f"{found.before.first}", f"{found.before.last}")) == (last, before)


def test_without_a_month_the_report_is_that_of_the_last_one_that_is_over(used):
    answer = console(used.olive).get(HOME)

    assert answer.context["report"].month == LAST
    assert figures(answer) == figures(console(used.olive).get(HOME, {"month": MONTH}))


def test_the_month_that_runs_is_reported_up_to_today(used):
    answer = console(used.olive).get(HOME, {"month": f"{TODAY:%Y-%m}"})

    assert "is not over" in answer.content.decode()
    assert answer.context["found"].figures.messages == 1


@pytest.mark.parametrize("month", ["2199-01", "1999-12", "2026-13", "2026-02-31", "x", "2026\x00", "9" * 400])
def test_a_month_that_is_none_is_said_and_the_last_one_shown_for_page_and_files_alike(used, month):
    tab = console(used.olive)

    for path in (HOME, "/o/acme/report.csv", "/o/acme/report.pdf"):
        answer = tab.get(path, {"month": month})

        assert answer.status_code == 422
        assert figures(answer)["responses"] == "5"
    assert not AuditEntry.objects.filter(action="usage.export").exists()


# ---------------------------------------------------------------- what it says


@pytest.mark.both
@pytest.mark.parametrize("whose", [0, 1, 2])
def test_page_csv_and_pdf_say_what_a_recount_says(used, whose):
    about = abouts(used)[whose]
    events = (a_month(), of(a_month(), MIKA, LENA, VERA), of(a_month(), MIKA, LENA))[whose]
    counted = reference(events, "UTC", LAST, last_day())

    page = console(used.olive).get(HOME, about)
    (total,) = files(used.olive, about)[0]["total"]

    wanted = {"active_members": "active", "conversations": "conversations", "responses": "responses"}
    wanted |= {"integration_calls": "calls", "files": "files"}
    for name, counter in wanted.items():
        reported = "" if name == "files" else str(counted[counter])  # nobody ever sent a file
        assert (figures(page)[name], total[name]) == (reported, reported), name
    assert total["messages"] == str(counted["messages"])
    assert float(figures(page)["cost"]) == float(total["cost_usd"]) == counted["cents"] / 100


@pytest.mark.parametrize("whose", [0, 1, 2])
def test_the_pdf_holds_every_figure_every_change_and_every_line_of_the_page(used, whose):
    about = abouts(used)[whose]
    page = console(used.olive).get(HOME, about)

    found = said(console(used.olive).get("/o/acme/report.pdf", about))
    shown = page.context["shown"]
    texts = [text for card in shown.cards for text in (str(card.label), card.shown, card.change)]
    texts += [bar.label for bars in (shown.models, shown.integrations, shown.use_cases) for bar in bars]
    texts += [str(label) for each in shown.tables for label in (each.title, each.head)]
    texts += [f"{page.context['report'].title}", page.context["report"].said]
    assert [text for text in texts if text not in found] == []
    for line in (line for each in shown.tables for line in each.lines):
        row = r"\s+".join(map(re.escape, [line.name, *filter(None, [line.note]), *(c.shown for c in line.cells)]))
        assert re.search(row, found), line.name


@pytest.mark.both
def test_the_lines_of_the_csv_add_up_part_by_part(used):
    by_part, _ = files(used.olive)
    (total,) = by_part["total"]

    for part in ("day", "model", "integration", "use_case", "department", "team", "workspace", "member"):
        for column in ("messages", "responses", "integration_calls", "cost_usd"):
            assert sum(float(row[column]) for row in by_part[part]) == float(total[column]), (part, column)
    days = [row["name"] for row in by_part["day"]]
    assert (days[0], days[-1], len(days)) == (f"{LAST}", f"{last_day()}", last_day().day)
    assert by_part["before"][0]["messages"] == "6"


@pytest.mark.both
def test_the_csv_of_a_team_is_the_teams_alone(used):
    by_part, words = files(used.lena, {"team": used.search.pk})

    assert {row["name"] for row in by_part["member"]} == {"Mika", "Lena"}
    assert not {"team", "department"} & set(by_part)
    assert {row["conversations"] for row in by_part["member"]} == {""}
    assert by_part["workspace"][0]["name"] == "Den"
    assert not re.search(r"\bVera\b|\bRanking\b|\bLab\b", words + str(by_part))


def test_cost_is_in_no_form_for_whom_the_setting_leaves_out(used):
    by_part, words = files(used.lena)
    page = strip_tags(console(used.lena).get(HOME).content.decode())
    assert not re.search(r"[Cc]ost\b|USD", words + page)
    assert {"cost_usd", None} & {key for rows in by_part.values() for row in rows for key in row} == set()

    organizations.edit(used.olive, used.acme, changes={"cost_visible_to": "leads"})
    lena = Member.objects.select_related("org", "user").get(pk=used.lena.pk)

    by_part, words = files(lena)
    assert by_part["total"][0]["cost_usd"] == "6.75"
    assert "6.75" in words


def test_no_cell_of_the_csv_is_a_formula(used, client):
    make_member(used.acme, "=HYPERLINK(1)", email="evil@acme.example", department=used.research, team=used.search)
    sent = [event("e1", at=at(8), member="evil@acme.example", use_case="+1", conversation="e")]
    send(client, make_key(used.acme, name="second")[1], sent)

    by_part, _ = files(used.olive)

    assert "'=HYPERLINK(1)" in {row["name"] for row in by_part["member"]}
    assert "'+1" in {row["name"] for row in by_part["use_case"]}


# ---------------------------------------------------------------- the files


def test_names_in_other_scripts_are_read_in_the_pdf_and_its_letters_travel_along(used, client):
    names = ["Σοφία Παπαδοπούλου", "Ђорђе Жуковић", "Łukasz Żółć", "Nguyễn Văn Ệ"]
    for n, name in enumerate(names):
        make_member(used.acme, name, email=f"n{n}@acme.example", department=used.research, team=used.search)
    send(client, make_key(used.acme, name="second")[1], [event("g", at=at(8), member="n0@acme.example")])

    answer = console(used.lena).get("/o/acme/report.pdf")

    assert [name for name in names if name not in said(answer)] == []
    fonts = [font.get_object() for page in pages(answer) for font in page["/Resources"]["/Font"].values()]
    inside = [font["/FontDescriptor"] for font in fonts if font["/BaseFont"] != "/Helvetica"]
    assert inside
    assert all("/FontFile2" in each for each in inside)


def test_a_name_that_no_letter_is_there_for_makes_no_error(used, client):
    name = "王\u202e🦊\n\t" + "W" * 60
    make_member(used.acme, name, email="w@acme.example", department=used.research, team=used.search)

    answer = console(used.lena).get("/o/acme/report.pdf")

    assert answer.status_code == 200
    assert answer.content.startswith(b"%PDF-")


def test_the_pdf_is_on_a4_and_says_on_every_page_what_it_is(used):
    for n in range(60):
        make_member(used.acme, f"Extra {n}", department=used.research, team=used.search)

    found = pages(console(used.lena).get("/o/acme/report.pdf"))

    assert len(found) > 1
    assert {tuple(map(round, page.mediabox[2:])) for page in found} == {(595, 842)}
    assert all(f"Acme · Search · {LAST:%B %Y}" in page.extract_text() for page in found)


@pytest.mark.parametrize("form", ["csv", "pdf"])
def test_a_report_that_leaves_the_house_leaves_an_entry_and_one_that_is_looked_at_does_not(used, form):
    tab = console(used.lena)
    tab.get(HOME)
    assert not AuditEntry.objects.filter(action="usage.export").exists()

    answer = tab.get(f"/o/acme/report.{form}", {"month": MONTH})

    (entry,) = AuditEntry.objects.filter(action="usage.export")
    assert (entry.target_id, entry.detail) == (used.search.pk, {"report": MONTH, "format": form})
    assert answer["Content-Disposition"] == f'attachment; filename="acme-search-report-{MONTH}.{form}"'
    assert tab.head(f"/o/acme/report.{form}").status_code == 405


def test_a_file_is_named_after_what_its_name_can_say(used):
    Team.objects.filter(pk=used.search.pk).update(name="Поиск")

    named = console(used.olive).get("/o/acme/report.csv", {"team": used.search.pk})["Content-Disposition"]

    assert named == f'attachment; filename="acme-team-report-{MONTH}.csv"'


# ---------------------------------------------------------------- who, and at what cost


def test_another_team_or_department_has_no_report(used):
    theirs = Department.objects.create(org=used.umbrella, name="Theirs")
    foreign = Team.objects.create(org=used.umbrella, department=theirs, name="Theirs too")

    for path in (HOME, "/o/acme/report.csv", "/o/acme/report.pdf"):
        assert console(used.lena).get(path, {"team": used.ranking.pk}).status_code == 404
        assert console(used.lena).get(path, {"department": used.research.pk}).status_code == 404
        assert console(used.olive).get(path, {"team": foreign.pk}).status_code == 404
        assert console(used.olive).get(path, {"department": theirs.pk}).status_code == 404
        assert console(used.mika).get(path).status_code == 403


@pytest.mark.parametrize("path", [HOME, "/o/acme/report.csv", "/o/acme/report.pdf"])
def test_a_report_costs_the_same_queries_for_many_and_reads_no_event(used, client, path):
    def cost():
        tab = console(used.olive)
        tab.get(path)
        with CaptureQueriesContext(connection) as found:
            answer = tab.get(path)
            b"".join(answer)
        return [one["sql"] for one in found]

    few = cost()
    more = []
    for n in range(30):
        department = Department.objects.create(org=used.acme, name=f"D{n}")
        team = Team.objects.create(org=used.acme, department=department, name=f"T{n}")
        make_member(used.acme, f"Extra {n}", department=department, team=team)
        who = {"member": f"extra.{n}@acme.example", "model": f"m{n}", "use_case": f"u{n}", "workspace": f"W{n}"}
        more.append(event(f"n{n}", "response", at=at(8), conversation=f"n{n}", **who))
    send(client, make_key(used.acme, name="second")[1], more)
    many = cost()

    assert len(many) == len(few)
    assert not [sql for sql in many if '"analytics_event"' in sql]


def test_a_team_without_any_usage_has_a_report_that_says_so(cast):
    page = console(cast.lena).get(HOME)

    assert "not reported" in page.content.decode()
    assert "not reported" in said(console(cast.lena).get("/o/acme/report.pdf"))
    assert table(page, "members")
