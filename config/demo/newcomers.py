"""Northwind's newcomers: interns in different steps of the board, a setup guide, two training modules."""

from __future__ import annotations

from datetime import datetime, timedelta

from orgs import actions, provisioning
from orgs.models import (
    Introduction,
    Item,
    Member,
    Organization,
    Plan,
    ProvisioningItem,
    Role,
    TrainingModule,
    TrainingPass,
)

ORG = "northwind"
GUIDE = """\
# Welcome to Northwind

You have an account, a team and a plan. Three things make the first week easier:

1. **Set up your second factor** under your account: a passkey takes a minute.
2. **Read the training** and confirm it. It says what may go into a prompt, and what may not.
3. **Say hello**: your introduction goes to your team, and your lead confirms it.

## Where to ask

- Access, plans, a new laptop: [IT Operations](mailto:it@northwind.example)
- What the AI policy allows: your team's lead
- Anything else: the workspace *Company Knowledge*
"""
MODULES: tuple[tuple[str, str, bool, list[str]], ...] = (
    (
        "Using AI safely",
        "## What never goes into a prompt\n\n- Names, addresses and numbers of customers\n"
        "- Anything marked *confidential*\n- Passwords and keys\n\n"
        "## What to do when in doubt\n\nAsk your lead **before** you send it.",
        True,
        ["file_uploads"],
    ),
    (
        "Writing a good prompt",
        "Say who reads the answer, what you have, and what you want. One example is worth ten rules.",
        False,
        [],
    ),
)
# Of each newcomer: the items that are open, and how many days ago the last one was done.
OPEN = (
    ((Item.BACKGROUND_CHECK, Item.MODELS, Item.INTEGRATIONS, Item.STORAGE, Item.LIMITS, Item.INTRODUCTION), 0),
    ((Item.BACKGROUND_CHECK, Item.STORAGE, Item.LIMITS, Item.INTRODUCTION), 9),
    ((Item.MODELS, Item.INTEGRATIONS, Item.STORAGE, Item.LIMITS), 1),
    ((Item.INTEGRATIONS, Item.LIMITS, Item.INTRODUCTION), 4),
    ((Item.STORAGE, Item.INTRODUCTION), 16),
    ((Item.INTRODUCTION,), 2),
    ((Item.INTRODUCTION,), 5),
)
POST = "Hello everybody! I join for six months and work on test data. Ask me about bouldering and old synthesizers."


def welcome(org: Organization, now: datetime) -> None:
    """Put the newest interns of Northwind onto the board. Twice changes nothing."""
    if org.slug != ORG or TrainingModule.objects.filter(org=org).exists():
        return
    owner = Member.objects.filter(org=org, role=Role.OWNER).select_related("user", "org").earliest("ordinal")
    actions.provisioning.write_guide(owner, org, text=GUIDE)
    for title, text, required, features in MODULES:
        values = {"title": title, "text": text, "url": "", "required": required, "features": features}
        module = TrainingModule(org=org)
        actions.training.keep(owner, module, values=values | {"audience": TrainingModule.Audience.NEW})
    interns = Member.objects.filter(org=org, plan=Plan.ESSENTIAL, role=Role.USER).exclude(team=None)
    newest = list(interns.active(now).select_related("user", "org", "team").order_by("-joined_at")[: len(OPEN)])
    for member, (still_open, days) in zip(newest, OPEN, strict=True):
        _put(member, owner, set(still_open), now - timedelta(days=days, hours=3))
    Introduction.objects.create(member=newest[-1], text=POST, posted_at=now - timedelta(days=5))
    _trained(org, newest[-1].joined_at)


def _trained(org: Organization, since: datetime) -> None:
    """The modules are as old as the first newcomer, and whoever joined since has confirmed them."""
    modules = TrainingModule.objects.filter(org=org)
    modules.update(created_at=since)
    members = Member.objects.filter(org=org, joined_at__gte=since)
    TrainingPass.objects.bulk_create(
        TrainingPass(member=member, module=module, passed_at=member.joined_at)
        for member in members
        for module in modules
        if module.required
    )


def _put(member: Member, owner: Member, still_open: set[str], at: datetime) -> None:
    """A newcomer's items: those that are done were done by `at`, those that are open are due some days after it."""
    in_charge = [*provisioning.who_reads(member, at), owner][0]
    rows = []
    for definition in provisioning.DEFINITIONS.values():
        if definition.item == Item.SIGN_ON_LINKED:
            continue
        day = (at + timedelta(days=definition.days)).date()
        row = ProvisioningItem(org=member.org, member=member, item=definition.item, owner=in_charge, due_day=day)
        if definition.item not in still_open:
            row.tick(at=at, by="Steward" if definition.automatic else str(in_charge))
        rows.append(row)
    ProvisioningItem.objects.bulk_create(rows)
