# Every target works on a fresh machine with Python 3.11 and make; `make help` lists them.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
PY := $(VENV)/bin/python
RUN := $(VENV)/.installed-embedded
DEV := $(VENV)/.installed-dev
RIVALS := $(VENV)/rivals/.installed
# Tests that run at a time: more than CI has cores, since four of six wait most of their time.
AT_ONCE ?= 6
# Programs and tests start by the hundred: what Python has compiled is kept, whatever the shell says.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help setup fmt lint types imports unit test check prove sandbox cover run settings bench bench-decode bench-ingest bench-delivery \
  bench-webhook bench-bot bench-volume-bots bench-patterns bench-balances bench-price-requests bench-first-message bench-paper bench-pairs structure \
  soak soaks soak-ingest soak-delivery soak-pressure soak-flood flood-kinds try-compose try-outage fuzz-api bench-pages page-libraries fuzz retry migrate backup restore lock licences audit sbom reference languages dashboards pin-images clean

##@ Every day
help: ## list the targets
	@awk 'BEGIN {FS = ":.*## "} /^##@/ {printf "\n%s\n", substr($$0, 5)} /^[a-z-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: $(RUN) ## start everything: embedded servers, sandbox where accounts are missing, all programs (BOTS=3 behind nginx)
	@exec $(PY) -m runtime run

test: $(DEV) ## all tests, on PostgreSQL and Valkey that the suite starts itself (CHECKED=1: without those of make check)
	@$(PY) -m pytest -q --forks $(AT_ONCE) -m "not measures$(if $(CHECKED), and (services or e2e or browser))"; status=$$?; \
	  echo "What measures time runs by itself:"; $(PY) -m pytest -m measures $$(grep -rl --include='test_*.py' mark.measures tests) && exit $$status

prove: $(RUN) ## the whole system, headless: whales trade, people are told, a judge reads the chat
	@exec $(PY) -m sandbox check

sandbox: $(RUN) ## the local chain and the local Telegram alone (REPLAY=folder serves recorded blocks, too)
	@exec $(PY) -m sandbox $(if $(REPLAY),--replay $(REPLAY))

check: $(DEV) ## what to run before each commit: lint, types, imports and unit, beside each other
	@$(MAKE) --no-print-directory --keep-going --output-sync --jobs 3 lint types imports unit

fmt: $(DEV) ## format and mend what can be mended
	@$(PY) -m ruff format . && $(PY) -m ruff check --fix .

##@ Parts of check
lint: $(DEV) ## ruff: format and rules
	@$(PY) -m ruff format --check . && $(PY) -m ruff check .

types: $(DEV) ## mypy, strict, product and tests
	@$(PY) -m mypy

imports: $(DEV) ## who may import whom
	@$(VENV)/bin/lint-imports

unit: $(DEV) ## tests without services, on loopback alone; what measures time runs by itself in `make test`
	@$(PY) -m pytest -q --forks 4 -m "not services and not e2e and not browser and not measures"

##@ Measure
cover: $(DEV) ## branch coverage by all tests and the programs that they start, benches aside; fails below the floor
	@$(PY) -m coverage erase; $(PY) -m coverage run -m pytest -n 2 --ignore=tests/bench -m "not measures"; status=$$?; \
	  $(PY) -m coverage combine -q && $(PY) -m coverage report && exit $$status

bench: $(DEV) ## every benchmark
	@exec $(PY) -m bench

bench-ingest: $(DEV) ## following the chain: speed, latency, requests to nodes, shared wallets
	@exec $(PY) -m bench ingest

bench-webhook: $(DEV) ## webhooks in and out: updates a second to 200 and to the reply; pushes a CPU second, one dead receiver in ten
	@exec $(PY) -m bench webhook

bench-bot: $(DEV) $(RIVALS) ## bots beside other frameworks, 10,000 people before 1 to 3 of them, one killed, all replaced; caches (PEOPLE=)
	@exec $(PY) -m bench bot

bench-pairs: $(DEV) ## a benchmark here and in another checkout by turns, as ratios (OTHER=../before NAME=decode)
	@exec $(PY) -m bench.pairs $(OTHER) $(or $(NAME),decode)

soak-ingest: $(DEV) ## faults and kills of three scanners in each arrangement, against the chain's record (MINUTES=10)
	@exec $(PY) -m bench.soak_ingest --minutes $(or $(MINUTES),10)

