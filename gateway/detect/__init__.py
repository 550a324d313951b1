"""Judging artifacts: pure, one file a detector, run only in the cell (gateway.inspection.child)."""
