"""Deeds on training modules: make, change, order, archive; confirm that one was read."""

from typing import Any

from django.db.models import Max
from django.utils.translation import gettext as _

from orgs import provisioning
from orgs.access import Action, Refused
from orgs.actors import Actor
from orgs.audit import act
from orgs.models import Member, TrainingModule, TrainingPass

FIELDS = ("title", "text", "url", "required", "audience", "features")


def keep(actor: Actor, module: TrainingModule, *, values: dict[str, Any]) -> None:
    """Make a training module, or change it. What a required one keeps closed is closed at the next question.

    Raises:
        Denied: the actor may not manage modules.
    """
    new = module._state.adding
    with act(actor, Action.TRAINING_MANAGE, module) as entry:
        entry.happened = new or module.text != values["text"]
        for name in FIELDS:
            setattr(module, name, values[name])
        if not module.required:
            module.features = []
        if new:
            last = TrainingModule.objects.filter(org=module.org).aggregate(last=Max("position"))["last"]
            module.position = 0 if last is None else last + 1
        module.save()
        provisioning.settle_soon(entry.org)


def move(actor: Actor, module: TrainingModule, *, up: bool) -> None:
    """Let a module change places with the one before or after it; nothing happens at the ends.

    Raises:
        Denied: the actor may not manage modules.
    """
    with act(actor, Action.TRAINING_MANAGE, module) as entry:
        rows = list(TrainingModule.objects.filter(org=module.org, archived_at=None))
        at = next((n for n, row in enumerate(rows) if row.pk == module.pk), None)
        to = -1 if at is None else at - 1 if up else at + 1
        if at is not None and 0 <= to < len(rows):
            rows[at], rows[to] = rows[to], rows[at]
            for n, row in enumerate(rows):
                row.position = n
            TrainingModule.objects.bulk_update(rows, ["position"])
            entry.happened, entry.detail = True, {"moved": "up" if up else "down"}


def archive(actor: Actor, module: TrainingModule, *, archived: bool) -> None:
    """Put a module away, or take it out again. An archived one is read by nobody and keeps nothing closed.

    Raises:
        Denied: the actor may not manage modules.
    """
    with act(actor, Action.TRAINING_MANAGE, module) as entry:
        module.archived_at = (module.archived_at or entry.at) if archived else None
        module.save(update_fields=["archived_at"])
        provisioning.settle_soon(entry.org)


def confirm(actor: Member, member: Member, *, module: TrainingModule) -> None:
    """Note that `member` has read a module. What waited for it opens at the next question. Twice notes it once.

    Raises:
        Denied: somebody else's training.
        Refused: the module does not apply to them, or was archived.
    """
    with act(actor, Action.TRAINING_PASS, member) as entry:
        if not TrainingModule.objects.for_member(member).filter(pk=module.pk).exists():
            raise Refused(_("“%(title)s” was archived, or is not meant for you.") % {"title": module})
        _row, entry.happened = TrainingPass.objects.get_or_create(
            member=member, module=module, defaults={"passed_at": entry.at}
        )
        entry.detail = {"name": module.title, "module_id": module.pk}
        provisioning.settle_soon(entry.org)
