"""Who may what: the names of actions, the one table of who may do them, and the one way to ask it."""

from orgs.access.actions import Action
from orgs.access.asking import Denied, Layer, Refused, ask, check, lasting, layers_for, require, uses
from orgs.access.table import FEATURES, TABLE, Rule

__all__ = [
    "FEATURES",
    "TABLE",
    "Action",
    "Denied",
    "Layer",
    "Refused",
    "Rule",
    "ask",
    "check",
    "lasting",
    "layers_for",
    "require",
    "uses",
]
