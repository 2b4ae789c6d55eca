"""The pages of newcomers: the board, one of them, and their own first days."""

from orgs.views.provisioning.board import guide, listing, template
from orgs.views.provisioning.deeds import confirm, evidence, plan, remind, show, tick, untick, welcome
from orgs.views.provisioning.own import first_days, introduce, module

__all__ = [
    "confirm",
    "evidence",
    "first_days",
    "guide",
    "introduce",
    "listing",
    "module",
    "plan",
    "remind",
    "show",
    "template",
    "tick",
    "untick",
    "welcome",
]
