# Every target needs the environment in .venv/, and makes it when it is not there.
SHELL := /bin/bash
PYTHON ?= python3.11
export IRF_DATA ?= $(CURDIR)/data
export DAGSTER_DISABLE_TELEMETRY := 1
# Without a home `dagster dev` takes dagster.yaml from here, which keeps everything under the data root.
unexport DAGSTER_HOME
export PYTHONHASHSEED := 0
ENVIRONMENT := .venv/.made

.DEFAULT_GOAL := help
.PHONY: help setup demo test soak mutate spark bench bench-compare bench-growth lint ui lock docs clean ci

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' Makefile | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 15

setup: $(ENVIRONMENT) ## make the environment in .venv/

$(ENVIRONMENT): requirements.lock pyproject.toml
	$(PYTHON) -m venv .venv
	.venv/bin/python -m pip install --quiet --no-deps --require-hashes -r requirements.lock
	.venv/bin/python -m pip install --quiet --no-deps --no-build-isolation -e .
	@touch $(ENVIRONMENT)

demo: $(ENVIRONMENT) ## make a small Tayside, refresh it, publish a release
	.venv/bin/irf demo || test $$? -eq 2 # 2: published, with warnings

# As many processes as cores; each test file belongs to one of them, in the order of the folders: the long files are begun early.
test: $(ENVIRONMENT) lint ## lint, types, docs check and all tests
	.venv/bin/python -m pytest --numprocesses auto --dist loadfile --no-loadscope-reorder tests

soak: $(ENVIRONMENT) ## the tests that take long: Tayside at its real size, more seeds and orders of arrival
	.venv/bin/python -m pytest -m soak tests

mutate: $(ENVIRONMENT) ## how many changes of a line of the pure modules no test sees
	.venv/bin/mutmut run && .venv/bin/mutmut results

SCALE ?= small
TURNS ?= 3
bench: $(ENVIRONMENT) ## time and memory of a refresh beside a plain read and a plain script (SCALE=small, TURNS=3)
	.venv/bin/python -m tests.bench.run $(SCALE) --turns $(TURNS)

bench-compare: $(ENVIRONMENT) ## what differs between results of the benchmark (A="<json> ..." B="<json> ...")
	$(if $(and $(A),$(B)),,$(error bench-compare: name the results, A="<json> ..." B="<json> ..."))
	.venv/bin/python -m tests.bench.tables $(addprefix --a ,$(A)) $(addprefix --b ,$(B))

bench-growth: $(ENVIRONMENT) ## put the newest results of large scales into docs/performance.md
	.venv/bin/python -m tests.bench.growth docs/performance.md

lint: $(ENVIRONMENT)
	.venv/bin/ruff format --check .
	.venv/bin/ruff check .
	.venv/bin/mypy
	.venv/bin/sqlfluff lint --processes 2 --disable-progress-bar sql
	.venv/bin/python -m pipelines.release.dictionary --check

ui: $(ENVIRONMENT) ## Dagster's pages on this machine: assets, checks, schedule, history
	.venv/bin/dagster dev --host 127.0.0.1

docs: $(ENVIRONMENT) ## make the generated documents again
	.venv/bin/python -m pipelines.release.dictionary

spark: $(ENVIRONMENT) ## add PySpark to the environment, for --engine spark and its tests (some 450 MB)
	.venv/bin/python -m pip install --quiet --no-deps --require-hashes -r requirements-spark.lock

SPARK_EXTRA := import tomllib; print(*tomllib.load(open("pyproject.toml", "rb"))["project"]["optional-dependencies"]["spark"], sep="\n")
lock: $(ENVIRONMENT) ## pin the dependencies again (needs the package index)
	.venv/bin/python -m pip install --quiet pip-tools
	.venv/bin/python -m piptools compile --quiet --extra dev --all-build-deps --generate-hashes --allow-unsafe --no-emit-index-url --no-emit-find-links --no-emit-trusted-host --strip-extras -o requirements.lock pyproject.toml
	.venv/bin/python -c '$(SPARK_EXTRA)' | .venv/bin/python -m piptools compile --quiet --generate-hashes --no-header --no-emit-index-url --no-emit-find-links --no-emit-trusted-host --strip-extras --constraint requirements.lock -o requirements-spark.lock -

ci: ## what the continuous integration runs
	bash .ci/run

clean: ## remove the environment and everything made; landing, reference and releases stay
	rm -rf .venv .bench build mutants *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
