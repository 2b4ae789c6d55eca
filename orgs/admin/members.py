"""Support: people, members and invitations. Suspend, reactivate, end sessions."""

from typing import Any

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from orgs import actions
from orgs.actors import Support
from orgs.admin.rows import Deed, ReadOnlyAdmin
from orgs.models import Invitation, Member, Recovery, Role, User


def _suspend(actor: Support, member: Member) -> None:
    actions.members.suspend(actor, member, reason=actor.reason)


@admin.register(Member)
class MemberAdmin(ReadOnlyAdmin):
    list_display = ("name", "email", "org", "role", "plan", "kind", "status", "joined_at")
    list_filter = ("role", "plan", "kind")
    list_select_related = ("user", "org")
    search_fields = ("user__email", "listed_as", "org__slug")
    deeds = (
        Deed(
            "suspend",
            _("Suspend the member"),
            _("The member is suspended."),
            _suspend,
            fits=lambda m: m.status == "active",
        ),
        Deed(
            "reactivate",
            _("Reactivate the member"),
            _("The member is active again."),
            actions.members.reactivate,
            fits=lambda m: m.status == "suspended",
        ),
        Deed("sessions", _("End their sessions"), _("Their sessions are ended."), actions.members.end_sessions),
        Deed(
            "recover",
            _("Ask for the recovery of a sole Owner"),
            _("A second member of staff has to approve it, under Recoveries."),
            actions.recoveries.ask,
            fits=lambda m: m.role == Role.OWNER and m.status == "active",
        ),
    )

    @admin.display(description=_("name"), ordering="listed_as")
    def name(self, member: Member) -> str:
        return str(member)

    @admin.display(description=_("e-mail"))
    def email(self, member: Member) -> str:
        return member.user.email

    @admin.display(description=_("status"))
    def status(self, member: Member) -> str:
        return member.status


@admin.register(User)
class UserAdmin(ReadOnlyAdmin):
    list_display = ("email", "name", "is_active", "is_staff", "created_at", "last_login")
    list_filter = ("is_active", "is_staff")
    search_fields = ("email", "name", "former_addresses__email")
    fields = ("email", "name", "timezone", "theme", "is_active", "is_staff", "created_at", "last_login")


@admin.register(Invitation)
class InvitationAdmin(ReadOnlyAdmin):
    list_display = ("email", "org", "role", "plan", "created_at", "expires_at", "accepted_at", "revoked_at")
    list_filter = ("role", "kind")
    list_select_related = ("org",)
    search_fields = ("email", "org__slug")

    def get_fields(self, request: Any, obj: Any = None) -> Any:
        return [field.name for field in Invitation._meta.fields if field.name not in ("id", "digest")]


@admin.register(Recovery)
class RecoveryAdmin(ReadOnlyAdmin):
    """Asked for on the member's page, approved here by somebody else, done by itself a day later."""

    list_display = ("user", "org", "state", "asked_by", "asked_at", "approved_by", "ready_at")
    list_filter = (("done_at", admin.EmptyFieldListFilter), ("stopped_at", admin.EmptyFieldListFilter))
    list_select_related = ("user", "org", "asked_by", "approved_by")
    search_fields = ("user__email", "org__slug", "org__name")
    deeds = (
        Deed(
            "approve",
            _("Approve as the second member of staff"),
            _("All Owners and Admins are told. It takes effect in 24 hours unless somebody stops it."),
            actions.recoveries.approve,
            fits=lambda recovery: recovery.state == "asked",
        ),
        Deed(
            "stop",
            _("Stop the recovery"),
            _("The recovery is stopped."),
            actions.recoveries.stop,
            fits=lambda recovery: recovery.state in ("asked", "approved"),
        ),
    )

    @admin.display(description=_("state"))
    def state(self, recovery: Recovery) -> str:
        labels = {
            "asked": _("waits for a second member of staff"),
            "approved": _("approved, takes effect by itself"),
            "done": _("done"),
            "stopped": _("stopped"),
        }
        return str(labels[recovery.state])
