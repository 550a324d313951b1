# The commands of a checkout. `make demo` and `make test` install what is missing by themselves.
BIN := .venv/bin
.PHONY: install demo test lint soak bench messages

install:
	@deploy/install run

demo: install
	@$(BIN)/sekisho demo $(if $(ONCE),--once)

test:
	@deploy/install test
	@$(BIN)/python -P -m pytest -m "not slow" -n 2 --dist loadscope

lint:
	@deploy/install lint
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache

soak:
	@deploy/install test
	@$(BIN)/python -P -m pytest -m slow

bench:
	@deploy/install bench
	@$(BIN)/python -P -m pytest tests/bench -m slow -s
