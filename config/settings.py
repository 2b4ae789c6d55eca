"""Every setting of Steward, read from the environment; without one it is safe and runs on one machine."""

import logging
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from config import logs, secret

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.FileAwareEnv()  # NAME_FILE=/path gives NAME from a file

# ---------------------------------------------------------------- where and what

DATA_DIR = Path(env("DATA_DIR", default="var"))
DATA_DIR = DATA_DIR if DATA_DIR.is_absolute() else BASE_DIR / DATA_DIR
DATA_DIR.mkdir(parents=True, exist_ok=True)

HOST = env("HOST", default="127.0.0.1")
PORT = env.int("PORT", default=8000)
PUBLIC_BASE_URL = env("PUBLIC_BASE_URL", default=f"http://127.0.0.1:{PORT}").rstrip("/")
HTTPS = urlsplit(PUBLIC_BASE_URL).scheme == "https"

DATABASE_URL = env("DATABASE_URL", default=f"sqlite:///{DATA_DIR / 'steward.sqlite3'}")
REDIS_URL = env("REDIS_URL", default="")
EMBEDDED = not REDIS_URL  # worker and beat are threads of the one web process
WEB_PROCESSES = env.int("WEB_PROCESSES", default=1)
WEB_THREADS = env.int("WEB_THREADS", default=16)

DEBUG = env.bool("DEBUG", default=False)
DEMO = env.bool("DEMO", default=EMBEDDED and DATABASE_URL.startswith("sqlite") and not HTTPS)
SECRET_KEY = env("SECRET_KEY", default="").strip()
if not SECRET_KEY:
    if not (EMBEDDED and DATABASE_URL.startswith("sqlite")):
        raise ImproperlyConfigured("Set SECRET_KEY or SECRET_KEY_FILE; .env.example shows how.")
    SECRET_KEY = secret.kept_in(DATA_DIR / "secret_key")
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])

# ---------------------------------------------------------------- the house

INSTALLED_APPS = [
    "config",
    "analytics",
    "workspaces",
    "policies",
    "orgs",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.usersessions",
    "guardian",
    "csp",
    "django_cotton.apps.SimpleAppConfig",
    "django_htmx",
    "django_structlog",
    "template_partials.apps.SimpleAppConfig",
    "whitenoise.runserver_nostatic",
    "django.forms",
    "orgs.apps.SupportAdmin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    "config.naming.RequestIdMiddleware",
    "config.api.ApiMiddleware",
    "config.proxy.ClientAddressMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.common.CommonMiddleware",
    "config.shortway.ShortWayMiddleware",  # decisions go no further
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_structlog.middlewares.RequestMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "orgs.adapter.answers.FormStatusMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "orgs.sessions.SessionMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "orgs.web.ConsoleMiddleware",
]

# What is asked before anybody may do anything, in the order in which it is asked (gates refuse, grounds allow).
ACCESS_LAYERS = [
    "orgs.layers.account",  # gate    person active, address verified; in the console the second factor where required
    "orgs.layers.membership",  # gate    organization open, member active, guest not ended, key alive
    "orgs.layers.tenant",  # gate    what belongs to another organization is out of reach
    "orgs.layers.viewer",  # gate    a Viewer sends nothing
    "orgs.layers.guest",  # gate    a guest stays where they were named
    "orgs.layers.rank",  # gate    nobody acts on a role above their own
    "orgs.layers.role",  # ground  what the role gives
    "orgs.layers.lead",  # ground  what leading a team gives
    "orgs.layers.key",  # ground  what a service key's scopes give
    "orgs.layers.delegated",  # ground  a single permission over the whole organization
    "orgs.layers.in_charge",  # ground  what looking after an item of the provisioning board gives
    "workspaces.layers.visibility",  # ground  public workspaces can be seen and joined; mates and tools for everyone
    "workspaces.layers.grant",  # ground  the level held on the nearest object that has any (room, else workspace …)
    "workspaces.layers.author",  # ground  a personal chat is its author's
    "orgs.layers.plan",  # gate    the feature that the action uses
    "orgs.layers.training",  # gate    a feature that waits for a training module
    "workspaces.layers.settings",  # gate    what is archived; collaboration settings; external sharing
    "workspaces.layers.place",  # gate    a mate where it was added, its tools where they are switched on
    "workspaces.layers.quota",  # gate    a workspace's limits
    "policies.layers.model",  # gate    the policy names the model for one of the member's groups
    "policies.layers.use_case",  # gate    what the policy blocks, or allows by exception only
    "policies.layers.rollout",  # gate    what is being rolled out, where a stage has not reached the member yet
    "policies.layers.limit",  # gate    messages a day, cost a month, storage: the limit nearest to the member
    "orgs.layers.budget",  # gate    a budget that is used up and stops usage
    "orgs.layers.cost",  # gate    who sees cost
]

