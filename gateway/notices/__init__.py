"""Mail that we write: to insiders only, in their language, with nothing dangerous in it and no customer data."""

from gateway.notices.house import House
from gateway.notices.notice import Answerer, Notifier
from gateway.notices.personal import digest

__all__ = ["Answerer", "House", "Notifier", "digest"]
