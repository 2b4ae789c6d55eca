"""Writing and publishing a policy: drafts, who is told what, and what the next question is answered."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from orgs.access import Action, Denied, Refused, check
from orgs.models import AuditEntry, Organization
from orgs.queries.sentences import sentence
from policies import actions
from policies.models import WHOLE, PolicyDraft, PolicyInForce, PolicyVersion
from policies.names import names_of
from policies.queries import impact, reaching
from policies.queries import policy as queries
from tests.cast import make_member
from tests.policies.writing import LEADERS, OPEN, catalogue, draft, publish

STRICT = LEADERS | {"allowed_models": {"general_staff": [], "leaders": ["deep"]}}


@pytest.fixture(autouse=True)
def _models(cast):
    catalogue(cast.acme)


def may_use(member, model):
    member.org.refresh_from_db()
    return check(member, Action.MODEL_USE, member.org, model=model)


def test_a_published_policy_answers_the_next_question(cast):
    assert may_use(cast.mika, "deep").allowed

    publish(cast.adam, LEADERS)

    refused = may_use(cast.mika, "deep")
    assert not refused.allowed
    assert "does not allow deep" in refused.reason
    assert may_use(cast.lena, "deep").allowed
    assert may_use(cast.mika, "basic").allowed


def test_a_draft_changes_nothing_until_it_is_published(cast):
    version = Organization.objects.get(pk=cast.acme.pk).access_version

    draft(cast.adam, STRICT)

    assert may_use(cast.mika, "deep").allowed
    assert Organization.objects.get(pk=cast.acme.pk).access_version == version


def test_versions_count_up_and_the_draft_is_gone(cast):
    publish(cast.adam, OPEN, note="To begin with")
    publish(cast.olive, LEADERS)

    assert list(PolicyVersion.objects.order_by("number").values_list("number", "author_name", "note")) == [
        (1, "Adam", "To begin with"),
        (2, "Olive", ""),
    ]
    assert PolicyInForce.objects.get(org=cast.acme).version.number == 2
    assert not PolicyDraft.objects.exists()


@pytest.mark.parametrize("name", ["lena", "mika", "vera", "gus"])
def test_whoever_administers_nothing_neither_writes_nor_publishes(cast, name):
    saved = draft(cast.adam, OPEN)

    with pytest.raises(Denied):
        actions.drafts.save(getattr(cast, name), cast.acme, WHOLE, document=STRICT, revision=1)
    with pytest.raises(Denied):
        actions.policies.publish(getattr(cast, name), cast.acme, WHOLE, revision=1)
    with pytest.raises(Denied):
        actions.drafts.discard(getattr(cast, name), saved, revision=1)
    assert PolicyDraft.objects.get().document == OPEN


def test_somebody_elses_newer_save_is_not_overwritten(cast):
    first = draft(cast.adam, OPEN)
    draft(cast.olive, LEADERS)

    lost = actions.drafts.save(cast.adam, cast.acme, WHOLE, document=STRICT, revision=first.revision)

    assert lost is None
    assert PolicyDraft.objects.get().document == LEADERS
    with pytest.raises(Refused, match="Olive saved the draft meanwhile"):
        actions.policies.publish(cast.adam, cast.acme, WHOLE, revision=first.revision)
    with pytest.raises(Refused, match="Olive saved the draft meanwhile"):
        actions.drafts.discard(cast.adam, PolicyDraft.objects.get(), revision=first.revision)


def test_whoever_began_before_something_was_published_does_not_undo_it(cast):
    opened = queries.writing(cast.adam, None).revision
    publish(cast.olive, LEADERS)

    assert actions.drafts.save(cast.adam, cast.acme, WHOLE, document=OPEN, revision=opened) is None
    again = queries.writing(cast.adam, None).revision
    assert actions.drafts.save(cast.adam, cast.acme, WHOLE, document=OPEN, revision=again).document == OPEN


def test_the_draft_that_follows_one_thrown_away_is_not_taken_for_it(cast):
    first = draft(cast.adam, OPEN)
    actions.drafts.discard(cast.olive, first, revision=first.revision)
    gone = queries.writing(cast.olive, None).revision
    assert actions.drafts.save(cast.adam, cast.acme, WHOLE, document=OPEN, revision=first.revision) is None
    draft(cast.olive, STRICT)

    for read in (first.revision, gone):
        assert actions.drafts.save(cast.adam, cast.acme, WHOLE, document=OPEN, revision=read) is None
        with pytest.raises(Refused, match="Olive saved the draft meanwhile"):
            actions.policies.publish(cast.adam, cast.acme, WHOLE, revision=read)
    assert PolicyDraft.objects.get().document == STRICT


def test_what_is_in_force_already_is_not_published_again(cast):
    publish(cast.adam, OPEN)
    saved = draft(cast.adam, OPEN)

    with pytest.raises(Refused, match="says what the policy in force says already"):
        actions.policies.publish(cast.adam, cast.acme, WHOLE, revision=saved.revision)


def test_a_draft_that_names_a_model_which_is_gone_is_not_published(cast):
    saved = draft(cast.adam, LEADERS)
    cast.acme.catalogue.filter(name="deep").delete()

    with pytest.raises(Refused, match="Models of leaders: Unknown model"):
        actions.policies.publish(cast.adam, cast.acme, WHOLE, revision=saved.revision)


def test_the_log_tells_what_changed_and_the_levels(cast):
    publish(cast.adam, OPEN)
    publish(cast.adam, LEADERS | {"monitoring_level": "full"})

    entry = AuditEntry.objects.filter(action="policy.publish").latest("seq")
    assert sentence(entry) == "Adam published version 2 of the policy."
    assert entry.detail["monitoring_level_before"] == "standard"
    assert entry.detail["monitoring_level"] == "full"
    assert entry.detail["changes"] == [
        "general_staff loses deep and fast.",
        "leaders gains deep.",
        "New rule of leaders: every Owner and team leads.",
        "The use case private is blocked now.",
        "The monitoring level is full (before: standard).",
    ]
    written = AuditEntry.objects.filter(action="policy.edit").latest("seq")
    assert sentence(written) == "Adam began a draft of the policy."


def test_a_departments_policy_can_only_narrow(cast):
    publish(cast.adam, LEADERS)
    publish(cast.adam, OPEN | {"allowed_models": {"general_staff": ["deep", "fast"]}}, cast.research.pk)

    assert not may_use(cast.mika, "basic").allowed
    assert not may_use(cast.mika, "deep").allowed
    assert may_use(cast.lena, "deep").allowed
    assert may_use(cast.olive, "basic").allowed
    assert PolicyVersion.objects.get(scope=cast.research.pk).scope_name == "Research"
    entry = AuditEntry.objects.filter(action="policy.publish").latest("seq")
    assert sentence(entry) == "Adam published version 1 of the policy of Research."


def test_a_departments_wider_allowance_has_no_effect_and_its_cuts_are_named(cast):
    publish(cast.adam, LEADERS)
    draft(cast.adam, OPEN | {"allowed_models": {"general_staff": ["fast", "deep"]}}, cast.research.pk)
    at = queries.writing(cast.adam, cast.research)

    assert at.useful(at.document) == {"general_staff": frozenset({"basic", "deep"})}
    assert [(cut.model, cut.whom.count, cut.whom.names) for cut in reaching.cut(at)] == [
        ("basic", 2, ("Lena", "Mika")),
    ]


def test_before_publishing_gains_and_losses_are_named(cast):
    draft(cast.adam, STRICT)

    found = impact.impact(queries.writing(cast.adam, None))

    lost = {one.model: (one.lose.count, one.lose.names) for one in found.models}
    everybody = (7, ("Adam", "Anna", "Gus", "Lena", "Mika"))
    assert lost == {"basic": everybody, "fast": everybody, "deep": (4, ("Adam", "Anna", "Gus", "Mika"))}
    assert (found.none.count, found.none.names, found.none.suspended) == (4, ("Adam", "Anna", "Gus", "Mika"), 1)
    assert found.gain.count == 0
    assert found.judged == 7  # Vera views and uses no model, Sam is suspended, Rita is gone


def test_gains_are_what_the_department_leaves_of_them(cast):
    publish(cast.adam, LEADERS)
    publish(cast.adam, OPEN | {"allowed_models": {"general_staff": ["basic"]}}, cast.research.pk)
    draft(cast.adam, OPEN)

    found = impact.impact(queries.writing(cast.adam, None))

    gained = {one.model: one.gain.names for one in found.models}
    assert gained == {"deep": ("Adam", "Anna", "Gus"), "fast": ("Adam", "Anna", "Gus", "Olive", "Oscar")}


def test_what_publishing_does_is_told_in_as_many_queries_at_any_size(cast):
    publish(cast.adam, OPEN)
    draft(cast.adam, LEADERS)
    at = queries.writing(cast.adam, None)

    def cost():
        with CaptureQueriesContext(connection) as told:
            impact.impact(at)
            list(impact.rows(at))
        return len(told)

    few = cost()
    for number in range(60):
        make_member(cast.acme, f"Person {number}", department=cast.research if number % 2 else None)
    at.org.access_version += 1

    assert cost() == few == 5
    assert cost() == 4  # how many people there are of each kind is known by now


DOCUMENT = {
    "allowed_models": {"general_staff": ["basic"], "leaders": [], "guests": [], "searchers": []},
    "restricted_use_cases": [],
    "monitoring_level": "standard",
    "groups": {
        "leaders": {"roles": ["owner", "admin"], "leads": True},
        "guests": {"guests": True, "exclusive": True},
    },
}


@pytest.mark.both
def test_the_list_of_a_group_and_its_count_are_the_same_people(cast):
    groups = DOCUMENT["groups"] | {
        "searchers": {"teams": [cast.search.pk], "members": [cast.sam.pk, cast.gus.pk]},
        "viewers": {"roles": ["viewer"], "departments": [cast.research.pk], "exclusive": True},
    }
    said = DOCUMENT | {"groups": groups}

    for group in ("general_staff", *groups):
        listed = reaching.people_of(cast.adam, WHOLE, said, group)
        counted = reaching.count(cast.adam, WHOLE, said, group)
        assert (listed.total, listed.suspended) == (counted.count, counted.suspended), group
        active = [row.user.name for row in listed.rows if row.suspended_at is None]
        assert active[:5] == list(counted.names), group
        assert len(listed.rows) - len(active) == counted.suspended, group
    assert reaching.people_of(cast.adam, WHOLE, said, "nobody") is None
    inside = reaching.people_of(cast.adam, cast.research.pk, said, "viewers")
    assert [row.user.name for row in inside.rows] == ["Lena", "Mika", "Vera"]


def test_names_of_another_organization_are_unknown(cast):
    names = names_of(cast.acme, {"groups": {"g": {"members": [cast.eve.pk, "eve@umbrella.example", cast.mika.pk]}}})

    assert names.members == {cast.mika.pk: "mika@acme.example"}
