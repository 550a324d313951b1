from tests.builders.custody import unblocked
from tests.builders.postgres import server, server_house

__all__ = ["server", "server_house", "unblocked"]
