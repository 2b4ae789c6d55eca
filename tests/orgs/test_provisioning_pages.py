"""The pages of newcomers: the board and its filters, one of them, first days, evidence."""

import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from orgs import waiting
from orgs.access import Action, check
from orgs.actions import provisioning
from orgs.models import FeatureOverride, Item, Member, ProvisioningItem
from orgs.queries import newcomer
from orgs.queries.provisioning import Filters, board, listing
from tests.cast import again, make_member
from tests.doors import console
from tests.orgs.crowd import make_crowd
from tests.orgs.newcomers import module, on_board

PAGE = "/o/acme/provisioning/"

# ---------------------------------------------------------------- the board


def test_a_newcomer_stands_in_the_first_step_that_has_something_open(cast):
    for row in on_board(cast.mika, "email_verified", "storage", "limits"):
        if row.item == "email_verified":
            ProvisioningItem.objects.filter(pk=row.pk).update(done_at=timezone.now())
    on_board(cast.vera, "role_level", "storage")

    shown = {
        lane.step: [(c.name, c.done, c.total) for c in lane.cards]
        for lane in board(cast.adam, Filters(), timezone.now()).lanes
    }

    assert shown == {"identity": [], "role": [("Vera", 0, 2)], "resources": [("Mika", 1, 3)], "onboarding": []}


def test_who_is_stuck_and_what_is_overdue_can_be_asked_for(cast):
    now, yesterday = timezone.now(), timezone.now().date() - timedelta(days=1)
    on_board(cast.mika, "storage", due_day=yesterday)
    on_board(cast.vera, "storage", "limits")
    ProvisioningItem.objects.filter(member=cast.vera, item="limits").update(done_at=now)

    def names(**filters):
        return [card.name for card in listing(cast.olive, Filters(**filters), now).cards]

    assert names() == ["Mika", "Vera"]
    assert names(stuck="7") == names(overdue="yes") == ["Mika"]
    assert names(team=cast.ranking.pk) == ["Vera"]
    assert names(owner="me") == []
    assert names(q="ver") == ["Vera"]


def test_a_lead_sees_their_teams_newcomers_and_whoever_looks_after_an_item_theirs(cast):
    on_board(cast.mika, "storage", "limits")
    on_board(cast.anna, "storage")
    row = on_board(cast.vera, "storage")[0]
    now = timezone.now()
    provisioning.plan(cast.adam, row, owner=cast.mika, due_day=row.due_day)

    seen = {who: [card.name for card in listing(who, Filters(), now).cards] for who in (cast.lena, cast.mika)}

    assert seen == {cast.lena: ["Mika"], cast.mika: ["Vera"]}


@pytest.mark.parametrize("page", [board, listing])
def test_the_board_asks_the_same_number_of_questions_at_any_size(cast, page):
    def cost():
        with CaptureQueriesContext(connection) as asked:
            page(cast.adam, Filters(), timezone.now())
        return len(asked)

    def crowd(count):
        day = timezone.now().date()
        members = make_crowd(cast.acme, count)
        ProvisioningItem.objects.bulk_create(
            ProvisioningItem(org=cast.acme, member=m, item=item, due_day=day) for m in members for item in Item.values
        )

    check(cast.adam, Action.MEMBER_LIST, cast.acme)
    crowd(2)
    few = cost()
    crowd(90)

    assert cost() == few <= 11


def test_the_page_shows_columns_a_list_and_the_filters_of_its_address(cast):
    on_board(cast.mika)
    browser = console(cast.adam)

    columns, rows = (
        browser.get(PAGE).content.decode(),
        browser.get(f"{PAGE}?view=list&team={cast.search.pk}").content.decode(),
    )

    assert "Identity verification" in columns
    assert columns.count("Mika") > 0
    assert f'value="{cast.search.pk}" selected' in rows
    assert "No newcomer matches" in browser.get(f"{PAGE}?q=zzz").content.decode()


# ---------------------------------------------------------------- one newcomer


def test_a_tick_answers_with_the_items_and_can_be_taken_back(cast):
    row = on_board(again(cast.mika), "storage")[0]
    browser = console(cast.lena)

    answer = browser.post(f"{PAGE}items/{row.pk}/tick/", hx=True)

    assert b"Ticked by Lena" in answer.content
    assert f"{PAGE}items/{row.pk}/untick/".encode() in answer.content
    browser.post(f"{PAGE}items/{row.pk}/untick/")
    assert ProvisioningItem.objects.get(pk=row.pk).done_at is None


