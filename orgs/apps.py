"""The orgs app, and Django's admin with a site of ours."""

from django.apps import AppConfig
from django.contrib.admin import apps as admin


class Orgs(AppConfig):
    name = "orgs"
    verbose_name = "Organizations"
    default = True


class SupportAdmin(admin.AdminConfig):
    default = False
    default_site = "orgs.support.SupportSite"
