"""The deeds of the floor where people work together."""

from workspaces.actions import levels, mates, rooms, settings, sharing, tools, workspaces

__all__ = ["levels", "mates", "rooms", "settings", "sharing", "tools", "workspaces"]
