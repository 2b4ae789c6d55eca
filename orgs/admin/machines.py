"""Support: service keys (never a secret), jobs, mails and what became of them."""

from typing import Any

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from orgs import actions
from orgs.admin.rows import Deed, ReadOnlyAdmin
from orgs.models import Job, Mail, ServiceKey


@admin.register(ServiceKey)
class ServiceKeyAdmin(ReadOnlyAdmin):
    list_display = ("name", "org", "prefix", "scopes", "created_at", "ends_at", "revoked_at", "last_used_at")
    list_select_related = ("org",)
    search_fields = ("name", "prefix", "org__slug")

    def get_fields(self, request: Any, obj: Any = None) -> Any:
        return [field.name for field in ServiceKey._meta.fields if field.name not in ("id", "digest")]


@admin.register(Job)
class JobAdmin(ReadOnlyAdmin):
    list_display = ("kind", "org", "state", "done", "total", "failed", "attempts", "created_at", "ended_at")
    list_filter = ("state", "kind")
    list_select_related = ("org",)
    search_fields = ("org__slug", "request_id")
    deeds = (
        Deed(
            "again",
            _("Try again"),
            _("The job is waiting for its turn again."),
            actions.jobs.try_again,
            fits=lambda job: job.state == Job.State.PARKED,
        ),
    )


@admin.register(Mail)
class MailAdmin(ReadOnlyAdmin):
    list_display = ("to", "kind", "org", "state", "attempts", "created_at", "sent_at", "error")
    list_filter = ("state", "kind")
    list_select_related = ("org",)
    search_fields = ("to", "org__slug")

    def get_fields(self, request: Any, obj: Any = None) -> Any:
        return [field.name for field in Mail._meta.fields if field.name not in ("id", "sealed")]
