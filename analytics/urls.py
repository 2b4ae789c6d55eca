"""Usage: its doors for machines."""

from django.urls import path

from analytics import api, guardrail

urlpatterns = [
    path("api/v1/events", api.events, name="events"),
    path("api/v1/events/litellm", api.litellm, name="events_litellm"),
    path("api/v1/events/batches/<id:batch_id>", api.batch, name="events_batch"),
    path("beta/litellm_basic_guardrail_api", guardrail.judge, name="guardrail"),
    path("api/v1/usage/summary", api.summary, name="usage_summary"),
]
