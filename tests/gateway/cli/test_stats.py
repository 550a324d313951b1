def test_of_a_gateway_that_saw_nothing(state):
    rows = state.run("stats", "--json").rows
    assert [r["span"] for r in rows] == ["hour", "day", "week"] and all(r["messages"] == 0 for r in rows)
    assert state.run("stats").out.splitlines()[0].startswith("span  messages  per minute")


def test_a_broken_journal_is_one_line(state):
    (state.state / "journal.db").write_bytes(b"no database at all" * 100)
    assert str(state.state / "journal.db") in state.run("stats").complaint
