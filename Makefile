# `make run` opens a demo campus; `make test` runs every check. Both set up .venv on first use.
.DEFAULT_GOAL := help
.PHONY: help run install test test-quick lint bench pictures lock

VENV := .venv
PYTHON := $(VENV)/bin/python
# Modules are compiled when they are first used, not by pip, which saves a third of the installation's time. With
# PYTHONDONTWRITEBYTECODE set, each process would compile all modules again.
unexport PYTHONDONTWRITEBYTECODE
PIP_INSTALL := $(PYTHON) -m pip install --quiet --no-compile --disable-pip-version-check --no-input
PYTEST := $(PYTHON) -m pytest -n 2 --dist loadfile --no-loadscope-reorder
UV_COMPILE := $(VENV)/bin/uv pip compile --universal --python-version 3.11 --generate-hashes --no-header pyproject.toml

help:
	@echo "make run         set up and open a demo campus in the foreground; Ctrl-C stops it"
	@echo "make install     set up and start nothing yet; also after an update of the sources"
	@echo "make test        set up and run every test and check"
	@echo "make test-quick  the tests that drive no browser, start no whole desk and kill nothing"
	@echo "make lint        formatting, style and types only"
	@echo "make bench       measure speed on a large campus"
	@echo "make pictures    take the pictures of the guides anew, on a demo campus of its own"
	@echo "make lock        write requirements.txt and requirements-dev.txt anew from pyproject.toml"

run: $(VENV)/.installed
	@exec $(VENV)/bin/lodge up --demo

install: $(VENV)/.installed
	@echo "Lodge $$($(PYTHON) -c 'from service_kit.version import lodge_version; print(lodge_version())') is installed."
	@echo "Start your own campus with $(VENV)/bin/lodge up, or a demo with make run."

test: $(VENV)/.installed-dev
	@$(PYTHON) -m tests.set_up
	@$(MAKE) --no-print-directory lint
	$(PYTEST) \
		|| { code=$$?; [ "$$code" -eq 1 ] && [ -n "$(SECOND_TRY)" ] && $(PYTHON) -m tests.second_try; }

test-quick: $(VENV)/.installed-dev
	$(PYTEST) -m "not heavy"

lint: $(VENV)/.installed-dev
	$(PYTHON) -m ruff format --check .
	$(PYTHON) -m ruff check .
	$(PYTHON) -m mypy

bench: $(VENV)/.installed-dev
	$(PYTHON) -m benchmarks

pictures: $(VENV)/.installed-dev
	$(PYTHON) -m tests.pictures

lock: $(VENV)/.installed-dev
	$(UV_COMPILE) -o requirements.txt
	$(UV_COMPILE) --extra dev -o requirements-dev.txt

$(VENV)/.installed: requirements.txt pyproject.toml | $(PYTHON)
	@echo "Installing what Lodge runs on (only the first time and after updates) …"
	@$(PIP_INSTALL) --require-hashes -r requirements.txt
	@$(PIP_INSTALL) --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.installed-dev: requirements-dev.txt $(VENV)/.installed
	@echo "Installing what the tests need …"
	@$(PIP_INSTALL) --require-hashes -r requirements-dev.txt
	@touch $@

# A command may exist and not work, such as a version manager's shim, so each is tried.
FIND_PYTHON := for name in python3 python3.15 python3.14 python3.13 python3.12 python3.11; do \
	if $$name -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then echo $$name; break; fi; done

$(PYTHON):
	@python=$$($(FIND_PYTHON)); \
	if [ -z "$$python" ]; then \
		echo "Lodge needs Python 3.11 or newer, and there is none on this machine's PATH"; \
		echo "(python3 is: $$(python3 --version 2>&1 || true))."; \
		echo "Debian 12, Ubuntu 24.04 and newer: sudo apt install python3 python3-venv"; \
		echo "macOS with Homebrew: brew install python. Elsewhere: https://www.python.org/downloads/"; \
		exit 1; \
	fi; \
	has_venv() { $$python -c 'import venv, ensurepip' 2>/dev/null; }; \
	if ! has_venv && [ "$$(id -u)" -eq 0 ] && command -v apt-get >/dev/null; then .ci/apt python3-venv || exit 1; fi; \
	if ! has_venv; then \
		echo "The venv module of $$python is missing. Debian and Ubuntu: sudo apt install python3-venv"; \
		echo "(or the one of that version, such as python3.12-venv)."; \
		exit 1; \
	fi; \
	$$python -m venv --clear $(VENV) || { rm -rf $(VENV); exit 1; }