EVIDENCE = {
    "a script called pdf": ("check.pdf", b"<script>alert(1)</script>", "application/pdf"),
    "a page": ("check.html", b"<html>", "text/html"),
    "a page called text": ("check.txt", b"<html>", "text/html"),
    "a picture that claims to be text": ("check.txt", b"\x89PNG\r\n\x1a\nx", "text/plain"),
    "svg": ("check.svg", b"<svg onload=alert(1)>", "image/svg+xml"),
    "zeros": ("check.txt", b"a\0b", "text/plain"),
}


@pytest.mark.parametrize("what", EVIDENCE)
def test_E06_evidence_is_taken_only_where_name_type_and_content_agree(cast, what):
    row, (name, content, kind) = on_board(again(cast.mika), "storage")[0], EVIDENCE[what]
    file = SimpleUploadedFile(name, content, content_type=kind)

    answer = console(cast.adam).post(f"{PAGE}items/{row.pk}/tick/", {"evidence": file, "note": "kept"})

    assert answer.status_code == 422
    assert b"This is no PDF" in answer.content
    assert b"kept" in answer.content
    assert not ProvisioningItem.objects.get(pk=row.pk).evidence


def test_E06_evidence_comes_back_as_an_attachment_whatever_it_is_called(cast):
    row = on_board(again(cast.mika), "storage")[0]
    file = SimpleUploadedFile("../../é;a=b.txt", b"<script>alert(1)</script>", content_type="text/plain")
    browser = console(cast.adam)
    browser.post(f"{PAGE}items/{row.pk}/tick/", {"evidence": file})

    answer = browser.get(f"{PAGE}items/{row.pk}/evidence/")

    assert b"".join(answer.streaming_content) == b"<script>alert(1)</script>"
    assert answer["Content-Disposition"].startswith("attachment")
    assert (answer["X-Content-Type-Options"], answer["Content-Type"]) == ("nosniff", "text/plain")
    assert "Set-Cookie" not in answer.headers
    assert "/" not in ProvisioningItem.objects.get(pk=row.pk).evidence_name


def test_E06_a_file_that_is_too_large_is_refused_with_413(cast):
    row = on_board(again(cast.mika), "storage")[0]
    file = SimpleUploadedFile("big.txt", b"a" * (5 * 1024 * 1024 + 1), content_type="text/plain")

    assert console(cast.adam).post(f"{PAGE}items/{row.pk}/tick/", {"evidence": file}).status_code == 413


def test_evidence_is_shown_to_nobody_who_could_not_tick_the_item(cast):
    row = on_board(again(cast.mika), "background_check")[0]
    file = SimpleUploadedFile("check.txt", b"clean", content_type="text/plain")
    console(cast.adam).post(f"{PAGE}items/{row.pk}/tick/", {"evidence": file, "note": "Agency"})
    url = f"{PAGE}items/{row.pk}/evidence/"

    answers = [console(who).get(url).status_code for who in (cast.adam, cast.lena, cast.mika, cast.vera, cast.eve)]

    assert answers == [200, 200, 403, 404, 404]


# ---------------------------------------------------------------- first days


def test_a_newcomer_sees_what_waits_for_them_the_guide_and_the_training(cast):
    on_board(cast.mika)
    made = module(cast)
    provisioning.write_guide(cast.olive, cast.acme, text="# Begin here\n\nAsk **Lena**.")

    text = " ".join(console(cast.mika).get("/o/acme/first-days/").text.split())

    assert "5 things wait for you. Others take care of 9. 0 of 14 are done." in text
    assert "<h3>Begin here</h3>" in text
    assert "<strong>Lena</strong>" in text
    assert f"/o/acme/first-days/training/{made.pk}/" in text
    assert "Introduce yourself to your team" in text


def test_first_days_stand_in_the_menu_while_anything_of_them_is_open(cast):
    on_board(cast.mika)
    item = '<a href="/o/acme/first-days/">'

    assert item in console(cast.mika).get("/o/acme/chats/").text
    assert item not in console(cast.lena).get("/o/acme/chats/").text
    ProvisioningItem.objects.filter(member=cast.mika).update(done_at=timezone.now())
    waiting.forget()
    assert item not in console(cast.mika).get("/o/acme/chats/").text


