"""A line to the database that a process keeps open for the one question it asks before every answer to a machine."""

import psycopg
from django.db import connection
from psycopg import connect
from psycopg.pq import ConnStatus, ExecStatus

_STATEMENT = b"asked"


class Line:
    """Reads numbers by names with `sql`: on PostgreSQL over a connection of its own, on which it is prepared.

    A connection of the pool is asked whether it lives before each use, and a statement is planned anew each time:
    together that takes several times as long as the read. One thread may use the line at a time. Inside a
    transaction, whose changes no other connection sees, and on SQLite the thread's own connection reads.
    """

    def __init__(self, sql: str) -> None:
        self._sql = sql
        self._open: psycopg.Connection | None = None

    def numbers(self, names: set[str]) -> dict[str, int]:
        """Name → number, where there is one. One query a name; a line that broke since is made anew, once.

        Raises:
            DatabaseError: as from any connection.
        """
        with connection.wrap_database_errors:
            found = {name: self._number(name) for name in names}
        return {name: number for name, number in found.items() if number is not None}

    def _number(self, name: str) -> int | None:
        if connection.vendor != "postgresql" or connection.in_atomic_block:
            with connection.cursor() as cursor:
                cursor.execute(self._sql, [name])
                row = cursor.fetchone()
            return row and int(row[0])
        try:
            return self._read(name)
        except psycopg.Error:
            if self._open is None or self._open.pgconn.status == ConnStatus.OK:
                raise  # no line to be had, or a read that took too long
            self.close()
            return self._read(name)

    def _read(self, name: str) -> int | None:
        """
        Raises:
            psycopg.Error: the server's, or that the line broke.
        """
        if self._open is None:
            self._open = connect(**connection.get_connection_params(), autocommit=True)
            self._open.pgconn.prepare(_STATEMENT, self._sql.replace("%s", "$1").encode())
        found = self._open.pgconn.exec_prepared(_STATEMENT, [name.encode()])
        if found.status != ExecStatus.TUPLES_OK:
            raise psycopg.errors.error_from_result(found)
        value = found.get_value(0, 0) if found.ntuples else None
        return None if value is None else int(value)

    def close(self) -> None:
        if self._open is not None:
            self._open.close()
            self._open = None
