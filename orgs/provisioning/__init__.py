"""The provisioning board below its deeds: what the items are, how they begin, and which facts tick them."""

from orgs.provisioning.beginning import begin, failed_welcome, leave_board, settle_soon, waiting, welcome
from orgs.provisioning.facts import true_now, untrained_again, who_reads
from orgs.provisioning.items import AUTOMATIC, DEFINITIONS, Definition

__all__ = [
    "AUTOMATIC",
    "DEFINITIONS",
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
