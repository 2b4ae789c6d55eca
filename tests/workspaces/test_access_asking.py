"""Choosing what the permission calculator is asked, and whom and what it can be asked about: nothing leaks."""

import re
from html import unescape

import pytest

from orgs import grants
from orgs.models import Team
from tests.cast import make_workspace
from tests.doors import console
from tests.talking import make_conversation
from tests.workspaces.mates import make_mate, make_tool
from workspaces.models import Room
from workspaces.queries.access import questions, things

pytestmark = pytest.mark.django_db
URL = "/o/acme/access/"


def ask(person, **said):
    answer = console(person).get(URL, said)
    assert answer.status_code == 200, said
    return unescape(answer.text)


def test_A01_who_cannot_be_asked_about_is_nobody(cast):
    for person, who in (
        (cast.mika, cast.olive),
        (cast.lena, cast.vera),
        (cast.lena, cast.olive),
        (cast.adam, cast.eve),
        (cast.gus, cast.mika),
    ):
        for said in ({"who": who.pk}, {"action": "team.view", "with": who.pk}):
            assert console(person).get(URL, said).status_code == 404
    assert console(cast.lena).get(URL, {"who": cast.mika.pk}).status_code == 200
    assert console(cast.adam).get(URL, {"who": cast.olive.pk}).status_code == 200


def hidden(cast):
    """What Mika may not know of, and one of each that nobody has."""
    secret = make_workspace(cast.olive, "canary", visibility="private")
    room = Room.objects.create(org=cast.acme, workspace=secret, name="canary")
    mate, tool = make_mate(cast.olive, "canary"), make_tool(cast.olive, "canary")
    talk = make_conversation(cast.olive, title="canary")
    ranking = Team.objects.get(name="Ranking")
    rows = {"workspace": secret, "room": room, "mate": mate, "tool": tool, "conversation": talk, "team": ranking}
    return {kind: row.pk for kind, row in rows.items()} | {"member": cast.olive.pk}


ABOUT = {
    "workspace": "workspace.view",
    "room": "room.view",
    "mate": "mate.use",
    "tool": "tool.view",
    "conversation": "conversation.read",
    "team": "team.view",
    "member": "member.suspend",
}


def told(answer, pk):
    """A page without what differs at each asking: its own address, and the token of its forms."""
    return re.sub(r'(csrfmiddlewaretoken" value="|X-CSRFToken": ")\w+', "", answer.text).replace(str(pk), "")


@pytest.mark.parametrize("who", ["mika", "vera", "gus"])
def test_A01_A02_what_the_asker_may_not_know_of_is_as_good_as_unknown(cast, who):
    browser, things = console(getattr(cast, who)), hidden(cast)

    for kind, action in ABOUT.items():
        asked = [things[kind], 987_654_321]
        there, nowhere = (browser.get(URL, {"action": action, "on": f"{kind}:{pk}"}) for pk in asked)
        assert (there.status_code, nowhere.status_code) == (404, 404), kind
        assert told(there, asked[0]) == told(nowhere, asked[1])
        for path in (URL, "/o/acme/access/people/"):
            found = browser.get(path, {"action": action, "find": "on", "q": "canary"}, follow=True)
            assert "<span>canary</span>" not in found.text, kind
    assert browser.get(URL, {"action": "mate.use", "place": f"workspace:{things['workspace']}"}).status_code == 404


def test_A02_a_lead_learns_of_no_place_of_a_member_that_is_not_theirs(cast):
    secret = make_workspace(cast.olive, "canary", visibility="private")
    grants.give(cast.mika, "user", secret)

    assert console(cast.lena).get(URL, {"who": cast.mika.pk, "on": f"workspace:{secret.pk}"}).status_code == 200
    said = {"who": cast.mika.pk, "action": "workspace.view", "on": f"workspace:{secret.pk}"}
    assert console(cast.lena).get(URL, said).status_code == 404
    assert "canary" not in console(cast.lena).get(f"/o/acme/access/members/{cast.mika.pk}/").text


def test_A02_an_admin_asks_about_no_conversation_that_is_not_theirs_to_read(cast):
    talk = make_conversation(cast.mika, title="canary")

    said = {"who": cast.mika.pk, "action": "conversation.read", "on": f"conversation:{talk.pk}"}
    assert console(cast.olive).get(URL, said).status_code == 404
    assert console(cast.mika).get(URL, said).status_code == 200


