"""United States: social security number."""

from __future__ import annotations

from stdnum.us import ssn as _ssn


def ssn(value: str) -> bool:
    """Nine digits; areas 000, 666, 900 to 999, group 00 and serial 0000 are never issued (SSA, randomisation of 2011)."""
    return len(value) == 9 and value.isdigit() and _ssn.is_valid(value)
