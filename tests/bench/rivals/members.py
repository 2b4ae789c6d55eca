"""The members page with django-tables2 and its paginator, and with a plain ListView; in our own frame, 50 a page.

The same columns as ours, and the deeds as plain links for everybody whose role the reader may act on: neither asks
an engine nor gives reasons.
"""

from typing import Any, ClassVar

import django_tables2 as tables
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.decorators import method_decorator
from django.views.decorators.http import require_safe
from django.views.generic import ListView

from orgs.adapter import people
from orgs.models import Member

LINKS = (
    '{% if record.role == "user" or record.role == "viewer" %}'
    '<a href="{{ base }}{{ record.pk }}/suspend/">Suspend</a> '
    '<a href="{{ base }}{{ record.pk }}/remove/">Remove</a> '
    '<a href="{{ base }}{{ record.pk }}/sessions/">End sessions</a>{% endif %}'
)
NAME = '<a href="{{ base }}{{ record.pk }}/">{{ record.user.name }}</a><small>{{ record.user.email }}</small>'


class MemberTable(tables.Table):
    name = tables.TemplateColumn(NAME, order_by="listed_as")
    role = tables.Column()
    plan = tables.Column()
    team = tables.Column(accessor="team__name")
    second_factor = tables.BooleanColumn()
    joined_at = tables.DateColumn()
    last_sign_in = tables.DateTimeColumn(accessor="user__last_login")
    deeds = tables.TemplateColumn(LINKS, orderable=False)

    class Meta:
        order_by = "name"
        template_name = "django_tables2/table.html"


class Listed:
    """What both lists read."""

    http_method_names: ClassVar[list[str]] = ["get", "head"]
    request: Any

    def get_queryset(self) -> QuerySet[Member]:
        there = Member.objects.visible_to(self.request.member).filter(removed_at=None)
        safe = Exists(people.Authenticator.objects.filter(user=OuterRef("user")))
        return there.select_related("user", "team").annotate(second_factor=safe).order_by("listed_as", "id")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        base = f"/o/{self.request.org.slug}/members/"
        return super().get_context_data(base=base, **kwargs)  # type: ignore[misc]


@method_decorator(require_safe, name="dispatch")
class Tables2(Listed, tables.SingleTableView):
    table_class = MemberTable
    template_name = "rival_tables2.html"
    paginate_by = 50


@method_decorator(require_safe, name="dispatch")
class Plain(Listed, ListView):  # type: ignore[type-arg]
    template_name = "rival_listview.html"
    paginate_by = 50
