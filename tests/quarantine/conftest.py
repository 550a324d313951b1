from tests.builders.custody import clock, held, house, service, template

__all__ = ["clock", "held", "house", "service", "template"]
