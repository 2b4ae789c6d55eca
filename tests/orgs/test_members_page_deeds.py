"""Deeds on one member through the page: what they answer to htmx, to a plain form, and when they are refused."""

import pytest
from django.db import connection

from orgs.models import AuditEntry, Mail, Member
from tests.cast import make_member
from tests.doors import console
from workspaces.models import Workspace


def _now(member):
    return Member.objects.get(pk=member.pk)


def _url(member, deed=""):
    return f"/o/acme/members/{member.pk}/{deed}{'/' if deed else ''}"


# ---------------------------------------------------------------- what a deed answers


def test_a_role_changed_by_htmx_answers_with_the_row_and_an_undo(cast):
    answer = console(cast.olive).post(_url(cast.mika, "role"), {"role": "viewer"}, hx=True)

    body = answer.content.decode()
    assert answer.status_code == 200
    assert _now(cast.mika).role == "viewer"
    assert body.lstrip().startswith(f'<tr id="member-{cast.mika.pk}"')
    assert '<option value="viewer" selected>' in body
    assert "Mika is Viewer now." in body
    assert f'hx-post="{_url(cast.mika, "role")}"' in body.partition("<hx-partial")[2]
    assert '<input type="hidden" name="role" value="user">' in body


def test_a_plain_form_is_sent_back_to_the_list_as_it_was_filtered(cast):
    came = {"Referer": "http://testserver/o/acme/members/?q=mik"}
    answer = console(cast.olive).post(_url(cast.mika, "plan"), {"plan": "expert"}, headers=came)

    assert (answer.status_code, answer["Location"]) == (303, "/o/acme/members/?q=mik")
    assert _now(cast.mika).plan == "expert"


@pytest.mark.parametrize(
    "came", ["https://evil.example/o/umbrella/members/", "http://testserver/o/umbrella/", "//x", ""]
)
def test_a_plain_form_is_never_sent_anywhere_else(cast, came):
    answer = console(cast.olive).post(_url(cast.mika, "plan"), {"plan": "expert"}, headers={"Referer": came})

    assert (answer.status_code, answer["Location"]) == (303, _url(cast.mika))


@pytest.mark.parametrize(
    ("deed", "sent", "back", "same"),
    [
        ("role", {"role": "viewer"}, ("role", {"role": "user"}), "role"),
        ("plan", {"plan": "expert"}, ("plan", {"plan": "advanced"}), "plan"),
        ("suspend", {"reason": "left"}, ("reactivate", {}), "suspended_at"),
        ("remove", {"reason": "left"}, ("restore", {"mode": "as_before"}), "removed_at"),
    ],
)
def test_what_undo_offers_brings_back_what_was(cast, deed, sent, back, same):
    browser, before = console(cast.olive), getattr(cast.mika, same)
    answer = browser.post(_url(cast.mika, deed), sent, hx=True).content.decode()
    changed = getattr(_now(cast.mika), same)

    assert f'hx-post="{_url(cast.mika, back[0])}"' in answer.partition("<hx-partial")[2]
    assert all(f'name="{name}" value="{value}"' in answer for name, value in back[1].items())
    browser.post(_url(cast.mika, back[0]), back[1], hx=True)

    assert changed != before
    assert getattr(_now(cast.mika), same) == before
    assert AuditEntry.objects.filter(target_id=cast.mika.pk).count() == 2


def test_setting_what_is_set_already_offers_no_undo_and_leaves_no_entry(cast):
    answer = console(cast.olive).post(_url(cast.mika, "role"), {"role": "user"}, hx=True)

    assert answer.status_code == 200
    assert "data-undo" not in answer.content.decode()
    assert not AuditEntry.objects.exists()


# ---------------------------------------------------------------- panels


def test_the_panel_before_a_suspension_names_the_person_and_what_stays(cast):
    browser = console(cast.olive)
    console(cast.mika)

    panel = browser.get(_url(cast.mika, "suspend"), hx=True).content.decode()
    page = browser.get(_url(cast.mika, "suspend")).content.decode()

    for text in ("Suspend Mika?", "Their session ends at once.", "seat stays counted", ">Suspend Mika</button>"):
        assert text in panel
        assert text in page
    assert "<html" not in panel
    assert "<html" in page
    assert _now(cast.mika).suspended_at is None


def test_the_panel_says_that_sessions_stay_where_they_belong_otherwise(cast):
    make_member(cast.umbrella, "Mika", user=cast.mika.user)

    panel = console(cast.olive).get(_url(cast.mika, "suspend"), hx=True).content.decode()

    assert "stay signed in where they belong otherwise" in panel
    assert "Umbrella" not in panel


