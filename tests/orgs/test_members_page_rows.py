"""Rows are filled into moulds: what comes out is what the template draws of each row by itself."""

from datetime import timedelta

import pytest
from django.template.loader import render_to_string
from django.utils import timezone, translation

from orgs.actions import members
from orgs.models import Member
from orgs.queries.members import Filters, Place, listing
from orgs.templatetags.members import drawn
from tests.cast import make_member
from tests.doors import console

pytestmark = pytest.mark.django_db
STATUSES = ("", "suspended", "removed")


def _plainly(row):
    return render_to_string("orgs/members.html#row", {"row": row})


def _rows(reader):
    return [row for status in STATUSES for row in listing(reader, Filters(status=status), Place()).rows]


def _signed_in_lately(*people):
    for number, member in enumerate(people):
        member.user.last_login = timezone.now() - timedelta(days=number * 20)
        member.user.save()


def test_every_row_of_everybody_is_drawn_as_the_template_draws_it(cast):
    _signed_in_lately(cast.mika, cast.gus, cast.sam, cast.olive)

    for reader in (cast.olive, cast.adam):
        for row in _rows(reader):
            assert drawn([row]) == _plainly(row), row.name


def test_two_who_are_drawn_alike_keep_their_own_texts_apart(cast):
    wanda = make_member(cast.acme, "Wanda")
    zelda = make_member(cast.acme, "Zelda")

    markup = {row.id: drawn([row]) for row in _rows(cast.olive)}

    assert "zelda" not in markup[str(wanda.pk)].lower()
    assert "wanda" not in markup[str(zelda.pk)].lower()


@pytest.mark.parametrize("name", ["100% <b>", "%(email)s {0} %s", "\ue0005\ue001", "A & B \"C\" 'D'"])
def test_no_name_or_reason_is_taken_for_anything_but_text(cast, name):
    member = make_member(cast.acme, "x", email="odd@acme.example")
    member.user.name = name
    member.user.save()
    members.suspend(cast.olive, member, reason=f"because {name}")

    row = next(row for row in _rows(cast.olive) if row.id == str(member.pk))

    assert row.name == name
    assert drawn([row]) == _plainly(row)


def test_a_row_speaks_the_language_of_each_reader(cast):
    row = _rows(cast.olive)[0]

    with translation.override("de"):
        assert drawn([row]) == _plainly(row)
    assert drawn([row]) == _plainly(row)


def test_a_select_of_the_list_asks_before_it_makes_an_admin_and_its_panel_does_it(cast):
    url = f"/o/acme/members/{cast.mika.pk}/role/"
    asked = console(cast.olive).post(url, {"role": "admin", "ask": "first"}, hx=True)

    assert asked["HX-Retarget"] == "#panel"
    assert "Make Mika Admin" in asked.content.decode()
    assert Member.objects.get(pk=cast.mika.pk).role == "user"
    console(cast.olive).post(url, {"role": "viewer", "ask": "first"}, hx=True)
    assert Member.objects.get(pk=cast.mika.pk).role == "viewer"
    console(cast.olive).post(url, {"role": "admin"}, hx=True)
    assert Member.objects.get(pk=cast.mika.pk).role == "admin"


def test_who_may_not_make_an_admin_is_told_so_instead_of_asked(cast):
    url = f"/o/acme/members/{cast.mika.pk}/role/"

    assert console(cast.adam).post(url, {"role": "admin", "ask": "first"}, hx=True).status_code == 403
