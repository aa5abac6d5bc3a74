# `make help` lists what there is. Every target sets itself up and can be interrupted and run again.
PYTHON ?= python3
PORT ?= 8000
VENV := .venv
BIN := $(VENV)/bin
HTML := _build/html
READY := $(VENV)/.ready
# Run without launchers, which name the folder that they were installed in: the environment can be moved with the book.
JUPYTER_BOOK := $(BIN)/python -c "from jupyter_book.cli.main import main; main()"
PYTEST := $(BIN)/python -m pytest --numprocesses logical
LINT := $(BIN)/python -m ruff check && $(BIN)/python -m ruff format --check
WHOLE := _build/.whole
PACKAGE := .venv-package

# The package and the kernel are those of this folder, whatever else is on the way.
export PYTHONPATH := $(CURDIR)
unexport JUPYTER_PATH

.PHONY: writable help book serve look test quick chapter widget package reseed links times bench keras lab labs format address clean
.DEFAULT_GOAL := help

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-9s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

# The stamp is written last, so that an interrupted set-up is taken up again.
$(READY): requirements.txt constraints.txt pyproject.toml | writable
	@command -v $(PYTHON) >/dev/null || { echo "Cannot set up the book: '$(PYTHON)' is not on the PATH. Install Python 3.11 or newer (Debian, Ubuntu: sudo apt install python3-venv)"; exit 1; }
	@$(PYTHON) tools/preflight.py
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --disable-pip-version-check -r requirements.txt
	@touch $@

writable:
	@for folder in . $(wildcard _build $(VENV)); do test -w $$folder || { \
		echo "Cannot write to '$$folder' in $(CURDIR): make needs a copy of the book's folder that is yours"; \
		exit 1; }; done

# The marker is gone while a build runs and comes back when it has succeeded: a build after a failed one starts cold,
# because pages that warned are not read again and would pass.
book: $(READY) ## build the book to _build/html
	@test -e $(WHOLE) || rm -rf $(HTML) _build/.doctrees
	@rm -f $(WHOLE)
	$(JUPYTER_BOOK) build . -W -n --keep-going
	@touch $(WHOLE)
	@echo "The book: $(CURDIR)/$(HTML)/index.html"
	@echo "Open that file, or run: make serve"

serve: book ## serve the book on this machine and open it (PORT=8000)
	$(BIN)/python tools/serve.py $(HTML) --port $(PORT)

look: book ## photograph all pages, wide and narrow, light and dark, on one sheet: _build/look/sheet.png
	$(BIN)/python tools/look.py

test: book ## build the book, then run every test and every notebook
	$(LINT)
	$(PYTEST)

quick: $(READY) ## lint, and the package's own tests: no browser, no built book
	$(LINT)
	$(PYTEST) nablab tests -m package

chapter: $(READY) ## execute, build and test one chapter (C=gradient-descent)
	@$(BIN)/python tools/chapter.py $(C)

widget: $(READY) ## test one widget, in Python, in Node and in the browser (W=learning_rate)
	@test -f "nablab/widgets/$(W).py" || { echo "W must name a widget: $(patsubst nablab/widgets/%.js,%,$(filter-out %/draw.js,$(wildcard nablab/widgets/*.js))); got '$(W)'"; exit 2; }
	$(PYTEST) tests -k $(W)

# Old packages warn of themselves under new ones, hence the two exceptions.
package: ## test the package alone, beside the newest packages or the oldest (PYTHON=python3.13 RESOLUTION=lowest-direct)
	$(PYTHON) -m venv --clear $(PACKAGE)
	$(PACKAGE)/bin/python -m pip install --disable-pip-version-check uv
	$(PACKAGE)/bin/uv pip install --python $(PACKAGE) --resolution $(or $(RESOLUTION),highest) -e '.[notebooks,torch]'
	$(PACKAGE)/bin/uv pip install --python $(PACKAGE) colorspacious hypothesis nbformat playwright pytest pytest-timeout
	$(PACKAGE)/bin/python -m pytest --noconftest --hypothesis-profile=ci -o addopts="-ra --doctest-modules" \
		-W default::DeprecationWarning -W default::SyntaxWarning \
		nablab $(filter-out %_moves.py,$(wildcard tests/package/test_*.py tests/widgets/test_*.py tests/widgets/*/test_*.py))

links: $(READY) ## ask other sites whether the pages that the book links to are still there
	@rm -f $(WHOLE)
	$(JUPYTER_BOOK) build . --builder linkcheck

reseed: $(READY) ## run the chapters under other seeds (SEEDS=20 C=chapter DRAW=20261126)
	$(BIN)/python tools/reseed.py $(C) --seeds $(or $(SEEDS),20) $(addprefix --draw=,$(DRAW))

times: $(READY) ## count the minutes of each chapter and write its Time line
	$(BIN)/python tools/reading_time.py --write

bench: $(READY) ## time the NumPy engine beside torch and scikit-learn, one thread each
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest benchmarks --benchmark-columns=median,min,iqr,rounds

keras: ## run the article's program in Keras, in an environment of its own (.venv-keras, 1.5 GB)
	$(PYTHON) -m venv .venv-keras
	.venv-keras/bin/python -m pip install --disable-pip-version-check -r benchmarks/keras-requirements.txt
	.venv-keras/bin/python benchmarks/keras_history.py

lab: $(READY) ## open the notebooks in JupyterLab
	$(BIN)/python -m jupyterlab

labs: $(READY) ## write the student versions of the labs to _build/labs
	$(BIN)/python tools/labs.py

format: $(READY) ## format the code, strip outputs from the notebooks
	$(BIN)/python -m ruff check --fix
	$(BIN)/python -m ruff format
	$(BIN)/python tools/strip.py

address: $(READY) ## write the address of pyproject.toml into the book and its notebooks
	$(BIN)/python tools/address.py

clean: ## remove the built book and the environment
	rm -rf _build $(VENV) .venv-keras $(PACKAGE) nablab.egg-info
