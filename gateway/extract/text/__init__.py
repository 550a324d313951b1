"""Plain text, and what is written out in it."""
