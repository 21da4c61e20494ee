"""Every setting; what differs between machines comes from the environment (docs/settings.md)."""

from datetime import timedelta
from pathlib import Path

import django_stubs_ext
import environ
from celery.schedules import crontab
from csp.constants import NONCE, NONE, SELF
from django.utils.translation import gettext_lazy as _

# Lets Django's own classes be written with their type: ModelForm[User], ModelAdmin[Quote].
django_stubs_ext.monkeypatch()

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = BASE_DIR / "var"
env = environ.Env()

DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = env("SECRET_KEY", default="only-for-development-" * 3) if DEBUG else env("SECRET_KEY")
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
# One switch for everything that only makes sense over TLS; off for `./dev run` and a benchmark on loopback.
HTTPS = env.bool("HTTPS", default=not DEBUG)
BEHIND_TLS_PROXY = env.bool("BEHIND_TLS_PROXY", default=False)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"] if DEBUG else [])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
SITE_URL = env("SITE_URL", default="http://127.0.0.1:8000")

# --- apps, in the order of the import contract: what comes later may import what comes earlier -----

LIFECYCLE_APPS = ["leads", "opportunities", "quotes", "orders", "invoices"]
INSTALLED_APPS = [
    "kernel",
    "people",
    "duplicates",
    "catalog",
    "customers",
    "activities",
    *LIFECYCLE_APPS,
    "integrations",
    "imports",
    "forecasts",
    "reports",
    "salesops",
    "salesops.apps.BackOfficeConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django_fsm",
    "django_htmx",
    "django_filters",
    "rest_framework",
    "knox",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "csp",
    "axes",
]
AUTH_USER_MODEL = "people.User"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "kernel.customfields.work.FieldsMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "people.middleware.ReaderMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "kernel.http.DomainErrorMiddleware",
    "duplicates.middleware.FollowMerged",
    "axes.middleware.AxesMiddleware",
]
ROOT_URLCONF = "salesops.urls"
WSGI_APPLICATION = "salesops.wsgi.application"

# Our pages are Jinja2; the admin, the API pages and the packages' own templates live in app directories and
# stay with Django's engine. Jinja2 looks in templates/ only: keep admin/ and rest_framework/ out of there.
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": False,
        "OPTIONS": {"environment": "kernel.jinja.environment", "autoescape": True},
    },
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    },
]

# --- database --------------------------------------------------------------------------------------

TEST_DB_SUFFIX = env("TEST_DB_SUFFIX", default="")


def _sqlite(name: str | Path) -> dict[str, object]:
    """The embedded database: WAL lets readers pass a writer, IMMEDIATE makes writers queue."""
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": name,
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;"
            " PRAGMA cache_size=-20000; PRAGMA mmap_size=134217728;",
        },
        # A file, because an in-memory database ignores the busy timeout between threads.
        "TEST": {"NAME": VAR_DIR / f"test{TEST_DB_SUFFIX}.sqlite3"},
    }


def _database(url: str) -> dict[str, object]:
    if not url:
        VAR_DIR.mkdir(exist_ok=True)
        return _sqlite(VAR_DIR / "salesops.sqlite3")
    config = environ.Env.db_url_config(url)
    if "sqlite" in config["ENGINE"]:
        return _sqlite(config["NAME"])
    config["CONN_MAX_AGE"] = env.int("CONN_MAX_AGE", default=60)
    config["CONN_HEALTH_CHECKS"] = True
    # A document is read with ten small tables beside it: trying every order of so many joins takes PostgreSQL longer
    # than joining them as they are written.
    planning = "-c join_collapse_limit=4"
    limits = "-c statement_timeout=30000 -c lock_timeout=5000 -c idle_in_transaction_session_timeout=60000"
    config["OPTIONS"] = {"options": f"{planning} {limits}", **config.get("OPTIONS", {})}
    config["TEST"] = {"NAME": f"test_salesops{TEST_DB_SUFFIX}"}
    return config


DATABASES = {"default": _database(env("DATABASE_URL", default=""))}

# Rate limits count here; without Redis each web process counts for itself.
_CACHE_URL = env("CACHE_URL", default=env("REDIS_URL", default=""))
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": _CACHE_URL}
    if _CACHE_URL
    else {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
}
CACHES["default"]["KEY_PREFIX"] = env("REDIS_PREFIX", default="crm:") + "cache"

# --- tasks -----------------------------------------------------------------------------------------

