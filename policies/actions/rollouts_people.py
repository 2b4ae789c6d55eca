"""What reached members say of a rollout, and the list of them that leaves the house."""

from django.utils.translation import gettext as _

from orgs.access import Action, Refused
from orgs.actors import Actor
from orgs.audit import act
from orgs.models import Member
from policies.models import Feedback, Reached, Rollout
from policies.rollouts import using


def answer(actor: Member, rollout: Rollout, *, score: int | None, sentence: str = "") -> None:
    """Say how a rollout is that reached the actor: 1 to 5, and a sentence; without a score: not to be asked again.

    A second answer takes the place of the first.

    Raises:
        Denied: the actor may do nothing here.
        Refused: the rollout has not reached them; a score of what they have not used yet.
    """
    with act(actor, Action.ROLLOUT_ANSWER, actor) as entry:
        if not Reached.objects.filter(rollout=rollout, member=actor).exists():
            raise Refused(_("“%(name)s” has not reached you.") % {"name": rollout})
        if score and not using.knows(actor, rollout, entry.at):
            raise Refused(_("You are asked how %(what)s is once you have used it.") % {"what": rollout.label})
        found = Feedback.objects.filter(rollout=rollout, member=actor).select_related("rollout").first()
        if found is None:
            found = Feedback(rollout=rollout, member=actor)
            entry.made(found)
        else:
            entry.target, entry.before = found, {"score": found.score}
        found.score, found.sentence, found.at = score, sentence if score else "", entry.at
        found.save()


def export(actor: Actor, rollout: Rollout) -> None:
    """Note that the list of whom a rollout reached leaves the house.

    Raises:
        Denied: the actor neither owns nor administers.
    """
    with act(actor, Action.ROLLOUT_EXPORT, rollout) as entry:
        entry.happened = True
