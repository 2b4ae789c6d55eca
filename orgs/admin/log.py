"""Support: the audit log of every organization, also by request id."""

from django.contrib import admin

from orgs.admin.rows import ReadOnlyAdmin
from orgs.models import AuditEntry


@admin.register(AuditEntry)
class AuditEntryAdmin(ReadOnlyAdmin):
    list_display = ("at", "org", "actor_kind", "actor_name", "action", "target_name", "ip", "request_id")
    list_filter = ("actor_kind", "action")
    list_select_related = ("org",)
    search_fields = ("=request_id", "=org__slug", "actor_name", "target_name")
    search_help_text = "A request id, an organization's short name, or a name."
    ordering = ("-at",)