# What else happens, in the same transaction, when something below happens; and who above is asked for their part.
HOOKS: dict[str, list[str]] = {
    "banners": ["policies.queries.trials.banners"],
    "conversation_said": ["workspaces.hooks.said_in"],
    "invitable_workspaces": ["workspaces.hooks.invitable"],
    "counted_until": ["analytics.hooks.counted_until"],
    "department_ended": ["policies.ending.department_ended"],
    "department_ending": ["policies.ending.department_ending"],
    "department_used": ["analytics.hooks.department_used"],
    "invitation_shown": ["workspaces.hooks.names"],
    "items_given": ["policies.hooks.items_given", "workspaces.hooks.items_given"],
    "member_joined": ["workspaces.hooks.place", "orgs.provisioning.begin"],
    "member_owns": ["workspaces.hooks.owned_by", "workspaces.handing.owned_by"],
    "member_removed": ["workspaces.hooks.hand_over", "workspaces.handing.hand_over"],
    "member_watched": ["policies.levels.told_to"],
    "member_used": ["analytics.hooks.member_used"],
    "member_limits": ["policies.queries.limits.shown"],
    "member_policy": ["policies.queries.person.shown"],
    "members_own": ["workspaces.hooks.owned_among", "workspaces.handing.owned_among"],
    "members_who_wrote": ["analytics.hooks.members_who_wrote"],
    "models_seen": ["analytics.hooks.models_seen"],
    "month_cost": ["analytics.hooks.month_cost"],
    "member_works_in": ["workspaces.hooks.works_in"],
    "members_work_in": ["workspaces.hooks.work_in"],
    "needs": ["policies.hooks.needs", "policies.rollouts.waiting.needs", "policies.warning.needs"],
    "policy_published": ["policies.levels.published"],
    "policies_as_used": ["policies.facts.as_used"],
    "policies_of": ["policies.facts.of_members"],
    "power_users": ["analytics.rollouts.power_users"],
    "rollout_tools": ["workspaces.hooks.tools_of"],
    "rollout_used": ["analytics.rollouts.used"],
    "shared_outside": ["workspaces.hooks.shared_outside"],
    "settings_shown": ["analytics.hooks.being_recounted"],
    "team_ended": ["workspaces.hooks.hand_on", "workspaces.handing.hand_on"],
    "team_hides": ["workspaces.hooks.hides"],
    "team_works_in": ["workspaces.hooks.of_team"],
    "timezone_changed": ["analytics.hooks.rezone"],
    "usage_happened": ["analytics.ingest.take_in"],
    "used_over": ["analytics.hooks.used_over"],
    "use_cases_asked_for": ["policies.approving.asked_for"],
    "use_case_excepted": ["policies.approving.except_asker"],
    "workspace_asked_for": ["workspaces.asking.asked_for"],
    "workspace_given": ["workspaces.asking.give"],
    "workspace_looked_after": ["workspaces.asking.looked_after"],
    "workspace_taken_back": ["workspaces.asking.take_back"],
}

