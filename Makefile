# Each target does all of its own set-up on a machine with Python 3.11+ and make; `make help` lists them.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
PIP_INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt
READY := $(VENV)/.ready
HANDY := $(VENV)/.demo-ready
VERSIONS := 3.11 3.12 3.13 3.14
WORKERS ?= auto

.DEFAULT_GOAL := help
.PHONY: help demo test check bench soak docs other-pythons clean

help:  ## say what there is to make
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(HANDY): pyproject.toml constraints.txt build_hooks/compile_catalogues.py $(wildcard src/briefingkit/text/locale/*.po)
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "briefingkit needs Python 3.11 or newer: make PYTHON=python3.12 …")'
	@test -x $(BIN)/python || { echo "Making $(VENV) …"; $(PYTHON) -m venv $(VENV); }
	@echo "Installing briefingkit …"
	@$(PIP_INSTALL) pip
	@$(PIP_INSTALL) --build-constraint constraints.txt --editable '.[charts,web]'
	@touch $@

$(READY): $(HANDY)
	@echo "Installing what the tests need …"
	@$(PIP_INSTALL) --build-constraint constraints.txt --editable '.[all]' --group dev
	@touch $@

# A note of one's own is drafted too: make demo NOTE=my-note.md
NOTE ?= $(wildcard ../shared/concept-note-imrf.md)
demo: $(HANDY)  ## the main job on a real concept note: draft, publish, move the hour, register, write
	@$(BIN)/briefingkit demo --out demo-out $(if $(NOTE),--note '$(NOTE)')

check: $(READY)  ## lint, types and layers
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

test: check  ## check, then every test with branch coverage, on this Python and on each other one that is here
	rm -f .coverage .coverage.*
	$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal --cov --cov-report=
	@$(BIN)/coverage report
	@$(MAKE) --no-print-directory other-pythons

other-pythons:
	@for version in $(VERSIONS); do \
	  if $(BIN)/python -c "import sys; sys.exit('%d.%d' % sys.version_info[:2] != '$$version')"; then continue; fi; \
	  if ! python$$version -c pass >/dev/null 2>&1; then echo "Python $$version: not on this machine, skipped"; continue; fi; \
	  $(MAKE) --no-print-directory $(VENV)-$$version/.ready PYTHON=python$$version VENV=$(VENV)-$$version || exit 1; \
	  echo "Python $$version:"; $(VENV)-$$version/bin/python -m pytest -q -n $(WORKERS) --dist worksteal || exit 1; \
	done

bench: $(READY)  ## ratios against named peers, in one run
	@$(PIP_INSTALL) --group bench
	$(BIN)/python benchmarks/run.py

soak: $(READY)  ## the long runs: more examples, more faults
	$(BIN)/python -m pytest -m soak
	HYPOTHESIS_PROFILE=soak $(BIN)/python -m pytest -m "soak or not soak" tests/properties

docs: $(READY)  ## run the documentation's examples and check its links
	$(BIN)/python -m pytest tests/docs

clean:  ## remove what the other targets made
	rm -rf $(VENV) $(foreach v,$(VERSIONS),$(VENV)-$(v)) demo-out .coverage* .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache .cache dist
