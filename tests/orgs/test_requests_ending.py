"""How a grant ends by itself, and what stays at its end."""

import pytest
from django.utils import timezone
from django.utils.formats import date_format

from orgs import grants, tasks
from orgs.actions import members, requests
from orgs.actors import SYSTEM
from orgs.models import AuditEntry, Mail
from tests.doors import console
from tests.orgs.asking import SOON, ask, later, text_of

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("kind", "wanted", "before"), [("plan", "expert", "advanced"), ("role", "admin", "user")])
def test_a_grant_ends_by_itself_and_what_was_before_comes_back(cast, kind, wanted, before):
    made = ask(cast.mika, wanted, kind)
    requests.grant(cast.olive, made, ends_at=timezone.now() + SOON)
    assert tasks.end_grants() == 0

    later(made)

    assert tasks.end_grants() == 1
    assert tasks.end_grants() == 0
    cast.mika.refresh_from_db()
    made.refresh_from_db()
    assert (getattr(cast.mika, kind), made.state) == (before, "ended")
    assert text_of("request_ended").state == "sent"
    assert AuditEntry.objects.filter(action="request.end", actor_kind="system").count() == 1


def test_a_grant_with_a_last_day_is_told_by_that_day(cast):
    made, day = ask(cast.mika, "expert"), timezone.now().astimezone(cast.acme.zone).date() + SOON
    console(cast.olive).post(f"/o/acme/requests/{made.pk}/grant/", {"ends_on": day.isoformat()})

    told = f"until {date_format(day, 'j M Y')}"
    assert f"{told}</small>" in console(cast.mika).get("/o/acme/requests/").text
    assert Mail.objects.get(kind="request_decided").params["until"] == told.removeprefix("until ")


def test_a_place_in_a_workspace_ends_by_itself_too(cast):
    grants.give(cast.mika, "viewer", cast.lab)
    made = ask(cast.mika, "admin", "workspace", target_id=cast.lab.pk)
    requests.grant(cast.adam, made, ends_at=timezone.now() + SOON)
    assert grants.levels(cast.mika)[cast.lab.pk] == "admin"

    requests.end(SYSTEM, later(made))

    assert grants.levels(cast.mika)[cast.lab.pk] == "viewer"


def test_what_was_changed_again_meanwhile_stays_at_the_end_of_a_grant(cast):
    made = ask(cast.mika, "expert")
    requests.grant(cast.olive, made, ends_at=timezone.now() + SOON)
    members.set_plan(cast.olive, cast.mika, plan="standard")

    requests.end(SYSTEM, later(made))

    cast.mika.refresh_from_db()
    assert cast.mika.plan == "standard"


@pytest.mark.parametrize("way", ["one", "many", "granted"])
def test_what_was_given_for_good_after_a_grant_stays_at_its_end(cast, way):
    made = ask(cast.mika, "expert")
    requests.grant(cast.olive, made, ends_at=timezone.now() + SOON)
    members.set_plan(cast.olive, cast.mika, plan="standard")
    match way:
        case "one":
            members.set_plan(cast.olive, cast.mika, plan="expert")
        case "many":
            members.in_bulk(cast.olive, [cast.mika], deed="plan", plan="expert")
        case "granted":
            requests.grant(cast.olive, ask(cast.mika, "expert"))

    requests.end(SYSTEM, later(made))

    cast.mika.refresh_from_db()
    assert cast.mika.plan == "expert"


def test_of_two_grants_in_each_other_the_longer_one_brings_back_what_was_before_both(cast):
    inner = ask(cast.vera, "advanced")
    requests.grant(cast.olive, inner, ends_at=timezone.now() + SOON)
    outer = ask(cast.vera, "expert")
    requests.grant(cast.olive, outer, ends_at=timezone.now() + 2 * SOON)

    requests.end(SYSTEM, later(inner))
    cast.vera.refresh_from_db()
    assert cast.vera.plan == "expert"
    requests.end(SYSTEM, later(outer))

    cast.vera.refresh_from_db()
    assert cast.vera.plan == "standard"


def test_the_last_active_owner_stays_one_when_their_grant_ends(cast):
    made = ask(cast.adam, "owner", "role")
    requests.grant(cast.olive, made, ends_at=timezone.now() + SOON)
    members.set_role(cast.olive, cast.oscar, role="user")
    members.leave(cast.olive, cast.olive)

    requests.end(SYSTEM, later(made))

    cast.adam.refresh_from_db()
    assert cast.adam.role == "owner"
