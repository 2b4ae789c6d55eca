"""The cast, made once by each process: every test that asks for it gets the same rows and people of its own.

The rows are written back as they were, with their ids and a statement for each table; the people come out of a pickle,
knowing of each other what they knew when they were made.
"""

import json
import pickle
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, transaction

from tests.cast import Cast, make_cast
from tests.committed import KEPT


@dataclass
class Kept:
    people: bytes = b""
    rows: dict[str, Any] = field(default_factory=dict)  # table → its rows, as this database takes them back

    def make(self) -> None:
        """Make the cast in an empty database and take it all back."""
        with transaction.atomic():
            self.people = pickle.dumps(make_cast())
            with connection.cursor() as cursor:
                for table in set(connection.introspection.table_names(cursor)) - KEPT:
                    if rows := _read(cursor, connection.ops.quote_name(table)):
                        self.rows[connection.ops.quote_name(table)] = rows
            transaction.set_rollback(True)

    def cast(self) -> Cast:
        with transaction.atomic(), connection.cursor() as cursor:
            for table, rows in self.rows.items():
                _write(cursor, table, rows)
        return pickle.loads(self.people)


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
