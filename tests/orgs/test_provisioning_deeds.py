"""The provisioning board: what people tick, and who is reminded."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from orgs import mails
from orgs.access import Denied, Refused
from orgs.actions import account, provisioning
from orgs.actors import SYSTEM
from orgs.models import Item, Mail, ProvisioningItem
from tests.cast import make_member
from tests.doors import console
from tests.meanwhile import meanwhile
from tests.orgs.newcomers import done, items, join, on_board, said

# ---------------------------------------------------------------- what people tick


def test_what_steward_sees_is_ticked_by_nobodys_hand(cast):
    nora = join(cast)

    for item in items(nora).values():
        if item.item in (Item.EMAIL_VERIFIED, Item.TRAINING, Item.FIRST_CONVERSATION, Item.WELCOME_MAIL):
            with pytest.raises(Refused, match="never by hand"):
                provisioning.tick(cast.olive, item)
    assert not done(nora)


def test_a_background_check_is_attested_with_a_note(cast):
    item = items(join(cast))[Item.BACKGROUND_CHECK]

    with pytest.raises(Refused, match="who checked what"):
        provisioning.tick(cast.adam, item)
    provisioning.tick(cast.adam, item, note="Seen on 3 March by the agency.")

    assert (item.done_by, item.note) == ("Adam", "Seen on 3 March by the agency.")
    assert said(cast, "provisioning.tick") == ["Adam ticked: Background check attested of Nora."]


def test_leads_tick_for_their_teams_newcomers_and_owners_of_an_item_tick_it(cast):
    nora = join(cast, team=cast.search, department=cast.research)
    found = items(nora)
    provisioning.plan(cast.adam, found[Item.LIMITS], owner=cast.mika, due_day=timezone.now().date())

    provisioning.tick(cast.lena, found[Item.STORAGE])
    provisioning.tick(cast.mika, found[Item.LIMITS])

    assert done(nora) == {Item.STORAGE, Item.LIMITS}
    for stranger in (cast.mika, cast.vera, cast.sam, cast.eve, nora):
        with pytest.raises(Denied):
            provisioning.tick(stranger, found[Item.MODELS])


def test_a_lead_ticks_nothing_of_other_teams(cast):
    vico = join(cast, "Vico", team=cast.ranking, department=cast.research)

    with pytest.raises(Denied):
        provisioning.tick(cast.lena, items(vico)[Item.STORAGE])


def test_nobody_ticks_their_own_way_in(cast):
    ada = make_member(cast.acme, "Ada", role="admin")
    item = ProvisioningItem.objects.create(
        org=cast.acme, member=ada, item=Item.BACKGROUND_CHECK, due_day=timezone.now().date()
    )

    with pytest.raises(Refused, match="their own way in"):
        provisioning.tick(ada, item, note="I am fine.")


def test_a_tick_can_be_taken_back(cast):
    item = items(join(cast))[Item.STORAGE]
    provisioning.tick(cast.adam, item, note="10 GB")

    provisioning.untick(cast.adam, item)

    assert (item.done_at, item.note) == (None, "")
    assert said(cast, "provisioning.tick")[-1] == "Adam opened again: Storage quota of Nora."


def test_whoever_has_nothing_open_leaves_the_board_and_comes_back_when_something_is_opened(cast):
    nora = join(cast)
    ProvisioningItem.objects.filter(member=nora).exclude(item=Item.STORAGE).update(done_at=timezone.now())
    item = items(nora)[Item.STORAGE]

    provisioning.tick(cast.adam, item)
    nora.refresh_from_db()
    left = nora.onboarded_at
    provisioning.untick(cast.adam, item)
    nora.refresh_from_db()

    assert left is not None
    assert nora.onboarded_at is None


def test_evidence_is_kept_with_the_item(cast, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    item = items(join(cast))[Item.STORAGE]

    provisioning.tick(cast.adam, item, evidence=SimpleUploadedFile("quota.txt", b"10 GB"), kind="txt")

    item.refresh_from_db()
    assert item.evidence_name == "quota.txt"
    assert item.evidence.read() == b"10 GB"
    assert "quota" not in item.evidence.name


# ---------------------------------------------------------------- reminders


def test_whoever_looks_after_overdue_items_is_mailed_once(cast, mailoutbox):
    nora = join(cast)
    Mail.objects.all().delete()
    yesterday = timezone.now().date() - timedelta(days=1)
    ProvisioningItem.objects.filter(member=nora, item__in=[Item.STORAGE, Item.LIMITS]).update(due_day=yesterday)
    now = timezone.now()

    first, second = (provisioning.remind_overdue(SYSTEM, cast.acme, now=now) for _ in range(2))

    mail = Mail.objects.get()
    assert (first, second, mail.to) == (1, 0, "adam@acme.example")
    mails.send(mail)
    assert "Nora: Storage quota, due" in mailoutbox[0].body
    assert "Usage limits" in mailoutbox[0].body


def test_two_who_remind_of_what_is_overdue_at_once_mail_once(cast):
    nora = join(cast)
    Mail.objects.all().delete()
    yesterday = timezone.now().date() - timedelta(days=1)
    ProvisioningItem.objects.filter(member=nora, item=Item.STORAGE).update(due_day=yesterday)
    now = timezone.now()

    with meanwhile(lambda: provisioning.remind_overdue(SYSTEM, cast.acme, now=now)):
        late = provisioning.remind_overdue(SYSTEM, cast.acme, now=now)

    assert (late, Mail.objects.count(), len(said(cast, "provisioning.remind"))) == (0, 1, 1)


def test_a_newcomer_is_reminded_by_hand_at_most_once_a_day(cast):
    nora = join(cast)
    Mail.objects.all().delete()

    provisioning.remind(cast.adam, nora)
    with pytest.raises(Refused, match="less than a day ago"):
        provisioning.remind(cast.adam, nora)

    assert {mail.to for mail in Mail.objects.all()} == {"adam@acme.example", "nora@acme.example"}
    with pytest.raises(Denied):
        provisioning.remind(cast.mika, nora)


# ---------------------------------------------------------------- the welcome that did not arrive


def _lost(cast):
    """Nora, whose welcome no mail server took."""
    nora = join(cast)
    Mail.objects.filter(kind="welcome").update(state="failed", error="OSError: no route", attempts=Mail.LIMIT)
    return nora


def test_a_welcome_that_failed_is_sent_again_from_the_newcomers_page(cast, mailoutbox):
    nora, browser = _lost(cast), console(cast.adam)
    url = f"/o/acme/provisioning/{nora.pk}/"
    page = browser.get(url).text
    assert "The mail could not be sent: OSError: no route" in page
    assert f"{url}welcome/" in page

    answer = browser.post(f"{url}welcome/", hx=True)
    mails.send(Mail.objects.get(kind="welcome", state="queued"))
    provisioning.settle(SYSTEM, cast.acme)

    assert "Send it again" not in answer.text
    assert [message.to for message in mailoutbox] == [["nora@acme.example"]]
    assert Item.WELCOME_MAIL in done(nora)
    assert said(cast, "provisioning.welcome") == ["Adam had the welcome of Nora sent again."]


def test_a_welcome_that_failed_for_a_wrong_address_goes_to_the_right_one(cast):
    nora = _lost(cast)
    account.change_address(nora.user, email="nora.right@acme.example")
    assert "Send it again" in console(cast.adam).get(f"/o/acme/provisioning/{nora.pk}/").text

    provisioning.welcome_again(cast.adam, nora)

    assert Mail.objects.get(kind="welcome", state="queued").to == "nora.right@acme.example"


def test_a_welcome_that_is_on_its_way_or_was_sent_is_not_sent_twice(cast):
    nora = join(cast)
    for state in ("queued", "sent"):
        Mail.objects.filter(kind="welcome").update(state=state)
        with pytest.raises(Refused, match="was sent, or is on its way"):
            provisioning.welcome_again(cast.adam, nora)
        assert "Send it again" not in console(cast.adam).get(f"/o/acme/provisioning/{nora.pk}/").text


def test_newcomers_and_strangers_send_no_welcome(cast):
    nora = _lost(cast)

    for person in (nora, cast.mika, cast.lena, cast.eve):
        with pytest.raises(Denied):
            provisioning.welcome_again(person, nora)


def test_the_first_days_put_one_deed_before_all_others(cast):
    on_board(cast.mika, Item.INTRODUCTION, Item.FIRST_CONVERSATION)

    page = console(cast.mika).get("/o/acme/first-days/").text

    assert "Start a conversation" in page
    assert "Post it" in page
    assert page.count("btn-primary") == 1
