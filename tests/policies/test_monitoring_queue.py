"""The queue of flagged messages: who sees what of it, reviews, and reading what was written with a purpose."""

from datetime import timedelta

import pytest
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from orgs.access import Denied, Refused
from orgs.actions import delegation
from orgs.models import AuditEntry
from orgs.queries import needs, sentences
from policies.actions import monitoring
from policies.models import FlaggedMessage, HeardConversation, KeptMessage, LevelChange
from tests.cast import again
from tests.doors import console
from tests.policies.publishing import FLAG, put_in_force
from tests.talking import make_conversation
from workspaces.conversations import talking

PAGE, SECRET = "/o/acme/monitoring/", "Zebediah's birthday party"


@pytest.fixture
def flagged(cast):
    put_in_force(cast.acme, "standard")
    return flag(cast.mika)


@pytest.fixture
def reviewer(cast):
    delegation.delegate(cast.olive, cast.lena, permissions=["compliance"])
    return again(cast.lena)


def flag(member, n=1, **fields):
    fields = {"at": timezone.now() - timedelta(hours=n), "text": SECRET, "use_case": FLAG, "state": "open"} | fields
    more = {"team": member.team, "policy_number": 1, "source": "api", "title": "Zebediah's plans"}
    return FlaggedMessage.objects.create(
        org=member.org, event_id=f"{member.pk}-{n}", member=member, member_name=str(member), **fields, **more
    )


def test_owners_and_admins_see_that_it_was_flagged_and_by_which_line_but_not_what_was_written(cast, flagged):
    for person in (cast.olive, cast.adam):
        page = console(person).get(PAGE).content.decode()
        one = console(person).get(f"{PAGE}{flagged.pk}/").content.decode()

        assert f"The policy, version 1: {FLAG}" in page
        assert "Mika" in page
        assert "Zebediah" not in page + one
        assert console(person).post(f"{PAGE}{flagged.pk}/content/", {"purpose": "curious"}).status_code == 403
        with pytest.raises(Denied):
            monitoring.read(person, flagged, purpose="curious")
    assert not AuditEntry.objects.exists()


def test_with_the_permission_it_is_read_for_a_purpose_that_is_recorded_and_nothing_else(cast, flagged, reviewer):
    browser, url = console(reviewer), f"{PAGE}{flagged.pk}/content/"
    assert SECRET not in browser.get(url).content.decode()
    assert browser.post(url, {"purpose": ""}).status_code == 422

    answer = browser.post(url, {"purpose": "a complaint by HR"})

    assert "Zebediah&#x27;s birthday party" in answer.content.decode()
    entry = AuditEntry.objects.get(action="monitoring.read")
    assert sentences.sentence(entry) == "Lena read what monitoring kept of Mika."
    assert entry.detail == {"purpose": "a complaint by HR", "name": "Mika"}
    assert "Zebediah" not in str(AuditEntry.objects.values_list())


def test_at_minimal_what_was_kept_before_is_shown_to_nobody(cast, flagged, reviewer):
    put_in_force(cast.acme, "minimal")

    with pytest.raises(Refused, match="Minimal now"):
        monitoring.read(again(reviewer), flagged, purpose="a complaint")
    assert console(reviewer).post(f"{PAGE}{flagged.pk}/content/", {"purpose": "a complaint"}).status_code == 409
    assert "Zebediah" not in console(reviewer).get(PAGE).content.decode()


@pytest.mark.parametrize("name", ["mika", "vera", "gus"])
def test_whoever_reviews_nothing_sees_nothing(cast, flagged, name):
    person = getattr(cast, name)
    assert console(person).get(PAGE).status_code == 403
    assert not FlaggedMessage.objects.visible_to(person).exists()
    with pytest.raises(Denied):
        monitoring.review(person, flagged, state="dismissed")


def test_a_review_has_a_state_somebody_and_a_note_and_leaves_a_sentence(cast, flagged):
    url = f"{PAGE}{flagged.pk}/"

    answer = console(cast.adam).post(url, {"state": "escalated", "assignee": cast.olive.pk, "note": "HR looks at it"})

    assert answer.status_code == 303
    flagged.refresh_from_db()
    assert (flagged.state, flagged.assignee, flagged.note) == ("escalated", cast.olive, "HR looks at it")
    assert sentences.sentence(AuditEntry.objects.get()) == f"Adam escalated {FLAG} by Mika."
    assert console(cast.adam).post(url, {"state": "odd"}).status_code == 422


