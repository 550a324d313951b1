"""Files that carry mail, people and seals; MIME itself is in gateway.extract.mime."""
