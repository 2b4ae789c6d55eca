"""The suite's settings: Steward's own, under an environment that no machine and no `.env` can change."""

import os

from tests import servers

os.environ.update(servers.environment())

from config.settings import *  # noqa: F403
from config.settings import DATABASES, STATIC_ROOT, STORAGES

DATABASES["default"]["TEST"] = {"NAME": servers.test_database()}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # Argon2 is made to be slow
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
STATIC_ROOT.mkdir()
DNS_TEXTS = "tests.zone.texts"
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
