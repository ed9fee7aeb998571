"""The wiring: settings, addresses, the Celery app. No behaviour lives here."""
