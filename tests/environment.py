"""The environment of the tests, made before the settings are read."""

import atexit
import os
import shutil
import tempfile

FOLDER = tempfile.mkdtemp(prefix="ocs-meta-tests-")
atexit.register(shutil.rmtree, FOLDER, ignore_errors=True)

OWN = {
    "OCS_META_IGNORE_ENV_FILE": "1",
    "DEBUG": "false",
    "SECRET_KEY": "only-for-tests",
    "FIELD_ENCRYPTION_KEYS": "dGVzdHMtb25seS10ZXN0cy1vbmx5LXRlc3RzLW9ubHk=",
    "SITE_URL": "http://testserver",
    "SIMULATOR": "true",
    "MEDIA_ROOT": f"{FOLDER}/media",
    "REDIS_KEY_PREFIX": f"ocs-meta-test-{os.getpid()}:",
    "LOG_LEVEL": "INFO",
}
# The outside may choose these two, and nothing else.
FOREIGN = (
    "CELERY_BROKER_URL",
    "ALLOWED_HOSTS",
    "CSRF_TRUSTED_ORIGINS",
    "GRAPH_API_URL",
    "GRAPH_API_VERSION",
    "APP_SECRET_OVERLAP",
    "PORT",
    "OUTBOUND_PRIVATE_HOSTS",
    "BOT_HANDLERS",
    "EMAIL_URL",
    "SENTRY_DSN",
    "TRUST_PROXY_HEADERS",
)

for name in FOREIGN:
    os.environ.pop(name, None)
os.environ.update(OWN)
if not os.environ.get("DATABASE_URL"):
    os.environ["DATABASE_URL"] = f"sqlite:///{FOLDER}/ocs_meta.sqlite3"
