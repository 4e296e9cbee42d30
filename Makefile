# Every command of this project. `make demo` and `make test` need Python >= 3.11 and make, no more.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet install --constraint constraints.txt
INPUTS := pyproject.toml constraints.txt README.md

.DEFAULT_GOAL := help
.PHONY: help demo test fuzz soak lint format sync bench docs openapi constraints clean

help: ## Show this list.
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

demo: $(VENV)/.demo ## Start the reference cloud and classify real photos through the SDK.
	@$(BIN)/python examples/demo.py

test: $(VENV)/.dev lint ## Lint, check types, run the whole test suite with coverage.
	@rm -f .coverage .coverage.*
	$(BIN)/coverage run -m pytest --numprocesses 2
	@$(BIN)/coverage combine --quiet
	$(BIN)/coverage report

fuzz: $(VENV)/.dev ## Try the server with 20 seeds of generated requests, all checks and phases.
	$(BIN)/python -m tests.fuzz --seeds 20

soak: $(VENV)/.dev ## Half an hour of faults and short-lived namespaces; 10,000 tests on one server.
	$(BIN)/python -m tests.soak --minutes 30
	$(BIN)/python -m tests.soak.many_tests

lint: $(VENV)/.dev ## Check style, types, room borders and generated files.
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/python sdk/generate_sync.py --check
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

format: $(VENV)/.dev ## Format the code and mend what ruff can.
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

sync: $(VENV)/.dev ## Generate the sync client from the async one.
	$(BIN)/python sdk/generate_sync.py

openapi: $(VENV)/.dev ## Write docs/openapi.json from the contract.
	$(BIN)/aiaas-mock openapi > docs/openapi.json

bench: $(VENV)/.bench ## Measure; writes JSON and a table under tests/benchmarks/results.
	$(BIN)/python -m tests.benchmarks

docs: $(VENV)/.dev ## Build the documentation into site/, strictly.
	$(BIN)/mkdocs build --strict --quiet

constraints: $(VENV)/.dev ## Choose the versions of constraints.txt anew.
	$(PIP) uv
	$(BIN)/uv pip compile pyproject.toml --all-extras --universal --upgrade --python-version 3.11 \
	  --no-emit-index-url --no-emit-find-links --no-annotate --no-header --quiet -o constraints.txt

clean: ## Remove everything that was made here.
	rm -rf $(VENV) .boot site dist .coverage .coverage.* .mypy_cache .ruff_cache .pytest_cache

$(BIN)/python:
	@command -v $(PYTHON) >/dev/null || { \
	  echo "make: $(PYTHON) was not found; install Python 3.11 or newer, or say make PYTHON=/path/to/python"; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "make: $$($(PYTHON) --version) is too old; aiaas needs 3.11 or newer: make PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || $(PYTHON) -m pip --version >/dev/null 2>&1 || { \
	  echo "make: this Python has neither venv nor pip; on Debian: apt install python3-venv"; exit 1; }
	@$(PYTHON) -m venv $(VENV) 2>/dev/null || { rm -rf $(VENV); \
	  $(PYTHON) -m pip --quiet install --target .boot virtualenv && PYTHONPATH=.boot $(PYTHON) -m virtualenv --quiet $(VENV); }

$(VENV)/.demo: $(INPUTS) | $(BIN)/python
	@echo "Installing the server and the SDK into $(VENV) ..."
	@$(PIP) --editable '.[server,cli,images]'
	@touch $@

$(VENV)/.dev: $(INPUTS) | $(BIN)/python
	@echo "Installing everything, TensorFlow included, into $(VENV) ..."
	@$(PIP) --editable '.[dev]'
	@touch $@ $(VENV)/.demo

$(VENV)/.bench: $(VENV)/.dev
	@$(PIP) --editable '.[bench]'
	@touch $@
