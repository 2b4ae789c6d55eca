"""Single permissions over the whole organization: who gives them, what they open, when they end (product.md 7)."""

import pytest

from orgs.access import Action, Denied, Refused, check
from orgs.actions import delegation, members
from orgs.models import AuditEntry, Member
from orgs.queries import sentences
from tests.cast import again
from tests.doors import console

LOG, EXPORT, OVERVIEW = "/o/acme/audit/", "/o/acme/audit/export/?format=csv", "/o/acme/"


def _url(member):
    return f"/o/acme/members/{member.pk}/delegate/"


def _nav(person):
    page = console(person).get("/o/acme/workspaces/").content.decode()
    return [name for name in ("audit", "members", "plans") if f'href="/o/acme/{name}/"' in page]


def test_a_user_to_whom_the_log_is_delegated_reads_and_exports_it(cast):
    assert console(cast.mika).get(LOG).status_code == 403

    assert console(cast.olive).post(_url(cast.mika), {"permissions": ["audit"]}).status_code == 303

    mika = console(cast.mika)
    assert "Olive delegated to Mika: audit." in mika.get(LOG).content.decode()
    assert mika.get(f"{LOG}{AuditEntry.objects.get().pk}/").status_code == 200
    export = mika.get(EXPORT)
    assert export.status_code == 200
    assert b"delegation.set" in b"".join(export.streaming_content)
    assert mika.post(f"{LOG}verify/").status_code == 200
    assert _nav(cast.mika) == ["audit"]
    for path in ("members/", "teams/", "settings/", "plans/", "keys/"):
        assert mika.get(f"/o/acme/{path}").status_code in (403, 404)


def test_a_user_to_whom_usage_is_delegated_sees_the_overview_without_cost(cast):
    before = console(cast.mika).get(OVERVIEW)
    assert "data-figure" not in before.content.decode()

    delegation.delegate(cast.olive, cast.mika, permissions=["usage"])

    page = console(cast.mika).get(OVERVIEW)
    assert 'data-figure="active_members"' in page.content.decode()
    assert 'data-figure="cost"' not in page.content.decode()
    mika = again(cast.mika)
    assert check(mika, Action.USAGE_EXPORT, mika.org)
    assert not check(mika, Action.USAGE_COST, mika.org)
    assert not check(mika, Action.AUDIT_VIEW, mika.org)


def test_a_viewer_may_be_given_the_log_too(cast):
    delegation.delegate(cast.olive, cast.vera, permissions=["audit"])

    assert console(cast.vera).get(LOG).status_code == 200


def test_only_owners_delegate(cast):
    for person in (cast.adam, cast.lena, cast.mika):
        answer = console(person).post(_url(cast.mika), {"permissions": ["audit"]})
        assert answer.status_code == 403
        with pytest.raises(Denied):
            delegation.delegate(person, cast.mika, permissions=["audit"])
    assert not check(again(cast.mika), Action.AUDIT_VIEW, cast.acme)


@pytest.mark.parametrize("name", ["gus", "adam", "oscar", "rita"])
def test_guests_get_nothing_and_whoever_has_it_by_role_needs_nothing(cast, name):
    with pytest.raises(Refused, match=r"is a guest|by role|was removed"):
        delegation.delegate(cast.olive, getattr(cast, name), permissions=["audit"])
    page = console(cast.olive).get(f"/o/acme/members/{getattr(cast, name).pk}/").content.decode()
    offered = [what for what in ("audit", "compliance", "usage") if f'value="{what}" autocomplete' in page]
    assert offered == (["compliance"] if name in ("adam", "oscar") else [])


@pytest.mark.parametrize("name", ["olive", "adam", "vera"])
def test_reviewing_compliance_is_in_no_role_and_is_given_to_anybody_but_guests(cast, name):
    person = getattr(cast, name)
    assert not check(person, Action.MONITORING_READ, cast.acme)

    delegation.delegate(cast.oscar, person, permissions=["compliance"])

    assert check(again(person), Action.MONITORING_READ, again(person).org)
    assert check(again(person), Action.MONITORING_REVIEW, again(person).org)


def test_the_card_is_on_the_page_for_owners_and_says_what_is_given(cast):
    delegation.delegate(cast.olive, cast.mika, permissions=["usage"])

    owner, admin = (
        console(p).get(f"/o/acme/members/{cast.mika.pk}/").content.decode() for p in (cast.olive, cast.adam)
    )

    assert 'value="usage" autocomplete="off" aria-describedby="means-usage" checked' in owner
    assert 'value="audit" autocomplete="off" aria-describedby="means-audit">' in owner
    assert 'id="delegation"' not in admin


def test_taking_it_back_holds_at_the_next_request_and_can_be_undone(cast):
    delegation.delegate(cast.olive, cast.mika, permissions=["audit"])
    browser = console(cast.mika)
    assert browser.get(LOG).status_code == 200

    answer = console(cast.olive).post(_url(cast.mika), {}, hx=True)

    assert browser.get(LOG).status_code == 403
    assert not AuditEntry.objects.visible_to(again(cast.mika)).exists()
    assert '<input type="hidden" name="permissions" value="audit">' in answer.content.decode()
    assert sentences.sentence(AuditEntry.objects.latest("seq")) == "Olive took back what was delegated to Mika: audit."


def test_what_is_the_same_leaves_no_entry(cast):
    for _n in range(2):
        delegation.delegate(cast.olive, cast.mika, permissions=["audit", "usage"])

    assert AuditEntry.objects.count() == 1


@pytest.mark.parametrize("wrong", ["god", "", "\0", "audit " * 3])
def test_what_is_no_permission_is_answered_422(cast, wrong):
    for hx in (False, True):
        assert console(cast.olive).post(_url(cast.mika), {"permissions": [wrong]}, hx=hx).status_code == 422
    assert not AuditEntry.objects.exists()


def test_a_suspended_or_removed_member_reads_nothing_and_gets_it_back(cast):
    delegation.delegate(cast.olive, cast.mika, permissions=["audit"])

    members.suspend(cast.olive, cast.mika, reason="x")
    assert console(cast.mika).get(LOG).status_code == 403
    assert not check(again(cast.mika), Action.AUDIT_VIEW, cast.acme)
    members.reactivate(cast.olive, cast.mika)
    assert console(cast.mika).get(LOG).status_code == 200

    members.remove(cast.olive, cast.mika, reason="x")
    assert console(cast.mika).get(LOG).status_code == 404
    assert not check(again(cast.mika), Action.AUDIT_VIEW, cast.acme)
    members.restore(cast.olive, again(cast.mika), fresh=False)
    assert console(cast.mika).get(LOG).status_code == 200


def test_whoever_starts_fresh_has_nothing_delegated(cast):
    delegation.delegate(cast.olive, cast.mika, permissions=["audit", "usage"])
    members.remove(cast.olive, cast.mika, reason="x")

    members.restore(cast.olive, again(cast.mika), fresh=True)

    assert console(cast.mika).get(LOG).status_code == 403


def test_what_is_delegated_holds_in_its_organization_alone(cast):
    both = Member.objects.create(org=cast.umbrella, user=cast.mika.user, ordinal=9)
    delegation.delegate(cast.olive, cast.mika, permissions=["audit"])

    assert not AuditEntry.objects.visible_to(both).exists()
    assert console(cast.mika).get("/o/umbrella/audit/").status_code == 403
