"""The form that invites: pasted addresses, what is wrong with each, what a script has to say (product.md 2)."""

import re

import pytest
from django.core import mail

from orgs import tasks
from orgs.forms.invitations import addresses
from orgs.models import Invitation, InvitationTemplate, Mail, Member, Organization
from tests.doors import console
from tests.orgs.invited import LIST, NEW, in_field, post
from tests.ways_in import NEWCOMER, invite

pytestmark = pytest.mark.django_db


# ---------------------------------------------------------------- pasted addresses


@pytest.mark.parametrize(
    ("pasted", "good"),
    [
        ("a@x.example", ["a@x.example"]),
        ("a@x.example, b@x.example;c@x.example d@x.example\ne@x.example", [f"{n}@x.example" for n in "abcde"]),
        ("Ana Keller <Ana@X.example>", ['"Ana Keller" <ana@x.example>']),
        ('"Keller, Ana" <a@x.example>; <b@x.example>', ['"Keller, Ana" <a@x.example>', "b@x.example"]),
        ("a@x.example Bo Bauer <b@x.example> c@x.example", ["a@x.example", '"Bo Bauer" <b@x.example>', "c@x.example"]),
        ("a@x.example,A@X.EXAMPLE, Ana <a@x.example>", ['"Ana" <a@x.example>']),
        (",;  \n", []),
    ],
)
def test_addresses_are_read_as_people_paste_them(pasted, good):
    assert list(map(str, addresses.read(pasted).good)) == good


@pytest.mark.parametrize(
    ("pasted", "said"),
    [
        ("carl", "There is no @"),
        ("carl@@x.example", "more than one @"),
        ("@x.example", "nothing before the @"),
        ("carl@", "nothing behind the @"),
        ("carl@localhost", "no whole domain"),
        ("carl@x..example", "no address has"),
        ("c\u200barl@x.example", "no address has"),
        ("c" * 300 + "@x.example", "longer than"),
        ("Ana <carl>", "There is no @"),
        ("Ana <", "There is no @"),
    ],
)
def test_a_bad_address_is_named_with_what_is_wrong_with_it(pasted, said):
    read = addresses.read(pasted)

    assert read.good == ()
    assert said in read.bad[0].reason


def test_words_of_a_line_that_are_no_address_are_one_mistake_and_addresses_beside_each_other_are_each_read():
    found = addresses.read("not an address\nann@a.example bob@b.example; what is this")

    assert [one.text for one in found.bad] == ["not an address", "what is this"]
    assert [one.email for one in found.good] == ["ann@a.example", "bob@b.example"]


def test_E07_a_paste_of_nonsense_is_read_at_once():
    for text in ('"' * 100_000, "<" * 100_000, "a@" * 50_000, "," * 200_000, "a <" * 50_000):
        addresses.read(text)


def test_bad_ones_are_named_one_by_one_and_the_good_ones_stay_until_sent(cast):
    answer = post(
        cast.olive, emails="ana@new.example, Bo <bo@new.example>, carl@@x, mika@acme.example rita@acme.example"
    )

    assert answer.status_code == 422
    assert in_field(answer) == 'ana@new.example\n"Bo" <bo@new.example>'
    said = re.findall(r"<li data-problem><code>(.*?)</code> (.*?)(?: <a href=\"(.*?)\">.*?)?</li>", answer.text)
    assert said[0][:2] == ("carl@@x", "There is more than one @ in it.")
    assert said[1] == ("mika@acme.example", "Mika belongs to Acme already.", f"/o/acme/members/{cast.mika.pk}/")
    assert said[2][2] == f"/o/acme/members/{cast.rita.pk}/restore/"
    assert not Invitation.objects.exists()
    assert not Mail.objects.exists()

    assert post(cast.olive, emails=in_field(answer)).status_code == 303
    assert {(i.email, i.name) for i in Invitation.objects.all()} == {("ana@new.example", ""), ("bo@new.example", "Bo")}


def test_where_nobody_can_be_invited_nothing_typed_is_lost(cast):
    answer = post(cast.olive, emails="carl@@x", message="Glad that you come")

    assert in_field(answer) == "carl@@x"
    assert "Glad that you come" in answer.text


def test_what_is_missing_or_unknown_is_said_beside_its_field(cast):
    for wrong in ({"emails": ""}, {"emails": "a@b.example", "plan": "golden"}, {"emails": "a@b.example", "team": "x"}):
        assert post(cast.olive, **wrong).status_code == 422
    assert post(cast.olive, emails="a@b.example\0").status_code == 422
    assert post(cast.olive, emails=" ".join(f"p{n}@x.example" for n in range(501))).status_code == 422


