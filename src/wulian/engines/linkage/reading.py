"""Reads registers from CSV files into records: UTF-8, UTF-16 or GB18030, plain or gzipped, columns by name."""

from __future__ import annotations

import csv
import gzip
import io
import re
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from .errors import BadConfig, CannotRead, NoNameColumn, NoSuchColumn
from .records import Record

# Headers under which registers print a field, most telling first.
KNOWN = {
    "id": ("记录号", "记录编号", "id", "序号", "编号"),
    "name": ("企业名称", "申请人", "单位名称", "机构名称", "主体名称", "专利权人", "名称", "name"),
    "codes": ("统一社会信用代码", "社会信用代码", "信用代码", "证照号码", "注册号", "组织机构代码", "code"),
    "former_names": ("历史名称", "曾用名", "曾用名称", "原名称"),
    "address": ("注册地址", "申请人地址", "联系地址", "通讯地址", "住所", "地址", "address"),
    "district": ("地区", "所属区", "所在区", "区县", "district"),
    "founded": ("注册日期", "成立日期", "设立日期", "founded"),
}
SEVERAL = ("codes", "former_names")
_NAMES_APART = re.compile(r"[;；|、\n]+")
_LIMIT = 1 << 20


@dataclass(frozen=True, slots=True)
class Register:
    """A file to read: `columns` maps fields of KNOWN to headers; fields that are not given are found by their usual headers."""

    path: Path
    source: str
    columns: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(slots=True)
class Row:
    """What a result row needs: the id as printed, whose register, and the record with its unique key."""

    printed_id: str
    record: Record


@dataclass(slots=True)
class Read:
    """`rows` of all files in the order of the files; `remarks`: what a person should know, (Chinese, English)."""

    rows: list[Row] = field(default_factory=list)
    remarks: list[tuple[str, str]] = field(default_factory=list)


def read_registers(registers: list[Register]) -> Read:
    """All records of all files. Nothing is left out: a repeated or missing id gets a key of its own. Raises CannotRead and the like."""
    read = Read()
    ids: dict[str, int] = {}
    for register in registers:
        repeated = empty = nameless = count = 0
        for number, record in enumerate(_records(register), 2):
            count += 1
            printed = record.key
            empty += not printed
            nameless += not record.name.strip()
            key = printed or f"{register.source}#{number}"
            if key in ids:  # in this file or an earlier one
                repeated += 1
                ids[key] += 1
                key = f"{key}#{register.source}#{ids[key]}"
            ids.setdefault(key, 1)
            read.rows.append(Row(printed or key, _keyed(record, key)))
        name = register.path.name
        if not count:
            read.remarks.append((f"{name} 没有数据行", f"{name} has no rows"))
        if repeated:
            read.remarks.append(
                (f"{name} 有 {repeated:,} 行的记录号与前面重复：都参加归并，结果里各占一行", f"{name}: {repeated:,} rows repeat an earlier id; each is linked and has its own row in the result")
            )  # fmt: skip
        if empty:
            read.remarks.append(
                (f"{name} 有 {empty:,} 行没有记录号：以行号代替", f"{name}: {empty:,} rows without id are named by their line")
            )
        if nameless:
            read.remarks.append(
                (
                    f"{name} 有 {nameless:,} 行没有名称：只能靠代码归并",
                    f"{name}: {nameless:,} rows without a name can be linked by code only",
                )
            )
    return read


def _keyed(record: Record, key: str) -> Record:
    return Record(key, record.source, record.name, record.codes, record.former_names, record.address, record.district, record.founded)


