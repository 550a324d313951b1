from gateway.model.errors import ConfigError, CustodyUnavailable, GatewayFault


def test_a_config_error_says_where():
    assert str(ConfigError("unknown key 'hostnam'", "sekisho.toml:3")) == "sekisho.toml:3: unknown key 'hostnam'"


def test_our_own_faults_are_one_family():
    assert issubclass(CustodyUnavailable, GatewayFault)
