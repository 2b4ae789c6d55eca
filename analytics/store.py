"""Rows by the thousand: append, add up, replace and look up, in one statement each on either database.

The caller holds the organization's ledger: nobody else writes its rows meanwhile. Rows come sorted, so that two
writers never wait for each other crosswise.
"""

import json
from collections.abc import Callable, Collection, Container, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from functools import cache, lru_cache
from typing import Any

import psycopg
from django.db import connection, models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.lookups import Lookup
from django.db.models.sql.compiler import SQLCompiler
from psycopg.types.datetime import DateBinaryDumper

from analytics.clock import moment

Row = tuple[Any, ...]
Column = Sequence[Any]
_TYPES = {
    "CharField": "text",
    "BigIntegerField": "bigint",
    "PositiveSmallIntegerField": "smallint",
    "DateField": "date",
    "DateTimeField": "timestamptz",
    "BinaryField": "bytea",
    "ForeignKey": "bigint",
    "OneToOneField": "bigint",
}
# Moments are written as what they are on the wire: microseconds since 2000 (`moments`).
_WRITTEN = {"timestamptz": "bigint"}
_FIRST_MOMENT = 946_684_800_000_000


class _DayDumper(DateBinaryDumper):
    """psycopg packs days one by one, in Python."""

    dump = staticmethod(lru_cache(maxsize=2_000)(DateBinaryDumper(date).dump))


@cache
def _shape(model: type[models.Model]) -> tuple[str, tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """Table, columns (those of the primary key first), their PostgreSQL types, and the columns of the primary key."""
    key = tuple(str(field.column) for field in model._meta.pk_fields)
    fields = {
        str(field.column): _TYPES[field.get_internal_type()] for field in model._meta.concrete_fields if field.column
    }
    names = (*key, *(name for name in fields if name not in key))
    return model._meta.db_table, names, tuple(fields[name] for name in names), key


def columns(model: type[models.Model]) -> tuple[str, ...]:
    """The columns that a row of `model` gives values for: the primary key's first."""
    return _shape(model)[1]


def key_of(model: type[models.Model]) -> tuple[str, ...]:
    """The columns of the primary key."""
    return _shape(model)[3]


def add(model: type[models.Model], rows: Sequence[Row]) -> None:
    """Add the numbers of `rows` to what is there under the same key; what is not there yet begins with them."""
    table, _, _, key = _shape(model)
    sums = [name for name in columns(model) if name not in key]
    merge(model, rows, ", ".join(f"{name} = {table}.{name} + excluded.{name}" for name in sums))


def put(model: type[models.Model], rows: Sequence[Row]) -> None:
    """Replace what is there under the same key."""
    key = _shape(model)[3]
    merge(model, rows, ", ".join(f"{name} = excluded.{name}" for name in columns(model) if name not in key))


def write(model: type[models.Model], rows: Sequence[Row], known: Container[Row]) -> None:
    """Put `rows`, of which those are there already whose keys are `known`: the others need not be looked for."""
    key = len(key_of(model))
    new = [row for row in rows if row[:key] not in known]
    if new:
        append(model, new)
    put(model, [row for row in rows if row[:key] in known])


def append(model: type[models.Model], rows: Iterable[Row]) -> None:
    """Add rows of which none is there yet.

    Raises:
        django.db.IntegrityError, psycopg.IntegrityError: one of them is there.
    """
    with appending(model) as add:
        add(rows)


@contextmanager
def appending(model: type[models.Model]) -> Iterator[Callable[[Iterable[Row]], None]]:
    """The same by and by, in one binary COPY on PostgreSQL: nothing else can be asked of the database meanwhile."""
    table, names, types, _ = _shape(model)
    if connection.vendor == "postgresql":
        with _postgres() as pg, _copying(pg, table, names, types) as add:
            yield add
        return
    marks = ", ".join(["%s"] * len(names))
    with connection.cursor() as cursor:
        insert = f"INSERT INTO {table} ({', '.join(names)}) VALUES ({marks})"  # noqa: S608
        yield lambda rows: cursor.executemany(insert, list(rows))


def fetch(model: type[models.Model], keys: Sequence[Row], *names: str) -> Iterator[Row]:
    """The key and the columns `names` of the rows that are there under `keys`, all of one organization."""
    table, _, types, key = _shape(model)
    wanted = ", ".join(f"t.{name}" for name in (*key, *names))
    if not keys:
        return
    if connection.vendor == "postgresql":
        found = dict(zip(key, zip(types, zip(*keys, strict=True), strict=False), strict=True))
        with _postgres() as pg:
            pg.execute(*_lookup(table, wanted, found), binary=True)
            yield from pg.fetchall()
        return
    match = " AND ".join(f"t.{name} = json_extract(k.value, '$[{place}]')" for place, name in enumerate(key))
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {wanted} FROM json_each(%s) AS k CROSS JOIN {table} AS t WHERE {match}",  # noqa: S608
            [json.dumps(keys, default=str)],
        )
        yield from cursor.fetchall()


