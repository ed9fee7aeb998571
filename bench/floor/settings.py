"""Settings for `manage.py web` to serve the floor: the product's server, and in it nothing but the view."""

from ocs_meta.settings import *  # noqa: F403

ROOT_URLCONF = "bench.floor.view"
WSGI_APPLICATION = "bench.floor.wsgi.application"
