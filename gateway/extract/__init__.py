"""Taking a message apart: pure functions over bytes, run only in the cell (gateway.inspection.child)."""
