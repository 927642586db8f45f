# `make` alone lists the targets. Each installs what it needs.

PYTHON ?= python3
BIN := .venv/bin
READY := .venv/ready
UV := VIRTUAL_ENV=$(CURDIR)/.venv $(BIN)/uv
# A throw-away PostgreSQL around a command.
POSTGRES := $(BIN)/python tools/postgres.py

.DEFAULT_GOAL := help
.PHONY: help run test cover fast check fix torture simulate mutants fuzz peers bench docs lock clean

help: ## List the targets
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## (.*)/  make \1\t\2/' | expand -t 20

run: $(READY) ## Set up a sample company, keep three address books in step with it, and stay
	$(BIN)/python -m twinbook.sample $(ARGS)

test: $(READY) ## Run the whole suite, on SQLite and on PostgreSQL
	$(POSTGRES) $(BIN)/python -m pytest -n 2 $(ARGS)

cover: $(READY) ## Run the whole suite, and say which lines it leaves out: twice as long
	$(POSTGRES) $(BIN)/python -m pytest -n 2 --cov --cov-report=term $(ARGS)

fast: $(READY) ## Run the tests that need no server and little time
	$(BIN)/python -m pytest -q -m "not (database or slow or torture or live or compat)" $(ARGS)

check: $(READY) ## Check format, style, types, import order, dependencies, lock file
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/deptry src
	! grep -nE '(https?|file)://|^--' requirements.lock
	! git ls-files | grep -E '(^|/)(uv\.lock|pylock.*\.toml)$$'

fix: $(READY) ## Format the code and repair what can be repaired
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

torture: $(READY) ## Kill the program at random moments, again and again
	$(POSTGRES) $(BIN)/python -m pytest -m torture --timeout=3600 $(ARGS)

simulate: $(READY) ## Play N schedules of a small world, from SEED on, in JOBS processes
	$(BIN)/python tests/simulation/simulate.py $(if $(N),--number $(N)) $(if $(SEED),--seed $(SEED)) \
		$(if $(JOBS),--jobs $(JOBS)) $(if $(SCRIPT),--script "$(SCRIPT)") $(ARGS)

mutants: $(READY) ## Switch one rule of the engine off after the other, and see what notices
	$(BIN)/python tests/simulation/mutants.py $(ARGS)

peers: $(READY) ## Run the tests against other people's software
	$(POSTGRES) $(BIN)/python -m pytest -m compat $(ARGS)

fuzz: $(READY) ## Hunt for inputs that a reader can't bear (READER=vcard SECONDS=900)
	@# The fuzzer has wheels for few systems, so only who hunts needs it.
	$(UV) pip install --quiet "atheris>=3" || { echo "NO FUZZER: atheris can't be installed here; it wants Linux on x86-64." >&2; exit 1; }
	$(BIN)/python tests/fuzz "$(READER)" $(or $(SECONDS),900)

bench: $(READY) ## Measure, and write the table in docs/benchmarks.md
	$(BIN)/python -m benchmarks $(ARGS)

docs: $(READY) ## Write the tables made from the program, and check the documentation
	$(BIN)/python tools/docs.py
	$(BIN)/python tools/cli_docs.py
	$(BIN)/python -m pytest -q tests/test_project.py tests/cli/test_documentation.py $(ARGS)

lock: $(READY) ## Bring requirements.lock up to the newest versions that fit
	@# uv refuses to read a group of a project that it does not manage, so it reads a copy.
	mkdir -p .venv/lock
	grep -v '^managed = false' pyproject.toml > .venv/lock/pyproject.toml
	cd .venv/lock && ../bin/uv pip compile --quiet --upgrade --universal --python-version 3.11 \
		--all-extras --group dev --generate-hashes --no-annotate --no-header \
		--no-emit-index-url pyproject.toml --output-file $(CURDIR)/requirements.lock

clean: ## Remove all that make made here
	rm -rf .venv .coverage .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	rm -rf .data/sample .data/fuzz
	find src tests tools -name __pycache__ -prune -exec rm -rf {} +

$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Twinbook needs Python 3.11 or newer. Name one: make PYTHON=python3.12")'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	$(UV) pip sync --quiet --compile-bytecode --require-hashes requirements.lock
	$(UV) pip install --quiet --no-deps --editable .
	@touch $@
