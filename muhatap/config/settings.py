"""Every setting of the product, from one typed environment. A wrong value stops the start with a sentence."""

import os
from datetime import timedelta
from importlib.util import find_spec
from pathlib import Path

import django_stubs_ext

from muhatap.config import database, environment, smtp
from muhatap.shared.postgres import embedded

django_stubs_ext.monkeypatch()  # lets typed forms and querysets be written as ModelForm[User]
ENVIRONMENT = environment.read()
BASE_DIR = Path(__file__).resolve().parents[2]

SECRET_KEY = ENVIRONMENT.secret_key
DEBUG = ENVIRONMENT.debug
ALLOWED_HOSTS = [*ENVIRONMENT.hosts, "localhost", "127.0.0.1", "[::1]"]
PUBLIC_URL = ENVIRONMENT.url
DATA_DIR = ENVIRONMENT.data
FIRM_NAME = os.environ.get("MUHATAP_FIRM", "Ihlamur Ev")

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django_htmx",
    *(
        ["django_linear_migrations"] if find_spec("django_linear_migrations") else []
    ),  # only where migrations are written
    "procrastinate.contrib.django",
    "muhatap.web.accounts",  # before allauth: its templates take the place of theirs
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "muhatap.shared",
    "muhatap.accounts",
    "muhatap.contacts",
    "muhatap.channels",
    "muhatap.channels.email",
    "muhatap.channels.trendyol",
    "muhatap.channels.webchat",
    "muhatap.channels.listening",
    "muhatap.webhooks",
    "muhatap.interactions",
    "muhatap.imports",
    "muhatap.duplicates",
    "muhatap.conversations",
    "muhatap.service",
    "muhatap.feedback",
    "muhatap.writing",
    "muhatap.assistant",
    "muhatap.visits",
    "muhatap.sales",
    "muhatap.understanding",
    "muhatap.search",
    "muhatap.notices",
    "muhatap.automation",
    "muhatap.triggers",
    "muhatap.insight",
    "muhatap.flow",
    "muhatap.web.common",
    "muhatap.web.today",
    "muhatap.web.inbox",
    "muhatap.web.contacts",
    "muhatap.web.imports",
    "muhatap.web.duplicates",
    "muhatap.web.settings",
    "muhatap.web.search",
    "muhatap.web.service",
    "muhatap.web.promises",
    "muhatap.web.cases",
    "muhatap.web.writing",
    "muhatap.web.assistant",
    "muhatap.web.automation",
    "muhatap.web.notices",
    "muhatap.web.feedback",
    "muhatap.web.insight",
    "muhatap.web.developer",
    "muhatap.web.visits",
    "muhatap.web.triggers",
    "muhatap.web.listening",
    "muhatap.web.sales",
    "muhatap.web.understanding",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "muhatap.web.common.packing.Packed",
    "muhatap.web.common.policy.ContentSecurityPolicy",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "muhatap.web.common.language.LanguageOfUser",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "muhatap.api.visitors.VisitorDoor",
]

ROOT_URLCONF = "muhatap.config.urls"
WSGI_APPLICATION = "muhatap.config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "OPTIONS": {
            "loaders": [
                ("muhatap.web.common.folding.Loader", ["django.template.loaders.app_directories.Loader"]),
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "muhatap.web.common.context.shell",
            ],
        },
    }
]

DATABASES = {"default": database.from_url(ENVIRONMENT.database_url or embedded.url(DATA_DIR))}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "account_login"