@pytest.mark.parametrize(
    "said",
    [
        {"who": "nobody"},
        {"who": "9" * 30},
        {"action": "nonsense"},
        {"action": "events.write"},
        {"action": "workspace.view", "on": "workspace:x"},
        {"action": "workspace.view", "on": f"workspace:{'9' * 19}"},
        {"action": "workspace.view", "on": "workspace:²"},
        {"action": "model.use", "on": f"model:{'x' * 101}"},
        {"q": "\0"},
    ],
)
def test_what_makes_no_sense_is_nothing(cast, said):
    assert console(cast.olive).get(URL, said).status_code == 404


# ---------------------------------------------------------------- choosing the parts


def test_what_is_missing_is_chosen_from_links_that_carry_the_question(cast):
    browser, lookup = console(cast.adam), f"who={cast.mika.pk}&action=workspace.view"

    page = unescape(browser.get(f"{URL}?{lookup}").text)

    assert "Choose one" in page
    chosen = re.search(r'href="(/o/acme/access/\?[^"]+)"><svg[^>]*>.*?</svg><span>Den</span>', page).group(1)
    assert chosen == f"{URL}?who={cast.mika.pk}&action=workspace.view&on=workspace%3A{cast.den.pk}"
    assert "<strong>No.</strong>" in unescape(browser.get(chosen).text)


def test_people_are_searched_by_name_or_address_and_found_ones_are_links(cast):
    page = ask(cast.adam, find="who", q="mik", action="workspace.view")

    assert f"{URL}?who={cast.mika.pk}&action=workspace.view" in page
    assert f"who={cast.vera.pk}" not in page
    assert "Nothing that you may see is called “zzz”." in ask(cast.adam, find="who", q="zzz")


def test_another_action_keeps_what_still_makes_sense_and_asks_for_the_rest(cast):
    on = f"workspace:{cast.den.pk}"

    assert "Workspace Den" in ask(cast.adam, who=cast.mika.pk, action="room.create", on=on)
    assert "Choose one" in ask(cast.adam, who=cast.mika.pk, action="team.view", on=on)


def test_what_there_is_one_of_is_meant_until_something_else_is_chosen(cast):
    mate = make_mate(cast.olive)

    assert "May Mika send a message?" in ask(cast.adam, who=cast.mika.pk, action="message.send")
    assert "in a personal chat?" in ask(cast.adam, who=cast.mika.pk, action="mate.use", on=f"mate:{mate.pk}")
    assert "The organization Acme" in ask(cast.adam, who=cast.mika.pk, action="usage.view")


def test_what_was_chosen_stays_with_another_action_and_nothing_asked_offers_what_is_asked_most(cast):
    on = f"workspace:{cast.den.pk}"

    page = ask(cast.adam, who=cast.mika.pk, action="room.create", on=on, **{"with": cast.lena.pk})
    form = re.search(r'<form class="ask-chosen".*?</form>', page, re.DOTALL).group()

    hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form))
    assert hidden == {"who": str(cast.mika.pk), "on": on, "with": str(cast.lena.pk)}
    assert f'href="{URL}?who={cast.mika.pk}&action=message.send">Send a message</a>' in ask(cast.adam, who=cast.mika.pk)


def test_every_action_is_offered_once_under_what_it_is_about(cast):
    groups = questions.actions_offered()
    names = [name for _label, rows in groups for name, _meaning in rows]

    assert sorted(names) == sorted(things.askable())
    assert max(len(rows) for _label, rows in groups) <= 15


def test_any_model_is_asked_about_by_its_name(cast):
    page = ask(cast.adam, who=cast.mika.pk, action="model.use", find="on", q="gpt-new")

    assert "on=model%3Agpt-new" in page
    assert "Model gpt-new" in ask(cast.adam, who=cast.mika.pk, action="model.use", on="model:gpt-new")


@pytest.mark.parametrize("hx", [False, True])
def test_every_action_can_be_asked_by_anybody_about_themselves(cast, hx):
    browser = console(cast.mika)
    names = re.findall(r'<option value="([^"]+)"', unescape(browser.get(URL).text))

    assert len(names) > 80
    assert not [name for name in names if browser.get(URL, {"action": name}, hx=hx).status_code != 200]
