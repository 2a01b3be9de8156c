# Everything runs from .venv, which the first target to need it fills from requirements.lock. The lock is complete, so pip
# resolves nothing (--no-deps): older ones pass over the pin of a package that another one asks for with an extra.
PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3; do $$p -c 'import sys; sys.exit(not (3,11) <= sys.version_info[:2] <= (3,13))' 2>/dev/null && echo $$p && break; done)
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
# checkov's dependencies do not fit into ours.
CHECKOV := .venv-checkov
# So do those of the BigQuery emulator, which wants Python 3.13.
EMULATOR := .venv-bigquery-emulator
# What `make test` runs, and the targets that run it elsewhere: `make test-lowest TESTS=tests/cli` runs a part.
TESTS ?=
PYTHONS := python3.11 python3.12 python3.13
INSTALL := $(BIN)/uv pip install --quiet --group dev --editable '.[all]'

# A process more than there are cores, as one waits for the emulators; the tests of one tool stay in one process, which
# starts the tool once (tests/conftest.py).
PYTEST = pytest -n $(shell expr $$(getconf _NPROCESSORS_ONLN) + 1) --maxprocesses 4 --dist loadgroup --quiet $(TESTS)
# What needs nothing but Python, and little time.
PLAIN := -m "not emulator and not browser and not terraform and not checkov and not world"

.DEFAULT_GOAL := help
.PHONY: help setup demo simulate test test-tools test-everything test-lowest test-newest test-all check lint types imports format \
	lock docs screenshots site bench bundles emulators demo-emulators checkov clean

help:  ## list the targets
	@awk -F':.*## ' '/^[a-z-]+:.*## / {printf "  make %-15s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(READY)  ## install what the project needs into .venv

$(READY): requirements.lock pyproject.toml
	@test -n "$(PYTHON)" || { echo "sendtrail needs Python 3.11, 3.12 or 3.13 on PATH: install one, or run make PYTHON=/path/to/python" >&2; exit 2; }
	@echo "Setting up $(VENV) from requirements.lock (once, about a minute) ..."
	@$(PYTHON) -m venv --clear $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes --only-binary :all: -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

demo: $(READY)  ## sync a simulated account into a DuckDB file and prove the result
	@$(BIN)/sendtrail demo

demo-emulators: $(READY)  ## run the functions as deployed, on Google's emulators, and prove the result
	@$(BIN)/sendtrail gcp-demo

simulate: $(READY)  ## run the functions in 300 simulated worlds full of trouble
	@$(BIN)/sendtrail simulate --seeds 300

test: $(READY)  ## run the tests that need nothing but Python, and say which are left out
	@$(BIN)/$(PYTEST) $(PLAIN)

test-tools: $(READY) checkov emulators  ## run the others: of Google's emulators, Chromium, terraform, checkov, and of every odd account
	@CI=true $(BIN)/$(PYTEST) -m "emulator or browser or terraform or checkov or world"

# CI=true: a tool that is missing is a failure, not a reason to skip.
test-everything: $(READY) checkov emulators
	@CI=true $(BIN)/$(PYTEST)

test-lowest: $(BIN)/uv  ## run them with the lowest versions that pyproject.toml allows
	@$(BIN)/uv venv --quiet --clear --python $(firstword $(PYTHONS)) $(VENV)-lowest
	@$(BIN)/uv pip compile --quiet --resolution lowest-direct --python $(VENV)-lowest --extra all --no-annotate \
		--output-file $(VENV)-lowest/lowest.txt pyproject.toml
	@$(INSTALL) --python $(VENV)-lowest --constraint $(VENV)-lowest/lowest.txt
	@$(VENV)-lowest/bin/$(PYTEST) $(PLAIN)

test-newest: $(BIN)/uv  ## run them with the newest versions there are
	@$(BIN)/uv venv --quiet --clear --python $(PYTHON) $(VENV)-newest
	@$(INSTALL) --python $(VENV)-newest
	@$(VENV)-newest/bin/$(PYTEST) $(PLAIN)

test-all: export PYENV_VERSION = $(shell pyenv versions --bare 2>/dev/null | paste -sd: -)
test-all: $(BIN)/uv  ## run them on every Python from 3.11 to 3.13 that is found
	@for python in $(PYTHONS); do \
		$$python -c '' 2>/dev/null || { echo "$$python is not found: left out"; continue; }; \
		echo "$$python:"; \
		$(BIN)/uv venv --quiet --clear --python $$python $(VENV)-$$python && \
		$(BIN)/uv pip install --quiet --python $(VENV)-$$python --no-deps --require-hashes -r requirements.lock && \
		$(BIN)/uv pip install --quiet --python $(VENV)-$$python --no-deps --editable . && \
		$(VENV)-$$python/bin/$(PYTEST) $(PLAIN) || exit; \
	done

$(BIN)/uv: $(READY)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	@touch $@

checkov: $(CHECKOV)/.ready

$(CHECKOV)/.ready: tests/terraform/checkov.txt
	@test -n "$(PYTHON)" || { echo "sendtrail needs Python 3.11, 3.12 or 3.13 on PATH" >&2; exit 2; }
	@echo "Setting up $(CHECKOV), which checks the Terraform code (once) ..."
	@$(PYTHON) -m venv --clear $(CHECKOV)
	@$(CHECKOV)/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r $<
	@touch $@

emulators: $(READY)  ## install the BigQuery emulator, where Python 3.13 is there
	@$(BIN)/python -m sendtrail.emulators $(EMULATOR)

bundles: $(READY)  ## build the deployment zip of each function into build/
	@$(BIN)/python -m deploy.bundles

check: lint types imports site test-everything  ## what CI runs: lint, format, types, import rules, the site, all tests

lint: $(READY)
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

types: $(READY)
	@$(BIN)/mypy

imports: $(READY)
	@$(BIN)/lint-imports

format: $(READY)  ## format the code
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

bench: $(READY)  ## measure budget, requests, memory and speed, as ratios within one run
	@$(BIN)/python -m benchmarks

lock: $(BIN)/uv  ## renew requirements.lock from pyproject.toml
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate --all-extras --group dev \
		--custom-compile-command 'make lock' --output-file requirements.lock pyproject.toml

docs: $(READY)  ## renew docs/reference, and the tables of terraform/README.md and docs/deploy.md
	@$(BIN)/python -m deploy.terraform_docs
	@$(BIN)/python -m deploy.costs
	@$(BIN)/python -m deploy.reference

screenshots: $(READY)  ## renew the pictures of a terminal in docs/terminal
	@$(BIN)/python -m deploy.screenshots

site: $(READY)  ## build the site of the documentation into build/site; a broken link is an error
	@$(BIN)/python -m deploy.site

clean:  ## remove what was built
	@rm -rf $(VENV) $(VENV)-lowest $(VENV)-newest $(PYTHONS:%=$(VENV)-%) $(CHECKOV) $(EMULATOR) .mypy_cache .ruff_cache .pytest_cache .hypothesis build dist
