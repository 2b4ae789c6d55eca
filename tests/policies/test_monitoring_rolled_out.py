"""Whom a version reached that is being rolled out stands under its monitoring level, and is told (product.md 4)."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from orgs.access import Refused
from orgs.actions import delegation
from orgs.models import Mail, Member
from policies import watching
from policies.actions import monitoring, rollouts
from policies.actions.rollouts import Planned, Thing
from policies.models import WHOLE, FlaggedMessage, HeardConversation, KeptMessage, LevelChange, PolicyVersion
from policies.queries import conversations
from tests.analytics.sending import event, post
from tests.cast import make_key
from tests.doors import console
from tests.policies.publishing import put_in_force
from tests.policies.rolling import make_model, planned
from tests.talking import make_conversation
from workspaces.conversations import talking

LEVELS = ("minimal", "standard", "full")
OWNERS = [Planned("Owners", {"roles": ["owner"]}), Planned("Leads", {"leads": True})]
PLEASANT = {"full": "All that is written is kept", "standard": "Titles of conversations", "minimal": "Only counts"}


def rolled_out(cast, now, coming, *, scope=WHOLE):
    """`now` is the level in force; a version with `coming` has reached the Owners: Olive and Oscar."""
    make_model(cast.acme, "fast-iteration")
    first = put_in_force(cast.acme, now)
    LevelChange.objects.create(org=cast.acme, level=now)
    said = first.document | {"monitoring_level": coming}
    second = PolicyVersion.objects.create(org=cast.acme, scope=scope, number=first.number + 1, document=said)
    rollout = planned(cast.adam, Thing("policy", "2", "version 2 of the policy", second), stages=OWNERS)
    rollouts.start(cast.adam, rollout)
    return rollout


def sent(cast):
    """What is kept of a message of Olive's, who was reached, of Mika's, who was not, and of somebody unknown's."""
    secret = make_key(cast.acme)[1]
    people = {"olive": "olive@acme.example", "mika": "mika@acme.example", "nobody": "nobody@acme.example"}
    words = {"at": timezone.now(), "title": "Plans", "text": "a birthday party"}
    post(Client(), secret, [event(who, member=mail, conversation=f"c-{who}", **words) for who, mail in people.items()])
    flagged, titled, texts = (
        (FlaggedMessage, "event_id"),
        (HeardConversation, "conversation"),
        (KeptMessage, "event_id"),
    )
    found = [set(kind.objects.values_list(name, flat=True)) for kind, name in (flagged, titled, texts)]
    return {who: "".join("FTK"[n] for n in range(3) if {who, f"c-{who}"} & found[n]) for who in people}


KEPT = {"minimal": "", "standard": "FT", "full": "FTK"}  # flagged, its title, its text


@pytest.mark.parametrize("now", LEVELS)
@pytest.mark.parametrize("coming", LEVELS)
def test_the_door_of_usage_keeps_by_the_level_of_whoever_wrote_it(cast, now, coming):
    rolled_out(cast, now, coming)

    assert sent(cast) == {"olive": KEPT[coming], "mika": KEPT[now], "nobody": KEPT[now]}


def test_finished_everybody_stands_under_its_level(cast):
    rollouts.finish(cast.adam, rolled_out(cast, "minimal", "full"))

    assert sent(cast) == dict.fromkeys(("olive", "mika", "nobody"), "FTK")


@pytest.mark.parametrize("deed", [rollouts.go_back, rollouts.discard])
def test_taken_back_the_level_in_force_holds_again(cast, deed):
    deed(cast.adam, rolled_out(cast, "minimal", "full"))

    assert sent(cast) == dict.fromkeys(("olive", "mika", "nobody"), "")


@pytest.mark.parametrize(("now", "coming"), [("minimal", "full"), ("full", "minimal")])
def test_ones_own_page_tells_the_level_that_the_door_keeps_by(cast, now, coming):
    rolled_out(cast, now, coming)

    for person, level in ((cast.olive, coming), (cast.mika, now)):
        assert PLEASANT[level] in console(person).get(f"/o/acme/members/{person.pk}/").content.decode()


def told():
    """Whom the mails since the last look went to, with what they say."""
    mails = Mail.objects.filter(kind="monitoring_level").order_by("to")
    found = [(mail.to.partition("@")[0], mail.params["level"]) for mail in mails]
    mails.delete()
    return found


def test_each_is_told_when_a_stage_reaches_them_and_when_it_is_taken_back(cast):
    rollout = rolled_out(cast, "standard", "full")
    assert told() == [("olive", "Full"), ("oscar", "Full")]

    rollouts.advance(cast.adam, rollout)
    assert told() == [("lena", "Full")]
    rollouts.go_back(cast.adam, rollout)
    assert told() == [("lena", "Standard")]
    rollouts.discard(cast.adam, rollout)
    assert told() == [("olive", "Standard"), ("oscar", "Standard")]