def test_it_is_given_to_one_of_those_who_review_oneself_first_and_never_to_its_author(cast, flagged, reviewer):
    own = flag(cast.olive, 2)

    def offered(row):
        page = console(cast.adam).get(f"{PAGE}{row.pk}/").content.decode()
        options = page.split('name="assignee"')[1].split("</select>")[0].split("</option>")[:-1]
        return [option.rpartition(">")[2] for option in options]

    assert offered(flagged) == ["Nobody yet", "Me (Adam)", "Anna", "Lena, may read what was written", "Olive", "Oscar"]
    assert offered(own) == ["Nobody yet", "Me (Adam)", "Anna", "Lena, may read what was written", "Oscar"]
    for row, who in ((flagged, cast.vera), (flagged, cast.eve), (own, cast.olive)):
        url = f"{PAGE}{row.pk}/"
        assert console(cast.adam).post(url, {"state": "open", "assignee": who.pk}).status_code == 422
    for row, who in ((flagged, cast.vera), (own, cast.olive)):
        with pytest.raises(Refused, match=f"{who} (may not review|wrote this message)"):
            monitoring.review(cast.adam, row, state="open", assignee=who)


def test_who_looks_after_it_from_now_on_is_said(cast, flagged):
    def saved(**sent):
        return console(cast.adam).post(f"{PAGE}{flagged.pk}/", {"state": "open", **sent}, hx=True).text

    assert "Saved." in saved()
    assert "Olive looks after it." in saved(assignee=cast.olive.pk)
    assert "Saved." in saved(assignee=cast.olive.pk, note="again")
    assert "You look after it." in saved(assignee=cast.adam.pk)


def test_whoever_judges_without_having_read_is_told_so(cast, flagged, reviewer):
    hint = "You may not read what was written: say in the note what you go by."

    assert hint in console(cast.adam).get(f"{PAGE}{flagged.pk}/").text
    assert hint not in console(reviewer).get(f"{PAGE}{flagged.pk}/").text


def test_nobody_reviews_what_they_wrote_themselves(cast, flagged):
    own = flag(cast.adam, 2)

    with pytest.raises(Refused, match="wrote this message yourself"):
        monitoring.review(cast.adam, own, state="dismissed")
    outcomes = monitoring.decide(cast.adam, [own, flagged], state="dismissed")

    assert [one.outcome for one in outcomes] == ["refused", "done"]
    assert FlaggedMessage.objects.get(pk=own.pk).state == "open"


def test_many_are_decided_at_once_with_an_entry_each(cast, flagged):
    others = [flag(cast.mika, n) for n in (2, 3)]
    ids = [row.pk for row in (flagged, *others)]

    answer = console(cast.adam).post(f"{PAGE}bulk/?state=open", {"ids": ids, "state": "confirmed"})

    assert answer.status_code == 303
    assert answer["Location"].endswith("?state=open")
    assert set(FlaggedMessage.objects.values_list("state", flat=True)) == {"confirmed"}
    assert AuditEntry.objects.count() == 3
    assert console(cast.adam).post(f"{PAGE}bulk/", {"state": "confirmed"}).status_code == 422


def test_filters_are_in_the_url(cast, flagged):
    flag(cast.adam, 50, state="dismissed", use_case="other", assignee=cast.olive)
    day = (timezone.now() - timedelta(days=1)).date()

    def names(query):
        page = console(cast.olive).get(f"{PAGE}?{query}").content.decode()
        return {name for name in ("Mika", "Adam") if f">{name}</a>" in page}

    assert names("") == {"Mika", "Adam"}
    assert names("state=open") == {"Mika"}
    assert names("use_case=other") == {"Adam"}
    assert names("q=mik") == {"Mika"}
    assert names("assignee=me") == {"Adam"}
    assert names("assignee=none") == {"Mika"}
    assert names(f"team={cast.search.pk}") == {"Mika"}
    assert names(f"until={day - timedelta(days=0)}") == {"Adam"}
    assert console(cast.olive).get(f"{PAGE}?state=odd").status_code == 422


