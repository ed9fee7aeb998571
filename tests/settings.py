"""The settings of the tests: the product's own, but for what would only cost time."""

from pathlib import Path

import tests.environment
from ocs_meta.settings import *  # noqa: F403
from ocs_meta.settings import DATABASES, STORAGES

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
STORAGES = STORAGES | {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
STATIC_ROOT = Path(tests.environment.FOLDER)  # there, and empty: whitenoise warns of a folder that is missing
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # A file, for threads share it as they do in earnest; in memory they would lock each other's tables.
    DATABASES["default"]["TEST"] = {"NAME": f"{tests.environment.FOLDER}/test.sqlite3"}

# Tests set the clock themselves.
FOLLOW_DATABASE_CLOCK = False

# Those that are about voices say so.
BUILT_IN_VOICE = "silent"

# One process works on everything.
WARD = False