def test_the_panels_of_a_rollout_say_the_level_before(cast):
    rollout = rolled_out(cast, "standard", "full")

    for deed, level in (("advance", "Full"), ("back", "Standard"), ("finish", "Full"), ("discard", "Standard")):
        page = console(cast.adam).get(f"/o/acme/rollouts/{rollout.pk}/{deed}/").content.decode()
        assert f"They come under the monitoring level {level}, and are told." in page


@pytest.mark.parametrize("scope", [WHOLE, 1])
def test_who_keeps_their_level_is_told_nothing(cast, scope):
    rolled_out(cast, "standard", "full" if scope else "standard", scope=scope and cast.research.pk)

    assert told() == []


def flagged(cast, member):
    fields = {"policy_number": 1, "use_case": "x", "source": "api", "text": "Zebediah", "state": "open"}
    return FlaggedMessage.objects.create(
        org=cast.acme, event_id=str(member.pk), member=member, at=timezone.now(), **fields
    )


@pytest.fixture
def reviewer(cast):
    delegation.delegate(cast.olive, cast.adam, permissions=["compliance"])
    return Member.objects.select_related("org", "user").get(pk=cast.adam.pk)


def test_what_was_kept_is_shown_by_the_level_of_whoever_wrote_it(cast, reviewer):
    theirs, others = flagged(cast, cast.olive), flagged(cast, cast.mika)
    rolled_out(cast, "standard", "minimal")

    assert monitoring.read(reviewer, others, purpose="why") == "Zebediah"
    with pytest.raises(Refused, match="Minimal now"):
        monitoring.read(reviewer, theirs, purpose="why")
    one, page = (console(reviewer).get(f"/o/acme/monitoring/{at}").content.decode() for at in (f"{theirs.pk}/", ""))
    assert "At the monitoring level of now it is shown to nobody." in one
    assert "rolls out a version with the level Minimal" in page


def test_titles_stand_in_the_list_by_the_level_of_whoever_began_the_conversation(cast, reviewer):
    for n, member in enumerate((cast.olive, cast.mika)):
        said = {"title": f"Zebediah {n}", "member": member, "member_name": str(member), "last_at": timezone.now()}
        HeardConversation.objects.create(org=cast.acme, conversation=f"c{n}", source="api", **said)
    rolled_out(cast, "full", "minimal")
    base = "/o/acme/monitoring/conversations/"

    page = console(reviewer).get(base).content.decode()

    assert "Zebediah 1" in page
    assert "Zebediah 0" not in page
    assert page.count("Read…") == 1
    assert "Not shown at their level" not in console(reviewer).get(base, {"q": "Zebediah"}).content.decode()


def test_of_stewards_own_each_ones_words_are_read_from_the_moment_they_were_told_of_full(cast):
    talks = {member: make_conversation(member, title="Plans") for member in (cast.olive, cast.mika)}

    def say(words):
        for member, talk in talks.items():
            talking.post(member, talk, text=words)

    def read():
        heard = HeardConversation.objects.select_related("org")
        return {one.member_name: [said.text for said in conversations.said_in(one)] for one in heard}

    put_in_force(cast.acme, "standard")
    say("before")
    rollout = rolled_out(cast, "standard", "full")
    say("while")
    assert read() == {"Olive": ["while"], "Mika": []}
    rollouts.finish(cast.adam, rollout)
    say("after")

    assert read() == {"Olive": ["while", "after"], "Mika": ["after"]}


def test_what_nobody_was_told_of_is_not_read(cast):
    put_in_force(cast.acme, "full")

    assert watching.full_since(cast.acme, {cast.mika.pk}, timezone.now()) == {}


def test_whom_the_clock_brought_under_a_lower_level_is_read_no_more_before_they_are_told(cast):
    tomorrow = timezone.now() + timedelta(days=1)
    put_in_force(cast.acme, "full")
    LevelChange.objects.create(org=cast.acme, level="full")
    said = put_in_force(cast.acme, "full").document | {"monitoring_level": "minimal"}
    third = PolicyVersion.objects.create(org=cast.acme, number=3, document=said)
    stages = [Planned("All", {"everyone": True}, starts_at=tomorrow)]
    rollouts.start(cast.adam, planned(cast.adam, Thing("policy", "3", "version 3", third), stages=stages))
    cast.acme.refresh_from_db()

    def read(now):
        return list(watching.full_since(cast.acme, {cast.mika.pk}, now))

    assert (read(timezone.now()), read(tomorrow)) == ([cast.mika.pk], [])
