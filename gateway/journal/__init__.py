"""What passed: written in batches beside the mail, read for statistics, search and replay."""

from gateway.journal.reader import JournalReader, JournalUnreadable, Query
from gateway.journal.writer import JournalWriter

__all__ = ["JournalReader", "JournalUnreadable", "JournalWriter", "Query"]
