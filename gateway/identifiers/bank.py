"""Bank accounts without a published check digit: shape only, so they need their label."""

from __future__ import annotations


def tw_account(value: str) -> bool:
    """Taiwanese account: ten to sixteen digits, padded to sixteen in FISC transfers (財金資訊 跨行轉帳規格)."""
    return 10 <= len(value) <= 16 and value.isdigit() and len(set(value)) > 2
