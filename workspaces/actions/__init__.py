"""The deeds of the floor where people work together."""

from workspaces.actions import conversations, levels, mates, rooms, settings, sharing, tools, workspaces

__all__ = ["conversations", "levels", "mates", "rooms", "settings", "sharing", "tools", "workspaces"]
