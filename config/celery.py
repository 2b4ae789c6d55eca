"""The Celery application and its timetable."""

import os

from celery import Celery
from django_structlog.celery.steps import DjangoStructLogInitStep

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("steward")
app.set_default()  # otherwise Task.retry() in a thread falls back to amqp://localhost
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.steps["worker"].add(DjangoStructLogInitStep)

# Jobs say nothing of their own that could be lost: each asks the database what is due, so a missed firing costs time
# and a doubled one nothing. `expires` keeps a queue short that nobody empties.
app.conf.beat_schedule = {
    "send mails": {"task": "orgs.tasks.send_mails", "schedule": 30.0, "options": {"expires": 30}},
    "resume jobs": {"task": "orgs.tasks.resume_jobs", "schedule": 60.0, "options": {"expires": 60}},
    "check domains": {"task": "orgs.tasks.check_domains", "schedule": 3600.0, "options": {"expires": 3600}},
    "remind of guests": {"task": "orgs.tasks.remind_of_guests", "schedule": 3600.0, "options": {"expires": 3600}},
    "end grants": {"task": "orgs.tasks.end_grants", "schedule": 60.0, "options": {"expires": 60}},
    "send digests": {"task": "orgs.tasks.send_digests", "schedule": 600.0, "options": {"expires": 600}},
    "finish recoveries": {"task": "orgs.tasks.finish_recoveries", "schedule": 60.0, "options": {"expires": 60}},
    "settle provisioning": {"task": "orgs.tasks.settle_provisioning", "schedule": 60.0, "options": {"expires": 60}},
    "remind of provisioning": {
        "task": "orgs.tasks.remind_of_provisioning",
        "schedule": 3600.0,
        "options": {"expires": 3600},
    },
    "forget sessions": {"task": "orgs.tasks.forget_sessions", "schedule": 3600.0, "options": {"expires": 3600}},
    "issue invoices": {"task": "orgs.tasks.issue_invoices", "schedule": 3600.0, "options": {"expires": 3600}},
    "drain usage": {"task": "analytics.tasks.drain", "schedule": 2.0, "options": {"expires": 2}},
    "answer what is owed": {"task": "workspaces.tasks.answer_owed", "schedule": 10.0, "options": {"expires": 10}},
    "renew secrets": {"task": "workspaces.tasks.renew_secrets", "schedule": 3600.0, "options": {"expires": 3600}},
    "find power users": {"task": "analytics.tasks.find_power_users", "schedule": 3600.0, "options": {"expires": 3600}},
    "watch rollouts": {"task": "policies.tasks.watch_rollouts", "schedule": 3600.0, "options": {"expires": 3600}},
    "tell levels": {"task": "policies.tasks.tell_levels", "schedule": 600.0, "options": {"expires": 600}},
    "watch budgets": {"task": "analytics.tasks.watch_budgets", "schedule": 60.0, "options": {"expires": 60}},
    "count report-only policies": {
        "task": "analytics.tasks.count_trials",
        "schedule": 900.0,
        "options": {"expires": 900},
    },
    "watch limits": {"task": "policies.tasks.watch_limits", "schedule": 60.0, "options": {"expires": 60}},
    "rezone usage": {"task": "analytics.tasks.rezone", "schedule": 60.0, "options": {"expires": 60}},
    "verify usage": {"task": "analytics.tasks.verify", "schedule": 600.0, "options": {"expires": 600}},
}
