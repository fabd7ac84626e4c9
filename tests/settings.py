"""The product's own settings, over a database and a data folder that live as long as the test run."""

import os
import tempfile

from tests import database

database.choose()
if "MUHATAP_DATA" not in os.environ:
    os.environ["MUHATAP_DATA"] = tempfile.mkdtemp(prefix="muhatap-data-")
os.environ.setdefault("MUHATAP_SECRET_KEY", "a-key-for-tests-only-" + "0" * 40)
os.environ["MUHATAP_LANGUAGE"] = "tr"

from tools import messages  # noqa: E402

messages.compile_catalogues()

from muhatap.config.settings import *  # noqa: E402, F403 (the environment had to be ready first)

WHITENOISE_AUTOREFRESH = True  # else each client of a test reads the folders of all static files first
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # noqa: F405 (whitenoise warns of a missing folder)
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
