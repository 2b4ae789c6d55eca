"""Northwind at work: rooms with milestones, mates with their tools, conversations (working.json).

Rooms, mates and tools are deeds of the people who may. What people said is rows: its usage is in the demo's events
already (config.demo.usage), and what is said from today on is counted like everybody's.
"""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from itertools import cycle
from pathlib import Path
from typing import Any

from orgs import grants
from orgs.models import Member, Organization, Plan, Role
from workspaces import actions
from workspaces.models import Conversation, Mate, Message, Room, Tool, Workspace

ORG = "northwind"
MATE_SAYS = "@"


def settle(org: Organization, now: datetime) -> None:
    """Give Northwind's workspaces what people work with, as of `now`. Twice changes nothing."""
    if org.slug != ORG or Mate.objects.filter(org=org).exists():
        return
    told = json.loads(Path(__file__).with_suffix(".json").read_text())
    owners = Member.objects.filter(org=org, role=Role.OWNER, plan=Plan.EXPERT, suspended_at=None, removed_at=None)
    maker = owners.select_related("user", "org").earliest("ordinal")
    workspaces = {row.name: row for row in Workspace.objects.filter(org=org).select_related("org", "owner__user")}
    rooms = {row["name"]: _room(workspaces[row.pop("workspace")], now, **row) for row in told["rooms"]}
    tools = {row["name"]: actions.tools.create(maker, **row) for row in told["tools"]}
    mates = {row["name"]: _mate(maker, tools, workspaces, **row) for row in told["mates"]}
    for talk in told["talks"]:
        _talk(workspaces[talk["workspace"]], rooms.get(talk["room"]), mates.get(talk["mate"]), talk, now)


def _room(workspace: Workspace, now: datetime, *, name: str, progress: str, note: str, milestones: list[Any]) -> Room:
    by = _again(workspace.owner)
    room = actions.rooms.create(by, workspace, name=name)
    for title, days, percent in milestones:
        due_on = (now + timedelta(days=days)).date()
        actions.rooms.add_milestone(by, room, title=title, due_on=due_on, percent=percent)
    actions.rooms.describe(by, room, name=name, progress=progress, note=note)
    return room


def _mate(
    maker: Member,
    known: dict[str, Tool],
    places: dict[str, Workspace],
    *,
    tools: list[str],
    workspaces: list[str],
    everyone: str,
    **words: Any,
) -> Mate:
    mate = actions.mates.create(maker, tools=[known[name] for name in tools], **words)
    actions.levels.open_to_everyone(maker, mate, everyone=everyone)
    for name in workspaces:
        actions.mates.add(maker, places[name], mate=mate)
    return mate


def _talk(workspace: Workspace, room: Room | None, mate: Mate | None, talk: dict[str, Any], now: datetime) -> None:
    at = now - timedelta(days=talk["days"], hours=2)
    people = [member for member, level in grants.holders([workspace])[workspace.pk] if level != "viewer"]
    speakers = cycle(sorted((m for m in people if m.is_active(now)), key=lambda member: member.ordinal)[:3])
    lines = [(at + timedelta(minutes=7 * number), line) for number, line in enumerate(talk["said"])]
    conversation = Conversation(
        org=workspace.org,
        workspace=workspace,
        room=room,
        mate=mate,
        author=next(speakers),
        title=talk["title"],
        created_at=at,
        last_at=lines[-1][0],
        messages_count=len(lines),
    )
    conversation.save(force_insert=True)
    speaker = conversation.author
    messages = []
    for moment, line in lines:
        said = Message(org=workspace.org, conversation=conversation, text=line.removeprefix(MATE_SAYS), at=moment)
        if line.startswith(MATE_SAYS) and mate is not None:
            said.mate, said.mate_name = mate, mate.name
        else:
            said.author, speaker = speaker, next(speakers)
        messages.append(said)
    Message.objects.bulk_create(messages)


def _again(member: Member) -> Member:
    """With the organization as it is now: what a deed changed counts for the next one."""
    return Member.objects.select_related("org", "user").get(pk=member.pk)
