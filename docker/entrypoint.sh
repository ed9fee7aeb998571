#!/bin/sh
# web, worker and beat are the processes; anything else is a command of manage.py (migrate, create_team, …).
set -eu
[ "${1:-}" = manage ] && shift
exec python manage.py "$@"
