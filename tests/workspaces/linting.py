"""The linter as tests read it."""

import re
from html import unescape

from django.utils import timezone

from tests.doors import console
from workspaces.queries.access import linter

LINTER = "/o/acme/access/linter/"
MODELS = {"general_staff": ["calm"], "leads": ["deep"]}


def text_of(answer):
    assert answer.status_code == 200
    return unescape(answer.text)


def found(cast):
    return [
        (finding.title, [one.name for one in finding.first]) for finding in linter.linted(cast.adam, now()).findings
    ]


def now():
    return timezone.now()


def assert_leads_to_its_repair(cast, title):
    browser = console(cast.adam)
    page = text_of(browser.get(LINTER))
    assert title in page
    cards = page.partition('<section class="card mb-3"')[2].partition("In order")[0]
    assert {browser.get(url).status_code for url in re.findall(r'href="(/o/[^"]+)"', cards)} == {200}
