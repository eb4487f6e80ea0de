# orderterm: everything a developer or a newcomer runs. Needs only make and a Python >= 3.11.
#
#   make demo     a sample company's day            (ARGS="--orders 2000 --seed 7")
#   make test     lint, then every test
#   make coverage every test, and how much of orderterm/ they run
#   make bench    the measurements, side by side
#   make month    a simulated month with three engines that are killed, counted afterwards
#   make lint     style, types, import laws
#   make format   write the code in the project's style
#   make messages take new sentences into the Chinese catalog, and compile it
#   make keys     write docs/keys.md from the table of commands
#   make pictures take the pictures of the docs anew, from the running program
#   make clean    remove what make made

VENV := .venv
BIN := $(VENV)/bin
PYTHONS ?= python3.13 python3.12 python3.11 python3
PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check
ARGS ?=
# Most tests of the terminal wait more than they work, so there are more of them than cores.
WORKERS ?= 4

# What makes a sentence of its first argument: pybabel looks for these calls.
SENTENCES := say OrdertermError Refusal FileRejected PartnerMissing StoreError SettingsError SendFailed allowed

.DEFAULT_GOAL := demo
.PHONY: demo test coverage bench month lint format messages keys pictures clean

demo: $(VENV)/.program
	@$(BIN)/orderterm demo $(ARGS)

test: lint
	@$(BIN)/python -m pytest --numprocesses=$(WORKERS) $(ARGS)

# Measuring every line takes half as long again, so it is no part of each run.
coverage: $(VENV)/.tools
	@$(BIN)/python -m pytest --numprocesses=$(WORKERS) \
	  --cov --cov-report=term --cov-fail-under=95 $(ARGS)

bench: $(VENV)/.tools
	@$(BIN)/python -m tests.bench $(ARGS)

month: $(VENV)/.tools
	@$(BIN)/python -m tests.month $(ARGS)

lint: $(VENV)/.tools
	@$(BIN)/ruff check --quiet
	@$(BIN)/ruff format --quiet --check
	@$(BIN)/mypy --no-error-summary
	@$(BIN)/lint-imports --no-logo --no-cache >$(VENV)/imports.txt || { cat $(VENV)/imports.txt; exit 1; }

format: $(VENV)/.tools
	@$(BIN)/ruff check --quiet --fix-only
	@$(BIN)/ruff format --quiet

# What is new comes in untranslated: translate it in orderterm.po and run this again.
# The help of the commands stands in docstrings, where pybabel does not look for it.
messages: $(VENV)/.tools
	@mkdir -p build
	@$(BIN)/python -m tests.help_texts >build/help_texts.py
	@$(BIN)/pybabel --quiet extract $(addprefix --keywords=,$(SENTENCES)) --no-location --sort-output \
	  --project=orderterm --version= --copyright-holder=orderterm \
	  --output-file=build/orderterm.pot orderterm screens build/help_texts.py
	@$(BIN)/pybabel --quiet update --input-file=build/orderterm.pot -d orderterm/locale -D orderterm \
	  --no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date
	@$(BIN)/pybabel --quiet compile -d orderterm/locale -D orderterm

# The page of keys, from the table of commands.
keys: $(VENV)/.tools
	@$(BIN)/python -m screens.cheat_sheet >docs/keys.md

# The pictures of the docs, from the running program.
pictures: $(VENV)/.tools
	@$(BIN)/python -m tests.terminal.pictures

clean:
	@rm -rf $(VENV) build dist .coverage .coverage.* .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

# The stamps: each step runs again only when what it stands on has changed.

$(VENV)/.program: pyproject.toml constraints.txt $(VENV)/.python
	@echo "Installing orderterm into $(VENV) ..."
	@$(PIP) install --constraint constraints.txt --editable .
	@touch $@

$(VENV)/.tools: pyproject.toml constraints.txt $(VENV)/.python
	@echo "Installing orderterm and the developer's tools into $(VENV) ..."
	@$(PIP) install --constraint constraints.txt --editable '.[dev]'
	@touch $@ $(VENV)/.program

# Each candidate is really run: a name on the path may be a shim with nothing behind it.
$(VENV)/.python:
	@new=; whole=; \
	for python in $(PYTHONS); do \
	  $$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 || continue; \
	  new=$${new:-$$python}; \
	  $$python -c 'import ensurepip, venv' >/dev/null 2>&1 || continue; \
	  whole=$$python; break; \
	done; \
	if [ -z "$$new" ]; then \
	  echo "orderterm needs Python 3.11 or newer; none of '$(PYTHONS)' is one." \
	    "Install it, or name it: make PYTHONS=/path/to/python3" >&2; exit 1; \
	fi; \
	if [ -z "$$whole" ]; then \
	  version=$$($$new -c 'import sys; print("%d.%d" % sys.version_info[:2])'); \
	  echo "$$new can't make virtual environments: it lacks ensurepip." \
	    "Install python$$version-venv (Debian, Ubuntu: apt install python3-venv)." >&2; exit 1; \
	fi; \
	rm -rf $(VENV) && $$whole -m venv $(VENV)
	@touch $@
