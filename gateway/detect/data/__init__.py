"""Customer data leaving: identifiers, people, contacts, labels, the firm's own tables and documents."""
