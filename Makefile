# Steward's commands. `make run` and `make test` need python3, make and a network, nothing else.

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
PIP    := $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes
UV     := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header
export PYTHONUNBUFFERED = 1
unexport PYTHONDONTWRITEBYTECODE        # what is compiled is kept: a start without it takes three times as long
export PATH ?= /usr/local/bin:/usr/bin:/bin

# What a deployment would set, so that `check --deploy` judges one.
DEPLOYMENT = PUBLIC_BASE_URL=https://steward.example.org DATABASE_URL=postgres://steward@db.example.org/steward \
             REDIS_URL=redis://redis.example.org:6379/0 EMAIL_URL=smtp+tls://steward@mail.example.org:587 \
             SECRET_KEY=$$($(BIN)/python -c 'import secrets; print(secrets.token_urlsafe(50))') DEMO=0

.PHONY: run test check soak bench worker beat migrate install demo clean requirements format

run: $(VENV)/.installed                 ## one process on this machine: web, worker and beat, on SQLite
	@exec $(BIN)/python manage.py serve

demo: $(VENV)/.installed                ## the demo organizations, and how to sign in to them
	@$(BIN)/python manage.py migrate --verbosity 0
	@$(BIN)/python manage.py demo

# ---------------------------------------------------------------- in production: make run, one beat, workers as needed

worker: $(VENV)/.installed
	@STATEMENT_TIMEOUT=300 exec $(BIN)/celery --app config worker --loglevel WARNING

beat: $(VENV)/.installed
	@exec $(BIN)/celery --app config beat --loglevel WARNING

migrate: $(VENV)/.installed             ## as the owner of the tables where MIGRATION_DATABASE_URL is set
	@LOCK_TIMEOUT=2s $(BIN)/python manage.py migrate

# ---------------------------------------------------------------- tests and checks

# Two sessions: everything on SQLite, then on PostgreSQL what is marked `postgres` or `both`, which mostly waits for locks.
test: $(VENV)/.installed-dev
	$(BIN)/pytest --numprocesses 2 --quiet
	$(BIN)/pytest --numprocesses 4 --quiet --db=postgres

check: $(VENV)/.installed-dev           ## the one list; .ci/run runs the same
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	git ls-files 'templates/*.html' | xargs $(BIN)/djade --check --target-version 5.2
	$(BIN)/python manage.py makemigrations --check --dry-run
	$(DEPLOYMENT) $(BIN)/python manage.py check --deploy --fail-level WARNING
	@! docker compose version >/dev/null 2>&1 || docker compose --env-file tests/config/compose.env config --quiet
	$(MAKE) --no-print-directory test

soak: $(VENV)/.installed-dev            ## the long versions of races, kills and the state machine
	STEWARD_SOAK=1 $(BIN)/pytest --quiet -m soak
	STEWARD_SOAK=1 $(BIN)/pytest --quiet -m soak --db=postgres

bench: $(VENV)/.installed-bench         ## the figures of docs/benchmarks.md; SIZE=full for 10 M events
	$(BIN)/python -m tests.bench --size $(or $(SIZE),ci)

format: $(VENV)/.installed-dev
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .
	git ls-files 'templates/*.html' | xargs $(BIN)/djade --target-version 5.2

# ---------------------------------------------------------------- environment: redone only when the pins change

install: $(VENV)/.installed-dev

$(BIN)/python:
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
	  echo "Python's venv module is missing. On Debian and Ubuntu: sudo apt-get install python3-venv" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "Steward needs Python 3.11 or newer; name one: make PYTHON=python3.11 $(MAKECMDGOALS)" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: requirements.txt | $(BIN)/python
	$(PIP) -r requirements.txt
	@touch $@

$(VENV)/.installed-dev: requirements-dev.txt | $(BIN)/python
	$(PIP) -r requirements-dev.txt
	@touch $@ $(VENV)/.installed

$(VENV)/.installed-bench: requirements-bench.txt $(VENV)/.installed-dev
	$(PIP) -r requirements-bench.txt
	@touch $@

requirements: $(VENV)/.installed-dev    ## compile the pins again after a change of a .in file
	for name in requirements requirements-dev requirements-bench; do \
	  [ ! -e $$name.in ] || $(UV) $$name.in -o $$name.txt || exit 1; done

clean:
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis .coverage htmlcov
