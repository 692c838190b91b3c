# Two commands matter: `make serve` and `make test`. Each makes what it needs, in .venv, by itself.
PYTHON ?= python3
BIN := .venv/bin
STAMP := .venv/stamp

.PHONY: serve test check bench conformance mutants lint lock clean

serve: $(STAMP)-run
	-$(BIN)/python hatch_build.py
	$(BIN)/calcigraph serve

# A process more than there are processors, up to four, as each waits now and then for servers and a browser of
# its own.
test: $(STAMP)-test lint
	-$(BIN)/python hatch_build.py
	$(BIN)/python -m pytest -n $$($(BIN)/python -c 'import os; print(min(4, 1 + len(os.sched_getaffinity(0))))') --dist loadfile --no-loadscope-reorder

check: $(STAMP)-run
	$(BIN)/calcigraph check

bench: $(STAMP)-test
	$(BIN)/python -m pip install --quiet --require-hashes --no-deps -r requirements/bench.txt
	$(BIN)/python -m bench.reasoning
	$(BIN)/python -m bench.queries

# Writes down what the W3C suites give, in one process; see CALCIGRAPH_SUITES in CONTRIBUTING.md.
conformance: $(STAMP)-test
	$(BIN)/python -m pytest -q tests/test_*_suite.py --earl server/calcigraph/conformance.ttl

# Draws small changes of the core rooms that some test has to notice; see tests/mutants.toml. Takes hours.
mutants: $(STAMP)-test
	cd tests && ../$(BIN)/python -m mutation --number $(or $(NUMBER),100) $(if $(SEED),--seed $(SEED)) $(if $(ROOM),--room $(ROOM))

lint: $(STAMP)-test
	$(BIN)/ruff check server tests bench hatch_build.py
	$(BIN)/ruff format --check server tests bench hatch_build.py
	$(BIN)/mypy

.venv/bin/python:
	$(PYTHON) -c 'import sys; sys.exit("calcigraph needs Python 3.11 or newer; say make PYTHON=python3.13") if sys.version_info < (3, 11) else None'
	$(PYTHON) -m venv .venv

$(STAMP)-run: requirements/run.txt pyproject.toml | .venv/bin/python
	$(BIN)/python -m pip install --quiet --require-hashes --no-deps -r requirements/run.txt
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	touch $@

$(STAMP)-test: requirements/test.txt requirements/owlapi.txt $(STAMP)-run
	$(BIN)/python -m pip install --quiet --require-hashes --no-deps -r requirements/test.txt -r requirements/owlapi.txt
	touch $@

# Pins every distribution with its hashes, for both Python versions that are supported.
lock: $(STAMP)-test
	$(BIN)/python -m piptools compile --quiet --generate-hashes --allow-unsafe --strip-extras --no-emit-index-url --no-emit-find-links --no-header --extra build -o requirements/run.txt pyproject.toml
	$(BIN)/python -m piptools compile --quiet --generate-hashes --allow-unsafe --strip-extras --no-emit-index-url --no-emit-find-links --no-header --extra build --extra test -c requirements/run.txt -o requirements/test.txt pyproject.toml
	$(BIN)/python -m piptools compile --quiet --generate-hashes --allow-unsafe --strip-extras --no-emit-index-url --no-emit-find-links --no-header --no-annotate -c requirements/run.txt -c requirements/test.txt -o requirements/bench.txt requirements/bench.in

clean:
	rm -rf .venv build dist server/frontend/node_modules server/calcigraph/web/static/built .pytest_cache .mypy_cache .ruff_cache .hypothesis
