"""The cast and other rows that take long, made once by each process: every test that asks for them gets its own.

The rows are written back as they were, with their ids and a statement for each table; whoever is made of them comes out
of a pickle, as it was when it was made.
"""

import json
import pickle
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, transaction

from tests.committed import KEPT
from tests.undone import undone


@dataclass
class Kept:
    made: bytes = b""
    rows: dict[str, Any] = field(default_factory=dict)  # table → its rows, as this database takes them back

    def make(self, maker: Callable[[], Any]) -> None:
        """Make it in an empty database and take it all back."""
        with undone():
            self.made = pickle.dumps(maker())
            with connection.cursor() as cursor:
                for table in set(connection.introspection.table_names(cursor)) - KEPT:
                    if rows := _read(cursor, connection.ops.quote_name(table)):
                        self.rows[connection.ops.quote_name(table)] = rows

    def again(self) -> Any:
        with transaction.atomic(), connection.cursor() as cursor:
            for table, rows in self.rows.items():
                _write(cursor, table, rows)
        return pickle.loads(self.made)


def _read(cursor: Any, table: str) -> Any:
    if connection.vendor == "sqlite":
        return cursor.execute(f"SELECT * FROM {table}").fetchall()
    cursor.execute(f"SELECT json_agg(row) FROM {table} AS row")
    return json.dumps(cursor.fetchone()[0] or []).removeprefix("[]")


def _write(cursor: Any, table: str, rows: Any) -> None:
    if connection.vendor == "sqlite":
        cursor.executemany(f"INSERT INTO {table} VALUES ({', '.join(['%s'] * len(rows[0]))})", rows)
    else:
        cursor.execute(f"INSERT INTO {table} SELECT * FROM json_populate_recordset(NULL::{table}, %s)", [rows])
