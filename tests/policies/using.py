"""Usage that policies are tried on."""

from datetime import UTC, datetime, time, timedelta

from django.utils import timezone

from analytics import drain
from tests.analytics.sending import event, send
from tests.cast import make_key

YESTERDAY = datetime.combine(timezone.now().astimezone(UTC).date() - timedelta(days=1), time(12), UTC)


def used(cast, client, *responses, at=YESTERDAY):
    """Responses as (member, model) or (member, model, use case), each at a cost of one USD."""
    _key, secret = make_key(cast.acme)
    sent = []
    for number, (who, model, *case) in enumerate(responses):
        said = {"member": who, "model": model, "cost": "1", "use_case": case[0] if case else None}
        sent.append(event(f"{at.isoformat()}-{number}", "response", at=at, **said))
    send(client, secret, sent)
    drain.run()
