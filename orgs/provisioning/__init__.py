"""The provisioning board below its deeds: what the items are, how they begin, and which facts tick them."""

from orgs.provisioning.beginning import begin, failed_welcome, leave_board, settle_soon, waiting, welcome
from orgs.provisioning.facts import SEEN, true_now, untrained_again, who_reads
from orgs.provisioning.items import DEFINITIONS, Definition

__all__ = [
    "DEFINITIONS",
    "SEEN",
    "Definition",
    "begin",
    "failed_welcome",
    "leave_board",
    "settle_soon",
    "true_now",
    "untrained_again",
    "waiting",
    "welcome",
    "who_reads",
]
