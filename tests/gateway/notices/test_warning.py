"""What readers of delivered mail are told about its sender."""

from __future__ import annotations

import pytest

from gateway.model.finding import Severity
from gateway.notices.warning import warning
from tests.builders.mailfacts import finding, inspection

FIRST = finding("IMPERSONATION-FIRST-CONTACT", Severity.LOW)
NAME = finding("IMPERSONATION-NAME", Severity.MEDIUM, evidence=("Wang at evil.example",))
THREAD = finding("IMPERSONATION-UNKNOWN-THREAD", Severity.MEDIUM)
OWN = finding("SPOOF-OWN-DOMAIN", Severity.LOW)
MACRO = finding("MACRO-ANY", Severity.HIGH)


@pytest.mark.parametrize(("found", "wanted"), [
    ((), "Please be careful with this mail."),
    ((OWN, MACRO), "Please be careful with this mail."),
    ((FIRST,), "This is the first mail from this sender. Please be careful with this mail."),
    ((FIRST, NAME), "The sender seems to pretend to be someone else. This is the first mail from this sender. "
                    "Please be careful with this mail."),
    ((NAME, NAME, finding("IMPERSONATION-REPLY-TO", Severity.MEDIUM), THREAD),
     "The sender seems to pretend to be someone else. The mail looks like an answer to a mail that never passed here. "
     "Please be careful with this mail."),
])
def test_the_gravest_first_each_once_and_no_evidence(found, wanted) -> None:
    assert warning(inspection(*found), "en") == wanted


@pytest.mark.parametrize(("language", "wanted"), [
    ("zh-Hant", "這是此寄件者第一次來信。請小心處理此郵件。"), ("zh-Hans", "这是该发件人首次来信。请谨慎处理此邮件。"),
    ("ja", "この差出人からのメールは初めてです。このメールの取り扱いにご注意ください。"),
])
def test_languages(language, wanted) -> None:
    assert warning(inspection(FIRST), language) == wanted