def test_the_panel_before_a_removal_names_what_changes_hands(cast):
    panel = console(cast.olive).get(_url(cast.lena, "remove"), hx=True).content.decode()

    assert "1 thing changes hands: Den." in panel
    assert "seat is free again" in panel
    assert '<option value="oscar@acme.example">Oscar</option>' in panel
    assert not any(f'value="{nobody.pk}"' in panel for nobody in (cast.vera, cast.gus, cast.sam, cast.rita, cast.lena))


def test_the_panel_of_the_last_active_owner_has_no_button(cast):
    console(cast.olive).post(_url(cast.oscar, "suspend"), {"reason": "left"})
    panel = console(cast.adam).get(_url(cast.mika, "suspend"), hx=True).content.decode()
    mine = console(cast.olive).get(_url(cast.olive, "suspend"), hx=True).content.decode()

    assert "Suspend Mika</button>" in panel
    assert "You cannot suspend yourself." in mine
    assert "Suspend Olive</button>" not in mine
    assert "refuses them" not in mine
    assert f'href="/accounts/organizations/{cast.olive.pk}/leave/"' in mine


def test_who_was_suspended_before_the_removal_is_said_to_come_back_suspended(cast):
    console(cast.olive).post(_url(cast.sam, "remove"), {"reason": "left"})
    console(cast.olive).post(_url(cast.mika, "remove"), {"reason": "left"})
    sam = console(cast.olive).get(_url(cast.sam, "restore"), hx=True).content.decode()
    mika = console(cast.olive).get(_url(cast.mika, "restore"), hx=True).content.decode()

    assert "As they were before means suspended" in sam
    assert "means suspended" not in mika


def test_a_suspension_without_a_reason_comes_back_with_the_form(cast):
    for hx in (True, False):
        answer = console(cast.olive).post(_url(cast.mika, "suspend"), {"reason": "  "}, hx=hx)

        assert answer.status_code == 422
        assert 'aria-invalid="true"' in answer.content.decode()
    assert _now(cast.mika).suspended_at is None


def test_the_suspended_are_told_why_and_shown_as_suspended(cast):
    answer = console(cast.olive).post(_url(cast.mika, "suspend"), {"reason": "left"}, hx=True)

    assert "Suspended, seat held" in answer.content.decode()
    assert _now(cast.mika).suspension_reason == "left"
    assert Mail.objects.get(to="mika@acme.example").params["reason"] == "left"


def test_a_removal_hands_over_to_the_successor_who_was_named(cast):
    console(cast.adam).post(_url(cast.lena, "remove"), {"reason": "left", "successor": cast.mika.pk})

    assert _now(cast.lena).removed_at is not None
    assert Workspace.objects.get(pk=cast.den.pk).owner == cast.mika


def test_somebody_removed_comes_back_as_they_were_or_fresh(cast):
    browser = console(cast.olive)
    browser.post(_url(cast.rita, "restore"), {"mode": "as_before"})
    as_before = _now(cast.rita)
    browser.post(_url(cast.rita, "remove"), {"reason": "again"})
    browser.post(_url(cast.rita, "restore"), {"mode": "fresh"})

    assert (as_before.removed_at, as_before.plan) == (None, "advanced")
    assert (_now(cast.rita).removed_at, _now(cast.rita).plan) == (None, "essential")


def test_ending_sessions_signs_out_at_once(cast):
    theirs = console(cast.mika)

    answer = console(cast.olive).post(_url(cast.mika, "sessions"), hx=True)

    assert "1 session of Mika ended." in answer.content.decode()
    assert theirs.get(_url(cast.mika)).status_code == 302


# ---------------------------------------------------------------- refusals


def test_a_refused_deed_answers_403_with_the_reason_as_a_toast_or_a_page(cast):
    for hx in (True, False):
        answer = console(cast.adam).post(_url(cast.anna, "suspend"), {"reason": "because"}, hx=hx)

        assert answer.status_code == 403
        assert "only for Users and Viewers" in answer.content.decode()
        assert ("<hx-partial" in answer.content.decode()) == hx
    assert _now(cast.anna).suspended_at is None
    assert not AuditEntry.objects.exists()


def test_the_last_active_owner_answers_409_and_stays(cast):
    browser = console(cast.olive)
    browser.post(_url(cast.oscar, "suspend"), {"reason": "left"})

    for hx in (True, False):
        answer = browser.post(_url(cast.olive, "remove"), {"reason": "me"}, hx=hx)

        assert answer.status_code == 409
    assert _now(cast.olive).removed_at is None


