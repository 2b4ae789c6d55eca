"""What the database itself refuses, should the application ever err (security.md 3)."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from orgs.models import FeatureOverride, Member
from tests.cast import make_member

pytestmark = pytest.mark.both


def refused(write):
    """What the database says when it refuses, at the latest at the commit."""
    with pytest.raises(DatabaseError) as refusal:
        _commit(write)
    return str(refusal.value)


def _commit(write):
    with transaction.atomic():
        write()
        connection.check_constraints()


@pytest.mark.parametrize("change", [{"role": "admin"}, {"suspended_at": "now"}, {"removed_at": "now"}], ids=str)
def test_B02_no_statement_takes_an_organizations_last_active_owner(cast, change):
    values = {name: timezone.now() if value == "now" else value for name, value in change.items()}
    acmes = Member.objects.filter(org=cast.acme)

    acmes.filter(pk=cast.oscar.pk).update(**values)
    assert "an organization keeps an active Owner" in refused(lambda: acmes.filter(pk=cast.olive.pk).update(**values))

    assert acmes.filter(pk=cast.olive.pk, role="owner", suspended_at=None, removed_at=None).exists()


def test_one_person_has_one_membership_in_an_organization(cast):
    refused(lambda: make_member(cast.acme, "Mika", user=cast.mika.user))


@pytest.mark.parametrize(
    ("name", "value"), [("role", "emperor"), ("plan", "platinum"), ("kind", "ghost"), ("ordinal", 1)]
)
def test_a_member_is_of_a_known_role_plan_and_kind_and_has_a_place_of_their_own(cast, name, value):
    refused(lambda: Member.objects.filter(pk=cast.mika.pk).update(**{name: value}))


@pytest.mark.parametrize(
    "values", [{"role": "owner"}, {"role": "admin"}, {"ends_at": None}, {"kind": "member"}], ids=str
)
def test_a_guest_is_a_user_or_a_viewer_with_an_end(cast, values):
    refused(lambda: Member.objects.filter(pk=cast.gus.pk).update(**values))


def test_a_member_who_is_no_guest_has_no_end(cast):
    refused(lambda: Member.objects.filter(pk=cast.mika.pk).update(ends_at=timezone.now() + timedelta(days=1)))


def test_a_cell_of_the_matrix_is_changed_once_and_names_what_there_is(cast):
    FeatureOverride.objects.create(org=cast.acme, plan="essential", feature="file_uploads", enabled=True)

    refused(
        lambda: FeatureOverride.objects.create(org=cast.acme, plan="essential", feature="file_uploads", enabled=False)
    )
    refused(lambda: FeatureOverride.objects.create(org=cast.acme, plan="essential", feature="flying", enabled=True))
