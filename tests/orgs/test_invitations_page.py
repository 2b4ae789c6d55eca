"""The pages about invitations: the form, the list, its filters and pages, templates, the export (look.md)."""

import csv
import io
import re
from datetime import timedelta

import pytest
from django.utils import timezone

from orgs import links
from orgs.actions import invitations
from orgs.invitees import Wanted
from orgs.models import AuditEntry, Invitation, InvitationTemplate, Mail, Organization, User
from tests.doors import console
from tests.orgs.invited import LIST, NEW, in_field, post
from tests.ways_in import NEWCOMER, invite

pytestmark = pytest.mark.django_db


# ---------------------------------------------------------------- the list


def every_state(cast):
    now = timezone.now()
    past = now - timedelta(days=1)
    invite(cast.olive, "pending@new.example", name="Penny", role="viewer")
    invite(cast.olive, "accepted@new.example", accepted_at=past)
    invite(cast.olive, "declined@new.example", declined_at=past)
    invite(cast.olive, "revoked@new.example", revoked_at=past)
    invite(cast.olive, "expired@new.example", expires_at=past)
    stay = {"kind": "guest", "sponsor": cast.lena, "ends_at": now + timedelta(days=9)}
    invite(cast.olive, "guest@new.example", mail=Mail.objects.create(kind="invitation", to="guest@new.example"), **stay)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("state=pending", {"pending", "guest"}),
        ("state=accepted", {"accepted"}),
        ("state=declined", {"declined"}),
        ("state=revoked", {"revoked"}),
        ("state=expired", {"expired"}),
        ("q=penny", {"pending"}),
        ("q=new.example revoked", {"revoked"}),
        ("role=viewer", {"pending"}),
        ("kind=guest", {"guest"}),
        ("mail=queued", {"guest"}),
        ("", {"pending", "accepted", "declined", "revoked", "expired", "guest"}),
    ],
)
def test_the_list_shows_what_its_filters_say(cast, query, found):
    every_state(cast)

    page = console(cast.adam).get(f"{LIST}?{query}").text

    assert {name.partition("@")[0] for name in re.findall(r'data-email="([^"]+)"', page)} == found


def test_only_what_is_open_shows_its_link(cast):
    every_state(cast)
    page = console(cast.adam).get(LIST).text

    for there in Invitation.objects.all():
        shown = f"/join/{links.token(there)}/" in page
        assert shown == (there.email.partition("@")[0] in ("pending", "guest")), there


def test_the_list_is_paged_by_place_and_sorted_both_ways(cast):
    for number in range(120):
        invite(cast.olive, f"p{number:03}@new.example")
    for sort in ("email", "-email", "sent", "-sent"):
        seen, url = [], f"{LIST}?sort={sort}"
        while url:
            page = console(cast.olive).get(url).text
            seen.append(re.findall(r'data-email="([^"]+)"', page))
            found = re.search(r'rel="next" href="([^"]+)"', page)
            url = LIST + found[1].replace("&amp;", "&") if found else ""
        assert [len(part) for part in seen] == [50, 50, 20]
        everybody = [email for part in seen for email in part]
        assert everybody == sorted(everybody, reverse=sort.startswith("-"))
        back = re.search(r'rel="prev" href="([^"]+)"', page)[1].replace("&amp;", "&")
        assert re.findall(r'data-email="([^"]+)"', console(cast.olive).get(LIST + back).text) == seen[1]


@pytest.mark.parametrize("query", ["after=x", "after=1.x", "before=99999999999999999999.x", "sort=role", "state=gone"])
def test_a_url_that_makes_no_sense_is_named_and_breaks_nothing(cast, query):
    assert console(cast.olive).get(f"{LIST}?{query}").status_code == 422


