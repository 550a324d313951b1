from tests.builders.custody import clock, held, house, service, template, unblocked

__all__ = ["clock", "held", "house", "service", "template", "unblocked"]
