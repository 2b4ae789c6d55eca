"""From invitation to first conversation: the items of the provisioning board, training, introductions."""

from collections.abc import Sequence
from datetime import datetime
from operator import attrgetter
from typing import Any, ClassVar

from django.db import models
from django.db.models import F, FilteredRelation, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from orgs.ids import Row
from orgs.models.members import Member
from orgs.models.organizations import Organization


class ProvisioningStep(models.TextChoices):
    IDENTITY = "identity", _("Identity verification")
    ROLE = "role", _("Role assignment")
    RESOURCES = "resources", _("Resource allocation")
    ONBOARDING = "onboarding", _("Onboarding")


class Item(models.TextChoices):
    """The fourteen items of product.md 2, in the order of their steps."""

    EMAIL_VERIFIED = "email_verified", _("E-mail verified")
    SIGN_ON_LINKED = "sign_on_linked", _("Single sign-on linked")
    BACKGROUND_CHECK = "background_check", _("Background check attested")
    ROLE_LEVEL = "role_level", _("Role level")
    DEPARTMENT_AND_TEAM = "department_and_team", _("Department and team")
    INITIAL_PERMISSIONS = "initial_permissions", _("Initial permissions")
    MODELS = "models", _("AI models")
    INTEGRATIONS = "integrations", _("Integrations")
    STORAGE = "storage", _("Storage quota")
    LIMITS = "limits", _("Usage limits")
    WELCOME_MAIL = "welcome_mail", _("Welcome e-mail with a setup guide")
    TRAINING = "training", _("Required training modules")
    INTRODUCTION = "introduction", _("Introduction to the team")
    FIRST_CONVERSATION = "first_conversation", _("First conversation")


STEP_OF: dict[str, str] = {
    **dict.fromkeys((Item.EMAIL_VERIFIED, Item.SIGN_ON_LINKED, Item.BACKGROUND_CHECK), ProvisioningStep.IDENTITY),
    **dict.fromkeys((Item.ROLE_LEVEL, Item.DEPARTMENT_AND_TEAM, Item.INITIAL_PERMISSIONS), ProvisioningStep.ROLE),
    **dict.fromkeys((Item.MODELS, Item.INTEGRATIONS, Item.STORAGE, Item.LIMITS), ProvisioningStep.RESOURCES),
    **dict.fromkeys(
        (Item.WELCOME_MAIL, Item.TRAINING, Item.INTRODUCTION, Item.FIRST_CONVERSATION), ProvisioningStep.ONBOARDING
    ),
}


class ProvisioningRule(models.Model):
    """An organization's template for one item: when it is due and who looks after it. No row: the default."""

    org = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="provisioning_rules")
    item = models.CharField(max_length=24, choices=Item)
    days = models.PositiveSmallIntegerField(_("due after days"))
    owner = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["org", "item"], name="one_rule_per_org_and_item")]

    def __str__(self) -> str:
        return self.item


class ProvisioningItemQuerySet(models.QuerySet["ProvisioningItem"]):
    def visible_to(self, actor: Member) -> "ProvisioningItemQuerySet":
        """All of it for Owners and Admins; for the rest their teams' newcomers, what they look after, their own."""
        items = self.filter(org_id=actor.org_id, member__removed_at=None)
        if actor.administers:
            return items
        led = Member.objects.filter(org_id=actor.org_id, team__leads__user_id=actor.user_id).values("pk")
        return items.filter(Q(member=actor) | Q(owner=actor) | Q(member__in=led))

    def open(self) -> "ProvisioningItemQuerySet":
        """What is still to be done for those who belong to the organization."""
        return self.filter(done_at=None, member__removed_at=None)


class ProvisioningItem(Row):
    """One item of a member's way in. A member without any is not on the board."""

    org = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="provisioning_items")
    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="provisioning_items")
    item = models.CharField(max_length=24, choices=Item)
    owner = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    due_day = models.DateField()
    done_at = models.DateTimeField(null=True, blank=True)
    # Who ticked it, as they were called then; "Steward" where it was seen to happen.
    done_by = models.CharField(max_length=200, blank=True)
    note = models.CharField(_("note"), max_length=500, blank=True)
    evidence = models.FileField(upload_to="evidence/", blank=True)
    evidence_name = models.CharField(max_length=200, blank=True)
    reminded_at = models.DateTimeField(null=True, blank=True)

    objects = ProvisioningItemQuerySet.as_manager()
    FACTS: ClassVar[Any] = attrgetter("id", "org_id", "owner_id", "team_id")
    AUDITED: ClassVar[tuple[str, ...]] = ("item", "owner", "due_day", "done_at", "done_by", "note", "evidence_name")

    class Meta:
        indexes = [models.Index(fields=["org", "done_at", "due_day"], name="item_by_due_day")]
        constraints = [
            models.UniqueConstraint(fields=["member", "item"], name="one_item_of_a_kind_per_member"),
            models.CheckConstraint(condition=Q(item__in=Item.values), name="an_item_is_a_known_one"),
        ]

    def __str__(self) -> str:
        return f"{self.get_item_display()} of {self.member}"

    @property
    def team_id(self) -> int | None:
        """The newcomer's team: its leads look after them."""
        return self.member.team_id

    def tick(self, *, at: datetime, by: str) -> None:
        """Note that it is done. Does nothing when it is already."""
        if self.done_at is None:
            self.done_at, self.done_by = at, by

    def untick(self) -> None:
        """Open it again, without the note and the evidence that it was done."""
        self.done_at, self.done_by, self.note, self.evidence, self.evidence_name = None, "", "", "", ""


