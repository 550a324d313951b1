from tests.builders.custody import clock, held, house, service, template, unblocked
from tests.builders.postgres import server, server_house

__all__ = ["clock", "held", "house", "server", "server_house", "service", "template", "unblocked"]
