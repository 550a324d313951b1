"""One writer: on a database server, which any machine can reach, only one process at a time may change a custody.

The claim is an advisory lock of a connection kept for it alone, so it ends with the process, the machine or the network.
Every writing transaction holds a shared gate and looks whether the claim is still ours; who takes a claim over waits at
the gate until the last transaction of the one before is over. SQLite needs none: the lock of the state directory does it.
"""

from __future__ import annotations

import os
import socket
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import connection

from gateway.model.errors import CustodyUnavailable

if TYPE_CHECKING:
    import psycopg

CLAIM = (0x534B5348, 1)                  # "SKSH": two keys, so that other users of advisory locks are not met
GATE = (0x534B5348, 2)
HOLDER = """SELECT a.application_name, coalesce(host(a.client_addr), 'this machine')
    FROM pg_locks l JOIN pg_stat_activity a USING (pid)
    WHERE l.locktype = 'advisory' AND l.classid = %s AND l.objid = %s AND l.objsubid = 2 AND l.granted
    AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())"""
OURS = HOLDER + " AND l.pid = %s AND a.backend_start = %s"       # process numbers come again, together they do not
# the server notices within half a minute that our machine is gone; ours notices the same of the server
KEEPALIVE = "-c tcp_keepalives_idle=15 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=3"


class Claimed(CustodyUnavailable):
    """Another process writes this custody."""


class NoClaim:
    """SQLite: whoever opened the file under the lock of its state directory is alone."""

    def hold(self) -> None:
        """Before a transaction: the claim is ours, taken anew where it was lost. Raises CustodyUnavailable."""

    def check(self) -> None:
        """First thing in a transaction: the claim is still ours, and stays so until its end."""

    def doubt(self) -> None:
        """The database failed: look again before the next transaction."""

    def release(self) -> None:
        """Others may write now."""


class ServerClaim(NoClaim):
    """PostgreSQL. Not thread-safe: the custodian's lock is around it."""

    def __init__(self) -> None:
        self.own: psycopg.Connection[Any] | None = None
        self.backend: tuple[int, datetime] = (0, datetime.min)
        self.doubted = False

    def hold(self) -> None:
        if self.own is not None and self.doubted:
            self._look()
        if self.own is None:
            self._take()
        # a connection that died while nobody used it is replaced now, not by the failure of somebody's transaction
        connection.health_check_done = False
        connection.close_if_health_check_failed()

    def check(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock_shared(%s, %s)", GATE)
            cursor.execute(OURS, (*CLAIM, *self.backend))
            if cursor.fetchone() is None:
                self.release()
                raise Claimed("the claim on the database was lost, it is taken anew")

    def doubt(self) -> None:
        self.doubted = True

    def release(self) -> None:
        own, self.own = self.own, None
        if own is not None:
            own.close()

    def _look(self) -> None:
        """A claim whose connection is dead is ours no more."""
        import psycopg  # here and below: who keeps a SQLite file need not load it

        self.doubted = False
        try:
            assert self.own is not None
            self.own.execute("SELECT 1")
        except psycopg.Error:
            self.release()

    def _take(self) -> None:
        import psycopg

        settings = connection.get_connection_params()
        parameters = {k: v for k, v in settings.items() if k not in ("context", "cursor_factory", "options")}
        parameters["application_name"] = f"sekisho keeper on {socket.gethostname()} pid {os.getpid()}"[:63]
        try:
            own = psycopg.connect(**parameters, autocommit=True, options=KEEPALIVE)
        except psycopg.Error as error:
            raise CustodyUnavailable(f"the database cannot be used: {' '.join(str(error).split())[:200]}") from error
        try:
            _claim(own)
            own.execute("SET lock_timeout = '10s'")
            own.execute("SELECT pg_advisory_lock(%s, %s)", GATE)             # the one before has finished its transaction
            own.execute("SELECT pg_advisory_unlock(%s, %s)", GATE)
            backend = _one(own, "SELECT pid, backend_start FROM pg_stat_activity WHERE pid = pg_backend_pid()")
        except psycopg.Error as error:
            own.close()
            raise CustodyUnavailable(f"the database cannot be used: {' '.join(str(error).split())[:200]}") from error
        except Claimed:
            own.close()
            raise
        self.own, self.backend, self.doubted = own, (backend[0], backend[1]), False


def _claim(own: psycopg.Connection[Any]) -> None:
    """Waits a moment: the server may not have noticed yet that the one before has closed its connection."""
    import psycopg

    own.execute("SET lock_timeout = '1s'")
    try:
        own.execute("SELECT pg_advisory_lock(%s, %s)", CLAIM)
    except psycopg.errors.LockNotAvailable:
        raise Claimed(_taken(own)) from None


def _one(own: psycopg.Connection[Any], sql: str, values: tuple[int, ...] = ()) -> tuple[Any, ...]:
    row = own.execute(sql, values).fetchone()
    assert row is not None               # each of these questions has one answer
    return tuple(row)


def _taken(own: psycopg.Connection[Any]) -> str:
    holder = own.execute(HOLDER, CLAIM).fetchone()
    who = f"{holder[0]} ({holder[1]})" if holder else "another process"
    return f"the database is already written by {who}: stop it first, one custody has one writer"


def claim() -> NoClaim:
    """What the configured database needs."""
    return ServerClaim() if connection.vendor == "postgresql" else NoClaim()
