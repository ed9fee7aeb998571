"""Everything the product is told from outside, and Django's settings that follow from it."""

import logging
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from csp.constants import NONE, SELF, UNSAFE_EVAL, UNSAFE_INLINE
from django.templatetags.static import static

from ocs_meta import database, environment

BASE_DIR = Path(__file__).resolve().parent.parent
environment.read_file(BASE_DIR / ".env")

# Who we are

DEBUG = environment.boolean("DEBUG", False)
SECRET_KEY = environment.secret(
    "SECRET_KEY", "make one with: python -c 'import secrets; print(secrets.token_urlsafe(48))'"
)
FIELD_ENCRYPTION_KEYS = environment.fernet_keys("FIELD_ENCRYPTION_KEYS")
SITE_URL = environment.site("SITE_URL", "http://127.0.0.1:8000")
SITE_IS_SECURE = SITE_URL.startswith("https://")
TEAL = {50: 98, 100: 95, 200: 91, 300: 85, 400: 77, 500: 66, 600: 55, 700: 46, 800: 39, 900: 34, 950: 25}
LOOPBACK = ["127.0.0.1", "localhost", "[::1]"]

_site = urlsplit(SITE_URL)
_hosts = LOOPBACK if _site.hostname in LOOPBACK else [_site.netloc.rpartition("@")[2].removesuffix(f":{_site.port}")]
_port = f":{_site.port}" if _site.port else ""
ALLOWED_HOSTS = [*_hosts, *environment.words("ALLOWED_HOSTS")]
CSRF_TRUSTED_ORIGINS = [
    *(f"{_site.scheme}://{host}{_port}" for host in _hosts),
    *environment.origins("CSRF_TRUSTED_ORIGINS"),
]

# How we listen and work

HOST = environment.text("HOST", "0.0.0.0")  # noqa: S104 - a proxy or a container's port stands in front
PORT = environment.number("PORT", 8000, lowest=1, highest=65535)
WEB_CONCURRENCY = environment.number("WEB_CONCURRENCY", 2, lowest=1, highest=256)
WEB_THREADS = environment.number("WEB_THREADS", 8, lowest=1, highest=1024)
WORKER_THREADS = environment.number("WORKER_THREADS", 96, lowest=1, highest=4096)
LONGEST_STEP = environment.number("LONGEST_STEP", 600, lowest=1, highest=86400)

# Meta, and what a team may reach through us

GRAPH_API_URL = environment.web_address("GRAPH_API_URL", "https://graph.facebook.com")
GRAPH_API_VERSION = environment.matching("GRAPH_API_VERSION", "v25.0", r"v[0-9]+\.[0-9]+", "v25.0")
APP_SECRET_OVERLAP = environment.number("APP_SECRET_OVERLAP", 0)
SIMULATOR = environment.boolean("SIMULATOR", False)
_near = f"http://127.0.0.1:{PORT}" if _site.hostname in LOOPBACK else SITE_URL
SIMULATOR_GRAPH_URL = environment.web_address("SIMULATOR_GRAPH_URL", f"{_near}/simulator/graph")
SIMULATOR_WEBHOOK_URL = environment.web_address("SIMULATOR_WEBHOOK_URL", f"{_near}/api/channels/meta") + "/"
SIMULATOR_WIRE_LOG = environment.boolean("SIMULATOR_WIRE_LOG", True)
SIMULATOR_ALONE = environment.boolean("SIMULATOR_ALONE", False)
DEMO = environment.boolean("DEMO", False)
OUTBOUND_PRIVATE_HOSTS = environment.words("OUTBOUND_PRIVATE_HOSTS")

GATEWAYS = {
    "meta_cloud_api": "channels_app.gateways.meta.gateway.MetaGateway",
    "simulated": "channels_app.gateways.meta.gateway.SimulatedGateway",
}
NOTIFICATION_READERS = {"meta": "channels_app.gateways.meta.reader.MetaReader"}
BOT_ENGINES = {
    "echo": "channels_app.bots.engines.echo.EchoEngine",
    "http": "channels_app.bots.engines.http.HttpEngine",
    "llm": "channels_app.bots.engines.llm.LlmEngine",
    "python": "channels_app.bots.engines.python.PythonEngine",
    "rules": "channels_app.bots.engines.rules.RulesEngine",
}
BOT_HANDLERS = environment.words("BOT_HANDLERS")
SPEECH = {
    "espeak": "channels_app.speech.espeak.EspeakSpeech",
    "openai": "channels_app.speech.openai.OpenAiSpeech",
    "silent": "channels_app.speech.silent.SilentSpeech",
}
BUILT_IN_VOICE = environment.matching("BUILT_IN_VOICE", "espeak", "espeak|silent", "espeak or silent")

# Rows

DATABASE_POOL_SIZE = environment.number("DATABASE_POOL_SIZE", 16, lowest=1, highest=1000)
_address = environment.database("DATABASE_URL", "sqlite:///var/ocs_meta.sqlite3", BASE_DIR)
DATABASES = {"default": database.tuned(_address, DATABASE_POOL_SIZE)}
FOLLOW_DATABASE_CLOCK = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Bells, caches and rates

REDIS_URL = environment.server("REDIS_URL", "", {"redis", "rediss"}, "redis://127.0.0.1:6379/0")
REDIS_KEY_PREFIX = environment.text("REDIS_KEY_PREFIX", "ocs-meta:")
CELERY_BROKER_URL = environment.server("CELERY_BROKER_URL", REDIS_URL, environment.BROKERS, "redis://127.0.0.1:6379/0")
CACHES: dict[str, dict[str, Any]] = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
if REDIS_URL:
    CACHES["default"] = {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": REDIS_KEY_PREFIX + "cache",
        "OPTIONS": {"socket_connect_timeout": 0.5, "socket_timeout": 1},
    }

