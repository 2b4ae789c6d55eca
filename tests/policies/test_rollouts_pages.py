"""The pages of rollouts: the list, a plan, one with its stages, its deeds, its people and what those say."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from orgs.models import AuditEntry
from orgs.queries import sentences
from policies.actions import rollouts
from policies.actions.rollouts import Planned
from policies.models import PowerUser, Rollout
from policies.queries import rollouts as queries
from tests.cast import make_member
from tests.doors import console
from tests.policies.rolling import STAGES, make_model, of_model, planned, running


def url(name, *args):
    return reverse(name, args=["acme", *args])


def deed(rollout, name):
    return url("rollouts_deed", rollout.pk, name)


def test_a_plan_begins_with_the_five_stages_of_the_product(cast):
    page = console(cast.adam).get(url("rollouts_new")).content.decode()

    names = re.findall(r'name="stage-\d-name" value="([^"]*)"', page)
    assert names[:5] == [
        "IT and admin teams",
        "Department leads",
        "Power users",
        "General users",
        "External partners",
    ]


def test_a_proposed_stage_that_reaches_nobody_warns_and_says_who_power_users_are(cast):
    fresh = console(cast.adam).get(url("rollouts_new")).content.decode()
    PowerUser.objects.create(org=cast.acme, member=cast.mika, days=9, messages=90)
    known = console(cast.adam).get(url("rollouts_new")).content.decode()

    warning = "As things are, this stage reaches nobody new, and its gate waits for 3 people who use it."
    assert fresh.count("reaches nobody new") == 1
    assert warning in fresh.partition(">Stage 3<")[2].partition(">Stage 4<")[0]
    assert "reaches nobody new" not in known
    assert "Power users are the top tenth by active days, then messages, of the last 30 days." in fresh


def test_a_stage_to_come_that_reaches_nobody_new_says_so_on_the_page_and_in_its_plan(cast):
    again = Planned("Admins again", {"roles": ["admin"]}, least_people=1)
    rollout = running(cast.adam, stages=[*STAGES[:1], again, *STAGES[1:]])

    pages = [console(cast.adam).get(url(name, rollout.pk)) for name in ("rollouts_page", "rollouts_edit")]

    for page in pages:
        warning = "As things are, this stage reaches nobody new, and its gate waits for 1 person who uses it."
        assert page.content.decode().count("reaches nobody new") == page.content.decode().count(warning) == 1


def test_a_plan_is_made_from_the_form_and_started_from_its_page(cast):
    make_model(cast.acme)
    fields = {"what": "model:deep", "name": "Deep for all", "count": "3", "stage-0-name": "Admins"}
    fields |= {"stage-0-who": ["role:owner", "role:admin"], "stage-0-least_people": "2", "stage-1-name": "All"}
    fields |= {"stage-1-who": ["everyone", "guests"], "stage-1-starts_on": "2199-01-02", "stage-2-name": ""}

    made = console(cast.adam).post(url("rollouts_new"), fields)

    rollout = Rollout.objects.get()
    assert made.status_code == 303
    assert [stage.audience for stage in rollout.stages.all()] == [
        {"roles": ["owner", "admin"]},
        {"everyone": True, "guests": True},
    ]
    assert console(cast.adam).post(deed(rollout, "start")).status_code == 303
    page = console(cast.adam).get(url("rollouts_page", rollout.pk)).content.decode()
    assert "Begins on 2 Jan 2199" in page
    assert "Who used it: 0 of 2 people" in page


def test_before_its_gates_are_met_the_next_stage_is_no_foremost_button_and_asks_why(cast):
    make_model(cast.acme)
    first = Planned("Owners", {"roles": ["owner"]}, least_people=2)
    rollout = running(cast.adam, stages=[first, *STAGES[1:]])
    browser = console(cast.adam)

    page = browser.get(url("rollouts_page", rollout.pk)).content.decode()
    silent = browser.post(deed(rollout, "advance"))
    reasoned = browser.post(deed(rollout, "advance"), {"reason": "everybody is back tomorrow"})

    assert (
        "btn-primary" not in page.partition('class="title-actions')[2].partition("</header>")[0].partition("c-menu")[0]
    )
    assert re.search(r'class="btn" href="[^"]*/advance/"', page)
    assert (silent.status_code, reasoned.status_code) == (422, 303)
    assert "A gate is not met: Who used it: 0 of 2 people." in silent.content.decode()
    entry = AuditEntry.objects.filter(action="rollout.manage").latest("seq")
    assert entry.detail == {"people": 1, "reason": "everybody is back tomorrow"}


def test_what_takes_something_away_is_marked_and_stands_in_the_menu(cast):
    rollout = running(cast.adam)
    page = console(cast.adam).get(url("rollouts_page", rollout.pk)).content.decode()

    assert re.findall(r'class="btn( btn-primary)?" href="[^"]*/(\w+)/"', page) == [
        (" btn-primary", "advance"),
        ("", "pause"),
    ]
    assert re.findall(r'class="menu-item( danger)?" href="[^"]*rollouts/\d+/(\w+)/"', page) == [
        ("", "edit"),
        ("", "finish"),
        (" danger", "back"),
        (" danger", "discard"),
    ]


def test_a_plan_shows_a_line_a_stage_and_opens_the_one_that_is_wrong(cast):
    make_model(cast.acme)
    fields = {"what": "model:deep", "name": "Deep", "count": "2", "stage-0-name": "Admins", "stage-0-who": ["leads"]}

    fresh = console(cast.adam).get(url("rollouts_new")).content.decode()
    wrong = console(cast.adam).post(url("rollouts_new"), fields | {"stage-1-name": "All"}).content.decode()

    assert re.findall(r'<details class="card mb-3 fold"( open)?>', fresh) == [""] * 6
    assert re.findall(r'<details class="card mb-3 fold"( open)?>', wrong) == ["", " open"]
    assert '<strong>General users</strong> <span class="text-secondary">Everybody but guests</span>' in fresh


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"stage-0-who": []}, "Say whom the stage"),
        ({"stage-0-name": ""}, "at least one stage"),
        ({"stage-0-who": ["team:1"]}, "Select a valid choice"),
        ({"what": "model:unknown"}, "Select a valid choice"),
        ({"stage-0-lowest_score": "9"}, "less than or equal to 5"),
    ],
)
def test_a_plan_that_says_nonsense_comes_back_with_what_was_typed(cast, wrong, said):
    make_model(cast.acme)
    fields = {"what": "model:deep", "name": "Deep", "count": "1", "stage-0-name": "Admins", "stage-0-who": ["leads"]}

    answer = console(cast.adam).post(url("rollouts_new"), fields | wrong)

    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert 'value="Deep"' in answer.content.decode()


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("advance", "Lena"),
        ("pause", "4 members whom it reached keep deep"),
        ("back", "4 members whom “Admins” reached lose deep at once (Adam, Anna, Olive, Oscar)"),
        ("finish", "deep reaches 5 members whom no stage reached at once"),
        ("discard", "4 members whom it reached lose deep at once"),
    ],
)
def test_every_deed_says_before_who_gains_and_who_loses(cast, name, said):
    rollout = running(cast.adam)

    page = console(cast.adam).get(deed(rollout, name), hx=True).content.decode()

    assert said in page


def test_the_stages_to_come_promise_nobody_twice(cast):
    stages = [*STAGES, Planned("Research and guests", {"departments": [cast.research.pk], "guests": True})]

    shown = queries.one(planned(cast.adam, stages=stages), timezone.now())

    assert [(stage.names, stage.people) for stage in shown.stages] == [
        (4, ("Adam", "Anna", "Olive", "Oscar")),
        (1, ("Lena",)),
        (3, ("Mika", "Sam", "Vera")),
        (1, ("Gus",)),
    ]
    assert sum(stage.names for stage in shown.stages) == shown.people


def test_taking_the_only_stage_back_says_that_nobody_has_it_then_and_offers_to_discard(cast):
    rollout = running(cast.adam)
    first = console(cast.adam).get(deed(rollout, "back"), hx=True).content.decode()
    rollouts.advance(cast.adam, rollout)
    second = console(cast.adam).get(deed(rollout, "back"), hx=True).content.decode()

    assert "No stage is before it: nobody can use deep then" in first
    assert f'href="{deed(rollout, "discard")}"' in first
    assert "an earlier stage" not in first
    assert "Whoever an earlier stage reached" in second
    assert "nobody can use" not in second
    assert deed(rollout, "discard") not in second


def test_every_deed_is_told_in_the_log(cast):
    rollout = planned(cast.adam)
    for name in ("start", "advance", "pause", "resume", "back", "finish"):
        assert console(cast.adam).post(deed(rollout, name)).status_code == 303
    console(cast.adam).get(url("rollouts_export", rollout.pk))

    told = [sentences.sentence(e) for e in AuditEntry.objects.filter(action__startswith="rollout.").order_by("seq")]
    assert told == [
        "Adam planned the rollout Deep for all.",
        "Adam started the rollout Deep for all.",
        "Adam began the next stage of the rollout Deep for all.",
        "Adam paused the rollout Deep for all.",
        "Adam resumed the rollout Deep for all.",
        "Adam took the last stage of the rollout Deep for all back.",
        "Adam finished the rollout Deep for all.",
        "Adam exported the list of whom the rollout Deep for all reached.",
    ]


def test_who_is_in_and_who_comes_next_are_lists_and_a_file(cast):
    rollout = running(cast.adam)
    adam = console(cast.adam)

    inside, following = (
        adam.get(url("rollouts_people", rollout.pk), {"show": show}).content.decode() for show in ("in", "next")
    )
    file = b"".join(adam.get(url("rollouts_export", rollout.pk))).decode()

    assert "olive@acme.example" in inside
    assert "lena@acme.example" not in inside
    assert "lena@acme.example" in following
    assert file.splitlines()[0] == "email,name,role,department,team,stage,reached_at"
    assert len(file.splitlines()) == 5


def test_an_export_changes_nobodys_access(cast):
    rollout = running(cast.adam)
    cast.acme.refresh_from_db()
    before = cast.acme.access_version

    b"".join(console(cast.adam).get(url("rollouts_export", rollout.pk)))

    cast.acme.refresh_from_db()
    assert cast.acme.access_version == before


def test_the_list_and_the_people_cost_the_same_at_two_sizes(cast):
    rollout = running(cast.adam)
    adam = console(cast.adam)

    def cost(name, *args):
        with CaptureQueriesContext(connection) as captured:
            assert adam.get(url(name, *args)).status_code == 200
        return len(captured)

    pages = [("rollouts",), ("rollouts_people", rollout.pk), ("rollouts_page", rollout.pk)]
    [cost(*page) for page in pages]
    few = [cost(*page) for page in pages]
    for n in range(20):
        make_member(cast.acme, f"Admin {n}", role="admin")
        planned(cast.adam, of_model(f"model-{n}"))
    rollouts.go_back(cast.adam, rollout)
    rollouts.advance(cast.adam, rollout)
    [cost(*page) for page in pages]

    assert [cost(*page) for page in pages] == few


def test_people_come_fifty_a_page(cast):
    for n in range(60):
        make_member(cast.acme, f"Admin {n:02}", role="admin")
    rollout = running(cast.adam)
    adam = console(cast.adam)

    first = adam.get(url("rollouts_people", rollout.pk)).content.decode()
    after = re.search(r"after=(\d+)", first).group(1)
    second = adam.get(url("rollouts_people", rollout.pk), {"after": after}).content.decode()
    before = re.search(r"before=(\d+)", second).group(1)

    assert first.count('id="member-') == 50
    assert second.count('id="member-') == 14
    assert adam.get(url("rollouts_people", rollout.pk), {"before": before}).content.decode().count('id="member-') == 50
