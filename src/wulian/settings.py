"""Settings. Everything a site changes comes from environment variables; the defaults run one district on one machine.

WULIAN_HOME      folder for the database, uploads, search index and keys   (default: ./var)
DATABASE_URL     e.g. postgres://user:password@host:5432/wulian            (default: SQLite in WULIAN_HOME)
WULIAN_HOSTS     comma-separated host names that may be served             (default: localhost and 127.0.0.1)
WULIAN_HTTPS     1 when served over HTTPS: secure cookies and HSTS         (default: 0)
WULIAN_SECRET    secret key                                                (default: generated once into WULIAN_HOME)
WULIAN_DEBUG     1 for development                                         (default: 0)
WULIAN_REGION    code of the region that this installation serves          (default: 120000)
WULIAN_OIDC_*    URL, CLIENT_ID, CLIENT_SECRET, NAME: sign-in by an OpenID Connect provider
WULIAN_EMAIL_URL smtp://user:password@host:port for mail; without it, notices stay inside the product
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import Any
from urllib.parse import urlparse

import dj_database_url
from csp.constants import NONE, SELF
from django.templatetags.static import static
from django.utils.translation import gettext_lazy as _

PACKAGE = Path(__file__).resolve().parent
HOME = Path(os.environ.get("WULIAN_HOME", "var")).resolve()


def env_flag(name: str) -> bool:
    return os.environ.get(name, "0").lower() in {"1", "true", "yes", "on"}


def secret_key() -> str:
    """The secret key from the environment, or one generated once and kept readable by its owner only."""
    if key := os.environ.get("WULIAN_SECRET"):
        return key
    path = HOME / "secret_key"
    if not path.exists():
        HOME.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(64), encoding="ascii")
    return path.read_text(encoding="ascii").strip()


SECRET_KEY = secret_key()
DEBUG = env_flag("WULIAN_DEBUG")
HTTPS = env_flag("WULIAN_HTTPS")
ALLOWED_HOSTS = os.environ.get("WULIAN_HOSTS", "localhost,127.0.0.1,[::1]").split(",")
CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in ALLOWED_HOSTS if HTTPS and host != "*"]
HOME_REGION = os.environ.get("WULIAN_REGION", "120000")

INSTALLED_APPS = [
    "unfold.apps.BasicAppConfig",
    "wulian.portal.data_admin.apps.DataAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django_htmx",
    "csp",
    "django_tasks",
    "django_tasks_db",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "wulian.foundation",
    "wulian.directory",
    "wulian.registers",
    "wulian.chains.governance",
    "wulian.fusion",
    "wulian.demo",
    "wulian.portal",
    "wulian.api",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "wulian.foundation.remembering.RememberingMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "wulian.api.middleware.ApiErrorMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "wulian.portal.middleware.ActorMiddleware",
    "wulian.portal.middleware.BodyLimitMiddleware",
    "wulian.portal.middleware.AccessMiddleware",
    "wulian.portal.middleware.ErrorMiddleware",
]

ROOT_URLCONF = "wulian.urls"
WSGI_APPLICATION = "wulian.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        # Named first so that our sign-in pages come before those of the libraries, whose apps stand earlier.
        "DIRS": [PACKAGE / "portal" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "wulian.portal.context.shell",
            ],
        },
    },
]

# ---------------------------------------------------------------------------------------------------------- database
SQLITE_OPTIONS: dict[str, Any] = {
    # WAL: readers do not wait for the writer. IMMEDIATE: a writer waits for its turn at BEGIN instead of failing
    # half-way with "database is locked". 20 s is longer than the longest chunk that an import writes.
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    "init_command": (
        "PRAGMA journal_mode=WAL;PRAGMA synchronous=NORMAL;PRAGMA foreign_keys=ON;"
        "PRAGMA temp_store=MEMORY;PRAGMA mmap_size=268435456;PRAGMA cache_size=-65536;PRAGMA recursive_triggers=ON"
    ),
}
DATABASES: dict[str, Any] = {"default": dj_database_url.parse(os.environ.get("DATABASE_URL") or f"sqlite:///{HOME / 'wulian.sqlite3'}")}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["OPTIONS"] = SQLITE_OPTIONS
    HOME.mkdir(parents=True, exist_ok=True)
else:
    DATABASES["default"]["CONN_MAX_AGE"] = 60
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# ----------------------------------------------------------------------------------------------------------- sign-in
AUTH_USER_MODEL = "foundation.User"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_REDIRECT_URL = "/"
LOGIN_URL = "account_login"
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_ADAPTER = "wulian.portal.accounts.AccountAdapter"
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_RATE_LIMITS = {"login_failed": "5/5m/key,30/5m/ip", "login": "60/m/ip"}
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Wulian 五链"
SOCIALACCOUNT_ONLY = False
SOCIALACCOUNT_PROVIDERS: dict[str, Any] = {"openid_connect": {"APPS": []}}
if oidc_url := os.environ.get("WULIAN_OIDC_URL"):
    SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"].append(
        {
            "provider_id": "oidc",
            "name": os.environ.get("WULIAN_OIDC_NAME", "统一身份认证"),
            "client_id": os.environ["WULIAN_OIDC_CLIENT_ID"],
            "secret": os.environ["WULIAN_OIDC_CLIENT_SECRET"],
            "settings": {"server_url": oidc_url},
        }
    )

# ---------------------------------------------------------------------------------------------------------- security
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_AGE = 8 * 3600
SESSION_SAVE_EVERY_REQUEST = False
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        # Charts position themselves with style attributes; no script may ever be inline.
        "style-src": [SELF, "'unsafe-inline'"],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    },
}

# -------------------------------------------------------------------------------------------------------- languages
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
LOCALE_PATHS = [PACKAGE / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"
DATE_FORMAT = "Y-m-d"

# ------------------------------------------------------------------------------------------------------------- files
STATIC_URL = "static/"
STATIC_ROOT = HOME / "static"
MEDIA_ROOT = HOME / "files"
MEDIA_URL = "/files/"
SEARCH_INDEX = HOME / "search"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedStaticFilesStorage"},
}
(HOME / "generated").mkdir(parents=True, exist_ok=True)  # the charts' script, written at set-up
STATICFILES_DIRS = [("generated", HOME / "generated")]
UPLOAD_LIMIT_BYTES = 200 * 1024 * 1024
FILE_UPLOAD_HANDLERS = ["wulian.foundation.files.LimitedUploadHandler"]
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000
FILE_UPLOAD_PERMISSIONS = 0o640

# -------------------------------------------------------------------------------------------------------------- jobs
TASKS = {
    "default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": ["default"]},
}

# -------------------------------------------------------------------------------------------------------------- mail
if email_url := os.environ.get("WULIAN_EMAIL_URL"):
    parsed = urlparse(email_url)
    EMAIL_HOST, EMAIL_PORT = parsed.hostname or "localhost", parsed.port or 25
    EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = parsed.username or "", parsed.password or ""
    EMAIL_USE_SSL = parsed.scheme == "smtps"
else:
    EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain", "level": "WARNING"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
}

UNFOLD = {
    "SITE_TITLE": _("五链 数据管理"),
    "SITE_HEADER": _("五链 数据管理"),
    "SITE_URL": "/",
    "SITE_ICON": lambda request: static("wulian/favicon.svg"),
    "COLORS": {
        "primary": {
            "50": "#eef6f3", "100": "#e3f0ec", "200": "#c2ddd5", "300": "#93c4b6", "400": "#5cc3a8", "500": "#1f8a72",
            "600": "#0f5f4f", "700": "#0d5043", "800": "#0b4036", "900": "#09332b", "950": "#051e19",
        }
    },
}  # fmt: skip
SILENCED_SYSTEM_CHECKS: list[str] = []
