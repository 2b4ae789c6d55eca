"""What stands around the pages of a policy: where one is, which text one reads, what is missing and the way out."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from orgs.models import Department
from policies import actions
from policies.models import WHOLE, CatalogueModel, PolicyDraft
from tests.cast import make_member
from tests.doors import console
from tests.orgs.test_frame import links_of
from tests.policies.writing import LEADERS, OPEN, catalogue, draft, publish

ORG = "/o/acme/policies/organization/"
OF_A_POLICY = ["Overview", "Models by group", "Groups", "Use cases", "Monitoring level", "JSON", "Versions"]


@pytest.fixture
def olive(cast):
    catalogue(cast.acme)
    publish(cast.adam, OPEN)
    draft(cast.adam, LEADERS)
    return console(cast.olive)


def on_trial(cast):
    """A version of the draft that runs report-only."""
    saved = draft(cast.adam, LEADERS)
    until = timezone.now() + timedelta(days=9)
    return actions.trials.begin(cast.adam, cast.acme, WHOLE, revision=saved.revision, until=until)


def said(page):
    """The words of a page, without what only its source has."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def crumbs_of(page):
    nav = re.search(r'<nav class="crumbs".*?</nav>', page, re.DOTALL)
    found = re.findall(r"<li[^>]*>(.*?)</li>", nav.group(), re.DOTALL) if nav else []
    return [re.sub(r"<[^>]+>", "", one).strip() for one in found]


def heading_of(page):
    return said(re.search(r"<h1>(.*?)</h1>", page, re.DOTALL).group(1)).strip()


PAGES = [
    ("", "Overview", "Policy", []),
    ("grid/", "Models by group", "Policy", []),
    ("groups/", "Groups", "Policy", []),
    ("groups/leaders/", "Groups", "leaders", ["Policy", "Groups"]),
    ("groups/leaders/people/?of=draft", "Groups", "For whom leaders counts", ["Policy", "Groups"]),
    ("new-group/", "Groups", "New group", ["Policy", "Groups"]),
    ("use-cases/private/", "Use cases", "private", ["Policy", "Use cases"]),
    ("monitoring/", "Monitoring level", "Policy", []),
    ("json/", "JSON", "Policy", []),
    ("versions/1/", "Versions", "Version 1 In force", ["Policy", "Versions"]),
    ("compare/", "Versions", "Compare two versions", ["Policy", "Versions"]),
    ("publish/", "Overview", "Publish the policy?", ["Policy"]),
    ("discard/", "Overview", "Throw the draft away?", ["Policy"]),
    ("replay/", "Overview", "Replay past usage under the draft", ["Policy"]),
    ("report-only/begin/", "Overview", "Let the draft run report-only?", ["Policy"]),
]


def test_every_page_of_a_policy_has_both_rows_of_tabs_and_says_where_one_is(cast, olive):
    pages = [olive.get(f"{ORG}{path}").text for path, *_rest in PAGES]

    for page, (_path, here, heading, crumbs) in zip(pages, PAGES, strict=True):
        assert links_of(page, "Section") == (["Policy", "Limits", "Models", "Exceptions"], "Policy")
        assert links_of(page, "Pages of this section") == (OF_A_POLICY, here)
        assert (heading_of(page), crumbs_of(page)) == (heading, crumbs)


def test_the_pages_of_a_version_on_trial_keep_the_tabs(cast, olive):
    on_trial(cast)

    pages = [olive.get(f"{ORG}report-only/{path}").text for path in ("", "extend/", "enforce/", "discard/")]

    for page in pages:
        assert links_of(page, "Section")[1] == "Policy"
        assert links_of(page, "Pages of this section") == (OF_A_POLICY, "Overview")
        assert crumbs_of(page) == ["Policy"]
        assert heading_of(page) != "Policy"


BESIDE = [
    ("limits/plans/standard/", "Limits"),
    ("limits/plans/standard/?check=1&messages=5", "Limits"),
    ("models/new/", "Models"),
    ("models/import/", "Models"),
    ("models/{model}/", "Models"),
    ("models/{model}/delete/", "Models"),
    ("exceptions/new/", "Exceptions"),
]


def test_the_pages_beside_it_keep_their_tabs_and_repeat_nobody(cast, olive):
    model = CatalogueModel.objects.earliest("name").pk
    pages = [olive.get(f"/o/acme/policies/{path.format(model=model)}").text for path, _tab in BESIDE]

    for page, (_path, tab) in zip(pages, BESIDE, strict=True):
        assert links_of(page, "Section") == (["Policy", "Limits", "Models", "Exceptions"], tab)
        way = [*crumbs_of(page), heading_of(page)]
        assert way[0] == tab
        assert len(set(way)) == len(way) > 1


