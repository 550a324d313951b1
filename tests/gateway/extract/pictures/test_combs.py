from __future__ import annotations

import pytest

from gateway.extract.pictures.combs import joined


@pytest.mark.parametrize(("text", "read"), [
    ("SREP H1,0,1,1,7,1,7,2,0", "SREP H101171720"), ("x | K,2,8,0,0,2,6,6,3)5", "x | K280026635"),
    ("ABS 06,5 ,2,6,8,5,4,9,2 4,7", "ABS 065268549247"),
    ("5 7 424,9,2,5 5 5 9 5", "574249255595"),              # few marks, and the check digit is right
    ("5 7 424,9,2,5 5 5 9 4", "5 7 424,9,2,5 5 5 9 4"),
])
def test_numbers_of_a_comb(text: str, read: str) -> None:
    assert joined(text) == read


@pytest.mark.parametrize("text", [
    "1,234,567.00  12,345.67", "2026.1.9 10:00", "10.1.2.3", "1, 2, 3 and 4", "2026.1.9 10.1.2.3 1,2,3", "4579 4718 0996 2802", "0912-345-678 02-2700-1234",
    "version 3.1.4.1 of 2026/1/9", "A1 | 2 | 3 | 4",
])
def test_what_else_has_marks_between_digits(text: str) -> None:
    assert joined(text) == text