bench-delivery: $(DEV) ## alerts to messages: fan-out, throughput, latency, the limit, and one RQ job a message
	@exec $(PY) -m bench delivery

soak-delivery: $(DEV) ## ten minutes of kills among senders, dispatcher and servers; lost must be 0
	@exec $(PY) -m bench.soak_delivery

soak-pressure: $(DEV) ## ten minutes of ten times what Telegram takes: the urgent in time, nothing lost
	@exec $(PY) -m bench.soak_pressure

soak-flood: $(DEV) ## two minutes of loud accounts: others are answered, alerts arrive, nothing is lost
	@exec $(PY) -m bench.soak_flood

flood-kinds: $(DEV) ## floods of new accounts, big groups, presses, scans, lists and long texts: what others wait (SOAK_SECONDS=30)
	@exec $(PY) -m bench.flood_kinds

try-outage: $(DEV) ## outages of Telegram in real time, ten minutes: what is lost, what comes twice unmarked; both must be 0
	@exec $(PY) -m bench.try_outage

fuzz: $(DEV) ## hostile names, updates, buttons, jobs and nodes: a minute each (SECONDS=60, SEED, PARTS)
	@exec $(PY) -m bench.fuzz --seconds $(or $(SECONDS),60) $(if $(SEED),--seed $(SEED)) $(PARTS)

soak: $(DEV) ## ten minutes of the whole system: everything is killed at random; clean, and memory, keys and connections flat (MINUTES=10)
	@exec $(PY) -m bench.soak_system --minutes $(or $(MINUTES),10)

soaks: soak soak-ingest soak-delivery soak-pressure soak-flood ## all soaks, one after the other

bench-decode: $(DEV) ## decoding transactions and blocks, as ratios to plain JSON decoders
	@exec $(PY) -m bench decode

bench-balances: $(DEV) ## the SOL of 100,000 wallets, in how many requests and seconds
	@exec $(PY) -m bench balances

bench-first-message: $(DEV) ## the time to the first message of an alert, with prices and without, by turns
	@exec $(PY) -m bench first-message

bench-paper: $(DEV) ## what a thousand paper campaigns take of a core
	@exec $(PY) -m bench paper

bench-price-requests: $(DEV) ## requests of prices and token facts in an hour: 1,000 wallets that trade 500 new mints (BENCH_SECONDS=180)
	@exec $(PY) -m bench price-requests

bench-pages: $(DEV) ## a thousand open pages: from commit to page, memory, and an instance that is killed
	@exec $(PY) -m bench open-pages

fuzz-api: $(DEV) ## ask the API all that its own document allows (SECONDS=600, SEED)
	@exec $(PY) -m bench.fuzz_api --seconds $(or $(SECONDS),600) $(if $(SEED),--seed $(SEED))

bench-scan: $(DEV) ## security scans: from nodes, from the cache, and to the card in the chat; requests of each
	@exec $(PY) -m bench scan

bench-rugs: $(DEV) ## the rule of withdrawn liquidity against SolRPDS (FILE=../shared/rugs/solrpds-2021.csv)
	@exec $(PY) -m bench rugs

bench-patterns: $(DEV) ## patterns found and falsely seen in made-up weeks, and what they cost a dispatcher (minutes)
	@exec $(PY) -m bench patterns

bench-volume-bots: $(DEV) ## volume bots found and falsely seen in made-up markets, by level of noise
	@exec $(PY) -m bench volume-bots

structure: $(DEV) ## folders, imports, lines, and the modules that run between an event and its message
	@exec $(PY) -m bench.structure

try-compose: $(DEV) ## docker-compose.scale.yml in a real engine: empty machine, load, growth, a crash, down and up
	@exec $(PY) -m bench.try_compose

##@ Set up
setup: $(DEV) ## create .venv and install what is pinned

settings: $(RUN) ## read the settings and list all mistakes
	@exec $(PY) -m runtime check

retry: $(RUN) ## try again to decode what waits in the quarantine, beside a running system or on DATABASE_URL
	@exec $(PY) -m runtime beside chain retry

migrate: $(RUN) ## bring the database at DATABASE_URL up to date
	@exec $(PY) -m storage migrate

backup: $(RUN) ## copy PostgreSQL and the queues' Redis into a new folder, beside a running system (TO=backups/now)
	@exec $(PY) -m runtime beside storage backup $(or $(TO),backups/$(shell date -u +%Y%m%dT%H%M%SZ))

