"""Conversations: messages of members and mates, their files, and links that let somebody outside read one."""

from datetime import datetime
from operator import attrgetter
from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from guardian.models import UserObjectPermissionBase

from orgs import grants
from orgs.ids import Row
from orgs.models import Member, Organization
from workspaces.models import reach
from workspaces.models.mates import Mate
from workspaces.models.rooms import Room
from workspaces.models.workspaces import Workspace


class ConversationQuerySet(models.QuerySet["Conversation"]):
    def visible_to(self, actor: Member) -> "ConversationQuerySet":
        """Those that `actor` may read: their own personal ones, what was shared with them, and those of the workspaces
        and rooms that they read. Administering opens none (product.md 3). One query."""
        found = Q(workspace=None, author=actor)
        found |= Q(room=None, workspace__in=Workspace.objects.read_by(actor))
        found |= Q(room__in=Room.objects.read_by(actor))
        if reach.of(actor).given:
            found |= Q(pk__in=grants.held(actor, Conversation))
        return self.filter(found, org_id=actor.org_id)

    def placed(self) -> "ConversationQuerySet":
        """With what the engine looks at."""
        return self.select_related("org", "workspace__org", "room__workspace__org", "author__user")


class Conversation(Row):
    """In a workspace, perhaps in one of its rooms; or personal, its author's alone. Load it by `placed`."""

    org = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="+")
    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, null=True, related_name="conversations")
    room = models.ForeignKey(Room, on_delete=models.CASCADE, null=True, related_name="conversations")
    author = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+")
    title = models.CharField(_("title"), max_length=120)
    mate = models.ForeignKey(Mate, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    last_at = models.DateTimeField(default=timezone.now, editable=False)
    messages_count = models.PositiveIntegerField(default=0, editable=False)

    objects = ConversationQuerySet.as_manager()
    FACTS: ClassVar[Any] = attrgetter(
        *("id", "org_id", "held_at", "visibility", "team_id", "closed", "within", "alone", "belongs_to")
    )
    AUDITED: ClassVar[tuple[str, ...]] = ("title", "workspace", "room")
    LEVELS: ClassVar[dict[str, str]] = {"viewer": "read_conversation"}

    class Meta:
        permissions = [("read_conversation", "Reads the conversation")]
        indexes = [
            models.Index(fields=["workspace", "-last_at", "id"], name="conversations_of_a_workspace"),
            models.Index(fields=["author", "-last_at", "id"], name="conversations_of_a_person"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(room=None) | Q(workspace__isnull=False), name="a_room_is_inside_a_workspace"
            )
        ]

    def __str__(self) -> str:
        return self.title

    def touch(self, *, at: datetime, messages: int = 0) -> None:
        """Something was said or answered in it: it is the newest now. One query."""
        values = {"last_at": at, "messages_count": models.F("messages_count") + messages}
        Conversation.objects.filter(pk=self.pk).update(**values)
        self.last_at = at

    @property
    def place(self) -> Workspace | Room | None:
        """Where it is; None for a personal one."""
        return self.room or self.workspace

    @property
    def alone(self) -> bool:
        """Personal: `personal_chats` is the feature that it uses, and nobody but its author is in it."""
        return self.workspace_id is None

    @property
    def belongs_to(self) -> int | None:
        """Whose alone it is; nobody's where it is in a workspace."""
        return self.author_id if self.alone else None

    @property
    def within(self) -> Workspace | None:
        """The workspace whose settings and limits hold; none for a personal one."""
        return self.workspace

    @property
    def limited(self) -> bool:  # type: ignore[override]
        return self.workspace is not None and self.workspace.limited

    @property
    def closed(self) -> bool:
        return self.place is not None and self.place.closed

    @property
    def held_at(self) -> tuple[int, ...]:
        return (self.id, *self.place.held_at) if self.place else ()

    @property
    def word(self) -> str:
        return self.place.word if self.place else "conversation"

    @property
    def team_id(self) -> int | None:
        return self.place.team_id if self.place else None

    @property
    def visibility(self) -> str:
        return self.place.visibility if self.place else ""


class ConversationGrant(UserObjectPermissionBase):
    """That a conversation was shared with a person who reads neither its workspace nor its room."""

    content_object = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="grants")

    class Meta(UserObjectPermissionBase.Meta):
        constraints = [
            models.UniqueConstraint(fields=["user", "content_object"], name="one_share_per_person_and_conversation")
        ]


