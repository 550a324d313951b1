from tests.builders.custody import leak


def test_an_empty_queue(state):
    assert state.run("queue", "list").out == "nothing waits\n"
    assert state.run("queue", "retry").out == "0 due now\n"
    assert "the ID is empty" in state.run("queue", "retry", "").complaint


def test_a_release_waits_and_is_given_up(state):
    id = state.hold(leak)
    state.run("quarantine", "release", id, "--reason", "x")
    entry = next(r for r in state.run("queue", "list", "--json").rows if r["purpose"] == "release")
    assert entry["id"] in state.run("queue", "list").out
    assert state.run("queue", "retry", entry["id"]).out == "1 due now\n"
    assert "Missing option '--reason'" in state.run("queue", "drop", entry["id"]).complaint
    assert state.run("queue", "drop", entry["id"], "--reason", "wrong one").out == f"{entry['id']} dropped\n"
    assert entry["id"] not in [r["id"] for r in state.run("queue", "list", "--json").rows]
    assert entry["id"] in [r["id"] for r in state.run("queue", "list", "--all", "--json").rows]
    assert state.run("quarantine", "show", id, "--json").rows[0]["status"] == "held"


def test_programs_are_told(state):
    id = state.hold(leak)
    state.run("quarantine", "release", id, "--reason", "x")
    entry = next(r for r in state.run("queue", "list", "--json").rows if r["purpose"] == "release")["id"]
    assert state.run("queue", "retry", "--json").rows[0]["count"] >= 1
    assert state.run("queue", "drop", entry, "--reason", "x", "--json").rows == [{"id": entry, "dropped": True}]


def test_who_may_not_is_refused(state):
    state.run("user", "add", "clerk", "--role", "sender")
    assert state.run("queue", "list", "--as", "clerk").status == 1
    assert state.run("queue", "drop", "nothing", "--reason", "x").status == 1
