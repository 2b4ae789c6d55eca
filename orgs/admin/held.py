"""Support: who holds which level on what. A list for each kind of object, to read alone."""

from typing import Any

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from orgs import grants
from orgs.admin.rows import ReadOnlyAdmin
from orgs.models import OrganizationGrant


class GrantAdmin(ReadOnlyAdmin):
    list_display = fields = ("who", "level", "on_what", "organization")
    list_select_related = ("user", "permission", "content_object__org")
    search_fields = ("user__email", "content_object__org__slug")
    ordering = ("user__email", "pk")

    @admin.display(description=_("e-mail"), ordering="user__email")
    def who(self, grant: Any) -> str:
        return str(grant.user.email)

    @admin.display(description=_("level"), ordering="permission__codename")
    def level(self, grant: Any) -> str:
        return grants.level_of_codename().get(grant.permission.codename, str(grant.permission.name))

    @admin.display(description=_("on what"))
    def on_what(self, grant: Any) -> str:
        """Its name; what a conversation is called is for those who are in it."""
        return str(getattr(grant.content_object, "name", grant.content_object.pk))

    @admin.display(description=_("organization"))
    def organization(self, grant: Any) -> str:
        return str(grant.content_object.org)


class DelegatedAdmin(GrantAdmin):
    list_select_related = ("user", "permission", "content_object")
    search_fields = ("user__email", "content_object__slug")

    @admin.display(description=_("organization"))
    def organization(self, grant: Any) -> str:
        return str(grant.content_object)


admin.site.register(grants.tables(), GrantAdmin)
admin.site.register(OrganizationGrant, DelegatedAdmin)