ACCOUNT_ADAPTER = "muhatap.web.accounts.adapter.StaffAccounts"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]  # never asked: sign-up is closed, people are invited
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_USER_DISPLAY = str
ACCOUNT_EMAIL_VERIFICATION = "none"  # the invitation was the proof
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_EMAIL_NOTIFICATIONS = ENVIRONMENT.smtp_url is not None  # "your password was changed" and the like
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if ENVIRONMENT.is_https else "http"
ACCOUNT_REAUTHENTICATION_TIMEOUT = int(timedelta(minutes=15).total_seconds())
ACCOUNT_FORMS = {
    "login": "muhatap.web.accounts.login_forms.Login",
    "reset_password": "muhatap.web.accounts.login_forms.ForgottenPassword",
    "reset_password_from_key": "muhatap.web.accounts.login_forms.NewPassword",
    "change_password": "muhatap.web.accounts.login_forms.ChangedPassword",
    "reauthenticate": "muhatap.web.accounts.login_forms.PasswordAgain",
}
MFA_ADAPTER = "muhatap.web.accounts.adapter.StaffFactors"
MFA_FORMS = {
    "authenticate": "muhatap.web.accounts.login_forms.SecondFactor",
    "reauthenticate": "muhatap.web.accounts.login_forms.SecondFactorAgain",
    "activate_totp": "muhatap.web.accounts.login_forms.NewTotp",
    "add_webauthn": "muhatap.web.accounts.login_forms.NewPasskey",
    "login_webauthn": "muhatap.web.accounts.login_forms.PasskeyLogin",
    "authenticate_webauthn": "muhatap.web.accounts.login_forms.PasskeySecond",
    "reauthenticate_webauthn": "muhatap.web.accounts.login_forms.PasskeyAgain",
    "edit_webauthn": "muhatap.web.accounts.login_forms.RenamedPasskey",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_TOTP_ISSUER = FIRM_NAME
MFA_TOTP_TOLERANCE = 1  # telephones' clocks are off by half a minute
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not ENVIRONMENT.is_https  # browsers themselves allow it for localhost only

# Counts of failed logins live here. In each process: with several web workers the limits are that many times higher,
# which costs nothing but patience to whoever guesses; a table would cost every login page a write.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        # Room for many addresses, so that a flood of made-up ones does not push out the count of the true one.
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}

_SMTP = smtp.from_url(ENVIRONMENT.smtp_url)
EMAIL_BACKEND = _SMTP["EMAIL_BACKEND"]
EMAIL_HOST = _SMTP.get("EMAIL_HOST", "localhost")
EMAIL_PORT = _SMTP.get("EMAIL_PORT", 25)
EMAIL_HOST_USER = _SMTP.get("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = _SMTP.get("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS = _SMTP.get("EMAIL_USE_TLS", False)
EMAIL_USE_SSL = _SMTP.get("EMAIL_USE_SSL", False)
EMAIL_TIMEOUT = _SMTP.get("EMAIL_TIMEOUT", 10)
DEFAULT_FROM_EMAIL = ENVIRONMENT.mail_from
HAS_MAIL = ENVIRONMENT.smtp_url is not None

LANGUAGE_CODE = ENVIRONMENT.language
LANGUAGES = [("tr", "Türkçe"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = ENVIRONMENT.time_zone
USE_TZ = True
USE_I18N = True

STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": DATA_DIR / "media"}},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
STATICFILES_DIRS = [("embed", BASE_DIR / "embed")]
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG
WHITENOISE_MAX_AGE = 3600

DATA_UPLOAD_MAX_MEMORY_SIZE = ENVIRONMENT.max_upload_mb * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 512 * 1024
MAX_UPLOAD_BYTES = ENVIRONMENT.max_upload_mb * 1024 * 1024
WEBHOOKS_MAY_BE_PRIVATE = ENVIRONMENT.webhooks_may_be_private
ASSISTANT_MAY_BE_PRIVATE = ENVIRONMENT.assistant_may_be_private

ENGINE = ENVIRONMENT.engine  # what answers reports over the lake: docs/guides/scale.md
ENGINE_MEMORY_MB = ENVIRONMENT.engine_memory_mb
ENGINE_THREADS = ENVIRONMENT.engine_threads
ENGINE_SECONDS = ENVIRONMENT.engine_seconds
LAKE = ENVIRONMENT.lake  # empty: in the data folder; a folder; s3://bucket/prefix
LAKE_ENDPOINT = ENVIRONMENT.lake_endpoint
LAKE_REGION = ENVIRONMENT.lake_region
LAKE_KEY = ENVIRONMENT.lake_key
LAKE_SECRET = ENVIRONMENT.lake_secret

SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = ENVIRONMENT.is_https
SESSION_COOKIE_AGE = int(timedelta(days=14).total_seconds())
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CSRF_TRUSTED_ORIGINS = [ENVIRONMENT.url]

UNDO_SEND = timedelta(seconds=10)

PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "jobs"