REDIS_URL = env("REDIS_URL", default="")
# A task lost with its worker comes back after this; every task is hard-limited well below it.
_VISIBILITY_TIMEOUT = 900
CELERY_BROKER_URL = REDIS_URL or "memory://localhost/"
CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, object] = (
    {
        "visibility_timeout": _VISIBILITY_TIMEOUT,
        "socket_timeout": 30,
        "socket_connect_timeout": 5,
        "socket_keepalive": True,
        "retry_on_timeout": True,
        "health_check_interval": 25,
        "global_keyprefix": env("REDIS_PREFIX", default="crm:"),
    }
    if REDIS_URL
    else {"polling_interval": 0.02}
)
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_TASK_DEFAULT_QUEUE = "default"
CELERY_TASK_CREATE_MISSING_QUEUES = True
CELERY_TASK_QUEUES: dict[str, dict[str, str]] = {
    name: {} for name in ("default", "erp.push", "erp.pull", "erp.inbox", "jobs")
}
CELERY_TASK_ROUTES = {
    "outbox.deliver": {"queue": "erp.push"},
    "integrations.pull": {"queue": "erp.pull"},
    "integrations.sweep_open_documents": {"queue": "erp.pull"},
    "integrations.process_inbox": {"queue": "erp.inbox"},
    "jobs.run": {"queue": "jobs"},  # imports and exports of an hour hold up nobody's order
}
CELERY_TASK_SERIALIZER = "json"
CELERY_RESULT_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_RESULT_ACCEPT_CONTENT = ["json"]
CELERY_TASK_IGNORE_RESULT = True
# Safe because a delivery claims its outbox row first: the second run of a task finds nothing to do.
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_SOFT_TIME_LIMIT = 90
CELERY_TASK_TIME_LIMIT = 120
CELERY_TASK_PUBLISH_RETRY = True
# The bell is only a hint, the outbox row is the truth: a dead broker must not hold up a web request.
CELERY_TASK_PUBLISH_RETRY_POLICY = {
    "max_retries": 1,
    "interval_start": 0,
    "interval_step": 0.2,
    "interval_max": 0.2,
}
CELERY_WORKER_PREFETCH_MULTIPLIER = 1 if REDIS_URL else 8
CELERY_WORKER_MAX_TASKS_PER_CHILD = 500
CELERY_WORKER_MAX_MEMORY_PER_CHILD = 300_000
CELERY_WORKER_ETA_TASK_LIMIT = 100
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = True
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = env.int("WORKER_SOFT_SHUTDOWN_SECONDS", default=30)
CELERY_WORKER_ENABLE_SOFT_SHUTDOWN_ON_IDLE = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR_DIR / "beat-schedule")

OUTBOX_SWEEP_SECONDS = env.int("OUTBOX_SWEEP_SECONDS", default=10)
ERP_PULL_SECONDS = env.int("ERP_PULL_SECONDS", default=30)
CELERY_BEAT_SCHEDULE = {
    "deliver what is due": {"task": "outbox.sweep", "schedule": OUTBOX_SWEEP_SECONDS},
    "pull from the ERPs": {"task": "integrations.pull", "schedule": ERP_PULL_SECONDS},
    "compare open documents with the ERPs": {
        "task": "integrations.sweep_open_documents",
        "schedule": timedelta(minutes=15),
    },
    "forget old news": {"task": "outbox.prune", "schedule": timedelta(days=1)},
    "expire quotes": {"task": "quotes.expire_quotes", "schedule": timedelta(days=1)},
    "look for duplicates": {"task": "duplicates.sweep", "schedule": timedelta(days=1)},
    "prove the books": {"task": "reports.verify_books", "schedule": timedelta(days=1)},
    "add up the tally of deals": {
        "task": "opportunities.compact_tally",
        "schedule": timedelta(minutes=5),
    },
    "keep the pipeline of the day": {
        "task": "forecasts.take_snapshot",
        "schedule": crontab(minute="1,16,31,46"),  # of a day, most find nothing to do
    },
    "send reports that are due": {"task": "reports.send_due", "schedule": timedelta(minutes=1)},
    "rate leads": {"task": "leads.rate_leads", "schedule": timedelta(days=1)},
    "propose reminders": {"task": "invoices.propose_reminders", "schedule": timedelta(days=1)},
    "tell what is due": {"task": "activities.remind", "schedule": timedelta(minutes=1)},
    "send the daily letters": {"task": "activities.send_digests", "schedule": crontab(hour=6, minute=0)},
    "send the e-mail that is due": {"task": "mail.sweep", "schedule": OUTBOX_SWEEP_SECONDS},
    "wake jobs that wait": {"task": "jobs.sweep", "schedule": OUTBOX_SWEEP_SECONDS},
    "forget old jobs and files": {"task": "jobs.tidy", "schedule": timedelta(hours=1)},
    "empty the recycle bin": {"task": "people.empty_bin", "schedule": timedelta(days=1)},
}

