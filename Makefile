# The commands of a checkout. `make demo` and `make test` install what is missing by themselves.
BIN := .venv/bin
.PHONY: install demo test longer lint soak bench screenshots fuzz

install:
	@deploy/install run

demo: install
	@$(BIN)/sekisho demo $(if $(ONCE),--once)

test:
	@deploy/install test
	@$(BIN)/python -P -m pytest -m "not slow and not soak" -n 2 --dist loadscope

longer:
	@deploy/install ci
	@$(BIN)/python -P -m pytest -m "slow and not soak" -n 2 --dist loadscope

lint:
	@deploy/install lint
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache

soak:
	@deploy/install test
	@$(BIN)/python -P -m pytest -m soak

# Seconds for each target of tests/fuzz/targets.py; finds land in tests/specimens/fuzz.
fuzz:
	@deploy/install test
	@$(BIN)/python -m pip install -q --disable-pip-version-check "atheris>=3 ; python_version < '3.14'"
	@for target in $${TARGET:-mime zip ole rtf literals names inlined pdf discs archives documents texts}; do \
	  $(BIN)/python -m tests.fuzz.fuzz $$target -max_total_time=$${SECONDS_EACH:-600} || exit 1; done

bench:
	@deploy/install bench
	@$(BIN)/python -P -m pytest tests/bench -m "slow or soak" -s

screenshots:
	@deploy/install ci
	@$(BIN)/python -P -m pytest -n 0 -m soak tests/browser/test_pictures.py
