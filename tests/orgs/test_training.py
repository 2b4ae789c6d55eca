"""Training modules: what they keep closed, who is told before; and Markdown, which makes nothing that runs."""

from html.parser import HTMLParser

import pytest
from django.utils import timezone

from orgs import subjects
from orgs.access import Action, Refused, check, uses
from orgs.actions import provisioning, training
from orgs.actors import SYSTEM
from orgs.markdown import to_html
from orgs.models import Organization, TrainingModule
from orgs.queries.training import cut_off
from tests.cast import again
from tests.doors import console
from tests.orgs.newcomers import done, items, module, on_board, said

PAGE = "/o/acme/provisioning/"

# ---------------------------------------------------------------- Markdown


class Tags(HTMLParser):
    """Every tag of a page, as a browser would see it."""

    def __init__(self):
        super().__init__()
        self.found = []

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))


PAYLOADS = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt&colon;alert(1))",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "![x](https://evil.example/pixel.gif)",
    "<javascript:alert(1)>",
    '[x](https://a.example "onmouseover=alert(1)")',
    "[x]: javascript:alert(1)\n\n[x]",
    "<svg/onload=alert(1)>",
    "```\n</code><script>alert(1)</script>\n```",
)


@pytest.mark.parametrize("text", PAYLOADS)
def test_E01_markdown_makes_nothing_that_runs_or_loads(text):
    reader = Tags()

    reader.feed(to_html(text))

    for tag, attrs in reader.found:
        assert tag in {"a", "p", "pre", "code"}
        assert set(attrs) <= {"href", "rel"}
        assert attrs.get("href", "https:").startswith(("https:", "http:", "mailto:"))


def test_E01_what_an_admin_writes_runs_on_no_page(cast):
    made = module(cast, text="".join(f"{payload}\n\n" for payload in PAYLOADS))
    provisioning.write_guide(cast.olive, cast.acme, text="\n\n".join(PAYLOADS))
    browser = console(cast.mika)

    for path in ("/o/acme/first-days/", f"/o/acme/first-days/training/{made.pk}/"):
        text = browser.get(path).content.decode()
        assert "<script>alert" not in text
        assert "<img src=x" not in text
        assert 'href="javascript' not in text.lower()


def test_a_preview_saves_nothing(cast):
    answer = console(cast.olive).post(f"{PAGE}guide/", {"text": "**bold**", "preview": "1"})

    assert b"<strong>bold</strong>" in answer.content
    assert Organization.objects.get(pk=cast.acme.pk).setup_guide == ""


# ---------------------------------------------------------------- training


def test_A14_a_required_module_keeps_its_feature_closed_until_it_is_confirmed(cast):
    made = module(cast, features=["create_workspaces"])
    lena = again(cast.lena)

    refused = check(lena, Action.WORKSPACE_CREATE, lena.org)
    closed = uses(subjects.of(lena), "create_workspaces", timezone.now())
    page = console(cast.lena).get("/o/acme/workspaces/new/")
    training.confirm(lena, lena, module=made)
    opened = check(again(cast.lena), Action.WORKSPACE_CREATE, lena.org)
    listed = uses(subjects.of(again(cast.lena)), "create_workspaces", timezone.now())

    assert refused.deciding.rule == "training/create_workspaces"
    assert refused.reason == ("Lena has not passed the training module “Safe use”, which create workspaces waits for.")
    assert page.status_code == 403
    assert "You have not passed the training module “Safe use”" in page.content.decode()
    assert "/o/acme/first-days/" in page.content.decode()
    assert (closed.allowed, closed.deciding.layer) == (False, "training")
    assert opened.allowed
    assert listed.allowed


def test_A14_administration_waits_for_no_module(cast):
    module(cast, features=["workspace_access", "create_workspaces"])

    assert check(again(cast.adam), Action.WORKSPACE_MANAGE, cast.den).allowed
    assert check(again(cast.lena), Action.WORKSPACE_MANAGE, cast.den).allowed
    assert not check(again(cast.mika), Action.WORKSPACE_VIEW, cast.lab).allowed


def test_A14_a_module_for_those_who_join_from_now_on_closes_nothing_to_the_others(cast):
    module(cast, audience="new", features=["workspace_access"])

    assert check(again(cast.mika), Action.WORKSPACE_VIEW, cast.lab).allowed