class TrainingModuleQuerySet(models.QuerySet["TrainingModule"]):
    def visible_to(self, actor: Member) -> "TrainingModuleQuerySet":
        """All of the organization's for its Owners and Admins, for the rest those that apply to them."""
        return self.filter(org_id=actor.org_id) if actor.administers else self.for_member(actor)

    def for_member(self, member: Member) -> "TrainingModuleQuerySet":
        """The modules that `member` is to read, now or already confirmed."""
        meant = Q(audience=TrainingModule.Audience.EVERYONE) | Q(created_at__lte=member.joined_at)
        return self.filter(meant, org_id=member.org_id, archived_at=None)

    def closes_to(self, members: Sequence[Member]) -> dict[int, dict[str, str]]:
        """Member id → feature → title of the first required module that keeps it from each of `members`.

        They are of one organization. One query.
        """
        found: dict[int, dict[str, str]] = {member.pk: {} for member in members}
        theirs = FilteredRelation("passes", condition=Q(passes__member__in=members))
        waiting = self.filter(org_id__in={m.org_id for m in members}, archived_at=None, required=True)
        modules: dict[TrainingModule, set[int | None]] = {}
        for module in waiting.annotate(theirs=theirs, passed_by=F("theirs__member_id")):
            modules.setdefault(module, set()).add(module.passed_by)  # type: ignore[attr-defined]
        for module, passed in modules.items():
            for member in members:
                if member.pk not in passed and module.applies_to(member):
                    found[member.pk] = dict.fromkeys(module.features, module.title) | found[member.pk]
        return found


class TrainingModule(Row):
    """A module to read and confirm. A required one keeps its features closed to those who have not passed it."""

    class Audience(models.TextChoices):
        NEW = "new", _("Those who join from now on")
        EVERYONE = "everyone", _("Everybody")

    org = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="training_modules")
    title = models.CharField(_("title"), max_length=120)
    text = models.TextField(_("text"), max_length=20_000, blank=True, help_text=_("Markdown."))
    url = models.URLField(_("link"), max_length=500, blank=True)
    position = models.PositiveSmallIntegerField(default=0)
    required = models.BooleanField(_("required"), default=False)
    audience = models.CharField(max_length=8, choices=Audience, default=Audience.NEW)
    # Features of the plans that wait until a required module is passed.
    features = models.JSONField(default=list, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    archived_at = models.DateTimeField(null=True, blank=True)

    objects = TrainingModuleQuerySet.as_manager()
    FACTS: ClassVar[Any] = attrgetter("id", "org_id")
    AUDITED: ClassVar[tuple[str, ...]] = ("title", "url", "required", "audience", "features", "archived_at")

    class Meta:
        ordering = ["position", "created_at"]
        constraints = [
            models.CheckConstraint(condition=~Q(text="", url=""), name="a_module_has_a_text_or_a_link"),
        ]

    def __str__(self) -> str:
        return self.title

    def applies_to(self, member: Member) -> bool:
        """Whether `member` is to read it: everybody is, or those who joined since it was made."""
        return self.audience == self.Audience.EVERYONE or self.created_at <= member.joined_at


class TrainingPass(models.Model):
    """That a member confirmed a module."""

    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="training_passes")
    module = models.ForeignKey(TrainingModule, on_delete=models.CASCADE, related_name="passes")
    passed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["member", "module"], name="a_module_is_passed_once")]

    def __str__(self) -> str:
        return f"{self.member}: {self.module}"


class Introduction(models.Model):
    """A newcomer's post to their team, confirmed by them when they post it and by a lead when it was read."""

    member = models.OneToOneField(Member, on_delete=models.CASCADE, related_name="introduction")
    text = models.TextField(_("text"), max_length=2000)
    posted_at = models.DateTimeField(default=timezone.now)
    confirmed_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True, blank=True)

    AUDITED: ClassVar[tuple[str, ...]] = ("posted_at", "confirmed_at")

    def __str__(self) -> str:
        return str(self.member)

    @property
    def org(self) -> Organization:
        return self.member.org

    @property
    def org_id(self) -> int:
        return self.member.org_id
