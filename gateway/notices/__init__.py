"""Mail that we write: to insiders only, in their language, with nothing dangerous in it and no customer data."""

from gateway.notices.notice import Answerer, House, Notifier, digest

__all__ = ["Answerer", "House", "Notifier", "digest"]
