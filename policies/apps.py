"""The policies app."""

from django.apps import AppConfig


class Policies(AppConfig):
    name = "policies"