def test_a_department_is_named_once_on_the_way_to_its_policy(cast, olive):
    research = Department.objects.get_or_create(org=cast.acme, name="Research")[0]
    base = f"/o/acme/policies/{research.pk}/"

    assert [crumbs_of(olive.get(f"{base}{path}").text) for path in ("", "grid/", "groups/general_staff/people/")] == [
        ["Policy"],
        ["Policy"],
        ["Policy", "Research", "Groups"],
    ]
    assert "Unknown models" in links_of(olive.get(base).text, "Pages of this section")[0]


def test_the_first_page_says_which_text_its_tables_tell(cast, olive):
    both = said(olive.get(ORG).text)
    assert "Groups In force: version 1 Groups of the draft" in both
    assert "Use cases In force: version 1 Use cases of the draft" in both
    assert "Draft holds nobody yet" in both
    assert "leaders" not in both.partition("In force: version 1")[2]  # the draft's group is not among those in force

    publish(cast.adam, LEADERS)
    alone = said(olive.get(ORG).text)
    assert "Groups In force: version 2" in alone
    assert "of the draft" not in alone


def test_before_anything_is_published_the_tables_are_the_drafts_or_none(cast):
    catalogue(cast.acme)
    page = said(console(cast.olive).get(ORG).text)
    assert "Nothing is published: policy refuses nothing" in page
    assert "No model" not in page  # a table of nothing would say that nobody may use any

    draft(cast.adam, LEADERS)
    page = said(console(cast.olive).get(ORG).text)
    assert "Nothing is published" in page
    assert "Groups Draft" in page


def test_a_page_on_which_one_writes_says_whether_it_shows_the_draft_or_what_is_in_force(cast, olive):
    assert "This is the draft, saved by Adam" in said(olive.get(f"{ORG}groups/").text)

    publish(cast.adam, LEADERS)
    assert "This is version 2, which is in force." in said(olive.get(f"{ORG}groups/").text)


def test_a_group_that_the_draft_took_out_is_named_and_leads_nowhere(cast, olive):
    publish(cast.adam, LEADERS)
    draft(cast.adam, OPEN)

    assert "leaders" in said(olive.get(ORG).text)
    assert f'href="{ORG}groups/leaders/"' not in olive.get(ORG).text


def test_the_version_that_runs_report_only_wears_it_in_the_list_and_on_its_page(cast, olive):
    version = on_trial(cast)

    assert f"Version {version.number} Report-only" in said(olive.get(f"{ORG}versions/").text)
    assert "Version 1 In force" in said(olive.get(f"{ORG}versions/").text)
    assert heading_of(olive.get(f"{ORG}versions/{version.number}/").text) == f"Version {version.number} Report-only"


def test_what_needs_a_draft_says_that_there_is_none_and_where_one_begins(cast, olive):
    PolicyDraft.objects.all().delete()
    paths = [f"{ORG}{path}" for path in ("publish/", "publish/people/", "discard/", "report-only/begin/")]

    for page in map(olive.get, paths):
        assert page.status_code == 409
        assert "There is no draft yet. The first change to the policy, on any of its pages, begins one." in page.text
        assert '<a class="btn btn-primary" href="/o/acme/policies/">' in page.text
    assert all("There is no draft yet." in olive.get(path, hx=True).text for path in paths)


def test_who_goes_back_after_publishing_is_told_that_it_is_done(cast, olive):
    olive.post(f"{ORG}publish/", {"revision": PolicyDraft.objects.get().revision})

    back = olive.get(f"{ORG}publish/")

    assert back.status_code == 409
    assert "Version 2 was published just now" in back.text
    assert 'href="/o/acme/policies/"' in back.text
    assert "There is no draft yet." in console(cast.adam).get(f"{ORG}publish/").text


def test_what_needs_a_version_on_trial_says_that_none_is(cast, olive):
    paths = [f"{ORG}report-only/{path}" for path in ("", "people/", "extend/", "enforce/", "discard/")]

    for page in map(olive.get, paths):
        assert page.status_code == 409
        assert "No version runs report-only any more." in page.text


def test_a_group_of_many_named_people_takes_a_line(cast, olive):
    people = [make_member(cast.acme, f"Named {n}").pk for n in range(9)]
    draft(cast.adam, {**LEADERS, "groups": {"leaders": {"roles": ["owner"], "members": people}}})

    page = said(olive.get(f"{ORG}groups/").text)

    assert "and 7 more who are named" in page


def test_a_draft_that_says_nothing_new_is_not_offered_to_be_published_or_tried(cast, olive):
    draft(cast.adam, OPEN)
    pages = [olive.get(f"{ORG}{path}").text for path in ("publish/", "report-only/begin/")]

    assert all("The draft says what the policy in force says already." in page for page in pages)
    assert '<button class="btn btn-primary" disabled>' in pages[0]
    assert "last_day" not in pages[1]
