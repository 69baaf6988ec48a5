"""Strict YAML: the values of a file with the line of each, every flaw named with file, line and what to do."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Any

import yaml
from yaml.constructor import SafeConstructor

from wulian.kernel.errors import N_
from wulian.kernel.messages import Message

Place = tuple[Hashable, ...]
LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the same grammar, read by libyaml where it is there
DEEPEST = 50  # levels; the files of the product have ten. Thousands would overflow the stack of the C reader, which ends the process
MOST_VALUES = 200_000  # anchors that name each other make a short text grow without end


@dataclass(frozen=True, slots=True)
class Flaw:
    """Something wrong with a file, and where. `line` counts from 1."""

    file: str
    line: int
    message: Message

    def text(self, translate: Callable[[str], str] | None = None) -> str:
        return f"{self.file}:{self.line}: {self.message.text(translate)}"


@dataclass(slots=True)
class YamlFile:
    """What was read. `values` is None where the text could not be read at all; decimals stay text, so that 0.1 stays 0.1."""

    file: str
    values: Any = None
    flaws: list[Flaw] = field(default_factory=list)
    _lines: dict[Place, int] = field(default_factory=dict)

    def line(self, where: Place) -> int:
        """The line of `where`, or of the nearest thing around it that stands in the file."""
        while where and where not in self._lines:
            where = where[:-1]
        return self._lines.get(where, 1)

    def flaw(self, where: Place, message: Message) -> Flaw:
        return Flaw(self.file, self.line(where), message)

    def refused(self, error: Any) -> list[Flaw]:
        """The flaws in a pydantic ValidationError, each with its line and a sentence."""
        return [self.flaw(tuple(item["loc"]), _sentence(item)) for item in error.errors(include_url=False)]


def in_order(flaws: list[Flaw]) -> list[Flaw]:
    return sorted(flaws, key=lambda flaw: flaw.line)


def read_yaml(text: str, *, file: str, start_from: str) -> YamlFile:
    """Read a mapping. `start_from`: where a person finds a file to start from, for the sentence about an empty one."""
    read = YamlFile(file)
    try:
        if deep := _too_deep(text, file):
            read.flaws.append(deep)
            return read
        root = yaml.compose(text, Loader=LOADER)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        message = Message(N_("这里不是合法的 YAML（%(why)s）：请检查缩进、冒号和引号"), {"why": error.problem or error.context or ""})
        read.flaws.append(Flaw(file, mark.line + 1 if mark else 1, message))
        return read
    except (yaml.YAMLError, RecursionError) as error:  # e.g. a character that YAML does not allow
        read.flaws.append(Flaw(file, 1, Message(N_("文件里有 YAML 不允许的字符（%(why)s）：请删去它"), {"why": str(error)[:80]})))
        return read
    if not isinstance(root, yaml.MappingNode):
        message = Message(N_("文件是空的，或者不是“键: 值”的形式：请从 %(start_from)s 开始"), {"start_from": start_from})
        read.flaws.append(Flaw(file, 1, message))
        return read
    try:
        read.values = _plain(root, (), read)
    except _TooManyError as error:
        message = Message(N_("锚点（&、*）展开后超过 %(most)s 项：请把值直接写出来，不用锚点"), {"most": MOST_VALUES})
        read.flaws.append(Flaw(file, error.line, message))
    except (ValueError, TypeError, RecursionError, yaml.YAMLError) as error:  # 2026-13-45, a list as a key, a loop of anchors
        message = Message(N_("文件里有一处读不成值（%(why)s）：日期要真有这一天，键要是文字，不用锚点"), {"why": str(error)[:80]})
        read.flaws.append(Flaw(file, 1, message))
    return read


class _TooManyError(Exception):
    """More values than a file may have, at `line`."""

    def __init__(self, line: int) -> None:
        self.line = line


def _too_deep(text: str, file: str) -> Flaw | None:
    """Where the text is nested deeper than any file is meant to be; asked before anything descends into it."""
    depth = 0
    event: Any
    for event in yaml.parse(text, Loader=LOADER):
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        if depth > DEEPEST:
            return Flaw(
                file, event.start_mark.line + 1, Message(N_("这里一层套一层，超过了 %(most)s 层：请检查括号和缩进"), {"most": DEEPEST})
            )
    return None


def _plain(node: yaml.Node, path: Place, read: YamlFile) -> Any:
    """The node as plain values, noting each one's line; a key written twice is a flaw, not a silent winner."""
    lines = read._lines
    lines[path] = node.start_mark.line + 1
    if len(lines) > MOST_VALUES:
        raise _TooManyError(node.start_mark.line + 1)
    if isinstance(node, yaml.MappingNode):
        found: dict[Any, Any] = {}
        for key_node, value_node in node.value:
            key = SafeConstructor().construct_object(key_node)  # a constructor that stays would keep every node
            # YAML 1.1 reads a bare `on`/`yes`/`no` as a boolean; no key of the grammars is one.
            if not isinstance(key, str):
                key = key_node.value
            if key in found:
                read.flaws.append(Flaw(read.file, key_node.start_mark.line + 1, Message(N_("“%(key)s”写了两次：请只留一个"), {"key": key})))
            lines[(*path, key)] = key_node.start_mark.line + 1
            found[key] = _plain(value_node, (*path, key), read)
            lines[(*path, key)] = key_node.start_mark.line + 1
        return found
    if isinstance(node, yaml.SequenceNode):
        return [_plain(child, (*path, index), read) for index, child in enumerate(node.value)]
    if node.tag in {"tag:yaml.org,2002:bool", "tag:yaml.org,2002:int", "tag:yaml.org,2002:null", "tag:yaml.org,2002:timestamp"}:
        return SafeConstructor().construct_object(node, deep=True)
    return node.value


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
