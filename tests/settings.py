"""Settings of the tests: the product's own, with a throw-away home, quick password hashing and jobs that run at once."""

import os
import tempfile
from pathlib import Path

_home = Path(tempfile.mkdtemp(prefix="wulian-test-"))
(_home / "static").mkdir()  # whitenoise warns of a folder that is not there
os.environ["WULIAN_HOME"] = str(_home)
os.environ.setdefault("WULIAN_SECRET", "only-for-tests")

from wulian.settings import *  # noqa: E402, F403  (settings are taken over whole)

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend", "QUEUES": ["default"]}}
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"

if DATABASES["default"]["ENGINE"].endswith("sqlite3"):  # noqa: F405
    # A file, not memory: threads and processes in tests then meet the same locks as in the product.
    DATABASES["default"]["TEST"] = {"NAME": _home / "test.sqlite3"}  # noqa: F405