def test_A14_an_archived_module_or_one_of_another_organization_closes_nothing(cast):
    made = module(cast, features=["workspace_access"])
    closed = check(again(cast.mika), Action.WORKSPACE_VIEW, cast.lab).allowed

    training.archive(cast.adam, made, archived=True)

    assert not closed
    assert check(again(cast.mika), Action.WORKSPACE_VIEW, cast.lab).allowed
    assert check(again(cast.eve), Action.WORKSPACE_VIEW, cast.lair).allowed


def test_whom_a_module_keeps_out_is_said_before_it_is_saved(cast):
    values = {"title": "Safe use", "text": "Read", "audience": "everyone", "required": "on", "features": "manage_tools"}
    browser = console(cast.olive)

    asked = browser.post("/o/acme/training/new/", values).content.decode()
    before = TrainingModule.objects.count()
    browser.post("/o/acme/training/new/", values | {"confirmed": "on"})

    assert "3 members lose something until they have confirmed it" in asked
    assert "Manage tools: Anna, Lena, Olive." in asked
    assert (before, TrainingModule.objects.count()) == (0, 1)
    kept = {"features": ["manage_tools"], "required": True, "audience": "new"}
    assert cut_off(cast.olive, TrainingModule(org=cast.acme), kept) is None


def test_training_is_passed_when_every_required_module_is_confirmed(cast):
    on_board(cast.mika, "training")
    first, second = module(cast), module(cast, title="Privacy")
    mika = again(cast.mika)

    training.confirm(mika, mika, module=first)
    half = provisioning.settle(SYSTEM, cast.acme)
    training.confirm(mika, mika, module=second)
    whole = provisioning.settle(SYSTEM, cast.acme)

    assert (half, whole) == (0, 1)
    assert again(cast.mika).onboarded_at is not None


def test_a_required_module_that_comes_later_opens_the_item_again_until_it_is_confirmed(cast):
    on_board(cast.mika, "training", "storage", due_day=timezone.localdate())
    on_board(cast.lena, "training", "storage")
    first = module(cast)
    for member in (cast.mika, cast.lena):
        training.confirm(member, member, module=first)
    settled = provisioning.settle(SYSTEM, cast.acme)

    second = module(cast, title="Privacy")
    training.confirm(cast.lena, cast.lena, module=second)
    reopened = provisioning.settle(SYSTEM, cast.acme), provisioning.settle(SYSTEM, cast.acme)

    item = items(cast.mika)["training"]
    days_left = (item.due_day - timezone.now().astimezone(cast.acme.zone).date()).days
    assert (settled, reopened, item.done_at, days_left) == (2, (1, 0), None, 14)
    assert "training" in done(cast.lena)
    assert said(cast, "provisioning.see")[-1].startswith("Steward opened it again")
    training.confirm(cast.mika, cast.mika, module=second)
    provisioning.settle(SYSTEM, cast.acme)
    assert "training" in done(cast.mika)


@pytest.mark.parametrize("change", ["optional", "archived"])
def test_a_module_that_becomes_required_opens_the_item_again_too(cast, change):
    on_board(cast.mika, "training", "storage")
    made = module(cast, required=change != "optional")
    if change == "archived":
        training.archive(cast.adam, made, archived=True)
    provisioning.settle(SYSTEM, cast.acme)
    ticked = done(cast.mika)

    if change == "archived":
        training.archive(cast.adam, made, archived=False)
    else:
        values = {name: getattr(made, name) for name in training.FIELDS}
        training.keep(cast.adam, made, values=values | {"required": True})
    provisioning.settle(SYSTEM, cast.acme)

    assert (ticked, done(cast.mika)) == ({"training"}, set())


def test_whoever_has_left_the_board_does_not_come_back_for_a_new_module(cast):
    on_board(cast.mika, "training")
    provisioning.settle(SYSTEM, cast.acme)

    module(cast)
    provisioning.settle(SYSTEM, cast.acme)

    assert done(cast.mika) == {"training"}
    assert "Read and confirm the training module" in console(cast.mika).get("/o/acme/needs/").text


def test_a_module_that_is_not_meant_for_somebody_cannot_be_confirmed(cast):
    made = module(cast, audience="new")

    with pytest.raises(Refused, match="not meant for you"):
        training.confirm(cast.mika, cast.mika, module=made)


def test_modules_change_places(cast):
    first, second = module(cast), module(cast, title="Privacy")

    training.move(cast.adam, second, up=True)

    assert list(TrainingModule.objects.filter(org=cast.acme)) == [second, first]
