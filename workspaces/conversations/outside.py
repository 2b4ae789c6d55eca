"""Links by which anybody reads one conversation: made from the row and the installation's secret, judged each time.

What lets a link be made keeps it open: whoever made it must still be let by the engine to share the conversation
outside. So it is dead while the organization or the workspace shares nothing, while the workspace is archived, and
once its maker is suspended, removed, or no more than a Viewer there; what is turned back opens it again.
"""

from datetime import datetime

from django.conf import settings
from django.db.models import F
from django.urls import reverse
from django.utils.crypto import constant_time_compare, salted_hmac

from orgs import links
from orgs.access import Action, check
from workspaces.models import Conversation, SharedLink

MOST_DAYS = 90


def token(link: SharedLink) -> str:
    """The secret part of a link. It stays the same when SECRET_KEY changes, while the key before is a fallback."""
    keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    signed = [salted_hmac("shared conversation", str(link.pk), secret=key, algorithm="sha256") for key in keys]
    made = [f"{link.pk}-{one.hexdigest()}" for one in signed]
    return next((one for one in made if constant_time_compare(links.digest(one), link.digest)), made[0])


def url(link: SharedLink) -> str:
    """Where it is read. The host comes from PUBLIC_BASE_URL alone, never from a request."""
    return f"{settings.PUBLIC_BASE_URL}{reverse('shared', args=[token(link)])}"


def find(secret: str, at: datetime) -> SharedLink | None:
    """The live link of that secret, with its conversation; None where there is none that opens. 2 queries, and the
    subject of whoever made it."""
    held = SharedLink.objects.live(at).filter(digest=links.digest(secret))
    link = held.select_related("made_by__org", "made_by__user").first()
    if link is None:
        return None
    link.conversation = Conversation.objects.placed().get(pk=link.conversation_id)
    return link if check(link.made_by, Action.CONVERSATION_PUBLISH, link.conversation).allowed else None


def seen(link: SharedLink, *, at: datetime) -> None:
    """Count that somebody opened it. One query."""
    SharedLink.objects.filter(pk=link.pk).update(views=F("views") + 1, last_viewed_at=at)
