"""Settings for the tests of a bot that lies elsewhere: they ask for nothing, and leave nothing behind.

To be named as DJANGO_SETTINGS_MODULE. See docs/simulator.md.
"""

import atexit
import shutil
import tempfile
from pathlib import Path

from ocs_meta import demo_environment

_folder = Path(tempfile.mkdtemp(prefix="ocs-meta-rehearsal-"))
atexit.register(shutil.rmtree, _folder, ignore_errors=True)
demo_environment.stand_in()
demo_environment.isolate(_folder, _folder / "ocs_meta.sqlite3", {"DEMO": "false"})

from ocs_meta.settings import *  # noqa: E402, F403 - they read what was just prepared

STATIC_ROOT = _folder / "static"  # nothing is gathered for tests, and nobody looks at pages
STATIC_ROOT.mkdir()
