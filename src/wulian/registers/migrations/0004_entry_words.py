"""An index of the search words by pairs of characters, kept by the database itself, so that what was written is found at once.

Pairs, because Chinese has no word boundaries and most words have two characters, for which indexes of trigrams are of no use. On
SQLite full text with positions: a fragment is a phrase of pairs. Its last character stands by itself, so that no phrase
reaches into the next run of words. On PostgreSQL the set of pairs narrows down, and the words themselves decide.

The view on SQLite must be dropped before a later migration alters registers_entrytext, and made again afterwards.
"""

from __future__ import annotations

from typing import Any

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

PAIRS = (
    "(WITH RECURSIVE rest(words) AS (SELECT {column} UNION ALL SELECT substr(words, 2) FROM rest WHERE substr(words, 2, 1) <> '')"
    " SELECT group_concat(substr(words, 1, 2), ' ') FROM rest)"
)
SQLITE = [
    "CREATE VIEW registers_entrypairs AS SELECT entry_id,"
    f" {PAIRS.format(column='t.words')} AS words, {PAIRS.format(column='t.public_words')} AS public_words FROM registers_entrytext t",
    "CREATE VIRTUAL TABLE registers_entrywords USING fts5(words, public_words, content='registers_entrypairs', content_rowid='entry_id',"
    " prefix='1', tokenize='ascii')",
    "CREATE TRIGGER registers_entrytext_indexed AFTER INSERT ON registers_entrytext BEGIN"
    " INSERT INTO registers_entrywords (rowid, words, public_words)"
    " SELECT entry_id, words, public_words FROM registers_entrypairs WHERE entry_id = NEW.entry_id; END",
    "CREATE TRIGGER registers_entrytext_removed BEFORE DELETE ON registers_entrytext BEGIN"
    " INSERT INTO registers_entrywords (registers_entrywords, rowid, words, public_words)"
    " SELECT 'delete', entry_id, words, public_words FROM registers_entrypairs WHERE entry_id = OLD.entry_id; END",
    # Texts are written anew, never changed.
    "CREATE TRIGGER registers_entrytext_no_update BEFORE UPDATE ON registers_entrytext BEGIN"
    " SELECT RAISE(ABORT, 'registers_entrytext is written anew, never updated'); END",
    "INSERT INTO registers_entrywords (rowid, words, public_words) SELECT entry_id, words, public_words FROM registers_entrypairs",
]
POSTGRESQL = [
    "CREATE FUNCTION registers_pairs(words text) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$"
    " SELECT array_agg(DISTINCT pair) FROM (SELECT one, one || lead(one) OVER (ORDER BY place) AS two"
    " FROM unnest(string_to_array(words, NULL)) WITH ORDINALITY AS t(one, place)) AS found, unnest(ARRAY[one, two]) AS pair"
    " WHERE pair IS NOT NULL $$",
    "CREATE INDEX registers_entrytext_pairs ON registers_entrytext USING gin (registers_pairs(words))",
]
UNDO = {
    "sqlite": [
        "DROP TRIGGER registers_entrytext_indexed", "DROP TRIGGER registers_entrytext_removed", "DROP TRIGGER registers_entrytext_no_update",
        "DROP TABLE registers_entrywords", "DROP VIEW registers_entrypairs",
    ],
    "postgresql": ["DROP INDEX registers_entrytext_pairs", "DROP FUNCTION registers_pairs"],
}  # fmt: skip


def forwards(apps: Any, schema_editor: BaseDatabaseSchemaEditor) -> None:
    for statement in {"sqlite": SQLITE, "postgresql": POSTGRESQL}[schema_editor.connection.vendor]:
        schema_editor.execute(statement, params=None)


def backwards(apps: Any, schema_editor: BaseDatabaseSchemaEditor) -> None:
    for statement in UNDO[schema_editor.connection.vendor]:
        schema_editor.execute(statement, params=None)


class Migration(migrations.Migration):
    dependencies = [("registers", "0003_living_entries")]
    operations = [migrations.RunPython(forwards, backwards)]