def test_the_list_costs_the_same_at_any_size(cast, django_assert_num_queries, django_assert_max_num_queries):
    browser = console(cast.olive)
    invitations.invite(cast.olive, cast.acme, [Wanted(email="one@new.example")])
    browser.get(LIST)
    with django_assert_max_num_queries(20) as few:
        browser.get(LIST)
    cost = len(few)  # counted now: the next request forgets what was asked
    invitations.invite(cast.olive, cast.acme, [Wanted(email=f"p{n}@new.example") for n in range(48)])
    browser.get(LIST)

    with django_assert_num_queries(cost):
        assert browser.get(LIST).text.count("data-email=") == 49


def test_inviting_costs_the_same_however_many_they_are(cast, django_assert_num_queries, django_assert_max_num_queries):
    invitations.invite(cast.olive, cast.acme, [Wanted(email="first@new.example")])
    with django_assert_max_num_queries(30) as few:
        invitations.invite(cast.olive, cast.acme, [Wanted(email=f"a{n}@new.example") for n in range(2)])

    with django_assert_num_queries(len(few)):
        invitations.invite(cast.olive, cast.acme, [Wanted(email=f"b{n}@new.example") for n in range(40)])


def test_E01_names_and_messages_are_text_on_every_page(cast):
    evil = "<img src=x onerror=alert(1)>\"'{{ 7*7 }}"
    post(cast.olive, emails=f'"{evil[:20]}" <nora@new.example>', message=evil)
    InvitationTemplate.objects.create(org=cast.acme, name=evil, message=evil)
    browser = console(cast.olive)
    there = Invitation.objects.get()
    Invitation.objects.update(name=evil)

    pages = [
        LIST,
        NEW,
        f"{LIST}templates/",
        f"{LIST}{there.pk}/change/",
        f"/join/{links.token(there)}/",
        "/o/acme/audit/",
    ]
    for page in pages:
        text = browser.get(page).text
        assert "<img src=x" not in text
        assert "49" not in re.findall(r"alert\(1\).{0,12}", text)


# ---------------------------------------------------------------- deeds on many, templates, export


def test_many_are_revoked_at_once_with_a_result_each(cast):
    every_state(cast)
    browser = console(cast.adam)
    asked = browser.get(f"{LIST}bulk/?deed=revoke&all_matching=1").text
    assert "Revoke 3 invitations" in asked
    assert "3 are closed and stay as they are" in asked

    answer = browser.post(f"{LIST}bulk/", {"deed": "revoke", "all_matching": "1"})

    page = browser.get(answer["Location"]).text
    assert 'data-result="done" value="3"' in page
    assert 'data-result="refused" value="3"' in page
    assert Invitation.objects.in_state("revoked", timezone.now()).count() == 4
    rows = b"".join(browser.get(answer["Location"] + "results/").streaming_content).decode()
    assert "accepted@new.example accepted already." in rows


def test_deeds_on_many_keep_to_the_filter_of_the_url(cast):
    every_state(cast)

    console(cast.adam).post(f"{LIST}bulk/?kind=guest", {"deed": "revoke", "all_matching": "1"})

    assert Invitation.objects.filter(revoked_at__isnull=False).count() == 2


def test_a_template_fills_the_form_and_keeps_what_was_typed(cast):
    browser = console(cast.adam)
    fields = {
        "name": "Interns",
        "role": "viewer",
        "plan": "standard",
        "team": cast.search.pk,
        "workspaces": cast.den.pk,
    }
    browser.post(f"{LIST}templates/", fields | {"message": "Welcome, intern"})
    template = InvitationTemplate.objects.get()

    filled = browser.post(NEW, {"fill": template.pk, "emails": "nora@new.example", "role": "user"})

    assert "Welcome, intern" in filled.text
    assert in_field(filled) == "nora@new.example"
    assert re.search(rf'name="workspaces" value="{cast.den.pk}"[^>]*checked', filled.text)
    assert browser.post(LIST, {"emails": "nora@new.example", "template": template.pk}).status_code == 303
    there = Invitation.objects.get()
    assert (there.role, there.plan, there.team, there.workspaces) == ("viewer", "standard", cast.search, [cast.den.pk])