def test_nobody_changes_their_own_role_through_the_page(cast):
    for actor in (cast.olive, cast.adam, cast.mika):
        answer = console(actor).post(_url(actor, "role"), {"role": "viewer"}, hx=True)

        assert answer.status_code == 403
        assert "Nobody changes their own role." in answer.content.decode()


@pytest.mark.parametrize("deed", ["role", "plan", "suspend", "reactivate", "remove", "restore", "sessions"])
def test_A08_admins_do_nothing_to_owners_and_strangers_find_nobody(cast, deed):
    sent = {"role": "owner", "plan": "expert", "reason": "x", "mode": "fresh"}

    assert console(cast.adam).post(_url(cast.olive, deed), sent).status_code == 403
    assert console(cast.vera).post(_url(cast.olive, deed), sent).status_code == 404
    assert console(cast.eve).post(_url(cast.olive, deed), sent).status_code == 404
    assert console(cast.olive).post(f"/o/acme/members/{cast.eve.pk}/{deed}/", sent).status_code == 404
    assert not AuditEntry.objects.exists()


@pytest.mark.parametrize(("deed", "sent"), [("role", {"role": "king"}), ("plan", {}), ("restore", {"mode": "x"})])
def test_a_value_that_there_is_not_answers_422(cast, deed, sent):
    member = cast.rita if deed == "restore" else cast.mika

    for hx in (True, False):
        assert console(cast.olive).post(_url(member, deed), sent, hx=hx).status_code == 422
    assert not AuditEntry.objects.exists()


def test_a_successor_can_be_named_by_address_and_a_wrong_one_is_said(cast):
    wrong = console(cast.adam).post(_url(cast.lena, "remove"), {"reason": "left", "successor": "nobody@acme.example"})
    right = console(cast.adam).post(_url(cast.lena, "remove"), {"reason": "left", "successor": "Mika@acme.example"})

    assert "Nobody here has the address nobody@acme.example." in wrong.content.decode()
    assert (wrong.status_code, right.status_code) == (422, 303)
    cast.den.refresh_from_db()
    assert cast.den.owner == cast.mika


def test_A05_a_successor_of_another_organization_is_refused_and_nothing_is_written(cast):
    answer = console(cast.olive).post(_url(cast.lena, "remove"), {"reason": "left", "successor": cast.eve.pk})

    assert answer.status_code == 422
    assert "Eve" not in answer.content.decode()
    assert _now(cast.lena).removed_at is None
    assert not AuditEntry.objects.exists()


def test_A06_other_fields_of_the_body_are_ignored(cast):
    extra = {"role": "owner", "plan": "expert", "org": cast.umbrella.pk, "user": cast.eve.user_id, "is_staff": "1",
             "suspended_at": "", "team": cast.ranking.pk, "kind": "guest"}  # fmt: skip
    untouched = {f.attname: getattr(cast.mika, f.attname) for f in Member._meta.concrete_fields}

    console(cast.olive).post(_url(cast.mika, "plan"), extra)

    now = {f.attname: getattr(_now(cast.mika), f.attname) for f in Member._meta.concrete_fields}
    assert now == untouched | {"plan": "expert"}
    assert not _now(cast.mika).user.is_staff


def test_A15_htmx_decides_as_a_plain_form_does(cast):
    for actor, member in (
        (cast.adam, cast.olive),
        (cast.adam, cast.mika),
        (cast.mika, cast.lena),
        (cast.lena, cast.mika),
    ):
        for deed, sent in (("role", {"role": "owner"}), ("plan", {"plan": "expert"}), ("suspend", {"reason": "x"})):
            Member.objects.filter(pk=member.pk).update(suspended_at=None, suspension_reason="", plan="advanced")
            plain = console(actor).post(_url(member, deed), sent).status_code
            Member.objects.filter(pk=member.pk).update(suspended_at=None, suspension_reason="", plan="advanced")
            asked = console(actor).post(_url(member, deed), sent, headers={"HX-Request": "true", "HX-Target": "body"})

            assert (asked.status_code == 200) == (plain == 303), (actor.user.name, member.user.name, deed)
            assert asked.status_code == plain or plain == 303


def test_a_deed_costs_no_more_queries_in_a_large_organization(cast, django_assert_max_num_queries):
    browser = console(cast.olive)
    browser.post(_url(cast.mika, "plan"), {"plan": "standard"}, hx=True)

    with django_assert_max_num_queries(40, connection=connection):
        browser.post(_url(cast.mika, "plan"), {"plan": "expert"}, hx=True)