restore: $(RUN) ## let a backup be what is stored; stop the system first (FROM=backups/…)
	@exec $(PY) -m runtime with-servers storage restore $(or $(FROM),$(error name the backup: make restore FROM=backups/…))

lock: $(DEV) ## pin the newest versions that pyproject.toml admits, with hashes
	@cd requirements && compile="../$(VENV)/bin/uv pip compile -q --universal --python-version 3.11 --generate-hashes \
	    --no-emit-index-url --no-header --no-annotate --upgrade ../pyproject.toml" \
	  && $$compile -o run.lock && $$compile --extra embedded -c run.lock -o embedded.lock \
	  && $$compile --extra tracing -c run.lock -o tracing.lock \
	  && $$compile --extra embedded --extra tracing --extra dev -c embedded.lock -c tracing.lock -o dev.lock

licences: $(DEV) ## list whose work an image gives away, and under which licence, in THIRD_PARTY.md; after `make lock`
	@exec $(PY) -m tools.licences

page-libraries: $(DEV) ## take the page's libraries in anew, as npm packs them (VERSION=1.6.32)
	@exec $(PY) -m tools.page_libraries $(VERSION)

audit: $(DEV) ## ask the advisory databases about what is pinned; fails where they cannot be reached
	@exec $(VENV)/bin/uv tool run --from pip-audit==2.10.1 pip-audit --strict --disable-pip --requirement requirements/run.lock

sbom: $(DEV) ## write sbom.json: what an image gives away, as CycloneDX
	@$(VENV)/bin/uv tool run --from cyclonedx-bom==7.5.0 cyclonedx-py requirements requirements/run.lock \
	  --pyproject pyproject.toml --output-format JSON --output-file sbom.json && echo "sbom.json is written."

reference: $(DEV) ## write docs/reference.md anew from the code
	@exec $(PY) -m tools.reference

languages: $(DEV) ## bring the catalogues of messages up to date with what the code says
	@exec $(PY) -m tools.languages

dashboards: $(DEV) ## write the dashboards of Grafana anew from tools/dashboard_panels.py
	@exec $(PY) -m tools.dashboards

pin-images: $(DEV) ## write the digests of base images behind their tags, where a registry is reached
	@exec $(PY) -m tools.pin_images

$(RIVALS): requirements/rivals.lock
	@$(PYTHON) -m venv --clear $(VENV)/rivals
	@$(VENV)/rivals/bin/python -m pip install -q --disable-pip-version-check --no-input --require-hashes -r $<
	@touch $@

clean: ## remove caches (keeps .venv and .data)
	@rm -rf .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .coverage

# A line for each ten packages that pip has found, and one when it unpacks them.
PROGRESS = /^(Collecting|Requirement already)/ && !(++n % 10) {print "  " n " of about " all " packages"; fflush()} \
  /^Installing collected/ {print "  unpacking " n " packages ..."; fflush()} /^Successfully/ {print "  done"}

# What is pinned is installed once, and again when its lock file has changed. What pip says is shown when it fails.
# pip would compile five thousand modules with one core. What cannot be compiled is what nobody imports.
$(VENV)/.installed-%: requirements/%.lock
	@test -n "$(PYTHON)" && $(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Python 3.11 or newer is needed. On Debian: apt install python3.11 python3.11-venv"; exit 1; }
	@$(PY) -m pip --version >/dev/null 2>&1 || $(PYTHON) -m venv --clear $(VENV) \
	  || { echo "Python cannot make $(VENV). On Debian: apt install python3.11-venv"; exit 1; }
	@echo "Installing what requirements/$*.lock pins into $(VENV) (once; a minute or two) ..."
	@{ $(PY) -m pip install --progress-bar off --disable-pip-version-check --no-input --no-compile --require-hashes -r $< 2>&1; \
	  echo $$? >$(VENV)/pip.status; } | tee $(VENV)/pip.log | awk -v all="$$(grep -c '^[^ ].*==' $<)" '$(PROGRESS)'
	@test "$$(cat $(VENV)/pip.status)" = 0 \
	  || { cat $(VENV)/pip.log; echo "The installation failed; see above. Then run make again."; exit 1; }
	@$(PY) -m compileall -q -j 0 $(VENV)/lib >/dev/null 2>&1 || true
	@touch $@
