from gateway.inspection.scanners.base import harmless


def test_names_of_finds_are_harmless() -> None:
    assert harmless(" Win.Trojan-1/x (heur) ") == "Win.Trojan-1/x (heur)"
    assert harmless("<b>\x1b[0m惡\r\n") == "_b__[0m_"
    assert harmless("") == "unnamed" and len(harmless("x" * 999)) == 100
