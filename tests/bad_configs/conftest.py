from tests.builders.commands import initialised, state

__all__ = ["initialised", "state"]
