"""Steward's doors and its rivals' in one web process, so that all pay for the same server and middleware."""

from django.urls import include, path

from tests.bench.rivals import events, members

rival = events.door.urls
for pattern in rival[0]:
    pattern.callback.login_required = False  # keys, not sessions

urlpatterns = [
    path("rival/", rival),
    path("o/<slug:slug>/rival/tables2/", members.Tables2.as_view()),
    path("o/<slug:slug>/rival/listview/", members.Plain.as_view()),
    path("", include("config.urls")),
]
