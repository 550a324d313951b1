"""`sekisho user`: console accounts."""

from __future__ import annotations

from pathlib import Path

import click

from gateway.cli.common import Session, json_option, pass_session, put_done, put_json, put_secret, put_table
from gateway.cli.desk import actor, as_option, desk, refusals
from gateway.model.custody import Role
from gateway.model.errors import SekishoError

LONGEST_PASSWORD = 1000                  # characters

role_option = click.option("--role", "roles", required=True, metavar="ROLE[,ROLE]",
                           help=f"One or more of: {' '.join(r.value for r in Role)}.")

mailbox_option = click.option("--mailbox", "mailboxes", multiple=True, metavar="ADDRESS",
                              help="An address that is theirs, aliases too; may be repeated.")
scope_option = click.option("--scope", "scopes", multiple=True, metavar="WORD",
                            help="They see only this: DOMAIN, ADDRESS, department:NAME, direction:WORD, kind:WORD; repeatable.")


def parse_roles(text: str) -> list[str]:
    roles = [r.strip() for r in text.split(",") if r.strip()]
    unknown = [r for r in roles if r not in {role.value for role in Role}]
    if unknown or not roles:
        raise SekishoError(f"there is no role {unknown[0]!r}; use {' '.join(r.value for r in Role)}" if unknown else "give a role")
    return roles


@click.group()
def user() -> None:
    """Accounts of the console: add, list, roles, disable, a new password, a lost second factor."""


@user.command()
@click.argument("name")
@role_option
@mailbox_option
@scope_option
@click.option("--password-file", type=click.Path(path_type=Path, dir_okay=False), help="Its first line is the password.")
@as_option
@json_option
@pass_session
def add(session: Session, name: str, roles: str, mailboxes: tuple[str, ...], scopes: tuple[str, ...], password_file: Path | None,
        user: str | None, as_json: bool) -> int:
    """Add an account. Without a password file a one-time password is shown once."""
    password = first_line(password_file) if password_file else ""
    with desk(session, begin=True) as custody, refusals():
        made = custody.call("user-add", actor(user), name=name, roles=parse_roles(roles), mailboxes=list(mailboxes),
                            scopes=list(scopes), password=password).body
    if not made["password"]:
        put_done(as_json, f"{name} added", **made)
    else:
        put_secret(as_json, f"{name} added; one-time password, shown this once: {made['password']}",
                   lambda: f"{name} is added, but nobody knows the password; {another(name)}", **made)
    if not as_json and not mailboxes and {"supervisor", "analyst"} & set(parse_roles(roles)):
        click.echo("no --mailbox is given: nobody can tell which mail is their own", err=True)
    return 0


def another(name: str) -> str:
    return f"make another one with: sekisho user password {name}"


def changed(session: Session, user: str | None, as_json: bool, verb: str, name: str, said: str) -> int:
    """One change of an account that needs nothing but its name; `said` follows the name in the answer."""
    with desk(session) as custody, refusals():
        custody.call(verb, actor(user), name=name)
    put_done(as_json, f"{name}{said}", name=name, done=verb)
    return 0


def first_line(path: Path) -> str:
    try:
        with open(path, encoding="utf-8") as file:
            line = file.readline(LONGEST_PASSWORD + 2).removesuffix("\n")
    except OSError as failure:
        raise SekishoError(f"{path}: {failure.strerror}") from failure
    except UnicodeDecodeError:
        raise SekishoError(f"{path}: is not UTF-8 text") from None
    if not line:
        raise SekishoError(f"{path}: the first line, which is the password, is empty")
    if not line.isprintable() or len(line) > LONGEST_PASSWORD:
        raise SekishoError(f"{path}: the first line, which is the password, has characters nobody can type, or too many")
    return line


@user.command("list")
@as_option
@json_option
@pass_session
def list_(session: Session, user: str | None, as_json: bool) -> int:
    """All accounts."""
    with desk(session) as custody, refusals():
        rows = custody.call("user-list", actor(user)).body["users"]
    if as_json:
        put_json(rows)
    else:
        put_table(rows, ["name", "roles", "mailboxes", "scopes", "active", "mfa"], "no account")
    return 0


@user.command()
@click.argument("name")
@role_option
@mailbox_option
@scope_option
@as_option
@json_option
@pass_session
def role(session: Session, name: str, roles: str, mailboxes: tuple[str, ...], scopes: tuple[str, ...], user: str | None,
         as_json: bool) -> int:
    """Give an account other roles; mailboxes and scope stay where none are given."""
    more = {name: list(given) for name, given in (("mailboxes", mailboxes), ("scopes", scopes)) if given}
    with desk(session) as custody, refusals():
        custody.call("user-role", actor(user), name=name, roles=parse_roles(roles), **more)
    put_done(as_json, f"{name}: {roles}", name=name, roles=parse_roles(roles))
    return 0


@user.command()
@click.argument("name")
@as_option
@json_option
@pass_session
def disable(session: Session, name: str, user: str | None, as_json: bool) -> int:
    """Let nobody log in as this account any more."""
    return changed(session, user, as_json, "user-disable", name, " disabled")


@user.command()
@click.argument("name")
@as_option
@json_option
@pass_session
def enable(session: Session, name: str, user: str | None, as_json: bool) -> int:
    """Let a disabled account log in again."""
    return changed(session, user, as_json, "user-enable", name, " enabled")


@user.command()
@click.argument("name")
@as_option
@json_option
@pass_session
def password(session: Session, name: str, user: str | None, as_json: bool) -> int:
    """A new one-time password for an account, shown this once; it must be changed at the next log-in."""
    with desk(session) as custody, refusals():
        fresh = custody.call("user-password", actor(user), name=name).body["password"]
    put_secret(as_json, f"{name}: one-time password, shown this once: {fresh}",
               lambda: f"the old password of {name} is gone and nobody knows the new one; {another(name)}",
               name=name, password=fresh)
    return 0


@user.command("reset-mfa")
@click.argument("name")
@as_option
@json_option
@pass_session
def reset_mfa(session: Session, name: str, user: str | None, as_json: bool) -> int:
    """Forget an account's second factors: it must set up new ones."""
    return changed(session, user, as_json, "user-reset-mfa", name, ": second factors forgotten")
