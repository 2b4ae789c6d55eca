"""The page that names the actions which platforms may rely on: what the table says, in words."""

import json
import re
from html import unescape

from orgs.access import TABLE
from orgs.audit import raise_version
from orgs.models import Member
from tests.cast import make_workspace
from tests.doors import console
from tests.governing import make_model
from tests.workspaces.deciding import ONE, Platform
from workspaces import resources
from workspaces.decisions import reliable

PAGE = "/o/acme/access/actions/"


def test_the_names_that_platforms_rely_on_are_in_the_table_and_about_something():
    promised = "message.send file.upload model.use mate.use mate.create mate.onboard tool.attach tool.manage "
    promised += "workspace.view workspace.join workspace.create room.view member.suspend usage.view policy.publish"

    assert [str(action) for action in reliable.RELIABLE] == promised.split()
    for action in reliable.RELIABLE:
        assert action in TABLE
        assert resources.types_of(action)


def test_each_is_told_as_its_row_says():
    told = {row.name: row for row in map(reliable.told, reliable.RELIABLE)}

    assert told["message.send"].given == (
        "Owners, Admins and Users in personal chats",
        "whoever is User, Admin or Owner there",
        "the leads of its team",
    )
    assert told["message.send"].features == "Personal chats, or Workspace access in a workspace"
    assert told["workspace.create"].given == ("Owners, Admins and Users", "guests never")
    assert told["workspace.create"].features == "Create workspaces"
    assert told["member.suspend"].given == ("Owners and Admins",)
    assert told["usage.view"].given[1:] == (
        "the leads of its team",
        "everybody for what is their own",
        "whoever it is delegated to",
    )
    assert told["file.upload"].features == "File uploads, and Workspace access in a workspace"
    assert told["model.use"].features == ""


def test_owners_and_admins_read_it_and_find_how_to_ask(cast):
    page = unescape(re.sub(r"<[^>]+>", "", console(cast.adam).get(PAGE).text))

    assert all(action in page for action in reliable.RELIABLE)
    assert "curl http://testserver/access/v1/evaluation" in page
    assert console(cast.mika).get(PAGE).status_code == 403
    assert f'href="{PAGE}"' in console(cast.adam).get("/o/acme/access/linter/").text
    assert f'href="{PAGE}"' not in console(cast.mika).get("/o/acme/access/").text


def asked_on(page):
    shown = unescape(re.search(r'<pre[^>]* id="question">(.*?)</pre>', page, re.DOTALL)[1])
    return json.loads(re.search(r"-d '(.*)'$", shown, re.DOTALL)[1].replace("'\\''", "'"))


def test_the_question_on_it_is_about_something_of_the_organization_and_is_answered_as_it_stands(cast):
    platform = Platform(cast.acme)
    Member.objects.filter(pk=cast.oscar.pk).update(plan="expert")

    def asked():
        question = asked_on(console(cast.oscar).get(PAGE).text)
        answer = platform.post(ONE, question).json()
        assert answer["decision"], answer
        return question["action"]["name"], question["resource"]

    assert asked() == ("usage.view", {"type": "organization", "id": "acme"})
    make_model(cast.acme, "deep")
    assert asked() == ("model.use", {"type": "model", "id": "deep"})
    make_workspace(cast.oscar, "Oscar's “own” place")
    raise_version(cast.acme)
    assert asked() == ("message.send", {"type": "workspace", "id": "Oscar's “own” place"})
