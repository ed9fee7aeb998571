"""Leaves out what developing alone installs, and what others take where it is there."""

import sys

sys.modules.update(dict.fromkeys(("rich", "greenlet", "pygments")))  # type: ignore[arg-type]
