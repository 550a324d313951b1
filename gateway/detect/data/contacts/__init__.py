"""People: contact records, names, and how many persons a message is about."""