WARD = CELERY_BROKER_URL.partition(":")[0] not in {"", "memory"}  # the demo's one process works on everything itself

# Files and e-mail

MEDIA_ROOT = BASE_DIR / environment.text("MEDIA_ROOT", "var/media")
FILES_KEPT_FOR = environment.number("FILES_KEPT_FOR", 0, highest=32767)
STATIC_ROOT: Path | None = BASE_DIR / "var/static"
STATIC_URL = "/static/"
STORAGES = {
    "default": environment.file_storage("S3_BUCKET"),
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
if DEMO:  # runs from the sources, with nothing gathered beforehand
    STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    STATIC_ROOT, WHITENOISE_USE_FINDERS = None, True
EMAIL_BACKEND = f"django.core.mail.backends.{'console' if DEBUG else 'dummy'}.EmailBackend"
DEFAULT_FROM_EMAIL = f"OCS Meta <no-reply@{_site.hostname}>"
globals().update(environment.email("EMAIL_URL"))

# Django

ROOT_URLCONF = "ocs_meta.simulator_urls" if SIMULATOR_ALONE else "ocs_meta.urls"
WSGI_APPLICATION = "ocs_meta.wsgi.application"
INSTALLED_APPS = [
    "ocs_meta",
    "channels_app",
    "unfold",
    "unfold.contrib.filters",
    "unfold.contrib.forms",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.humanize",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "rest_framework",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "csp",
    "django_htmx",
    "template_partials",
]
MIDDLEWARE = [
    "ocs_meta.middleware.HealthFirst",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "ocs_meta.middleware.ContentPolicy",
    "django_htmx.middleware.HtmxMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],  # of a checkout; a wheel carries them in channels_app/templates
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "channels_app.web.shell.shell",
            ],
            "libraries": {"heroicons": "channels_app.web.icons"},
        },
    }
]

USE_TZ = True
TIME_ZONE = "UTC"
USE_I18N = True
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("fr", "Français")]
LOCALE_PATHS = [BASE_DIR / "channels_app/locale"]

# Logging

LOG_LEVEL = environment.choice("LOG_LEVEL", "INFO", logging.getLevelNamesMapping(), "DEBUG, INFO, WARNING, ERROR")
LOGGING_CONFIG = "ocs_meta.logging.configure"
LOGGING = {"level": LOG_LEVEL, "pretty": DEBUG}
SENTRY_DSN = environment.text("SENTRY_DSN")

# People

AUTH_USER_MODEL = "channels_app.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator")
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/"
SIGNUP_IS_OPEN = environment.boolean("SIGNUP_IS_OPEN", False)
ACCOUNT_ADAPTER = "ocs_meta.accounts.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
SENDS_MAIL = not EMAIL_BACKEND.endswith("dummy.EmailBackend")
ACCOUNT_EMAIL_VERIFICATION = "mandatory" if SIGNUP_IS_OPEN and SENDS_MAIL else "optional"
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_FORMS = {
    "add_email": "channels_app.forms.accounts.NewAddressForm",
    "signup": "channels_app.forms.accounts.AccountForm",
}
ACCOUNT_DEFAULT_HTTP_PROTOCOL = _site.scheme
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_ALLOW_UNVERIFIED_EMAIL = True  # where no e-mail is sent nobody could confirm one

# The wire: redirect to https, HSTS and Secure cookies follow the scheme of SITE_URL.
# What speaks https for us is a proxy, and its headers tell how it was asked, and by whom.

TRUST_PROXY_HEADERS = environment.boolean("TRUST_PROXY_HEADERS", SITE_IS_SECURE)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUST_PROXY_HEADERS else None
ALLAUTH_TRUSTED_PROXY_COUNT = 1 if TRUST_PROXY_HEADERS else 0
SECURE_SSL_REDIRECT = SITE_IS_SECURE
SECURE_REDIRECT_EXEMPT = [r"^health/$", r"^metrics$"]
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if SITE_IS_SECURE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = False
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = SITE_IS_SECURE
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = LANGUAGE_COOKIE_SAMESITE = "Lax"
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 4 * 1024 * 1024 + 64 * 1024  # the webhook answers 413 past 4 MiB, before this does 400
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000  # rules are edited in many small fields
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
# By the beginning of a path: unfold's Alpine evaluates expressions, Swagger UI and unfold style inline.
CONTENT_SECURITY_POLICY_UPDATES = {
    "/admin/": {"script-src": [SELF, UNSAFE_EVAL], "style-src": [SELF, UNSAFE_INLINE]},
    "/api/docs/": {"style-src": [SELF, UNSAFE_INLINE]},
}

# The admin

UNFOLD = {
    "SITE_TITLE": "OCS Meta",
    "SITE_HEADER": "OCS Meta",
    "SITE_FAVICONS": [
        {"rel": "icon", "type": "image/svg+xml", "href": lambda request: static("channels_app/icon.svg")}
    ],
    "COLORS": {"primary": {str(shade): f"oklch({light}% 0.09 185)" for shade, light in TEAL.items()}},
}

# REST

REST_FRAMEWORK = {
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "OCS Meta",
    "DESCRIPTION": "A team's bots on WhatsApp.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
}
