"""Finding the district in what a register prints: its own column, or an address with old county names in it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

BLANKS = frozenset({"", "-", "—", "无", "N/A", "NA", "NULL", "不详", "/"})


@dataclass(frozen=True, slots=True)
class Place:
    """One region as a finder needs it. `is_zone`: a functional zone, whose parts lie in several districts' addresses."""

    code: str
    name: str
    short_name: str
    is_zone: bool
    parent: str | None = None
    old_names: tuple[str, ...] = ()


@dataclass(slots=True)
class DistrictFinder:
    """Looks up regions by their column text and by address. Build once per import."""

    places: Iterable[Place]
    _by_word: dict[str, Place] = field(init=False)
    _in_address: list[tuple[str, Place]] = field(init=False)

    def __post_init__(self) -> None:
        places = list(self.places)
        self._by_word = {}
        for place in places:
            for word in (place.code, place.name, place.short_name, *place.old_names):
                self._by_word.setdefault(word, place)
        # Short names are streets too (南开三马路, 和平路), so an address is searched for full and old names only. A zone is
        # known by its full name alone: 开发区 and 保税区 stand in the addresses of many districts.
        words = [(word, place) for place in places if place.parent for word in self._address_words(place)]
        self._in_address = sorted(words, key=lambda item: -len(item[0]))

    @staticmethod
    def _address_words(place: Place) -> list[str]:
        return [place.name, *(word for word in place.old_names if not place.is_zone or len(word) > 4)]

    def by_column(self, text: str) -> Place | None:
        """The region that a district column names: 红桥, 红桥区, 120106, 蓟县 …; None for a blank or an unknown word."""
        word = text.strip()
        if word.upper() in BLANKS:
            return None
        return self._by_word.get(word) or self._by_word.get(word.removeprefix("天津市")) or self._by_word.get(word.removesuffix("区"))

    def by_address(self, address: str) -> Place | None:
        """The region whose full or old name stands first in the address."""
        found: tuple[int, int, Place] | None = None
        for word, place in self._in_address:
            position = address.find(word)
            if position >= 0 and (found is None or (position, -len(word)) < found[:2]):
                found = (position, -len(word), place)
        return found[2] if found else None

    @staticmethod
    def disagree(column: Place, address: Place) -> bool:
        """True when both are districts and differ. A zone reaches over several districts, so it never disagrees."""
        return not column.is_zone and not address.is_zone and column.code != address.code
