"""A record with its parts read, and the keys under which records that may belong together meet."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from .addresses import Address, area_stem, parse_address
from .codes import Codes, parse_codes
from .likeness import sound, spelt
from .names import Name, parse_name
from .records import Record

# Characters at the beginning of a name among which one may be wrong, missing or too many.
WINDOW = 6
# Letters of a name in pinyin under which it meets one printed in Latin letters.
LATIN = 12


@dataclass(frozen=True, eq=False)
class Prepared:
    """`names`: the current name first, then former ones."""

    record: Record
    names: tuple[Name, ...]
    codes: Codes
    address: Address
    area: str
    founded: str

    @property
    def key(self) -> str:
        return self.record.key

    @property
    def branch(self) -> str:
        return self.names[0].branch

    @cached_property
    def block_keys(self) -> tuple[str, ...]:
        return tuple(sorted(set(_block_keys(self))))


def prepare(record: Record) -> Prepared:
    """Read the parts of a record."""
    name = parse_name(record.name)
    others = [parse_name(text) for text in (*record.former_names, *name.former) if text]
    names = [name, *(other for other in others if other.core and other.core != name.core)]
    address = parse_address(record.address)
    area = area_stem(record.district) or (address.areas[0] if address.areas else "")
    return Prepared(record, tuple(names), parse_codes(record.codes), address, area, record.founded.strip()[:10])


def _block_keys(record: Prepared) -> Iterator[str]:
    if record.codes.organisation:
        yield "c" + record.codes.organisation
    if record.codes.old:
        yield "o" + record.codes.old
    place = ""
    if record.address.numbers or len(record.address.words) >= 5:
        place = record.address.words[-6:] + ",".join(record.address.numbers[:3])
    # Branches meet branches of about the same name: two parts of it, so that a misprint in one leaves the other.
    branch = record.branch
    ends = (f"|{branch[:2]}", f"|{branch[2:4]}|") if branch else ("",)
    for name in record.names:
        for end in ends:
            for key in _name_keys(name):
                yield key + end
        if place and name.core:
            yield f"a{place}|{name.core[:1]}"
            yield f"a{place}|{name.core[1:2]}|"
            yield f"a{place}|{name.line[:2]}||{branch[:2]}"


def _name_keys(name: Name) -> Iterator[str]:
    core = name.core
    if not core:
        return
    if core.isascii():
        yield "y" + core[:LATIN]
    head = core[:WINDOW]
    yield "n" + head
    if len(head) > 3:
        for left_out in range(len(head)):
            yield "n" + head[:left_out] + head[left_out + 1 :]
    yield "s" + "".join(sorted(core))
    yield "y" + "".join(map(spelt, core[:LATIN]))[:LATIN]
    yield "p" + "".join(map(sound, head))
    if len(core) >= 5:
        yield "e" + core[:2] + core[-2:]
    if len(name.trade) >= 2:
        spoken = "".join(map(sound, name.trade))
        yield "t" + spoken + name.line[:1]
        if len(name.trade) >= 3:
            yield "t" + spoken
    if name.area:
        yield "n" + name.full[:WINDOW]