# --- e-mail ----------------------------------------------------------------------------------------

# Without a server they are written to files: a demo never writes to real people.
_EMAIL = env.email_url("EMAIL_URL", default=f"filemail:///{VAR_DIR / 'mail'}")
EMAIL_BACKEND = _EMAIL["EMAIL_BACKEND"]
EMAIL_FILE_PATH = _EMAIL["EMAIL_FILE_PATH"]
EMAIL_HOST = _EMAIL["EMAIL_HOST"] or "localhost"
EMAIL_PORT = _EMAIL["EMAIL_PORT"] or 25
EMAIL_HOST_USER = _EMAIL["EMAIL_HOST_USER"] or ""
EMAIL_HOST_PASSWORD = _EMAIL["EMAIL_HOST_PASSWORD"] or ""
EMAIL_USE_TLS = _EMAIL.get("EMAIL_USE_TLS", False)
EMAIL_USE_SSL = _EMAIL.get("EMAIL_USE_SSL", False)
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = env("DEFAULT_FROM_EMAIL", default="Salesops <sales@localhost>")

# How long deleted records wait in the recycle bin before they are gone for good.
RECYCLE_BIN_DAYS = env.int("RECYCLE_BIN_DAYS", default=90)

# How often a minute the customer's page of one quote, and all of them from one network address, may be asked.
CUSTOMER_RATE_LINK = env.int("CUSTOMER_RATE_LINK", default=60)
CUSTOMER_RATE_ADDRESS = env.int("CUSTOMER_RATE_ADDRESS", default=120)
# How many entries ten minutes may bring to web forms from one network address, and to one form.
WEB_FORM_RATE_ADDRESS = env.int("WEB_FORM_RATE_ADDRESS", default=20)
WEB_FORM_RATE_FORM = env.int("WEB_FORM_RATE_FORM", default=600)

# Where `manage.py load_demo` finds the demo ERP; empty: it makes no connection.
# How new documents round taxes: per_line, per_document or dynamics (docs/pricing.md).
ROUNDING_PROFILE = env("ROUNDING_PROFILE", default="per_line")
DEMO_ERP_URL = env("DEMO_ERP_URL", default="")
DEMO_ERP_TOKEN = env("DEMO_ERP_TOKEN", default="")

# Secrets of connections are kept under the first of these ("name:fernet-key"); the others are still read.
SALESOPS_SECRET_KEYS = env.list("SALESOPS_SECRET_KEYS", default=[])
# ERPs live at public addresses over TLS; loopback and private networks only where the operator says so.
SALESOPS_ALLOW_LOCAL_ERP = env.bool("SALESOPS_ALLOW_LOCAL_ERP", default=False)
SALESOPS_ERP_NETWORKS = env.list("SALESOPS_ERP_NETWORKS", default=[])
# Shortens every wait of the outbox alike; for tests.
SALESOPS_TIME_SCALE = env.float("SALESOPS_TIME_SCALE", default=1.0)

# --- security --------------------------------------------------------------------------------------

AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
    "people.permissions.ByRole",
]
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
# Name and address together: nobody can lock a colleague out from elsewhere.
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_CLIENT_IP_CALLABLE = "salesops.proxy.client_address"
AXES_VERBOSE = False

PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
_VALIDATORS = "django.contrib.auth.password_validation"
AUTH_PASSWORD_VALIDATORS: list[dict[str, object]] = [
    {"NAME": f"{_VALIDATORS}.UserAttributeSimilarityValidator"},
    {"NAME": f"{_VALIDATORS}.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": f"{_VALIDATORS}.CommonPasswordValidator"},
    {"NAME": f"{_VALIDATORS}.NumericPasswordValidator"},
]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "login"

# The __Host- prefix makes the browser refuse a cookie that a neighboring host or plain HTTP tries to set.
_COOKIE_PREFIX = "__Host-" if HTTPS else ""
# A quote of a thousand lines as one form, for people without JavaScript.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20_000
SESSION_COOKIE_NAME = f"{_COOKIE_PREFIX}sessionid"
SESSION_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = env.int("SESSION_HOURS", default=12) * 3600
CSRF_FAILURE_VIEW = "orders.customer_page.csrf_failed"
CSRF_COOKIE_NAME = f"{_COOKIE_PREFIX}csrftoken"
CSRF_COOKIE_SECURE = HTTPS
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_NAME = f"{_COOKIE_PREFIX}language"
LANGUAGE_COOKIE_SECURE = HTTPS
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^health/"]  # probes speak plain HTTP inside the network
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
if BEHIND_TLS_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, NONCE],
        "style-src": [SELF, NONCE],
        "img-src": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "form-action": [SELF],
    }
}

