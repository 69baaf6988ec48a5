"""Append-only tables: triggers that refuse UPDATE, DELETE and TRUNCATE on both databases, even by raw SQL."""

from __future__ import annotations

from typing import Any

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

SQLITE = """
CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table}
BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END;
CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table}
BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END;
"""
POSTGRESQL = """
CREATE OR REPLACE FUNCTION {table}_refuse() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION '{table} is append-only' USING ERRCODE = 'integrity_constraint_violation'; END $$;
CREATE TRIGGER {table}_no_update BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION {table}_refuse();
CREATE TRIGGER {table}_no_delete BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION {table}_refuse();
"""


class AppendOnly(migrations.RunSQL):
    """Migration operation that makes `table` append-only on the database in use.

    deletable: rows may go with what they belong to (a removed demonstration), but are never changed.
    """

    def __init__(self, table: str, deletable: bool = False) -> None:
        self.table, self.deletable = table, deletable
        super().__init__(migrations.RunSQL.noop, migrations.RunSQL.noop)

    def deconstruct(self) -> tuple[str, list[str], dict[str, Any]]:
        return (self.__class__.__qualname__, [self.table], {"deletable": True} if self.deletable else {})

    def database_forwards(self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state, to_state) -> None:  # type: ignore[no-untyped-def]
        if schema_editor.connection.vendor == "sqlite":
            statements = [statement + "END;" for statement in SQLITE.format(table=self.table).split("END;") if statement.strip()]
            for statement in statements[:1] if self.deletable else statements:
                schema_editor.execute(statement, params=None)
        else:
            sql = POSTGRESQL.format(table=self.table)
            if self.deletable:
                sql = sql.replace("BEFORE UPDATE OR DELETE", "BEFORE UPDATE").partition(f"CREATE TRIGGER {self.table}_no_delete")[0]
            schema_editor.execute(sql, params=None)

    def database_backwards(self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state, to_state) -> None:  # type: ignore[no-untyped-def]
        on = "" if schema_editor.connection.vendor == "sqlite" else f" ON {self.table}"
        for suffix in ("update", "delete"):
            schema_editor.execute(f"DROP TRIGGER IF EXISTS {self.table}_no_{suffix}{on}", params=None)
