"""`sekisho signatures`: the detection content."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from gateway.app.rights import running
from gateway.cli.common import Session, json_option, pass_session, put_done, put_json, put_table, state_of
from gateway.inspection import rulestaging
from gateway.inspection.rulestore import RuleStore
from gateway.model.errors import SekishoError
from gateway.ops.clock import SystemClock
from signatures.catalog import load


@click.group()
def signatures() -> None:
    """Detection content: what is there, does it compile, does each rule pass its own cases."""


@signatures.command("list")
@json_option
@pass_session
def list_(session: Session, as_json: bool) -> int:
    """Every rule in force."""
    catalog = load(session.config.inspection.local_signatures)
    rows = [{"id": s.id, "topic": s.path.parent.name, "severity": s.description.severity, "title": s.description.title,
             "owner": s.description.owner, "date": str(s.description.date), "reference": s.description.reference, "local": s.local}
            for s in catalog.signatures]
    if as_json:
        put_json(rows)
    else:
        put_table(rows, ["id", "topic", "severity", "owner", "date", "title"], "no rules")
    return 0


def examined(session: Session) -> tuple[list[dict[str, Any]], int]:
    """The lines and the status of a check in a process of its own."""
    settings = session.config.inspection
    folders = [*map(str, settings.local_signatures), *(f"--words={path}" for path in settings.local_words)]
    done = subprocess.run([sys.executable, "-P", "-m", "gateway.inspection.rulecheck", *folders], capture_output=True, text=True,
                          timeout=600, check=False)
    if done.returncode not in (0, 1):
        raise SekishoError(f"the rules could not be checked: {done.stderr.strip().splitlines()[-1:] or 'no answer'}")
    return [json.loads(line) for line in done.stdout.splitlines()], done.returncode


@signatures.command()
@json_option
@pass_session
def check(session: Session, as_json: bool) -> int:
    """Compile everything; errors with file and line."""
    rows, _ = examined(session)
    errors = [r for r in rows if "where" in r]
    if as_json:
        put_json(errors or rows[-1:])
    else:
        for row in errors:
            click.secho(row["message"], fg="red")
        if not errors:
            click.echo(f"{rows[-1]['rules']} rules compile, version {rows[-1]['version'][:16]}")
    return int(bool(errors))


@signatures.command()
@json_option
@pass_session
def test(session: Session, as_json: bool) -> int:
    """Run every rule's own match and miss cases."""
    rows, status = examined(session)
    if as_json:
        put_json(rows)
        return status
    for row in rows:
        if "where" in row:
            click.secho(row["message"], fg="red")
        elif row.get("right") is False:
            how = "does not match its match case" if row["matches"] else "matches its miss case"
            click.secho(f"{row['rule']}: {how}", fg="red")
    cases = [r for r in rows if "right" in r]
    click.echo(f"{len(cases)} cases, {sum(not r['right'] for r in cases)} wrong")
    return status


@signatures.command()
@click.argument("folders", nargs=-1, type=click.Path(path_type=Path))
@click.option("--samples", multiple=True, type=click.Path(exists=True, path_type=Path),
              help="Files, or folders of files, on which rules must not be slow; beside our own.")
@json_option
@pass_session
def stage(session: Session, folders: tuple[Path, ...], samples: tuple[Path, ...], as_json: bool) -> int:
    """Compile and profile rules of outside folders, aside from what is in force. A bad rule is left out and named."""
    if not folders:
        raise SekishoError("name the folders (or files) of the rules: sekisho signatures stage FOLDER...")
    config = state_of(session)
    inside = [p for s in samples for p in (sorted(s.rglob("*")) if s.is_dir() else [s]) if p.is_file()]
    staged, known = rulestaging.stage(RuleStore(config.gateway.state_dir), [f.absolute() for f in folders],
                                      [p.absolute() for p in inside], SystemClock().now())
    if as_json:
        put_json([asdict(staged) | {"known": known}])
        return int(bool(staged.refused))
    for note in (*staged.refused, *staged.slow):
        click.secho(f"{note.where}: {note.message}", fg="yellow")
    click.echo(f"{staged.rules} rules of {len(staged.files)} files staged as {staged.version}, {len(staged.refused)} refused, "
               f"{len(staged.slow)} slow; sekisho signatures activate {staged.version} puts them in force")
    return int(bool(staged.refused))


@signatures.command()
@json_option
@pass_session
def versions(session: Session, as_json: bool) -> int:
    """Staged sets of outside rules, the newest first."""
    store = RuleStore(state_of(session).gateway.state_dir)
    current, before = store.active()
    rows = [{"version": s.version, "in_force": s.version == current, "before": s.version == before, "rules": s.rules,
             "files": len(s.files), "refused": len(s.refused), "slow": len(s.slow), "made_at": s.made_at}
            for s in store.versions()]
    if as_json:
        put_json(rows)
    else:
        put_table(rows, ["version", "in_force", "rules", "files", "refused", "slow", "made_at"], "nothing is staged")
    return 0


@signatures.command()
@json_option
@click.argument("version", default="")
@pass_session
def activate(session: Session, as_json: bool, version: str) -> int:
    """Put a staged set in force, the newest one without VERSION; a running gateway reloads."""
    config = state_of(session)
    store = RuleStore(config.gateway.state_dir)
    if not version:
        newest = next(iter(store.versions()), None)
        if newest is None:
            raise SekishoError("nothing is staged; sekisho signatures stage FOLDER... comes first")
        version = newest.version
    before = store.activate(version)
    told = _told(config.gateway.state_dir)
    put_done(as_json, f"{version} is in force{f', {before} was' if before else ''}; {told}", version=version, before=before,
             gateway=told)
    return 0


@signatures.command()
@json_option
@pass_session
def rollback(session: Session, as_json: bool) -> int:
    """Put the set in force that was before, or none; a running gateway reloads."""
    config = state_of(session)
    now = RuleStore(config.gateway.state_dir).rollback()
    told = _told(config.gateway.state_dir)
    put_done(as_json, f"{now or 'no outside rules'} in force again; {told}", version=now, gateway=told)
    return 0


def _told(state_dir: Path) -> str:
    pid = running(state_dir)
    if pid is None:
        return "no gateway is running here"
    os.kill(pid, signal.SIGHUP)
    return f"told the gateway (pid {pid}) to reload"


@signatures.command()
@json_option
@pass_session
def reload(session: Session, as_json: bool) -> int:
    """Tell the running gateway to take the rules and the policy anew; its `reload` event says how that went."""
    config = state_of(session)
    pid = running(config.gateway.state_dir)
    if pid is None:
        raise SekishoError(f"{config.gateway.state_dir}: no gateway is running here")
    os.kill(pid, signal.SIGHUP)
    put_done(as_json, f"told the gateway (pid {pid}) to reload", pid=pid)
    return 0
