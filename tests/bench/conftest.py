from tests.builders.custody import template

__all__ = ["template"]
