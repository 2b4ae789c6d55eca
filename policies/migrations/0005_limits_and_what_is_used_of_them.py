"""Limits per member, what members have used, and who was warned (product.md 4)."""

import datetime
import django.db.models.deletion
import django.utils.timezone
import orgs.ids
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("orgs", "0021_compliance_is_reviewed_and_exceptions_asked_for"),
        ("policies", "0004_what_monitoring_keeps"),
    ]

    operations = [
        migrations.CreateModel(
            name="Consumption",
            fields=[
                (
                    "member",
                    models.OneToOneField(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="consumption",
                        serialize=False,
                        to="orgs.member",
                    ),
                ),
                ("day", models.DateField(default=datetime.date(1970, 1, 1))),
                ("messages", models.BigIntegerField(default=0)),
                ("month", models.DateField(default=datetime.date(1970, 1, 1))),
                ("cost_nanos", models.BigIntegerField(default=0)),
                ("uploaded_bytes", models.BigIntegerField(default=0)),
                ("freed_bytes", models.BigIntegerField(default=0)),
                ("as_of", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "org",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="orgs.organization",
                    ),
                ),
            ],
            options={
                "verbose_name": "consumption",
            },
        ),
        migrations.CreateModel(
            name="Limit",
            fields=[
                (
                    "id",
                    models.BigIntegerField(default=orgs.ids.new_id, editable=False, primary_key=True, serialize=False),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("messages_day", "Messages a day"),
                            ("cost_month", "Cost a month"),
                            ("storage", "Storage"),
                        ],
                        max_length=12,
                        verbose_name="kind",
                    ),
                ),
                (
                    "level",
                    models.CharField(
                        choices=[
                            ("organization", "Organization"),
                            ("plan", "Plan"),
                            ("team", "Team"),
                            ("member", "Member"),
                        ],
                        max_length=12,
                        verbose_name="level",
                    ),
                ),
                (
                    "plan",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("essential", "Essential"),
                            ("standard", "Standard"),
                            ("advanced", "Advanced"),
                            ("expert", "Expert"),
                        ],
                        max_length=12,
                        verbose_name="plan",
                    ),
                ),
                ("amount", models.BigIntegerField(verbose_name="amount")),
                (
                    "member",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="limits",
                        to="orgs.member",
                    ),
                ),
                (
                    "org",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="limits", to="orgs.organization"
                    ),
                ),
                (
                    "team",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="limits",
                        to="orgs.team",
                    ),
                ),
            ],
            options={
                "verbose_name": "limit",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("level", "organization")),
                        fields=("org", "kind"),
                        name="one_limit_of_a_kind_per_organization",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("level", "plan")),
                        fields=("org", "kind", "plan"),
                        name="one_limit_of_a_kind_per_plan",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("level", "team")),
                        fields=("kind", "team"),
                        name="one_limit_of_a_kind_per_team",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("level", "member")),
                        fields=("kind", "member"),
                        name="one_limit_of_a_kind_per_member",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("amount__gte", 0)), name="a_limit_is_never_below_nothing"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["messages_day", "cost_month", "storage"])),
                        name="a_limit_is_of_a_known_kind",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("level", "organization"), ("member", None), ("plan", ""), ("team", None)),
                            models.Q(
                                ("level", "plan"),
                                ("member", None),
                                ("team", None),
                                models.Q(("plan", ""), _negated=True),
                            ),
                            models.Q(("level", "team"), ("member", None), ("plan", ""), ("team__isnull", False)),
                            models.Q(("level", "member"), ("member__isnull", False), ("plan", ""), ("team", None)),
                            _connector="OR",
                        ),
                        name="a_limit_names_whom_it_is_for",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="LimitWarning",
            fields=[
                (
                    "id",
                    models.BigIntegerField(default=orgs.ids.new_id, editable=False, primary_key=True, serialize=False),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("messages_day", "Messages a day"),
                            ("cost_month", "Cost a month"),
                            ("storage", "Storage"),
                        ],
                        max_length=12,
                    ),
                ),
                ("share", models.PositiveSmallIntegerField()),
                ("period", models.DateField()),
                ("amount", models.BigIntegerField(help_text="The limit, as it was: another one warns anew.")),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "member",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="limit_warnings", to="orgs.member"
                    ),
                ),
                (
                    "org",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="limit_warnings",
                        to="orgs.organization",
                    ),
                ),
            ],
            options={
                "verbose_name": "warning of a limit",
                "indexes": [models.Index(fields=["org", "period"], name="limit_warning_by_period")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("member", "kind", "share", "period", "amount"), name="one_warning_of_a_limit_per_period"
                    )
                ],
            },
        ),
    ]