def _records(register: Register) -> Iterator[Record]:
    """Records with the printed id as key."""
    lines = _table(register.path)
    try:
        header = [cell.strip().lstrip("\ufeff") for cell in next(lines)]
    except StopIteration:
        raise CannotRead(file=register.path.name, why="文件是空的") from None
    place = _places(register, header)

    def cell(row: list[str], name: str) -> str:
        at = place[name]
        return row[at[0]].strip() if at and at[0] < len(row) else ""

    try:
        for row in lines:
            if not any(row):
                continue
            yield Record(
                key=cell(row, "id"),
                source=register.source,
                name=cell(row, "name"),
                codes=tuple(row[at].strip() for at in place["codes"] if at < len(row) and row[at].strip()),
                former_names=tuple(
                    name.strip() for at in place["former_names"] if at < len(row) for name in _NAMES_APART.split(row[at]) if name.strip()
                ),
                address=cell(row, "address"),
                district=cell(row, "district"),
                founded=cell(row, "founded"),
            )
    except csv.Error as error:
        raise CannotRead(file=register.path.name, why=str(error)) from error


def _places(register: Register, header: list[str]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    lower = [cell.lower() for cell in header]
    shown = "、".join(header[:20])
    for name, usual in KNOWN.items():
        if asked := register.columns.get(name):
            for column in asked:
                if column not in header:
                    raise NoSuchColumn(file=register.path.name, column=column, header=shown)
            found[name] = [header.index(column) for column in asked]
        else:
            known = [lower.index(column) for column in usual if column in lower]
            found[name] = known if name in SEVERAL else known[:1]
    if not found["name"]:
        raise NoNameColumn(file=register.path.name, header=shown)
    return found


def _table(path: Path) -> Iterator[list[str]]:
    try:
        raw = path.read_bytes()
        if raw[:2] == b"\x1f\x8b":
            raw = gzip.decompress(raw)
    except FileNotFoundError as error:
        raise CannotRead(file=path.name, why="没有这个文件") from error
    except (OSError, EOFError, zlib.error) as error:
        raise CannotRead(file=path.name, why="文件不完整或打不开") from error
    if raw[:2] == b"PK":
        raise CannotRead(file=path.name, why="这是工作簿，请另存为 CSV")
    text = _decode(raw)
    csv.field_size_limit(_LIMIT)
    first = text[: text.find("\n")] if "\n" in text else text
    delimiter = max(",\t;", key=first.count)
    return csv.reader(io.StringIO(text.replace("\0", ""), newline=""), delimiter=delimiter)


def _decode(raw: bytes) -> str:
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return raw.decode("utf-16", errors="replace")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        # A few bad bytes in UTF-8 do not make it GB18030.
        loose = raw.decode("utf-8-sig", errors="replace")
        wide = sum(1 for c in loose[:200_000] if c > "\x7f" and c != "\ufffd")
        if loose[:200_000].count("\ufffd") * 20 < wide:
            return loose
        return raw.decode("gb18030", errors="replace")


def read_config(path: Path) -> list[Register]:
    """Registers of a YAML file: `files:` with `path` (relative to the file) and, where headers are unusual, the columns by field."""
    try:
        given = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise BadConfig(file=path.name, why="不是能读的 YAML") from error
    files = given.get("files") if isinstance(given, dict) else None
    if not isinstance(files, list) or not files:
        raise BadConfig(file=path.name, why="要有 files 一项，列出各个文件")
    return [_register(path, at, entry) for at, entry in enumerate(files, 1)]


def _register(config: Path, at: int, entry: Any) -> Register:
    if not isinstance(entry, dict) or not isinstance(entry.get("path"), str):
        raise BadConfig(file=config.name, why=f"第 {at} 个文件没有 path")
    unknown = sorted(set(entry) - {"path", "source", *KNOWN})
    if unknown:
        raise BadConfig(file=config.name, why=f"不认识 {'、'.join(map(str, unknown))}，可写的是 path、source、{'、'.join(KNOWN)}")
    columns = {}
    for name in KNOWN:
        if name in entry:
            value = entry[name]
            columns[name] = tuple(map(str, value)) if isinstance(value, list) else (str(value),)
    path = Path(entry["path"])
    return Register(
        path if path.is_absolute() else config.parent / path, str(entry.get("source") or Path(path.name).name.split(".")[0]), columns
    )
