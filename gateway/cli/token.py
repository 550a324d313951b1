"""`sekisho token`: what programs show the REST interface instead of a password."""

from __future__ import annotations

import click

from gateway.cli.common import Session, json_option, pass_session, put_done, put_json, put_secret, put_table
from gateway.cli.desk import actor, as_option, desk, refusals


@click.group()
def token() -> None:
    """Tokens of the REST interface: make, list, revoke."""


@token.command()
@click.argument("account")
@click.option("--label", required=True, metavar="TEXT", help="What it is for, such as the name of the program.")
@click.option("--days", default=90, show_default=True, type=click.IntRange(1, 366), help="How long it opens anything.")
@click.option("--role", "roles", multiple=True, metavar="ROLE", help="Only this role of the account; may be repeated.")
@click.option("--scope", "scopes", multiple=True, metavar="WORD",
              help="Only mail of this domain, mailbox, department:NAME, direction:WORD or kind:WORD; may be repeated.")
@click.option("--verb", "verbs", multiple=True, metavar="VERB", help="Only this verb, such as list or release; may be repeated.")
@as_option
@json_option
@pass_session
def add(session: Session, account: str, label: str, days: int, roles: tuple[str, ...], scopes: tuple[str, ...],
        verbs: tuple[str, ...], user: str | None, as_json: bool) -> int:
    """Make a token for an account. Its text is shown once; only its digest is kept."""
    with desk(session) as custody, refusals():
        made = custody.call("token-add", actor(user), name=account, label=label, days=days, roles=list(roles), scopes=list(scopes),
                            verbs=list(verbs)).body

        def revoked() -> str:
            custody.call("token-revoke", actor(user), id=made["id"])
            return "the token is revoked again"

        put_secret(as_json, f"{made['id']} for {account} until {made['expires_at']}; the token, shown this once: {made['token']}",
                   revoked, **made)
    return 0


@token.command("list")
@as_option
@json_option
@pass_session
def list_(session: Session, user: str | None, as_json: bool) -> int:
    """All tokens, the newest first; never their text."""
    with desk(session) as custody, refusals():
        rows = custody.call("token-list", actor(user)).body["tokens"]
    if as_json:
        put_json(rows)
    else:
        put_table(rows, ["id", "account", "label", "roles", "scopes", "verbs", "expires_at", "used_at", "revoked_at"], "no token")
    return 0


@token.command()
@click.argument("id")
@as_option
@json_option
@pass_session
def revoke(session: Session, id: str, user: str | None, as_json: bool) -> int:
    """From now on it opens nothing."""
    with desk(session) as custody, refusals():
        custody.call("token-revoke", actor(user), id=id)
    put_done(as_json, f"{id} revoked", id=id, revoked=True)
    return 0
