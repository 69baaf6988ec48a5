"""Append-only tables: triggers that refuse UPDATE, DELETE and TRUNCATE on both databases, even by raw SQL."""

from __future__ import annotations

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
    """Migration operation that makes `table` append-only on the database in use."""

    def __init__(self, table: str) -> None:
        self.table = table
        super().__init__(migrations.RunSQL.noop, migrations.RunSQL.noop)

    def deconstruct(self) -> tuple[str, list[str], dict[str, str]]:
        return (self.__class__.__qualname__, [self.table], {})

    def database_forwards(self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state, to_state) -> None:  # type: ignore[no-untyped-def]
        if schema_editor.connection.vendor == "sqlite":
            for statement in SQLITE.format(table=self.table).split("END;"):
                if statement.strip():
                    schema_editor.execute(statement + "END;", params=None)
        else:
            schema_editor.execute(POSTGRESQL.format(table=self.table), params=None)

    def database_backwards(self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state, to_state) -> None:  # type: ignore[no-untyped-def]
        on = "" if schema_editor.connection.vendor == "sqlite" else f" ON {self.table}"
        for suffix in ("update", "delete"):
            schema_editor.execute(f"DROP TRIGGER IF EXISTS {self.table}_no_{suffix}{on}", params=None)
