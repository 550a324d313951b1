import socket

from gateway.model.errors import ConfigError, CustodyUnavailable, GatewayFault, unreachable


def test_a_config_error_says_where():
    assert str(ConfigError("unknown key 'hostnam'", "sekisho.toml:3")) == "sekisho.toml:3: unknown key 'hostnam'"


def test_our_own_faults_are_one_family():
    assert issubclass(CustodyUnavailable, GatewayFault)


def test_why_there_is_no_connection():
    assert unreachable(ConnectionRefusedError(111, "Connect call failed ('127.0.0.1', 25)")) == "Connection refused"
    assert unreachable(socket.gaierror(-2, "Name or service not known")) == "Name or service not known"
    assert unreachable(OSError("Multiple exceptions: one, two")) == "Multiple exceptions: one, two"
    assert unreachable(OSError()) == "cannot be reached"
