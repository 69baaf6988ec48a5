"""Reading a definition file: strict YAML, every refusal with file, line and what to do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from pydantic import ValidationError

from wulian.engines.yaml_file import Flaw, in_order, read_yaml
from wulian.kernel.errors import N_, WulianError
from wulian.kernel.messages import Message

from .checks import flaws_of
from .schema import CHAINS, LINKABLE, Definition


class DefinitionRefused(WulianError):
    """A definition file that may not be used; `flaws` holds all that is wrong with it."""

    code = "definition_refused"
    message = N_("台账定义 %(file)s 有 %(count)s 处不对，没有采用：\n%(flaws)s")
    status = 422

    def __init__(self, file: str, flaws: list[Flaw]) -> None:
        self.flaws = flaws
        super().__init__(file=file, count=len(flaws), flaws="\n".join(flaw.text() for flaw in flaws))


def load_definition(path: Path) -> Definition:
    """The definition in `path`.

    Raises: DefinitionRefused, with every flaw found.
    """
    return parse_definition(path.read_text(encoding="utf-8"), file=path.name, expected_id=path.stem)


def parse_definition(text: str, *, file: str, expected_id: str | None = None) -> Definition:
    """The definition in `text`; `file` is named in the flaws; `expected_id` is the id that the file's name promises.

    Raises: DefinitionRefused.
    """
    read = read_yaml(text, file=file, start_from="wulian registers new")
    if read.values is None:
        raise DefinitionRefused(file, read.flaws)
    try:
        definition = Definition.model_validate(read.values)
    except ValidationError as error:
        raise DefinitionRefused(file, in_order([*read.flaws, *read.refused(error)])) from error
    flaws = [*read.flaws, *(read.flaw(where, message) for where, message in flaws_of(definition, expected_id))]
    if flaws:
        raise DefinitionRefused(file, in_order(flaws))
    return definition


def flaws_together(definitions: Sequence[Definition]) -> list[Message]:
    """What is wrong between definitions: an id or a prefix used twice, a link to a register that does not exist."""
    found: list[Message] = []
    for key in ("id", "prefix"):
        counted = Counter(getattr(definition, key) for definition in definitions)
        for value in sorted(value for value, number in counted.items() if number > 1):
            found.append(Message(N_("两本台账都用“%(value)s”作 %(key)s：请改其中一本"), {"value": value, "key": key}))
    known = {definition.id for definition in definitions} | LINKABLE
    for definition in definitions:
        for field in definition.fields:
            if field.to and field.to not in known:
                found.append(
                    Message(
                        N_("台账“%(id)s”的字段“%(field)s”连到“%(to)s”，没有这本台账：请改正 to"),
                        {"id": definition.id, "field": field.code, "to": field.to},
                    )
                )
    return found


def starter_text(register_id: str = "") -> str:
    """A commented definition to start from."""
    text = Path(__file__).with_name("starter.yaml").read_text(encoding="utf-8")
    return text.replace("id: my_register", f"id: {register_id}", 1) if register_id else text


def definition_files(folder: Path) -> list[Path]:
    """The definition files of a folder, by name."""
    return sorted(folder.glob("*.yaml"))


def shipped_files() -> list[Path]:
    """The definitions that the product ships, chain by chain."""
    package = Path(__file__).resolve().parents[2]
    folders = [package / "chains" / chain / "registers" for chain in CHAINS[:-1]] + [package / "fusion" / "registers"]
    return [path for folder in folders for path in definition_files(folder)]
