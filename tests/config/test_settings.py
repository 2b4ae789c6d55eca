"""Settings come from the environment and are safe without one."""

import json
import os
import subprocess
import sys

import pytest
from django.conf import settings as django_settings

PRODUCTION = {
    "PUBLIC_BASE_URL": "https://steward.example.org",
    "SECRET_KEY": "k" * 60,
    "DATABASE_URL": "postgres://steward@db.example.org/steward",
    "REDIS_URL": "redis://redis.example.org:6379/0",
}


def told(names: str, tmp_path, **environment: str):
    """The settings of that name in a process with this environment, or what it said when it refused."""
    code = (
        "import json; from config import settings as s; "
        f"print(json.dumps([getattr(s, name) for name in {names.split()!r}], default=str))"
    )
    run = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        cwd=django_settings.BASE_DIR,
        env={"PATH": os.environ["PATH"], "DATA_DIR": str(tmp_path), **environment},
    )
    return json.loads(run.stdout) if run.returncode == 0 else run.stderr.strip().splitlines()[-1]


def test_one_machine_needs_no_environment(tmp_path):
    embedded, broker, debug, cookie = told("EMBEDDED CELERY_BROKER_URL DEBUG SESSION_COOKIE_NAME", tmp_path)

    assert (embedded, broker, debug, cookie) == (True, "memory://localhost", False, "sid")


def test_a_secret_is_made_once_and_kept_for_its_owner_alone(tmp_path):
    first, second = told("SECRET_KEY", tmp_path), told("SECRET_KEY", tmp_path)

    assert first == second
    assert len(first[0]) >= 50
    assert (tmp_path / "secret_key").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("name", ["DATABASE_URL", "REDIS_URL"])
def test_a_deployment_without_a_secret_is_refused_with_the_way_out(tmp_path, name):
    said = told("DEBUG", tmp_path, **{name: PRODUCTION[name]})

    assert said.endswith("Set SECRET_KEY or SECRET_KEY_FILE; .env.example shows how.")


def test_a_secret_may_lie_in_a_file(tmp_path):
    (tmp_path / "key").write_text("from a file\n")

    assert told("SECRET_KEY", tmp_path, SECRET_KEY_FILE=str(tmp_path / "key")) == ["from a file"]


def test_cookies_are_bound_to_the_host_where_the_public_address_is_https(tmp_path):
    names = "SESSION_COOKIE_NAME SESSION_COOKIE_SECURE CSRF_COOKIE_NAME CSRF_COOKIE_SECURE SECURE_SSL_REDIRECT DEMO"

    assert told(names, tmp_path, **PRODUCTION) == ["__Host-sid", True, "__Host-csrf", True, True, False]


def test_tasks_survive_a_killed_worker_on_redis(tmp_path):
    late, lost, prefetch, options, limit = told(
        "CELERY_TASK_ACKS_LATE CELERY_TASK_REJECT_ON_WORKER_LOST CELERY_WORKER_PREFETCH_MULTIPLIER "
        "CELERY_BROKER_TRANSPORT_OPTIONS CELERY_TASK_TIME_LIMIT",
        tmp_path,
        **PRODUCTION,
    )

    assert (late, lost, prefetch) == (True, True, 1)
    assert options["visibility_timeout"] > limit
    assert options["unacked_restore_throttle"] == 1


def test_no_database_wraps_requests_in_transactions():
    assert not any(database["ATOMIC_REQUESTS"] for database in django_settings.DATABASES.values())


def test_no_code_bypasses_the_second_factor():
    assert not hasattr(django_settings, "MFA_TOTP_INSECURE_BYPASS_CODE")


def test_E03_the_content_security_policy_allows_nothing_inline():
    directives = django_settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]

    assert directives["default-src"] == ["'none'"]
    assert directives["script-src"] == directives["style-src"] == ["'self'"]
    assert "unsafe" not in str(directives)


def test_a_connection_that_broke_is_found_out_on_either_database(tmp_path):
    for environment in ({}, PRODUCTION):
        (databases,) = told("DATABASES", tmp_path, **environment)
        assert databases["default"]["CONN_HEALTH_CHECKS"] is True
