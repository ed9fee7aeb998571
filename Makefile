# From a fresh clone: `make demo` to see it, `make test` to check it. `make help` lists the rest.

PYTHON ?= python3
TEST_PROCESSES ?= 2
MARKS ?= not slow
BIN := .venv/bin
RUNTIME := .venv/.requirements
DEVELOPMENT := .venv/.requirements-dev
STATIC := var/static/.gathered
STATIC_SOURCES := $(shell find channels_app/static -type f 2>/dev/null)
PIP_INSTALL := $(BIN)/python -m pip install -qq --disable-pip-version-check --require-hashes --no-deps

.PHONY: help setup demo test test-slow soak lint format bench bench-large css lock wheel
.DEFAULT_GOAL := help

help:
	@echo "make demo       try it: http://127.0.0.1:8000/ with a WhatsApp simulator"
	@echo "make setup      .venv with everything, static files gathered"
	@echo "make test       the whole suite; make test-slow: the long ones"
	@echo "make soak       half an hour of traffic and faults, and the books at its end (ARGS=\"--minutes 5 --seed 1\")"
	@echo "make lint       the static checks; make format: what they can mend"
	@echo "make bench      what it costs, in one table; make bench-large: beside millions of messages"
	@echo "make css        the style sheet, from styles/ (needs npm)"
	@echo "make lock       requirements*.txt from pyproject.toml (needs uv); make wheel: dist/"

setup: $(DEVELOPMENT) $(STATIC)

demo: $(RUNTIME)
	@exec $(BIN)/python manage.py demo

test: $(DEVELOPMENT)
	@$(BIN)/python -m pytest -n $(TEST_PROCESSES) --dist worksteal -m "$(MARKS)" $(ARGS)

test-slow: $(DEVELOPMENT)
	@$(BIN)/python -m pytest -m slow $(ARGS)

soak: $(DEVELOPMENT)
	@$(BIN)/python -m tests.soak $(ARGS)

lint: $(DEVELOPMENT)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	DJANGO_SETTINGS_MODULE=tests.settings DATABASE_URL= $(BIN)/python manage.py makemigrations --check --dry-run
	find templates -name '*.html' -exec $(BIN)/djade --check --target-version 5.2 {} +

format: $(DEVELOPMENT)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	find templates -name '*.html' -exec $(BIN)/djade --target-version 5.2 {} +

bench: $(DEVELOPMENT)
	@$(BIN)/python -m bench $(ARGS)

bench-large: $(DEVELOPMENT)
	@$(BIN)/python -m bench --only large --into var/bench-large $(ARGS)

css: node_modules/.package-lock.json
	@npm run --silent build

node_modules/.package-lock.json: package-lock.json
	@npm ci --silent

lock: $(BIN)/python
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check "uv>=0.13"
	$(BIN)/uv export --quiet --no-emit-project --no-header --no-annotate --extra voice -o requirements.txt
	$(BIN)/uv export --quiet --no-emit-project --no-header --no-annotate --extra voice --extra dev -o requirements-dev.txt

wheel: $(BIN)/python
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check build
	$(BIN)/python -m build

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed, not " + sys.version) if sys.version_info < (3, 11) else 0'
	@$(PYTHON) -m venv .venv || { rm -rf .venv; echo "python3 -m venv does not work here: on Debian and Ubuntu, install python3-venv"; exit 1; }

$(RUNTIME): requirements.txt | $(BIN)/python
	@echo "Installing what running needs ..."
	@$(PIP_INSTALL) -r requirements.txt
	@touch $@

$(DEVELOPMENT): requirements-dev.txt | $(BIN)/python
	@echo "Installing what running and developing need ..."
	@$(PIP_INSTALL) -r requirements-dev.txt
	@touch $(RUNTIME) $@

$(STATIC): $(STATIC_SOURCES) requirements.txt | $(RUNTIME)
	@$(BIN)/python manage.py collectstatic --noinput --verbosity 0
	@touch $@
