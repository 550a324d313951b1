import socket

import pytest

from tests.builders.commands import write_config


def test_two_gateways_do_not_share_an_address(state):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        write_config(state.folder, port=port)
        assert state.run("serve").complaint == f"cannot listen on 127.0.0.1:{port}: Address already in use; is another program there?"


@pytest.mark.parametrize(("change", "said"), [
    (lambda text: text.replace('"inbound"\nnext', '"sideways"\nnext'), "direction"),
    (lambda text: text.partition("[[listener]]")[0], "no [[listener]] is configured"),
    (lambda text: text + '\n[[rule]]\nid = "x"\nwhen = {}\nthen = "eat"\n', "eat"),
])
def test_what_cannot_serve_is_said_before_anything_starts(state, change, said):
    before = sorted(state.state.iterdir())
    state.config.write_text(change(state.config.read_text()))
    assert said in state.run("serve").complaint
    assert sorted(state.state.iterdir()) == before


def test_it_needs_a_configuration(tmp_path, monkeypatch):
    from tests.builders.commands import run

    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("SEKISHO_CONFIG", raising=False)
    assert "no configuration found" in run("serve").complaint
