"""The part of the state machine that is about a guest: stays are extended and ended, and end by the clock alone."""

from datetime import timedelta

from django.utils import timezone
from hypothesis.stateful import invariant

from orgs.access import Action, check
from orgs.actions import guests
from orgs.models import Member, Organization

STAYS = ("extend", "end")
LONGEST = 90  # days, as organizations begin


def how_they_begin(name):
    """What sets somebody apart from a member like any other when the story begins."""
    now = timezone.now()
    return {
        "otto": {"suspended_at": now, "suspension_reason": "away"},
        "gina": {"kind": "guest", "ends_at": now + timedelta(days=9)},
    }.get(name, {})


class Staying:
    """Gina is a guest of Acme until she is removed and comes back by an invitation."""

    def stay(self):
        actor = self.an_actor()
        on = self.anybody(lambda person: person.guest and person.present)
        if self.random.random() < 2 / 3:
            days = self.random.choice([1, 1, 30, LONGEST, 0, -1, LONGEST + 2])
            until = timezone.now() + timedelta(days=days, hours=-1)
            self.on_a_member("extend", actor, on, lambda a, m: guests.extend(a, m, ends_at=until), days)
        else:
            self.on_a_member("end", actor, on, guests.end)

    def time_passes(self):
        """The end of a stay comes. Nobody does anything, and no job runs: only the clock has moved beyond it."""
        if not self.world.people["gina"].guest or self.random.random() < 1 / 2:
            return
        acme = self.orgs["acme"].pk
        gina = Member.objects.filter(org=acme, user=self.users["gina"])
        gina.update(ends_at=timezone.now() - timedelta(seconds=1))
        version = Organization.objects.values_list("access_version", flat=True).get(pk=acme)
        Organization.objects.filter(pk=acme).update(access_version=version + 1)
        self.world.people["gina"].over, self.touched = True, "acme"

    @invariant()
    def a_guest_is_let_in_until_the_end_and_not_at_it(self):
        if next(self.nights) % 4:  # she is read anew after each change
            return
        gina, row = self.world.people["gina"], self.member("gina")
        if row is None or not gina.guest:
            return
        before, after = row.ends_at - timedelta(seconds=1), row.ends_at
        if gina.present and not gina.suspended:
            assert check(row, Action.CONSOLE_OPEN, row.org, now=before).allowed
        assert not check(row, Action.CONSOLE_OPEN, row.org, now=after).allowed