def test_too_few_seats_are_said_with_their_number_and_the_way_out(cast):
    held = Member.objects.filter(org=cast.acme, removed_at=None).count()
    Organization.objects.filter(pk=cast.acme.pk).update(seats=held + 1)

    answer = post(cast.olive, emails="a@new.example b@new.example c@new.example")

    assert answer.status_code == 409
    assert "2 more are needed" in answer.text
    assert 'href="/o/acme/billing/"' in answer.text
    assert in_field(answer) == "a@new.example\nb@new.example\nc@new.example"
    assert not Invitation.objects.exists()


def test_A06_fields_that_the_form_does_not_have_change_nothing(cast):
    more = {
        "org": cast.umbrella.pk,
        "invited_by": cast.oscar.pk,
        "issue": "7",
        "accepted_at": "2026-01-01",
        "email": "x@y.z",
    }

    post(cast.adam, emails="nora@new.example", **more)

    there = Invitation.objects.get()
    assert (there.org, there.invited_by, there.issue, there.accepted_at, there.email) == (
        cast.acme,
        cast.adam,
        1,
        None,
        "nora@new.example",
    )


@pytest.mark.parametrize("field", ["team", "department", "workspaces", "sponsor", "template"])
def test_A05_what_belongs_to_another_organization_can_not_be_named(cast, field):
    from orgs.models import Department, Team

    away = Department.objects.create(org=cast.umbrella, name="Away")
    foreign = {
        "department": away.pk,
        "team": Team.objects.create(org=cast.umbrella, department=away, name="Far").pk,
        "workspaces": cast.lair.pk,
        "sponsor": cast.eve.pk,
        "template": InvitationTemplate.objects.create(org=cast.umbrella, name="Theirs").pk,
    }

    assert post(cast.olive, emails="nora@new.example", kind="guest", **{field: foreign[field]}).status_code == 422
    assert not Invitation.objects.exists()


def test_a_script_invites_with_the_few_words_that_it_must_say(cast):
    answer = console(cast.olive).post(LIST, {"emails": "nora@new.example", "role": "user", "plan": "advanced"})
    link = re.search(r'href="(/join/[^"]+/)"', console(cast.olive).get(LIST).text)[1]

    assert answer.status_code == 303
    assert console().post(link, NEWCOMER).status_code == 302
    assert Member.objects.get(user__email="nora@new.example").plan == "advanced"


@pytest.mark.parametrize("headers", [{"host": "localhost"}, {"X-Forwarded-Host": "evil.example"}])
def test_B09_the_links_in_list_and_mail_lead_to_the_address_of_the_settings(cast, settings, headers):
    settings.PUBLIC_BASE_URL = "https://console.acme.example"
    browser = console(cast.olive)
    browser.post(LIST, {"emails": "nora@new.example"}, headers=headers)
    tasks.send_mails()

    found = re.findall(r"\w+://\S*join/[^\s<\"]+", browser.get(LIST, headers=headers).text + mail.outbox[0].body)
    assert len(found) >= 2
    assert all(link.startswith("https://console.acme.example/join/") for link in found)


def test_B04_another_organizations_invitation_is_none_here(cast):
    theirs = invite(cast.eve)
    browser = console(cast.olive)

    for deed in ("resend", "revoke", "change"):
        assert browser.post(f"{LIST}{theirs.pk}/{deed}/", {"role": "user", "plan": "standard"}).status_code == 404
    theirs.refresh_from_db()
    assert (theirs.issue, theirs.revoked_at) == (1, None)


@pytest.mark.parametrize("number", ["9" * 5000, "9" * 19, "0", "x"])
def test_a_template_that_cannot_be_is_no_template(cast, number):
    assert post(cast.adam, emails="nora@new.example", template=number).status_code == 422


@pytest.mark.parametrize("text", ["<>" * 100_000, "a " * 100_000, ",".join(f"a{n}@b.example" for n in range(10_000))])
def test_E07_what_no_page_is_for_is_read_in_part_and_says_so(text):
    found = addresses.read(text)

    assert found.bad[-1].reason == "Only the first 2000 are read. Import a file for more."
    assert len(found.good) + len(found.bad) + found.doubles <= addresses.MOST_READ + 1


def test_a_form_that_does_not_fit_is_the_page_that_it_was_without_the_tabs_of_the_list(cast):
    asked, answered = console(cast.adam).get(NEW), post(cast.adam, emails="no-address")

    assert answered.status_code == 422
    assert 'aria-label="Section"' in console(cast.adam).get(LIST).text
    for page in (asked, answered):
        assert 'aria-label="Section"' not in page.text
        assert "<h1>Invite people</h1>" in page.text
