"""Registers as code: the grammar of a definition file, its strict loading and its checks. Pure; tables and pages are in
`wulian.registers`.

    definition = load_definition(Path("envoys.yaml"))      # DefinitionRefused: every flaw with file, line and what to do
    lifecycle = lifecycle_of(definition)
"""

from wulian.engines.yaml_file import Flaw

from .checks import lifecycle_of
from .loading import (
    DefinitionRefused,
    definition_files,
    flaws_together,
    load_definition,
    parse_definition,
    shipped_files,
    starter_text,
)
from .schema import Audience, CounterDefinition, Definition, FieldDefinition, FieldType

__all__ = [
    "Audience",
    "CounterDefinition",
    "Definition",
    "DefinitionRefused",
    "FieldDefinition",
    "FieldType",
    "Flaw",
    "definition_files",
    "flaws_together",
    "lifecycle_of",
    "load_definition",
    "parse_definition",
    "shipped_files",
    "starter_text",
]
