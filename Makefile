# `make demo` and `make test` set up what they need: a virtual environment in .venv with pinned
# packages.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
NODE := $(VENV)/.node
WORKERS ?= 3
CARTS ?= 20000
ON_MOTO := tests/store $(addprefix tests/services/test_,any_order.py killed.py intake.py) \
	tests/steps/test_step.py
KEPT := tests/statemachines/previous
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps
PIN := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header

# Python keeps the byte-code of what it imports: the many short processes of the tests need it.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help setup demo test test-dynamodb test-shops test-vendure test-wordpress check check-php build woocommerce-plugin \
	prestashop-module format lock schema bench load simulate simulate-variants mutants clean keep-release

help: ## What there is
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

$(STAMP): requirements-dev.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Wracaj needs Python 3.11 or newer; name one with:" \
		"make PYTHON=python3.13 $(MAKECMDGOALS)"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Installing packages into $(VENV) (once, about a minute)"
	@$(PIP) --require-hashes -r requirements-dev.txt
	@$(PIP) --no-build-isolation --editable .
	@touch $@

setup: $(STAMP) ## The virtual environment, with the `wracaj` command in .venv/bin

demo: $(STAMP) ## The main job and a year on the embedded local stack: about two minutes
	@$(BIN)/wracaj demo

test: $(STAMP) ## All tests
	@$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder

test-dynamodb: $(STAMP) ## The tests of the store, claims, any order and kills on moto, too
	@$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal --dynamodb=moto $(ON_MOTO)

test-shops: test-vendure test-wordpress ## Shops that others wrote: Vendure, and WordPress with our plugin (npm, php)

test-vendure: $(STAMP) $(NODE) ## Vendure from npm, on the local stack
	@$(BIN)/python -m pytest tests_shops/vendure --timeout 600

test-wordpress: $(STAMP) $(NODE) ## The WooCommerce plugin on a real WordPress, where there is php
	@$(BIN)/python -m pytest tests_shops/wordpress --timeout 600

$(NODE): requirements-shops.txt $(STAMP)
	@node -e 'process.exit(process.versions.node.split(".")[0] < 20)' 2>/dev/null && command -v npm >/dev/null || \
		{ echo "Installing a Node into $(VENV)"; $(PIP) --require-hashes -r requirements-shops.txt; }
	@touch $@

check: $(STAMP) check-php ## ruff, mypy, cfn-lint, the timelines, and whether what they make is current
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy functions cli tests bench simulation
	@SAM_CLI_TELEMETRY=0 $(BIN)/sam validate --lint --template template.yaml --region eu-west-1
	@$(BIN)/wracaj timeline check
	@$(BIN)/python -m pytest tests/house/test_imports.py

check-php: ## php -l and phpcs, where they are installed
	@if command -v php >/dev/null; then \
		find integrations -name '*.php' -print0 | xargs -0 -n1 php -l | { ! grep -v '^No syntax errors'; }; \
	else echo "php is not installed: no PHP file was checked (Debian: php-cli)"; fi
	@if command -v phpcs >/dev/null; then \
		for rules in integrations/*/phpcs.xml; do (cd $$(dirname $$rules) && phpcs -q) || exit 1; done; \
	else echo "phpcs is not installed: the layout of PHP was not checked (Debian: php-codesniffer)"; fi

woocommerce-plugin: ## build/wracaj-woocommerce.zip, the plugin to upload to WordPress
	@$(PYTHON) integrations/woocommerce/woocommerce_zip.py

build: $(STAMP) ## What `sam deploy` deploys, once the timelines are checked
	@$(BIN)/wracaj timeline check
	@SAM_CLI_TELEMETRY=0 $(BIN)/sam build

format: $(STAMP) ## Lay out the code
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

schema: $(STAMP) ## docs/generic-webhook.schema.json and docs/settings.md, from the models
	@$(BIN)/python -m wracaj_cli.schema
	@$(BIN)/python -m wracaj_cli.reference

keep-release: $(STAMP) ## Once a release is out: what it leaves running and stored, for the tests of the next
	@rm -rf $(KEPT) && mkdir -p $(KEPT)
	@cp -R statemachines/*.yaml statemachines/*.asl.json statemachines/jobs $(KEPT)/
	@$(BIN)/python -m pytest tests/handlers/keep_release.py

lock: $(STAMP) ## Pin the packages anew, with hashes
	@$(PIN) requirements-dev.in -o requirements-dev.txt
	@$(PIN) -c requirements-dev.txt functions/requirements.in -o functions/requirements.txt
	@$(PIN) -c requirements-dev.txt functions/requirements-push.in \
		-o functions/requirements-push.txt
	@$(PIN) requirements-shops.in -o requirements-shops.txt

bench: $(STAMP) ## Measurements: cold starts, warm calls, messages, the night, experiments, a back-test, scale, costs
	@$(BIN)/python -m bench

load: $(STAMP) ## The local stack under load, and a burst ten times over quota: about four minutes
	@$(BIN)/python -m bench load

simulate: $(STAMP) ## 20,000 carts under faults, each promise judged (docs/reliability.md)
	@$(BIN)/python -m simulation run --carts $(CARTS)

simulate-variants: $(STAMP) ## Whether the simulation finds each known-bad variant
	@$(BIN)/python -m simulation variants

mutants: $(STAMP) ## Whether the tests notice each small change of a rule; it can be cut off and goes on
	@$(BIN)/python -m bench.mutants

prestashop-module: ## build/wracaj-prestashop.zip, to upload to a PrestaShop
	@$(PYTHON) integrations/prestashop/make_zip.py

clean: ## Forget the virtual environment and everything that was made
	@rm -rf $(VENV) .local .aws-sam .mutants build .mypy_cache .ruff_cache .pytest_cache .hypothesis