def test_a_templates_name_that_is_taken_is_named_beside_what_was_typed(cast):
    browser = console(cast.adam)
    for name in ("Interns", "Trainees"):
        browser.post(f"{LIST}templates/", {"name": name, "role": "viewer", "plan": "standard"})
    other = InvitationTemplate.objects.get(name="Trainees")

    for path in (f"{LIST}templates/", f"{LIST}templates/{other.pk}/"):
        sent = {"name": "INTERNS", "role": "user", "plan": "expert", "message": "Welcome, intern"}
        taken, unclear = browser.post(path, sent), browser.post(path, sent | {"role": "emperor"})
        assert (taken.status_code, unclear.status_code) == (409, 422)
        for typed in ('value="INTERNS"', "There is a template INTERNS already.", "Welcome, intern"):
            assert typed in taken.text


def test_a_template_is_changed_and_deleted_with_an_entry_each(cast):
    browser = console(cast.adam)
    browser.post(f"{LIST}templates/", {"name": "Interns", "role": "viewer", "plan": "standard"})
    template = InvitationTemplate.objects.get()
    browser.post(f"{LIST}templates/{template.pk}/", {"name": "Trainees", "role": "user", "plan": "standard"})
    browser.post(f"{LIST}templates/{template.pk}/delete/")

    assert not InvitationTemplate.objects.exists()
    told = browser.get("/o/acme/audit/").text
    assert "Adam saved the template Interns of invitations" in told
    assert "Adam deleted the template Trainees of invitations" in told
    assert AuditEntry.objects.filter(org=cast.acme).count() == 3


def test_E04_the_export_holds_the_filtered_list_without_links_and_without_formulas(cast):
    invite(cast.olive, "nora@new.example", name='=HYPERLINK("x")')
    invite(cast.olive, "bo@new.example", revoked_at=timezone.now())

    answer = console(cast.adam).get(f"{LIST}export/?state=pending")
    text = b"".join(answer.streaming_content).decode()

    rows = list(csv.DictReader(io.StringIO(text)))
    assert [row["email"] for row in rows] == ["nora@new.example"]
    assert rows[0]["name"].startswith("'=")
    assert "/join/" not in text
    assert "Adam exported the list of invitations." in console(cast.olive).get("/o/acme/audit/").text


def test_the_log_tells_each_deed_in_words(cast):
    post(cast.adam, emails="nora@new.example", message="Hello")
    there = Invitation.objects.get()
    browser = console(cast.adam)
    browser.post(f"{LIST}{there.pk}/change/", {"role": "viewer", "plan": "standard", "message": "Hello"})
    browser.post(f"{LIST}{there.pk}/resend/")
    browser.post(f"{LIST}{there.pk}/revoke/")

    told = console(cast.olive).get("/o/acme/audit/").text
    for sentence in (
        "Adam invited nora@new.example.",
        "Adam changed the invitation of nora@new.example.",
        "Adam sent the invitation of nora@new.example again.",
        "Adam revoked the invitation of nora@new.example.",
    ):
        assert sentence in told


def test_without_guests_the_form_says_so(cast):
    Organization.objects.filter(pk=cast.acme.pk).update(guests_allowed=False)

    assert "takes in no guests at the moment" in console(cast.olive).get(NEW).text
    fields = {"kind": "guest", "workspaces": cast.den.pk, "ends_on": (timezone.now() + timedelta(days=9)).date()}
    assert post(cast.olive, emails="nora@new.example", **fields).status_code == 409


def test_somebody_who_signed_in_as_somebody_else_sees_whose_it_is(cast):
    post(cast.olive, emails="nora@new.example")
    link = f"/join/{links.token(Invitation.objects.get())}/"

    answer = console(cast.mika).post(link, NEWCOMER)

    assert answer.status_code == 403
    assert "This invitation is for nora@new.example" in answer.text
    assert not User.objects.filter(email="nora@new.example").exists()
