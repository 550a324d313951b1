from gateway.console.ledger.addresses import urlpatterns


def test_names_are_those_of_the_places() -> None:
    assert {"audit", "reports", "tokens"} <= {p.name for p in urlpatterns}
