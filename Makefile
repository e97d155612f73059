# Every target works on a fresh machine with Python 3.11 and make; `make help` lists them.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
PY := $(VENV)/bin/python
INSTALLED := $(VENV)/.installed

.DEFAULT_GOAL := help
.PHONY: help setup fmt lint types imports unit test check cover run bench migrate lock clean

##@ Every day
help: ## list the targets
	@awk 'BEGIN {FS = ":.*## "} /^##@/ {printf "\n%s\n", substr($$0, 5)} /^[a-z-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: $(INSTALLED) ## start everything: embedded servers, sandbox where accounts are missing, all programs
	@exec $(PY) -m runtime run

test: $(INSTALLED) ## all tests, on PostgreSQL and Valkey that the suite starts itself
	@exec $(PY) -m pytest

check: lint types imports unit ## what to run before each commit

fmt: $(INSTALLED) ## format and mend what can be mended
	@$(PY) -m ruff format . && $(PY) -m ruff check --fix .

##@ Parts of check
lint: $(INSTALLED) ## ruff: format and rules
	@$(PY) -m ruff format --check . && $(PY) -m ruff check .

types: $(INSTALLED) ## mypy, strict, product and tests
	@$(PY) -m mypy

imports: $(INSTALLED) ## who may import whom
	@$(VENV)/bin/lint-imports

unit: $(INSTALLED) ## tests without services and without network
	@$(PY) -m pytest -q -m "not services and not e2e and not browser" --disable-socket --allow-unix-socket

##@ Measure
cover: $(INSTALLED) ## all tests with branch coverage
	@$(PY) -m coverage run -m pytest && $(PY) -m coverage report

bench: $(INSTALLED) ## every benchmark
	@exec $(PY) -m bench

##@ Set up
setup: $(INSTALLED) ## create .venv and install what is pinned

$(INSTALLED): requirements/dev.lock
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed: install python3.11 and python3.11-venv"; exit 1; }
	@test -x $(PY) || $(PYTHON) -m venv $(VENV)
	@$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.lock
	@touch $@

migrate: $(INSTALLED) ## bring the database at DATABASE_URL up to date
	@exec $(PY) -m storage migrate

lock: $(INSTALLED) ## pin the newest versions that pyproject.toml admits, with hashes
	@cd requirements && for kind in run dev; do \
	  ../$(VENV)/bin/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	    --no-header --no-annotate --upgrade $$([ $$kind = dev ] && echo "--extra dev -c run.lock") ../pyproject.toml -o $$kind.lock; done

clean: ## remove caches (keeps .venv and .data)
	@rm -rf .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .coverage
