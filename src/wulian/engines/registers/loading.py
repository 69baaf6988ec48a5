"""Reading a definition file: strict YAML, every refusal with file, line and what to do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError
from yaml.constructor import SafeConstructor

from wulian.kernel.errors import N_, WulianError
from wulian.kernel.messages import Message

from .checks import flaws_of
from .schema import CHAINS, LINKABLE, Definition

Path_ = tuple[Hashable, ...]
LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the same grammar, read by libyaml where it is there


@dataclass(frozen=True, slots=True)
class Flaw:
    """Something wrong with a definition file, and where. `line` counts from 1."""

    file: str
    line: int
    message: Message

    def text(self, translate: Callable[[str], str] | None = None) -> str:
        return f"{self.file}:{self.line}: {self.message.text(translate)}"


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
    try:
        root = yaml.compose(text, Loader=LOADER)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        message = Message(N_("这里不是合法的 YAML（%(why)s）：请检查缩进、冒号和引号"), {"why": error.problem or error.context or ""})
        raise DefinitionRefused(file, [Flaw(file, mark.line + 1 if mark else 1, message)]) from error
    except (yaml.YAMLError, RecursionError) as error:  # e.g. a character that YAML does not allow
        message = Message(N_("文件里有 YAML 不允许的字符（%(why)s）：请删去它"), {"why": str(error)[:80]})
        raise DefinitionRefused(file, [Flaw(file, 1, message)]) from error
    if not isinstance(root, yaml.MappingNode):
        raise DefinitionRefused(
            file, [Flaw(file, 1, Message(N_("文件是空的，或者不是“键: 值”的形式：请从 wulian registers new 给出的样子开始")))]
        )

    lines: dict[Path_, int] = {}
    flaws: list[Flaw] = []
    try:
        values = _plain(root, (), lines, flaws, file)
    except (ValueError, TypeError, RecursionError, yaml.YAMLError) as error:  # 2026-13-45, a list as a key, a loop of anchors
        message = Message(N_("文件里有一处读不成值（%(why)s）：日期要真有这一天，键要是文字，不用锚点"), {"why": str(error)[:80]})
        raise DefinitionRefused(file, [Flaw(file, 1, message)]) from error
    try:
        definition = Definition.model_validate(values)
    except ValidationError as error:
        flaws += [Flaw(file, _line(lines, tuple(item["loc"])), _sentence(item)) for item in error.errors(include_url=False)]
        raise DefinitionRefused(file, _in_order(flaws)) from error
    flaws += [Flaw(file, _line(lines, where), message) for where, message in flaws_of(definition, expected_id)]
    if flaws:
        raise DefinitionRefused(file, _in_order(flaws))
    return definition


def _in_order(flaws: list[Flaw]) -> list[Flaw]:
    return sorted(flaws, key=lambda flaw: flaw.line)


def _plain(node: yaml.Node, path: Path_, lines: dict[Path_, int], flaws: list[Flaw], file: str) -> Any:
    """The node as plain values, noting each one's line; a key written twice is a flaw, not a silent winner."""
    lines[path] = node.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        found: dict[Any, Any] = {}
        for key_node, value_node in node.value:
            key = SafeConstructor().construct_object(key_node)  # a constructor that stays would keep every node
            # YAML 1.1 reads a bare `on`/`yes`/`no` as a boolean; no key of the grammar is one.
            if not isinstance(key, str):
                key = key_node.value
            if key in found:
                flaws.append(Flaw(file, key_node.start_mark.line + 1, Message(N_("“%(key)s”写了两次：请只留一个"), {"key": key})))
            lines[(*path, key)] = key_node.start_mark.line + 1
            found[key] = _plain(value_node, (*path, key), lines, flaws, file)
            lines[(*path, key)] = key_node.start_mark.line + 1
        return found
    if isinstance(node, yaml.SequenceNode):
        return [_plain(child, (*path, index), lines, flaws, file) for index, child in enumerate(node.value)]
    if node.tag in {"tag:yaml.org,2002:bool", "tag:yaml.org,2002:int", "tag:yaml.org,2002:null", "tag:yaml.org,2002:timestamp"}:
        return SafeConstructor().construct_object(node, deep=True)
    return node.value  # a decimal stays text, so that 0.1 stays 0.1


def _line(lines: dict[Path_, int], where: Path_) -> int:
    """The line of `where`, or of the nearest thing around it that stands in the file."""
    while where and where not in lines:
        where = where[:-1]
    return lines.get(where, 1)


# pydantic's kinds of error -> our sentence
SENTENCES = {
    "missing": N_("缺少“%(key)s”：请补上"),
    "extra_forbidden": N_("不认识“%(key)s”：请改正拼写或删去它"),
    "enum": N_("“%(key)s”写成了“%(input)s”：只能是 %(expected)s 之一"),
    "literal_error": N_("“%(key)s”写成了“%(input)s”：只能是 %(expected)s 之一"),
    "string_pattern_mismatch": N_(
        "“%(key)s”写成了“%(input)s”：代码只能用小写字母、数字和下划线，以字母开头；前缀用二到六个大写字母（TKT）；系统编号形如 T3"
    ),
    "string_too_short": N_("“%(key)s”是空的：请写上"),
    "too_short": N_("“%(key)s”是空的：请至少写一项"),
}
OTHER = N_("“%(key)s”写成了“%(input)s”：类型不对，这里要的是%(wanted)s")
WANTED = {
    "string_type": N_("文字"),
    "int_type": N_("整数"),
    "int_parsing": N_("整数"),
    "bool_type": N_("true 或 false"),
    "tuple_type": N_("列表（[甲, 乙]）"),
    "model_type": N_("“键: 值”的一组"),
    "model_attributes_type": N_("“键: 值”的一组"),
    "decimal_parsing": N_("数"),
    "date_from_datetime_parsing": N_("日期"),
}


def _sentence(item: Any) -> Message:
    key = next((str(part) for part in reversed(item["loc"]) if isinstance(part, str)), "")
    params: dict[str, Any] = {"key": key, "input": str(item.get("input"))[:60]}
    template = SENTENCES.get(item["type"])
    if template is None:
        return Message(OTHER, {**params, "wanted": WANTED.get(item["type"], item["msg"])})
    return Message(template, {**params, "expected": (item.get("ctx") or {}).get("expected", "")})


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
