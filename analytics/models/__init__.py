"""The rows of the top floor: what came in, the events, and what they add up to."""

from analytics.models.events import Event, Kind
from analytics.models.inbox import InboxBatch, Ledger, Verification, book_of
from analytics.models.totals import ActiveDay, Conversation, ConversationTotal, HourTotal, MemberDay, UsageTotal

__all__ = [
    "ActiveDay",
    "Conversation",
    "ConversationTotal",
    "Event",
    "HourTotal",
    "InboxBatch",
    "Kind",
    "Ledger",
    "MemberDay",
    "UsageTotal",
    "Verification",
    "book_of",
]