def test_who_has_done_their_part_is_told_so_and_asked_for_nothing(cast):
    on_board(cast.mika)
    ProvisioningItem.objects.filter(member=cast.mika).exclude(item=Item.STORAGE).update(done_at=timezone.now())

    first, own = (" ".join(console(cast.mika).get(url).text.split()) for url in ("/o/acme/first-days/", "/o/acme/"))

    assert "Your part is done. Others take care of 1. 13 of 14 are done." in first
    assert "Your part is done. Others take care of 1." in own
    assert "Introduce yourself" not in first
    assert ">Training<" not in first


def test_whoever_is_no_newcomer_reads_the_guide_or_that_there_is_none(cast):
    assert "There is nothing to read yet" in console(cast.lena).get("/o/acme/first-days/").text
    provisioning.write_guide(cast.olive, cast.acme, text="# Begin here")

    page = console(cast.lena).get("/o/acme/first-days/").text

    assert "Begin here" in page
    assert "nothing to read" not in page
    assert "Nothing is open for you." in page
    assert "What newcomers are told" in page
    assert "Setup guide" not in page


def test_the_newcomer_is_spoken_to_and_not_about(cast):
    on_board(cast.mika)

    mine = newcomer.newcomer(again(cast.mika), again(cast.mika), timezone.now())
    told = [row.needs for step in mine.steps for row in step.rows]

    assert len(told) == len(Item)
    assert all(told)
    assert not [text for text in told if re.search(r"\b(they|them|their|theirs)\b", text, re.IGNORECASE)]
    theirs = newcomer.newcomer(again(cast.lena), again(cast.mika), timezone.now())
    assert "Ticks itself when they prove their address." in [row.needs for step in theirs.steps for row in step.rows]


def can_begin(member):
    """Where one's first days lead to a first conversation, and the page itself."""
    page = console(member).get("/o/acme/first-days/").text
    found = re.search(r'href="([^"]+)"[^>]*><svg.{0,200}?</svg>Start a conversation', page, re.DOTALL)
    return found.group(1) if found else "", page


@pytest.mark.parametrize("plan", ["essential", "standard", "expert"])
def test_a_conversation_begins_where_the_newcomer_may_have_one(cast, plan):
    Member.objects.filter(pk=cast.mika.pk).update(plan=plan)

    url, page = can_begin(cast.mika)

    assert url == "/o/acme/chats/"
    assert console(cast.mika).get(url).status_code == 200
    assert 'id="conversations"' not in page


def test_without_chats_of_one_s_own_it_begins_in_a_workspace_if_anywhere(cast):
    for plan in ("advanced", "standard"):
        FeatureOverride.objects.create(org=cast.acme, plan=plan, feature="personal_chats", enabled=False)

    inside, _page = can_begin(cast.mika)
    nowhere, page = can_begin(make_member(cast.acme, "Nils", plan="standard"))

    assert (inside, nowhere) == ("/o/acme/workspaces/", "")
    assert "Standard does not include personal chats." in page
    assert "kind=plan&amp;wanted=essential" in page


def test_a_viewer_reads_why_they_cannot_begin_and_asks_for_it(cast):
    url, page = can_begin(cast.vera)

    assert url == ""
    assert "You are a Viewer. Viewers read what is shared with them and send nothing." in page
    assert "kind=role&amp;wanted=user" in page


def test_a_module_that_keeps_it_closed_is_named_where_one_would_begin(cast):
    module(cast, features=["personal_chats"])

    url, page = can_begin(cast.mika)

    assert url == ""
    assert "You have not passed the training module “Safe use”" in page


def test_posting_an_introduction_lands_on_first_days_and_the_lead_confirms_it(cast):
    on_board(cast.mika)

    answer = console(cast.mika).post("/o/acme/first-days/introduction/", {"text": "Hi <b>all</b>"}, follow=True)
    shown = newcomer.newcomer(again(cast.lena), again(cast.mika), timezone.now())

    assert b"Lena confirms it." in answer.content
    assert shown.introduction.may_confirm
    page = console(cast.lena).get(f"{PAGE}{cast.mika.pk}/").content.decode()
    assert "Hi &lt;b&gt;all&lt;/b&gt;" in page
