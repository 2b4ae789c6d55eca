"""Support: what was sent and what became of it; parked batches can be tried again."""

from typing import Any

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from analytics import actions
from analytics.models import InboxBatch, Verification
from orgs.admin.rows import Deed, ReadOnlyAdmin


@admin.register(InboxBatch)
class InboxBatchAdmin(ReadOnlyAdmin):
    list_display = ("received_at", "org", "source", "state", "received", "rejected", "new", "duplicates", "error")
    list_filter = ("state", "source")
    list_select_related = ("org",)
    search_fields = ("=org__slug", "=id")
    deeds = (
        Deed(
            "again",
            _("Try again"),
            _("The batch is waiting for its turn again."),
            actions.batches.try_again,
            fits=lambda batch: batch.state == InboxBatch.State.PARKED,
        ),
    )

    def get_fields(self, request: Any, obj: Any = None) -> Any:
        return [field.name for field in InboxBatch._meta.fields if field.name not in ("id", "body")]


@admin.register(Verification)
class VerificationAdmin(ReadOnlyAdmin):
    list_display = ("at", "org", "since", "differences", "healed")
    list_filter = ("healed",)
    list_select_related = ("org",)
    search_fields = ("=org__slug",)
