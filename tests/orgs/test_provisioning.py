"""The provisioning board: who comes onto it, and what ticks itself."""

from datetime import timedelta

import pytest
from django.utils import timezone

from analytics.models import MemberDay, book_of
from orgs import adapter, links, mails
from orgs.access import Denied, Refused
from orgs.actions import invitations, places, provisioning
from orgs.models import Invitation, Item, Kind, Mail, Member, Organization, ProvisioningItem
from orgs.places import Place
from tests.cast import make_domain, make_provider
from tests.orgs.crowd import make_crowd
from tests.orgs.newcomers import done, items, join, said, settle

# ---------------------------------------------------------------- who comes onto the board


def test_whoever_joins_gets_their_items_with_due_days_and_somebody_who_looks_after_them(cast):
    nora = join(cast)

    found = items(nora)
    today = timezone.now().astimezone(cast.acme.zone).date()
    assert set(found) == set(Item.values) - {Item.SIGN_ON_LINKED}
    assert found[Item.INTRODUCTION].due_day == today + timedelta(days=7)
    assert {row.owner for row in found.values()} == {cast.adam}
    assert Mail.objects.get(kind="welcome").to == "nora@acme.example"


def test_whoever_was_onboarded_elsewhere_stays_off_the_board(cast):
    nora = join(cast, already_onboarded=True)

    assert not items(nora)
    assert not Mail.objects.filter(kind="welcome").exists()


def test_a_guest_stays_off_the_board(cast):
    end = timezone.now() + timedelta(days=20)

    nora = join(cast, kind=Kind.GUEST, sponsor=cast.olive, ends_at=end)

    assert not items(nora)


def test_whoever_comes_back_starts_anew(cast):
    later = timezone.now() + timedelta(days=1)
    ProvisioningItem.objects.create(
        org=cast.acme, member=cast.rita, item=Item.STORAGE, due_day=later.date(), done_at=timezone.now()
    )
    Member.objects.filter(pk=cast.rita.pk).update(onboarded_at=timezone.now())
    invitation = Invitation(org=cast.acme, email="rita@acme.example", invited_by=cast.adam, expires_at=later)
    invitation.digest = links.digest(links.token(invitation))
    invitation.save(force_insert=True)

    invitations.accept(cast.rita.user, invitation)

    cast.rita.refresh_from_db()
    assert (len(items(cast.rita)), done(cast.rita), cast.rita.onboarded_at) == (13, set(), None)


def test_a_background_check_is_asked_for_in_enterprise_alone(cast):
    Organization.objects.filter(pk=cast.acme.pk).update(edition="business")
    cast.acme.refresh_from_db()

    assert Item.BACKGROUND_CHECK not in items(join(cast))


def test_single_sign_on_is_asked_for_where_it_is_enforced_for_the_address(cast):
    now = timezone.now()
    make_provider(cast.acme, tested_at=now, enforced_at=now)
    make_domain(cast.acme, "acme", verified_at=now, verified_by="dns")

    assert Item.SIGN_ON_LINKED in items(join(cast))


def test_the_template_of_the_organization_says_when_and_who(cast):
    provisioning.set_template(cast.olive, cast.acme, rules={Item.STORAGE: (2, cast.lena)})

    row = items(join(cast))[Item.STORAGE]

    assert (row.owner, row.due_day) == (cast.lena, timezone.now().date() + timedelta(days=2))
    assert said(cast, "provisioning.template") == ["Olive changed the template of the provisioning board."]


# ---------------------------------------------------------------- what ticks itself


def test_what_is_true_on_the_first_day_ticks_itself_and_twice_changes_nothing(cast):
    nora = join(cast)

    first, second = settle(cast), settle(cast)

    assert done(nora) == {Item.EMAIL_VERIFIED, Item.ROLE_LEVEL, Item.INITIAL_PERMISSIONS, Item.TRAINING}
    assert (first, second) == (4, 0)
    assert "Done: E-mail verified of Nora (seen by Steward)." in said(cast, "provisioning.see")
    assert items(nora)[Item.TRAINING].done_by == "Steward"