# --- API -------------------------------------------------------------------------------------------

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "people.tokens.Bearer",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_PAGINATION_CLASS": "kernel.api.Keyset",
    "PAGE_SIZE": 50,
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "kernel.http.api_exception_handler",
    "DEFAULT_THROTTLE_CLASSES": [
        "rest_framework.throttling.AnonRateThrottle",
        "rest_framework.throttling.UserRateThrottle",
    ],
    "DEFAULT_THROTTLE_RATES": {
        "anon": env("API_RATE_ANONYMOUS", default="30/minute"),
        "user": env("API_RATE_USER", default="1200/minute"),
    },
    # Without this a caller could name any address in X-Forwarded-For and never meet its limit.
    "NUM_PROXIES": 1 if BEHIND_TLS_PROXY else 0,
    "COERCE_DECIMAL_TO_STRING": True,
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
KNOX_TOKEN_MODEL = "people.ApiToken"
REST_KNOX = {
    "AUTH_HEADER_PREFIX": "Bearer",
    "TOKEN_PREFIX": "crm_",
    "TOKEN_TTL": timedelta(days=365),
    "AUTO_REFRESH": False,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Salesops",
    "DESCRIPTION": "From a lead to a paid invoice: every record and every step of the sales lifecycle.",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.IsAuthenticated"],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "COMPONENT_SPLIT_REQUEST": True,
    "SCHEMA_PATH_PREFIX": r"/api/v1",
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "kernel.schema.complete",
    ],
    "ENUM_ADD_EXPLICIT_BLANK_NULL_CHOICE": True,
    # Fields of different records are called the same but do not mean the same.
    "ENUM_NAME_OVERRIDES": {
        f"{name}Enum": path
        for name, path in {
            "ProductStatus": "catalog.models.Product.Status",
            "ProductKind": "catalog.models.Product.Kind",
            "LineKind": "catalog.documents.LineKind",
            "LeadStatus": "leads.models.Lead.Status",
            "LeadReason": "leads.models.Lead.Reason",
            "OpportunityStatus": "opportunities.models.Opportunity.Status",
            "OpportunityReason": "opportunities.models.Opportunity.Reason",
            "QuoteStatus": "quotes.models.Quote.Status",
            "QuoteReason": "quotes.models.Quote.Reason",
            "OrderStatus": "orders.models.Order.Status",
            "OrderReason": "orders.models.Order.Reason",
            "OrderProgress": "orders.models.Order.Progress",
            "InvoiceStatus": "invoices.models.Invoice.Status",
            "InvoiceReason": "invoices.models.Invoice.Reason",
            "InvoiceKind": "invoices.models.Invoice.Kind",
            "ActivityStatus": "activities.models.Activity.Status",
            "ActivityKind": "activities.models.Activity.Kind",
            "ActivityPriority": "activities.models.Activity.Priority",
            "ActivityDirection": "activities.models.Activity.Direction",
            "ActivityOutcome": "activities.models.Activity.Outcome",
            "NotificationKind": "activities.models.Notification.Kind",
        }.items()
    },
}

# --- language, files, logs -------------------------------------------------------------------------

USE_TZ = True
TIME_ZONE = "UTC"
USE_I18N = True
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
FORM_RENDERER = "django.forms.renderers.DjangoTemplates"

STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
# Files that people attach to records: how large each may be, and who is asked about each ("package.function").
ATTACHMENT_MAX_BYTES = env.int("ATTACHMENT_MAX_BYTES", default=25 * 1024 * 1024)
ATTACHMENT_SCANNER = env("ATTACHMENT_SCANNER", default="")
MEDIA_ROOT = env.path("MEDIA_ROOT", default=str(VAR_DIR / "media"))()
# The image is built with STATIC_MANIFEST on: hashed names, compressed, cached for ever. Elsewhere the files
# are served as they lie, and nobody waits for collectstatic.
STATIC_MANIFEST = env.bool("STATIC_MANIFEST", default=False)
STATIC_ROOT = env.path("STATIC_ROOT", default=str(BASE_DIR / "staticfiles"))() if STATIC_MANIFEST else None
WHITENOISE_USE_FINDERS = not STATIC_MANIFEST
WHITENOISE_AUTOREFRESH = DEBUG
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if STATIC_MANIFEST
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"without secrets": {"()": "kernel.logs.WithoutSecrets"}},
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["without secrets"]}
    },
    "root": {"handlers": ["console"], "level": env("LOG_LEVEL", default="INFO")},
    "loggers": {
        # httpx writes every URL at INFO, and an ERP's URL may carry what is nobody's business.
        "httpx": {"level": "WARNING"},
        "axes": {"level": "WARNING"},
    },
}
