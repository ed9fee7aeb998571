"""`make bench`: on the PostgreSQL and Redis that DATABASE_URL and REDIS_URL name."""

import os
import runpy

import django

if __name__ == "__main__":
    if not os.environ.get("DATABASE_URL", "").startswith("postgres") or not os.environ.get("REDIS_URL"):
        raise SystemExit("DATABASE_URL (PostgreSQL) and REDIS_URL are needed: the bench measures what production runs")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    django.setup()
    runpy.run_module("bench.webhooks", run_name="__main__")
