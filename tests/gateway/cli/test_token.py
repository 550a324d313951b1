from tests.builders.commands import into_full


def test_a_token_is_shown_once_listed_and_revoked(state):
    state.run("user", "add", "anna", "--role", "analyst")
    ran = state.run("token", "add", "anna", "--label", "siem", "--days", "30", "--verb", "list")
    assert ran.status == 0
    text = ran.out.rpartition("once: ")[2].strip()
    (row,) = state.run("token", "list", "--json").rows
    assert text.startswith("sekisho_") and (row["account"], row["label"], row["verbs"]) == ("anna", "siem", ["list"])
    assert text not in state.run("token", "list").out + state.run("audit", "list", "--json").out
    assert state.run("token", "revoke", row["id"], "--json").rows == [{"id": row["id"], "revoked": True}]
    assert state.run("token", "list", "--json").rows[0]["revoked_at"]


def test_what_is_refused(state):
    state.run("user", "add", "anna", "--role", "analyst")
    for words, said in ((("nobody", "--label", "x"), "no such account"), (("anna", "--label", "x", "--role", "admin"), "no more rights"),
                        (("anna", "--label", "x", "--verb", "user-add"), 'no verb "user-add"; use one of approve audit-export ')):
        ran = state.run("token", "add", *words)
        assert ran.status == 1 and said in ran.errors, ran
    assert "366" in state.run("token", "add", "anna", "--label", "x", "--days", "400").complaint
    assert state.run("token", "revoke", "x").status == 1
    state.run("user", "disable", "anna")
    assert "or it is disabled" in state.run("token", "add", "anna", "--label", "x").errors
    assert state.run("token", "list").out == "no token\n"


def test_a_token_that_could_not_be_shown_opens_nothing(state):
    state.run("user", "add", "anna", "--role", "analyst")
    lost = into_full("--config", state.config, "token", "add", "anna", "--label", "siem")
    assert lost.complaint == "standard output: No space left on device; the token is revoked again"
    assert [bool(row["revoked_at"]) for row in state.run("token", "list", "--json").rows] == [True]
