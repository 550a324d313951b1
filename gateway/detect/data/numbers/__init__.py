"""Numbers as they are written: runs of digits, their shapes, what was put between them, what they were cut into."""
