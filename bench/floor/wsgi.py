"""Bare Django: no apps and no middleware; under `manage.py web` the same view, in the product's own server."""

import django
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler

if not settings.configured:
    settings.configure(
        SECRET_KEY="only-for-the-bench", ROOT_URLCONF="bench.floor.view", ALLOWED_HOSTS=["127.0.0.1"], USE_TZ=True
    )
django.setup(set_prefix=False)
settings.MIDDLEWARE = []  # some of the product's apps insist on theirs when they are set up

application = WSGIHandler()
