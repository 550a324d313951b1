"""`sekisho directory`: who answers for whom, from a CSV file or an LDAP server. The old one stays where the new one is bad."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from gateway.app.offline import read as octets_of
from gateway.cli.common import Session, json_option, pass_session, printable, put_done, put_json
from gateway.cli.desk import actor, as_option, desk, refusals
from gateway.config import Config
from gateway.model.errors import ConfigError, SekishoError
from gateway.reference.directory import read

PAGE = 500                               # entries of one answer of an LDAP server (RFC 2696)
MISSING = 'reading a directory server needs the extra "ldap": pip install "sekisho[ldap]"'


@click.group()
def directory() -> None:
    """Who answers for whom: held leaks go to the sender's superior, deputies included."""


@directory.command("import")
@click.argument("file", required=False, type=click.Path(path_type=Path, dir_okay=False))
@click.option("--ldap", is_flag=True, help="Read the people of [console.ldap] instead of a file.")
@as_option
@json_option
@pass_session
def import_(session: Session, file: Path | None, ldap: bool, user: str | None, as_json: bool) -> int:
    """Put the people of a CSV file in the place of all that are known. Columns: mailbox, supervisor, deputies, name, department."""
    config = session.configured
    if (file is None) != ldap:
        raise click.UsageError("give a FILE or --ldap")
    if file is None:
        rows, source = from_ldap(config), "ldap"
    else:
        rows, source = read(octets_of(str(file)), str(file), config.gateway.our_domains), file.name
    with desk(session, begin=True) as custody, refusals():
        count = custody.call("directory-import", actor(user), rows=rows, source=source).body["count"]
    put_done(as_json, f"{count} people; held leaks go to the sender's superior from now on", count=count)
    return 0


@directory.command("list")
@as_option
@json_option
@pass_session
def list_(session: Session, user: str | None, as_json: bool) -> int:
    """The people as they were imported last."""
    with desk(session) as custody, refusals():
        entries: list[dict[str, Any]] = custody.call("directory-list", actor(user)).body["entries"]
    if as_json:
        put_json(entries)
        return 0
    for entry in entries:
        deputies = "; ".join(f"{who} {first}..{last}" for who, first, last in entry["deputies"])
        cells = (entry["mailbox"], entry["supervisor"] or "-", deputies, entry["name"], entry["department"])
        click.echo(printable("  ".join(filter(None, cells))))
    return 0


def from_ldap(config: Config) -> list[dict[str, Any]]:
    """The people below the base, with the address of who they report to. Raises ConfigError, SekishoError."""
    if not config.ldap.servers:
        raise ConfigError("no directory server is configured: set servers in [console.ldap]", "console.ldap.servers")
    try:
        from ldap3.core.exceptions import LDAPException

        from gateway.console.accounts.directory import connect, secret_of
    except ImportError as error:
        raise SekishoError(MISSING) from error
    settings, wanted = config.ldap, config.approval
    trouble = ""
    for server in settings.servers:
        try:
            connection = connect(settings, server, settings.bind_dn, secret_of(settings.bind_password_file))
            if connection is None:
                raise SekishoError(f"{server}: bind_dn may not log in")
            named = (wanted.mail_attribute, wanted.manager_attribute, wanted.deputies_attribute, "cn", "department")
            attributes = [name for name in named if name]
            found = list(connection.extend.standard.paged_search(settings.base, wanted.people, attributes=attributes,
                                                                 paged_size=PAGE, generator=True))
            connection.unbind()
            return people(found, config)
        except (LDAPException, OSError) as error:
            trouble = f"{server}: {type(error).__name__}"
    raise SekishoError(f"{trouble}; nothing was imported")


def people(entries: list[dict[str, Any]], config: Config) -> list[dict[str, Any]]:
    """Rows as the CSV reader gives them, checked by it: a server's data is as good or bad as a file's."""
    mail, manager = config.approval.mail_attribute, config.approval.manager_attribute
    persons = [e for e in entries if e.get("type") == "searchResEntry" and one(e, mail)]
    address = {str(e["dn"]).casefold(): one(e, mail) for e in persons}
    lines = ["mailbox,supervisor,deputies,name,department"]
    for entry in persons:
        above = address.get(one(entry, manager).casefold(), "")
        above = "" if above.casefold() == one(entry, mail).casefold() else above     # heads often name themselves
        deputies = "; ".join(every(entry, config.approval.deputies_attribute))
        cells = (one(entry, mail), above, deputies, one(entry, "cn"), one(entry, "department"))
        lines.append(",".join(quoted(cell) for cell in cells))
    return read("\n".join(lines).encode(), "ldap", config.gateway.our_domains)


def one(entry: dict[str, Any], attribute: str) -> str:
    """The first value of an attribute; "" where there is none."""
    return next(iter(every(entry, attribute)), "")


def every(entry: dict[str, Any], attribute: str) -> list[str]:
    """All values of an attribute that are text or numbers."""
    value = entry.get("attributes", {}).get(attribute)
    return [str(one) for one in (value if isinstance(value, list) else [value]) if isinstance(one, str | int)]


def quoted(cell: str) -> str:
    return '"' + " ".join(cell.split()).replace('"', '""') + '"'
