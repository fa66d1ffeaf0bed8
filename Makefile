# A thin layer over plain commands; the README gives them for Windows and for conda, too.
PYTHON ?= python3
RUN = .venv/bin/python
SETUP = command -v $(PYTHON) >/dev/null || { echo "Python 3.11 or newer is needed, and there is no '$(PYTHON)' here: install it, or name another: make lab PYTHON=/path/to/python3" >&2; exit 1; }; \
	$(PYTHON) tools/setup.py

.PHONY: help lab test compare bench refresh pins

help:
	@echo "make lab      open the course in JupyterLab (the first time, this sets everything up)"
	@echo "make test     run every test that needs no browser"
	@echo "make compare TORCH=2.14.1  run every comparison with that PyTorch, in an environment of its own"
	@echo "make bench    measure minigrad beside PyTorch and others, if they are installed in .venv"
	@echo "make refresh  run lessons and solutions again, save their outputs, cut the exercises, write docs/reference.md"
	@echo "make pins     pin the newest versions that pyproject.toml admits (needs uv)"

lab:
	@$(SETUP)
	@$(RUN) tools/lab.py

test:
	@$(SETUP) --test
	@echo; echo "== Lint"
	$(RUN) -m ruff check --output-format concise .
	$(RUN) -m ruff format --check .
	@echo; echo "== Types"
	$(RUN) -m mypy
	@echo; echo "== Unit tests and exercises"
	$(RUN) tools/halves.py
	@echo; echo "== Notebooks: every lesson and solution, run anew, shows what it was saved with"
	$(RUN) -m pytest --nbval --nbval-current-env --nbval-sanitize-with tests/nbval_sanitize.cfg notebooks solutions

# In .venv-compare, so that the PyTorch of .venv, if there is one, stays.
TORCH ?= 2.13.0
compare:
	$(PYTHON) -m venv .venv-compare
	.venv-compare/bin/python -m pip install --quiet -r requirements/test.txt
	.venv-compare/bin/python -m pip install --quiet torch==$(TORCH)
	MINIGRAD_REQUIRE_TORCH=1 .venv-compare/bin/python tools/halves.py -m torch

bench:
	@$(SETUP) --test
	$(RUN) -m benchmarks

refresh:
	@$(SETUP) --test
	$(RUN) -m course.refresh
	$(RUN) tools/reference.py

# One file with hashes for every platform and every Python from 3.11 on; --fork-strategy fewest keeps one version of each.
PIN = uv pip compile --quiet --upgrade --universal --python-version 3.11 --fork-strategy fewest --generate-hashes \
	--no-emit-index-url --no-annotate --custom-compile-command "make pins" pyproject.toml

pins:
	$(PIN) --extra course --output-file requirements/course.txt
	$(PIN) --extra course --extra test --constraint requirements/course.txt --output-file requirements/test.txt
	$(PIN) --extra browser --constraint requirements/test.txt --output-file requirements/browser.txt