def _lookup(table: str, wanted: str, key: Mapping[str, tuple[str, Column]]) -> tuple[str, list[Any]]:
    """A statement that finds many rows by their keys, and its parameters, on PostgreSQL.

    `key` gives type and values of each column, the organization's first.
    """
    arrays = {name: _array(kind, column) for name, (kind, column) in key.items()}
    (org, (_, (book, *_))), *rest = key.items()
    if len(rest) == 1:
        name = rest[0][0]
        given, values = arrays[name]
        return f"SELECT {wanted} FROM {table} AS t WHERE t.{org} = %s AND t.{name} = ANY({given})", [book, values]  # noqa: S608
    match = " AND ".join(f"{name} = k.{name}" for name in key)
    # OFFSET 0 keeps the planner from reading the whole table, which it would take for the cheaper way.
    found = f"CROSS JOIN LATERAL (SELECT * FROM {table} WHERE {match} OFFSET 0) AS t"  # noqa: S608
    given = ", ".join(given for given, _ in arrays.values())
    sql = f"SELECT {wanted} FROM unnest({given}) AS k ({', '.join(key)}) {found}"  # noqa: S608
    return sql, [values for _, values in arrays.values()]


_BETWEEN = "\x1f"


class OneOf(Lookup):
    """Whether a column has one of many values, however many those are: one parameter, where `in` has one for each."""

    prepare_rhs = False

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> tuple[str, tuple[Any, ...]]:
        column, params = self.process_lhs(compiler, connection)
        return f"{column} IN (SELECT value FROM json_each(%s))", (*params, json.dumps(list(self.rhs)))  # noqa: S608

    def as_postgresql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> tuple[str, tuple[Any, ...]]:
        column, params = self.process_lhs(compiler, connection)
        number = isinstance(self.lhs.output_field, models.IntegerField)
        given, value = _array("bigint" if number else "text", list(self.rhs))
        return f"{column} = ANY({given})", (*params, value)


def _array(kind: str, column: Column) -> tuple[str, Any]:
    """An array as an expression and its parameter: one text, which takes a fifth of the time of a list to write."""
    text = _BETWEEN.join(map(str, column))
    # A single empty text would be an empty array.
    if len(column) < 2 or text.count(_BETWEEN) != len(column) - 1:
        return f"%s::{kind}[]", list(column)
    return f"string_to_array(%s, '{_BETWEEN}')::{kind}[]", text


def bodies(model: type[models.Model], column: str, pks: Collection[int]) -> dict[int, bytes]:
    """The bytes of a column by id; in binary on PostgreSQL, whose text for them is twice as long."""
    if connection.vendor != "postgresql":
        return {pk: bytes(body) for pk, body in model._default_manager.filter(pk__in=pks).values_list("pk", column)}
    with _postgres() as pg:
        sql = f"SELECT id, {column} FROM {model._meta.db_table} WHERE id = ANY(%s)"  # noqa: S608
        return dict(pg.execute(sql, [list(pks)], binary=True).fetchall())


def moments(column: Iterable[int]) -> list[Any]:
    """Microseconds since 1970 as a row of `append` gives them. SQLite keeps times in UTC, without saying so."""
    if connection.vendor == "postgresql":
        return [at - _FIRST_MOMENT for at in column]
    return [moment(at).replace(tzinfo=None) for at in column]


def delete(model: type[models.Model], keys: Sequence[Row]) -> None:
    """Remove the rows with these keys."""
    table, _, _, key = _shape(model)
    match = " AND ".join(f"{name} = %s" for name in key)
    with connection.cursor() as cursor:
        cursor.executemany(f"DELETE FROM {table} WHERE {match}", keys)  # noqa: S608


def merge(model: type[models.Model], rows: Sequence[Row], change: str) -> None:
    """Add rows; what is there under the same key changes as `change` says, in SQL, of the row and of `excluded`."""
    if not rows:
        return
    table, names, types, key = _shape(model)
    conflict = f"ON CONFLICT ({', '.join(key)}) DO UPDATE SET {change}"
    if connection.vendor != "postgresql":
        marks = ", ".join(["%s"] * len(names))
        with connection.cursor() as cursor:
            cursor.executemany(f"INSERT INTO {table} ({', '.join(names)}) VALUES ({marks}) {conflict}", rows)  # noqa: S608
        return
    staged, every = f"staged_{table}", ", ".join(names)
    with _postgres() as pg:
        pg.execute(
            f"CREATE TEMPORARY TABLE IF NOT EXISTS {staged} ON COMMIT DELETE ROWS AS "  # noqa: S608
            f"SELECT {every} FROM {table} WITH NO DATA"
        )
        pg.execute(f"DELETE FROM {staged}")  # noqa: S608
        # Binary COPY: an array of each column as a parameter takes five times as long to write.
        with _copying(pg, staged, names, types) as add:
            add(rows)
        pg.execute(f"INSERT INTO {table} ({every}) SELECT {every} FROM {staged} {conflict}")  # noqa: S608


@contextmanager
def _copying(
    pg: "psycopg.Cursor[Any]", table: str, names: Sequence[str], types: Sequence[str]
) -> Iterator[Callable[[Iterable[Row]], None]]:
    with pg.copy(f"COPY {table} ({', '.join(names)}) FROM STDIN (FORMAT BINARY)") as copy:
        copy.set_types([_WRITTEN.get(kind, kind) for kind in types])
        write = copy.write_row

        def add(rows: Iterable[Row]) -> None:
            for row in rows:
                write(row)

        yield add


def _postgres() -> "psycopg.Cursor[Any]":
    """A cursor that binds on the server: Django's own writes every value into the statement's text."""
    connection.ensure_connection()
    cursor = psycopg.Cursor(connection.connection)
    cursor.adapters.register_dumper(date, _DayDumper)
    return cursor
