# One command per chore. `make help` lists them.
.DEFAULT_GOAL := help
PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed

.PHONY: help setup demo test lint format up bench bench-setup gallery lock clean

help: ## List the chores
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

setup: $(INSTALLED) ## Create .venv and install everything in it

# The stamp appears last, so a set-up that was interrupted goes on where it was.
$(INSTALLED): pyproject.toml requirements.lock
	@echo "Setting up $(VENV): about 3 GB, 3 to 6 minutes the first time, seconds afterwards."
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Python 3.11 or newer is needed; name it with: make setup PYTHON=/path/to/python3.11"; exit 1; }
	@test -x $(BIN)/pip || $(PYTHON) -m venv --clear $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint requirements.lock --editable '.[dev]'
	@touch $(INSTALLED)
	@echo "Done. Try: make demo"

demo: setup ## The whole line: data, training, gate, service, documents, drift
	@$(BIN)/colophon demo

# Two at a time halves the wait on two cores; the tests of a file stay together, because they share what they set up.
test: setup ## The checks that every change must pass
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/python -m pytest -n 2 --dist loadfile

lint: setup ## Style, types and layers
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

format: setup ## Bring the code into its one format
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

up: setup ## MLflow UI, Prefect and the service, together
	@$(BIN)/colophon up

bench: setup ## The service beside a server that does nothing; documents beside the floor and other engines
	@$(BIN)/python benchmarks/service.py
	@$(BIN)/python benchmarks/documents.py --quick

bench-setup: setup ## The other document engines, in build/bench, for benchmarks/documents.py
	@test -x build/bench/peers/bin/pip || $(PYTHON) -m venv build/bench/peers
	@build/bench/peers/bin/pip install --quiet --disable-pip-version-check -r benchmarks/requirements.txt
	@mkdir -p build/bench/node && cp benchmarks/node/package.json build/bench/node/
	@if command -v npm >/dev/null; then npm install --silent --no-fund --no-audit --prefix build/bench/node; \
		else echo "npm is not here: docxtemplater and Carbone are left out."; fi
	@echo "Done. WeasyPrint also needs Pango (Debian: libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0)."

gallery: setup ## Draw docs/gallery.md anew (needs poppler-utils and LibreOffice)
	@$(BIN)/python -m templates.gallery docs

lock: ## Refresh requirements.lock from pyproject.toml (needs uv: pip install uv)
	@uv pip compile --quiet --only-binary :all: --all-extras --python-version 3.11 \
		--no-annotate --no-header pyproject.toml --output-file requirements.lock

clean: ## Take away what the demo and the tests wrote; .venv stays
	@rm -rf .colophon .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
