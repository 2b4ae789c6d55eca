"""The pages of mates and tools: lists, forms that keep what was typed, deeds with a way back, and their cost."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from orgs import grants
from orgs.models import AuditEntry
from tests.cast import again, make_member, make_workspace
from tests.doors import console
from tests.workspaces.mates import make_mate, make_tool
from workspaces.actions import levels
from workspaces.models import Mate, MateTool, Tool, WorkspaceMate
from workspaces.queries import levels as level_queries

pytestmark = pytest.mark.django_db

MATES, TOOLS = "/o/acme/mates/", "/o/acme/tools/"


def names(answer):
    return [row.name for row in answer.context["listed"].rows]


# ---------------------------------------------------------------- lists


def test_the_list_shows_what_one_may_know_of_and_what_it_is_to_them(cast):
    make_mate(cast.olive, "Ann", everyone="user")
    make_mate(cast.olive, "Ben")
    make_mate(cast.olive, "Cleo", team=cast.search)
    make_mate(cast.eve, "Dora")
    dana = make_mate(cast.olive, "Dana")
    levels.give(cast.olive, dana, cast.mika, level="admin")

    mika = console(again(cast.mika)).get(MATES).context["listed"].rows

    assert [(row.name, row.mine) for row in mika] == [("Ann", "User"), ("Dana", "Admin")]
    assert [(r.name, r.mine) for r in console(cast.adam).get(MATES).context["listed"].rows] == [
        ("Ann", "User"),
        ("Ben", ""),
        ("Cleo", ""),
        ("Dana", ""),
    ]
    assert [(r.name, r.mine) for r in console(cast.lena).get(MATES).context["listed"].rows] == [
        ("Ann", "User"),
        ("Cleo", "Admin"),
    ]
    assert [(r.name, r.mine) for r in console(cast.vera).get(MATES).context["listed"].rows] == [("Ann", "List")]
    assert names(console(cast.gus).get(MATES)) == []


@pytest.mark.both
def test_the_list_is_searched_and_filtered(cast):
    make_mate(cast.olive, "Quill", description="Writes letters", everyone="user")
    make_mate(cast.olive, "Atlas", team=cast.search, everyone="user")
    held = make_mate(cast.olive, "Mason")
    grants.give(cast.mika, "list", held)
    mika = console(cast.mika)

    assert names(mika.get(MATES, {"q": "LETTER"})) == ["Quill"]
    assert names(mika.get(MATES, {"view": "mine"})) == ["Mason"]
    assert names(mika.get(MATES, {"view": "team"})) == ["Atlas"]
    assert names(mika.get(MATES, {"view": "nonsense"})) == ["Atlas", "Mason", "Quill"]


@pytest.mark.both
@pytest.mark.parametrize(("url", "make"), [(MATES, make_mate), (TOOLS, make_tool)])
def test_the_list_is_paged_without_a_gap(cast, url, make):
    for n in range(60):
        make(cast.olive, f"Thing {n:02}")

    seen, after = [], ""
    while True:
        shown = console(cast.adam).get(url, {"after": after} if after else {}).context["listed"]
        seen += [row.name for row in shown.rows]
        after = shown.next
        if not after:
            break
    back = console(cast.adam).get(url, {"before": shown.previous}).context["listed"]

    assert seen == [f"Thing {n:02}" for n in range(60)]
    assert [row.name for row in back.rows] == seen[:50]


@pytest.mark.parametrize("door", ["mates/", "mates/store/", "tools/", "mates/{mate}/", "tools/{tool}/"])
def test_a_page_costs_the_same_queries_at_any_size(cast, door):
    mate, tool = make_mate(cast.olive, at=[cast.den]), make_tool(cast.olive)
    MateTool.objects.create(mate=mate, tool=tool)
    browser, url = console(cast.olive), "/o/acme/" + door.format(mate=mate.pk, tool=tool.pk)

    def queries():
        browser.get(url)
        with CaptureQueriesContext(connection) as asked:
            assert browser.get(url).status_code == 200
        return len(asked)

    few = queries()
    for n in range(12):
        more = make_tool(cast.olive, f"Tool {n:02}")
        MateTool.objects.create(mate=mate, tool=more)
        MateTool.objects.create(mate=make_mate(cast.olive, f"Mate {n:02}", listing="scout"), tool=tool)
        WorkspaceMate.objects.create(workspace=make_workspace(cast.olive, f"Place {n}"), mate=mate)
        for thing, level in ((mate, "user"), (tool, "list")):
            grants.give(make_member(cast.acme, f"Person {n} {level}"), level, thing)

    assert queries() == few


# ---------------------------------------------------------------- forms


def test_what_was_typed_stays_when_something_does_not_fit(cast):
    make_mate(cast.olive, "Taken")
    lena = console(cast.lena)
    typed = {"name": "Taken", "model": "two words", "instructions": "Be <kind>."}

    both, taken = lena.post(f"{MATES}new/", typed), lena.post(f"{MATES}new/", typed | {"model": "gpt-5"}, hx=True)

    assert (both.status_code, taken.status_code) == (409, 409)
    assert "has letters, digits" in both.content.decode()
    assert "The name Taken is taken" in taken.content.decode()
    assert "Be &lt;kind&gt;." in taken.content.decode()
    assert Mate.objects.count() == 1


@pytest.mark.parametrize("model", ["", "two words", "-x", "x" * 101, "a\0b", "<b>", "päd"])
def test_a_model_has_a_name_of_a_good_shape(cast, model):
    answer = console(cast.lena).post(f"{MATES}new/", {"name": "Scout", "model": model})

    assert answer.status_code == 422
    assert not Mate.objects.exists()


@pytest.mark.parametrize("model", ["gpt-5", "provider/model:tag", "anthropic.claude-v2:1", "llama_3@fast+x"])
def test_names_of_models_as_platforms_have_them_will_do(cast, model):
    assert console(cast.lena).post(f"{MATES}new/", {"name": "Scout", "model": model}).status_code == 303


def test_a_mate_is_onboarded_from_the_store_and_the_store_says_so(cast):
    mika = console(cast.mika)

    before = mika.get(f"{MATES}store/").content.decode()
    mika.post(f"{MATES}store/quill/", {"name": "Quill", "model": "gpt-5"}, follow=True)
    after = mika.get(f"{MATES}store/").content.decode()

    assert "Onboarded:" not in before
    assert f'<a href="/o/acme/mates/{Mate.objects.get().pk}/">Quill</a>' in after
    assert "Onboard another" in after


def test_whoever_may_onboard_none_reads_why(cast):
    page = console(cast.adam).get(f"{MATES}store/").content.decode()

    assert "Essential does not include" in page
    assert "store/scout/" not in page


def test_a_lead_looks_after_the_mates_of_their_team_and_another_lead_is_answered_404(cast):
    scout = make_mate(cast.olive, team=cast.search)
    rolf = make_member(cast.acme, "Rolf", plan="expert")
    grants.give(rolf, "lead", cast.ranking)
    words = {"name": "Scout", "model": "gpt-5", "team": cast.search.pk}

    assert console(cast.lena).post(f"{MATES}{scout.pk}/configure/", words).status_code == 303
    for door in ("", "configure/", "delete/", "levels/each/", "may/"):
        assert console(again(rolf)).get(f"{MATES}{scout.pk}/{door}").status_code == 404


# ---------------------------------------------------------------- levels on the page


def test_a_level_is_given_on_the_page_with_a_way_back(cast):
    scout = make_mate(cast.olive)
    url = f"{MATES}{scout.pk}/levels/"

    answer = console(cast.olive).post(url, {"member": "mika@acme.example", "level": "user"}, hx=True)
    body, _, toast = answer.content.decode().partition("<hx-partial")

    assert f'id="level-{cast.mika.pk}"' in body
    assert "Mika is User of Scout now." in toast
    assert f'hx-post="{url}"' in toast
    console(cast.olive).post(url, {"member": str(cast.mika.pk), "level": ""}, hx=True)
    assert scout.pk not in grants.levels(cast.mika)


def test_a_whole_team_gets_a_level_and_who_is_left_as_they_were_is_named(cast):
    scout = make_mate(cast.olive)

    answer = console(cast.olive).post(
        f"{MATES}{scout.pk}/levels/each/",
        {"addresses": "vera@acme.example", "team": cast.search.pk, "level": "user"},
        hx=True,
    )

    assert {grants.levels(who)[scout.pk] for who in (cast.lena, cast.mika)} == {"user"}
    text = answer.content.decode()
    assert "2 changed." in text
    assert "Left as they were: Vera" in text
    url, taken = f"{MATES}{scout.pk}/levels/each/", {"team": cast.search.pk, "level": "none"}
    assert "2 changed." in console(cast.olive).post(url, taken, hx=True).content.decode()
    assert scout.pk not in grants.levels(cast.mika)


@pytest.mark.parametrize(
    ("sent", "problem"),
    [
        ({"addresses": "eve@umbrella.example", "level": "user"}, "Nobody here has the address eve@umbrella.example"),
        ({"addresses": "no address", "level": "user"}, "There is no @ in it"),
        ({"addresses": "", "level": "user"}, "Name somebody, or choose a team"),
        ({"addresses": "mika@acme.example", "level": ""}, "This field is required"),
        ({"addresses": "mika@acme.example", "level": "king"}, "Select a valid choice"),
        ({"addresses": "mika@acme.example", "team": "9" * 30, "level": "user"}, "Select a valid choice"),
    ],
)
def test_several_who_cannot_be_found_are_named_and_nobody_gets_anything(cast, sent, problem):
    scout = make_mate(cast.olive)

    answer = console(cast.olive).post(f"{MATES}{scout.pk}/levels/each/", sent, hx=True)

    assert answer.status_code == 422
    assert problem in answer.content.decode()
    assert not AuditEntry.objects.exists()


def test_whoever_may_not_say_who_uses_it_is_not_told_who_does(cast):
    scout = make_mate(cast.olive, everyone="user")

    mika = console(cast.mika).get(f"{MATES}{scout.pk}/").content.decode()

    assert "olive@acme.example" not in mika
    assert level_queries.levels(cast.mika, scout).people == ()
    assert f"{MATES}{scout.pk}/levels/" not in mika
    assert "Use and management are two things." in mika


def test_deleting_says_what_is_lost_and_asks_for_the_name_where_many_lose_it(cast):
    scout = make_mate(cast.olive, at=[cast.den])
    for n in range(11):
        grants.give(make_member(cast.acme, f"Person {n}"), "user", scout)
    olive, url = console(cast.olive), f"{MATES}{scout.pk}/delete/"

    panel = olive.get(url, hx=True).content.decode()

    assert "It answers no more in Den." in panel
    assert "12 people lose what they hold on it." in panel
    assert olive.post(url, {"name": "Scut"}, hx=True).status_code == 422
    assert olive.post(url, {"name": "Scout"}).status_code == 303
    assert not Mate.objects.exists()


@pytest.mark.parametrize("door", ["levels/", "hand-over/", "levels/each/", "tools/", "everyone/", "configure/"])
@pytest.mark.parametrize("sent", ["\0", "9" * 40, "<script>", "²"])
def test_nothing_that_is_sent_breaks_a_page(cast, door, sent):
    scout = make_mate(cast.olive)
    fields = ("member", "level", "addresses", "team", "tool", "everyone", "name", "model")

    answer = console(cast.olive).post(f"{MATES}{scout.pk}/{door}", dict.fromkeys(fields, sent), hx=True)

    assert answer.status_code == 422


def test_a_mate_or_tool_is_never_reached_through_the_address_of_the_other_kind(cast):
    scout, crm = make_mate(cast.olive), make_tool(cast.olive)

    assert console(cast.olive).get(f"{MATES}{crm.pk}/").status_code == 404
    assert console(cast.olive).post(f"{TOOLS}{scout.pk}/everyone/", {"everyone": "user"}).status_code == 404
    assert (again(scout).everyone, Tool.objects.get().everyone) == ("", "")
