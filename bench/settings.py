"""The product's own settings, with one bot more: it notes when it is asked, and takes as long as it is told to."""

import bench.installed  # noqa: F401
from ocs_meta.settings import *  # noqa: F403
from ocs_meta.settings import BOT_ENGINES, STORAGES

BOT_ENGINES = BOT_ENGINES | {"measured": "bench.engine.MeasuredEngine"}
STORAGES = STORAGES | {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
"""Pages name their style sheet whether or not it was gathered."""
