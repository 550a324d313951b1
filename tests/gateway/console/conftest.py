from tests.builders.console import site
from tests.builders.custody import clock, held, house, service, template, unblocked

__all__ = ["clock", "held", "house", "service", "site", "template", "unblocked"]
