# The commands of a checkout. `make demo` and `make test` install what is missing by themselves.
BIN := .venv/bin
.PHONY: install demo test longer lint soak bench

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

bench:
	@deploy/install bench
	@$(BIN)/python -P -m pytest tests/bench -m "slow or soak" -s