# Work that outlives a request, by its kind: who says what one batch of it does (an `orgs.jobs.Kind`).
JOBS = {
    "audit.verify": "orgs.jobs.verification.VERIFY",
    "catalogue.check": "policies.jobs.catalogue.CHECK",
    "catalogue.import": "policies.jobs.catalogue.IMPORT",
    "members.move": "orgs.jobs.members.DEED",
    "invitations.check": "orgs.jobs.invitations.CHECK",
    "invitations.import": "orgs.jobs.invitations.IMPORT",
    "invitations.resend": "orgs.jobs.invitations.DEED",
    "invitations.revoke": "orgs.jobs.invitations.DEED",
    "members.plan": "orgs.jobs.members.DEED",
    "members.reactivate": "orgs.jobs.members.DEED",
    "members.remove": "orgs.jobs.members.DEED",
    "members.role": "orgs.jobs.members.DEED",
    "members.suspend": "orgs.jobs.members.DEED",
    "members.undo": "orgs.jobs.members.UNDO",
    "places.check": "orgs.jobs.places.CHECK",
    "places.import": "orgs.jobs.places.IMPORT",
    "policies.replay": "analytics.judging.REPLAY",
}

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
AUTH_USER_MODEL = "orgs.User"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
APPEND_SLASH = True

# ---------------------------------------------------------------- databases and cache

DATABASES = {"default": env.db_url_config(DATABASE_URL)}
STATEMENT_TIMEOUT = env.int("STATEMENT_TIMEOUT", default=15)  # seconds; 300 for workers and commands
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["CONN_MAX_AGE"] = 60  # seconds; a pool does this for PostgreSQL
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": (
            "PRAGMA journal_mode=WAL;PRAGMA synchronous=NORMAL;PRAGMA foreign_keys=ON;"
            "PRAGMA recursive_triggers=ON;PRAGMA journal_size_limit=67108864;PRAGMA cache_size=-20000;"
        ),
    }
else:
    DATABASES["default"]["OPTIONS"] = {
        "pool": {"min_size": 1, "max_size": env.int("DATABASE_POOL", default=WEB_THREADS + 2), "timeout": 10},
        "options": (
            f"-c statement_timeout={STATEMENT_TIMEOUT}s -c lock_timeout={env('LOCK_TIMEOUT', default='5s')} "
            "-c idle_in_transaction_session_timeout=30s"
        ),
    }
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
DATABASES["default"]["ATOMIC_REQUESTS"] = False  # under IMMEDIATE every GET would take the write lock

if EMBEDDED:
    CACHES: dict[str, Any] = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
else:
    CACHES = {
        "default": {
            "BACKEND": "config.cache.SurvivingCache",
            "LOCATION": env("CACHE_URL", default=urlsplit(REDIS_URL)._replace(path="/1").geturl()),
            "KEY_PREFIX": "steward",
            "OPTIONS": {"socket_connect_timeout": 1, "socket_timeout": 1},
        }
    }

# ---------------------------------------------------------------- tasks

CELERY_BROKER_URL = REDIS_URL or "memory://localhost"
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = (
    {"polling_interval": 0.05}
    if EMBEDDED
    else {
        "visibility_timeout": 600,  # above task_time_limit, or a second copy runs beside the first
        "unacked_restore_interval": 10,
        "unacked_restore_throttle": 1,
        "socket_timeout": 5,
        "retry_on_timeout": True,
    }
)
CELERY_TASK_DEFAULT_QUEUE = "steward"
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_TIME_LIMIT = 300
CELERY_TASK_SOFT_TIME_LIMIT = 270
CELERY_TASK_PUBLISH_RETRY_POLICY = {"max_retries": 2, "interval_start": 0, "interval_step": 0.2}
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 30
CELERY_WORKER_ENABLE_SOFT_SHUTDOWN_ON_IDLE = True
CELERY_WORKER_MAX_TASKS_PER_CHILD = 500
CELERY_WORKER_MAX_MEMORY_PER_CHILD = 300_000  # KiB
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BEAT_SCHEDULE_FILENAME = str(DATA_DIR / "beat")
CELERY_TIMEZONE = "UTC"

# ---------------------------------------------------------------- front door

ALLOWED_HOSTS = env.list(
    "ALLOWED_HOSTS", default=[urlsplit(PUBLIC_BASE_URL).hostname or "", "localhost", "127.0.0.1", "[::1]"]
)
CSRF_TRUSTED_ORIGINS = [PUBLIC_BASE_URL]
TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXY_COUNT", default=0)  # own proxies in front; 0 ignores X-Forwarded-*
USE_X_FORWARDED_HOST = False
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXY_COUNT else None

SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^(healthz|readyz|metrics)$"]  # asked from inside, without the proxy
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
PERMISSIONS_POLICY: dict[str, list[str]] = {
    feature: []
    for feature in (
        "accelerometer autoplay browsing-topics camera display-capture encrypted-media fullscreen geolocation "
        "gyroscope hid idle-detection local-fonts magnetometer microphone midi payment picture-in-picture "
        "screen-wake-lock serial usb window-management xr-spatial-tracking"
    ).split()
}
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "object-src": [NONE],
        "frame-ancestors": [NONE],
        "upgrade-insecure-requests": HTTPS,
    }
}
# Other names under the operator's domain are not ours to bind to HTTPS.
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]

DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 1000
FILE_UPLOAD_MAX_MEMORY_SIZE = 2_621_440
MAX_BODY = 8 * 1024 * 1024  # bytes of any request, chunked ones included
UPLOAD_LARGEST = env.int("UPLOAD_LARGEST", default=20_000_000)  # bytes of a message's files; its request has room
METRICS_TOKEN = env("METRICS_TOKEN", default="").strip()

# ---------------------------------------------------------------- people and sessions

SESSION_ENGINE = "django.contrib.sessions.backends.db"  # revocable, and survives Redis
SESSION_COOKIE_NAME = "__Host-sid" if HTTPS else "sid"
SESSION_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 8 * 3600  # idle
SESSION_ABSOLUTE_AGE = 24 * 3600
SESSION_STAFF_AGE = 3600
SESSION_SAVE_EVERY_REQUEST = False
CSRF_COOKIE_NAME = "__Host-csrf" if HTTPS else "csrf"
CSRF_COOKIE_SECURE = HTTPS
CSRF_COOKIE_HTTPONLY = True  # htmx gets the token through hx-headers
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "config.errors.untrusted"

PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
PASSWORD_RESET_TIMEOUT = 3600
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
AUTHENTICATION_BACKENDS = [
    "allauth.account.auth_backends.AuthenticationBackend",
    "guardian.backends.ObjectPermissionBackend",
]
GUARDIAN_MONKEY_PATCH_USER = False
ANONYMOUS_USER_NAME = None

LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXY_COUNT
ACCOUNT_ADAPTER = "orgs.adapter.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_UNIQUE_EMAIL = True
ACCOUNT_CHANGE_EMAIL = False
ACCOUNT_MAX_EMAIL_ADDRESSES = 2
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = True  # the outbox takes in as much as for a known one; nothing goes out
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_LOGIN_ON_PASSWORD_RESET = False
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_RATE_LIMITS = {"joining": "20/m/ip"}  # ours, beside allauth's own for signing in
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if HTTPS else "http"
ACCOUNT_FORMS = {
    "login": "orgs.adapter.forms.SignIn",
    "request_login_code": "orgs.adapter.forms.RequestCode",
    "reset_password": "orgs.adapter.forms.ResetPassword",
    "reset_password_from_key": "orgs.adapter.forms.NewPassword",
    "change_password": "orgs.adapter.forms.ChangePassword",
    "set_password": "orgs.adapter.forms.SetPassword",
    "reauthenticate": "orgs.adapter.forms.ProvePassword",
    "confirm_login_code": "orgs.adapter.forms.SignInCode",
}
SOCIALACCOUNT_ADAPTER = "orgs.adapter.SocialAdapter"
SOCIALACCOUNT_AUTO_SIGNUP = False
SOCIALACCOUNT_EMAIL_AUTHENTICATION = False
SOCIALACCOUNT_EMAIL_AUTHENTICATION_AUTO_CONNECT = False
SOCIALACCOUNT_LOGIN_ON_GET = False
SOCIALACCOUNT_STORE_TOKENS = False
SOCIALACCOUNT_REQUESTS_TIMEOUT = 5
MFA_ADAPTER = "orgs.adapter.MFAAdapter"
MFA_FORMS = {
    "authenticate": "orgs.adapter.forms.SecondFactor",
    "reauthenticate": "orgs.adapter.forms.ProveSecondFactor",
    "activate_totp": "orgs.adapter.forms.SetUpApp",
    "add_webauthn": "orgs.adapter.forms.AddPasskey",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_TOTP_ISSUER = "Steward"
MFA_TOTP_TOLERANCE = 0
MFA_TRUST_ENABLED = False
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_PASSKEY_SIGNUP_ENABLED = False
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_WEBAUTHN_USER_VERIFICATION = "required"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not HTTPS  # browsers allow passkeys on http://localhost alone
USERSESSIONS_TRACK_ACTIVITY = False  # a write per request; orgs.sessions notes once in five minutes

# ---------------------------------------------------------------- pages

LANGUAGE_CODE = "en"
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "UTC"
USE_TZ = True
STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_KEEP_ONLY_HASHED_FILES = True  # half of the compressing at the first start
MEDIA_ROOT = DATA_DIR / "uploads"
FORM_RENDERER = "orgs.forms.renderer.TablerRenderer"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            # cotton and template-partials would each overwrite the other's loaders
            "loaders": [
                (
                    "template_partials.loader.Loader",
                    [
                        (
                            "django.template.loaders.cached.Loader",
                            [
                                "django_cotton.cotton_loader.Loader",
                                "django.template.loaders.filesystem.Loader",
                                "django.template.loaders.app_directories.Loader",
                            ],
                        )
                    ],
                )
            ],
            "builtins": ["django_cotton.templatetags.cotton", "template_partials.templatetags.partials"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "orgs.frame.context",
                "policies.frame.context",
            ],
        },
    }
]

# ---------------------------------------------------------------- mail and logs

EMAIL_URL = env("EMAIL_URL", default="filemail://")  # files in DATA_DIR/mail until a server is named
vars().update(env.email_url_config(EMAIL_URL))
EMAIL_FILE_PATH = DATA_DIR / "mail"
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = (
    env("DEFAULT_FROM_EMAIL", default="") or f"Steward <steward@{urlsplit(PUBLIC_BASE_URL).hostname or 'localhost'}>"
)
SERVER_EMAIL = DEFAULT_FROM_EMAIL

# ---------------------------------------------------------------- what Steward asks of others

# Networks that may be called beside public addresses over https; of this machine's own, over http as well.
FETCH_NETWORKS = env.list("FETCH_NETWORKS", default=["127.0.0.0/8", "::1/128"] if EMBEDDED and not HTTPS else [])
DNS_TEXTS = "orgs.domains.texts_at"  # who answers which TXT records a name has
INVOICE_ISSUER = env("INVOICE_ISSUER", default="") or "Steward"  # who invoices, in lines set apart by |
AI_BASE_URL = env("AI_BASE_URL", default="").strip()  # a gateway that speaks OpenAI's API; without one no mate answers
AI_API_KEY = env("AI_API_KEY", default="").strip()
AI_TIMEOUT = env.int("AI_TIMEOUT", default=60)  # seconds that an answer may take
PAYMENT_PROVIDER = env("PAYMENT_PROVIDER", default="orgs.payments.Transfer")  # who takes the money for invoices

LOGGING = logs.to_json(env("LOG_LEVEL", default="INFO").upper())
LOGGING_CONFIG = "config.logs.configure"
DJANGO_STRUCTLOG_TRUST_UPSTREAM_REQUEST_ID = True  # config.naming has put it there
DJANGO_STRUCTLOG_CELERY_ENABLED = True
DJANGO_STRUCTLOG_CELERY_DEFAULT_LOG_LEVEL = logging.DEBUG  # the drain runs every two seconds
DJANGO_STRUCTLOG_STATUS_START_LOG_LEVEL = logging.DEBUG
DJANGO_STRUCTLOG_STATUS_4XX_LOG_LEVEL = logging.INFO
# The middleware of config.proxy has already put the client's address there.
IPWARE_META_PRECEDENCE_ORDER = ["REMOTE_ADDR"]
