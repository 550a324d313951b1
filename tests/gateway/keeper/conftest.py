from tests.builders.custody import clock, held, house, service, template, unblocked
from tests.builders.keeper import keeper, scene

__all__ = ["clock", "held", "house", "keeper", "scene", "service", "template", "unblocked"]