class MessageQuerySet(models.QuerySet["Message"]):
    def visible_to(self, actor: Member) -> "MessageQuerySet":
        """Those of conversations that `actor` reads. One query."""
        return self.filter(org_id=actor.org_id, conversation__in=Conversation.objects.visible_to(actor))


class Message(Row):
    """What a member or a mate said. An answer that a mate owes is there from the start, and empty until it came."""

    class State(models.TextChoices):
        SAID = "said", _("Said")
        OWED = "owed", _("Being answered")
        FAILED = "failed", _("Not answered")

    org = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="+", db_index=False)
    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="messages", db_index=False)
    author = models.ForeignKey(Member, on_delete=models.PROTECT, null=True, related_name="+")
    mate = models.ForeignKey(Mate, on_delete=models.SET_NULL, null=True, related_name="+")
    # As it was when it was said: the mate may be deleted.
    mate_name = models.CharField(max_length=80, blank=True)
    text = models.TextField(max_length=20_000, blank=True)
    at = models.DateTimeField(default=timezone.now)
    state = models.CharField(max_length=6, choices=State, default=State.SAID)
    # Of an answer: who asked for it, why there is none, and how often it was tried.
    asked_by = models.ForeignKey(Member, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    error = models.CharField(max_length=300, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(null=True)

    objects = MessageQuerySet.as_manager()

    class Meta:
        ordering = ["at", "id"]
        indexes = [
            models.Index(fields=["conversation", "at", "id"], name="messages_of_a_conversation"),
            models.Index(fields=["due_at"], condition=Q(state="owed"), name="messages_that_are_owed"),
            models.Index(fields=["org", "-at"], name="messages_by_age"),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class AttachmentQuerySet(models.QuerySet["Attachment"]):
    def visible_to(self, actor: Member) -> "AttachmentQuerySet":
        """Those of conversations that `actor` reads. One query."""
        return self.filter(org_id=actor.org_id, conversation__in=Conversation.objects.visible_to(actor))


class Attachment(Row):
    """A file of a message. `path` is under MEDIA_ROOT, made at random; it is given back by a view alone."""

    org = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="+")
    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="attachments")
    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="attachments")
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=8)
    size = models.PositiveBigIntegerField()
    path = models.CharField(max_length=200)

    objects = AttachmentQuerySet.as_manager()

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class SharedLinkQuerySet(models.QuerySet["SharedLink"]):
    def visible_to(self, actor: Member) -> "SharedLinkQuerySet":
        """All of them for Owners and Admins; else those of conversations that `actor` reads. One query."""
        links = self.filter(org_id=actor.org_id)
        return links if actor.administers else links.filter(conversation__in=Conversation.objects.visible_to(actor))

    def live(self, at: datetime) -> "SharedLinkQuerySet":
        """Those that are neither over nor revoked. Whether they open is asked of the engine (conversations.outside)."""
        return self.filter(revoked_at=None, ends_at__gt=at)


class SharedLink(Row):
    """A link by which anybody reads one conversation until a day. The secret part is made from the row (links)."""

    org = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="+")
    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="links")
    made_by = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)
    ends_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    digest = models.CharField(max_length=64, unique=True)
    views = models.PositiveIntegerField(default=0)
    last_viewed_at = models.DateTimeField(null=True, blank=True)

    objects = SharedLinkQuerySet.as_manager()
    FACTS: ClassVar[Any] = attrgetter("id", "org_id", "held_at", "team_id", "belongs_to")
    AUDITED: ClassVar[tuple[str, ...]] = ("conversation", "ends_at", "revoked_at")

    class Meta:
        ordering = ["-made_at"]

    def __str__(self) -> str:
        return str(self.conversation)

    @property
    def belongs_to(self) -> int:
        """Who made it, and may take it back."""
        return self.made_by_id

    @property
    def held_at(self) -> tuple[int, ...]:
        return self.conversation.held_at

    @property
    def team_id(self) -> int | None:
        return self.conversation.team_id