def test_a_place_ticks_department_and_team(cast):
    nora = join(cast)
    places.place(cast.adam, nora, to=Place(cast.research, cast.search))

    settle(cast)

    assert Item.DEPARTMENT_AND_TEAM in done(nora)


def test_the_welcome_ticks_when_its_mail_was_sent(cast, mailoutbox):
    nora = join(cast)
    settle(cast)
    before = done(nora)
    mails.send(Mail.objects.get(kind="welcome"))

    settle(cast)

    assert done(nora) - before == {Item.WELCOME_MAIL}
    assert mailoutbox[0].subject == "Welcome to Acme"
    assert "/o/acme/first-days/" in mailoutbox[0].body


def test_the_first_message_in_usage_ticks_the_first_conversation(cast):
    nora = join(cast)
    settle(cast)
    before = done(nora)
    day = timezone.now().date()
    MemberDay.objects.create(org_id=book_of(cast.acme.pk), team=0, department=0, member=nora.pk, day=day, messages=1)

    settle(cast)

    assert done(nora) - before == {Item.FIRST_CONVERSATION}


def test_an_introduction_ticks_when_a_lead_of_the_team_has_confirmed_it(cast):
    nora = join(cast, team=cast.search, department=cast.research)
    provisioning.introduce(nora, nora, text="Hello, I am Nora.")
    settle(cast)
    before = done(nora)

    with pytest.raises(Refused, match="Lena, who leads the team, confirms it"):
        provisioning.confirm_introduction(cast.adam, nora)
    provisioning.confirm_introduction(cast.lena, nora)
    settle(cast)

    assert done(nora) - before == {Item.INTRODUCTION}


def test_where_a_team_has_no_lead_an_admin_confirms_and_nobody_their_own(cast):
    nora = join(cast)
    with pytest.raises(Refused, match="has not introduced themselves"):
        provisioning.confirm_introduction(cast.adam, nora)
    provisioning.introduce(nora, nora, text="Hello.")

    with pytest.raises(Denied):
        provisioning.confirm_introduction(nora, nora)
    provisioning.confirm_introduction(cast.adam, nora)

    assert nora.introduction.confirmed_by == cast.adam


def test_another_introduction_is_to_be_confirmed_anew(cast):
    nora = join(cast)
    provisioning.introduce(nora, nora, text="Hello.")
    provisioning.confirm_introduction(cast.adam, nora)

    provisioning.introduce(nora, nora, text="Hello again.")

    assert not type(nora.introduction).objects.get(member=nora).confirmed_at


def test_single_sign_on_ticks_when_they_came_by_it(cast):
    now = timezone.now()
    provider = make_provider(cast.acme, tested_at=now, enforced_at=now)
    make_domain(cast.acme, "acme", verified_at=now, verified_by="dns")
    nora = join(cast)
    settle(cast)
    before = done(nora)
    adapter_accounts(provider, nora)

    settle(cast)

    assert done(nora) - before == {Item.SIGN_ON_LINKED}


def adapter_accounts(provider, member):
    from django.apps import apps

    accounts = apps.get_model("socialaccount", "SocialAccount")._default_manager
    accounts.create(user=member.user, provider=provider.app.provider_id, uid="nora")
    assert adapter.came_by_single_sign_on(member.org_id, [member.user_id])


@pytest.mark.both
def test_settling_asks_the_same_number_of_questions_however_many_newcomers(cast, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def cost():
        with CaptureQueriesContext(connection) as asked:
            settle(cast)
        return len(asked)

    waits = (Item.DEPARTMENT_AND_TEAM, Item.WELCOME_MAIL, Item.INTRODUCTION, Item.FIRST_CONVERSATION, Item.TRAINING)
    today = timezone.now().date()

    def crowd(count):
        for member in make_crowd(cast.acme, count):
            rows = [ProvisioningItem(org=cast.acme, member=member, item=item, due_day=today) for item in waits[:4]]
            ticked = ProvisioningItem(org=cast.acme, member=member, item=Item.TRAINING, due_day=today)
            ticked.tick(at=timezone.now(), by="Steward")
            ProvisioningItem.objects.bulk_create([*rows, ticked])

    crowd(2)
    few = cost()
    crowd(20)
    assert cost() == few <= 16