def test_whoever_may_not_review_any_more_stays_until_somebody_takes_them_out(cast, flagged, reviewer):
    monitoring.review(cast.olive, flagged, state="open", assignee=reviewer)
    delegation.delegate(cast.olive, reviewer, permissions=[])
    browser, url = console(cast.olive), f"{PAGE}{flagged.pk}/"

    page = browser.get(url).content.decode()
    assert f'<option value="{reviewer.pk}" selected>Lena (may not review any more)</option>' in page
    assert browser.post(url, {"state": "open", "assignee": reviewer.pk, "note": "asked"}).status_code == 303

    flagged.refresh_from_db()
    assert (flagged.assignee, flagged.note) == (reviewer, "asked")
    monitoring.review(cast.olive, flagged, state="open")
    assert "may not review any more" not in browser.get(url).content.decode()
    with pytest.raises(Refused, match="Lena may not review flagged messages"):
        monitoring.review(cast.olive, flagged, state="open", assignee=again(reviewer))


def test_open_ones_wait_for_reviewers(cast, flagged, reviewer):
    flag(cast.lena, 2)
    flag(cast.mika, 3, state="dismissed")
    flag(cast.mika, 4, assignee=cast.olive)

    def told(member):
        found = needs.needs(again(member), timezone.now())
        return sum(len(group.needs) for group in found.groups if group.title == "Monitoring")

    assert (told(cast.olive), told(reviewer), told(cast.mika)) == (3, 1, 0)


def test_the_queue_pages_by_place_and_costs_the_same_at_two_sizes(cast, flagged):
    browser, counts = console(cast.olive), []
    browser.get(PAGE)
    for size in (3, 60):
        for n in range(size):
            flag(cast.mika, size * 100 + n)
        browser.get(PAGE)
        with CaptureQueriesContext(connection) as queries:
            page = browser.get(PAGE).content.decode()
        counts.append(len(queries))

    assert counts[0] == counts[1]
    assert page.count('id="flagged-') == 50
    assert "after=" in page


def test_whole_conversations_are_read_at_full_alone_with_a_purpose(cast, reviewer):
    put_in_force(cast.acme, "full")
    talk = make_conversation(cast.mika, title="Quiet plans")
    LevelChange.objects.create(org=cast.acme, level="full", since=timezone.now())
    talking.post(cast.mika, talk, text="a quiet word")
    kept = HeardConversation.objects.create(
        org=cast.acme, conversation="c9", source="api", title="Far away", last_at=timezone.now()
    )
    KeptMessage.objects.create(
        org=cast.acme, event_id="1", conversation="c9", at=timezone.now(), kind="message", text="over there"
    )
    own = HeardConversation.objects.get(source="steward")
    browser, base = console(reviewer), f"{PAGE}conversations/"

    listed = browser.get(base).content.decode()
    assert "Quiet plans" in listed
    assert "Far away" in listed
    assert browser.post(f"{base}{own.pk}/", {"purpose": ""}).status_code == 422
    page = browser.post(f"{base}{own.pk}/", {"purpose": "a complaint"}).content.decode()
    assert "a quiet word" in page
    assert "Hello" not in page  # said before the level was full
    assert "over there" in browser.post(f"{base}{kept.pk}/", {"purpose": "a complaint"}).content.decode()
    assert AuditEntry.objects.filter(action="monitoring.read").count() == 2
    assert "quiet word" not in str(list(AuditEntry.objects.values_list()))
    for person in (cast.olive, cast.adam, cast.mika):
        assert console(person).get(base).status_code == 403
        read = console(person).post(f"{base}{own.pk}/", {"purpose": "a complaint"})
        assert read.status_code == (404 if person == cast.mika else 403)  # to her it does not even exist

    put_in_force(cast.acme, "standard")
    assert browser.post(f"{base}{own.pk}/", {"purpose": "a complaint"}).status_code == 409
    assert "Read…" not in browser.get(base).content.decode()


def test_another_organizations_reviewer_sees_nothing(cast, flagged):
    delegation.delegate(cast.eve, cast.eve, permissions=["compliance"])

    eve = again(cast.eve)
    assert not FlaggedMessage.objects.visible_to(eve).exists()
    assert console(eve).get(f"/o/umbrella/monitoring/{flagged.pk}/").status_code == 404
    with pytest.raises(Denied):
        monitoring.read(eve, flagged, purpose="curious")


def test_what_is_kept_of_messages_is_in_no_other_table(cast, reviewer):
    put_in_force(cast.acme, "full")
    talking.post(cast.mika, make_conversation(cast.mika), text=SECRET)

    holding = {
        model.__name__ for model in apps.get_models() if "Zebediah" in str(list(model._default_manager.values_list()))
    }
    assert holding == {"Message", "FlaggedMessage"}
