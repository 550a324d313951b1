"""sekisho: an email checkpoint between an organisation's mail servers and the world."""

__version__ = "0.1.0"
