"""Printed names of responsible units -> organisations.

A plan names units as its readers know them: `区科技局` for 天津市红桥区科学技术局, `各区人民政府` for sixteen of them, and now and
then with a slip (`区区商务局`). An exact name, short name, alias or official contraction is matched; anything that takes a
guess is only suggested, and what is printed is never changed.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from difflib import SequenceMatcher

from wulian.directory.models import Organisation, OrganisationName, Region

from .models import TaskUnit

UnitClass = TaskUnit.UnitClass

# Official names and what documents call them. Each row lists writings of one body, the longest being the official one.
CONTRACTIONS: tuple[tuple[str, ...], ...] = (
    ("科学技术委员会", "科技委", "科委"),
    ("科学技术局", "科技局"),
    ("科学技术厅", "科技厅"),
    ("科学技术协会", "科协"),
    ("发展和改革委员会", "发展改革委", "发改委"),
    ("发展和改革局", "发展改革局", "发改局"),
    ("工业和信息化委员会", "工业和信息化委", "工信委"),
    ("工业和信息化局", "工信局"),
    ("工业和信息化厅", "工信厅"),
    ("教育委员会", "教委"),
    ("人力资源和社会保障局", "人力社保局", "人社局"),
    ("人力资源和社会保障厅", "人社厅"),
    ("市场监督管理委员会", "市场监管委"),
    ("市场监督管理局", "市场监管局"),
    ("国有资产监督管理委员会", "国资委"),
    ("卫生健康委员会", "卫生健康委", "卫健委"),
    ("住房和城乡建设委员会", "住房城乡建设委", "住建委"),
    ("住房和建设委员会", "住房建设委", "住建委"),
    ("住房和城乡建设局", "住房城乡建设局", "住建局"),
    ("规划和自然资源局", "规划资源局"),
    ("交通运输委员会", "交通运输委", "交通委"),
    ("农业农村委员会", "农业农村委"),
    ("文化和旅游局", "文化旅游局", "文旅局"),
    ("退役军人事务局", "退役军人局"),
    ("金融工作局", "金融局"),
    ("地方金融管理局", "金融管理局", "金融局"),
    ("地方金融监督管理局", "金融监管局", "金融局"),
    ("政务服务办公室", "政务服务办"),
    ("合作交流办公室", "合作交流办"),
    ("大数据管理局", "大数据局"),
    ("人民政府办公室", "政府办公室", "政府办"),
    ("人民政府", "政府"),
    ("组织部", "委组织部"),
    ("宣传部", "委宣传部"),
)

_EACH = r"(?:各|有关|相关|各有关|各相关)"
_CLASSES: tuple[tuple[re.Pattern[str], str], ...] = (
    (
        re.compile(r"^(?:有关|相关|各有关|各相关)(?:县|市|区|区县|县区|县市区|市区|地市|市州){1,3}(?:人民政府|政府)?$"),
        UnitClass.CONCERNED_DISTRICTS,
    ),
    (re.compile(r"^各(?:市|县|区|区县|县区|县市区|市县区|市县|地市|市州|盟市|行政区)(?:人民政府|政府)?$"), UnitClass.ALL_DISTRICTS),
    (
        re.compile(rf"^(?:市级|区级|省级|全市|全区)?{_EACH}(?:部门|单位|委办局|责任单位|责任部门|成员单位|职能部门)$"),
        UnitClass.ALL_DEPARTMENTS,
    ),
    (re.compile(r"^(?:市级|区级|省级)(?:有关|相关|各)?(?:部门|单位)$"), UnitClass.ALL_DEPARTMENTS),
)
_NOISE = re.compile(r"[\s（）()、,，.。;；:：“”\"'‘’·]")
_LEVELS = {"区": ("district", "zone"), "县": ("district",), "市": ("province", "city"), "省": ("province",)}


def unit_key(name: str) -> str:
    """A name without spaces, brackets and punctuation, full-width forms folded: two writings that differ only so are one."""
    return _NOISE.sub("", unicodedata.normalize("NFKC", name))


def class_of(name: str) -> str:
    """The class that a printed name stands for (各区人民政府 …), or the empty string for a single unit."""
    key = unit_key(name)
    return next((str(found) for pattern, found in _CLASSES if pattern.match(key)), "")


def without_slip(name: str) -> str:
    """The name with a doubled beginning taken once: 区区商务局 -> 区商务局, 区政府区政府合作交流办 -> 区政府合作交流办."""
    key = unit_key(name)
    for length in range(min(6, len(key) // 2), 0, -1):
        if key[:length] == key[length : 2 * length]:
            return key[length:]
    return key


@dataclass(frozen=True, slots=True)
class UnitMatch:
    """What a printed name was matched to. `basis`: exact, class, slip, similar, several or none.

    Only `exact` and `class` may be used without a person; `candidates` are (id, name) pairs, best first. For a slip
    `organisation_name` is the name as it was probably meant.
    """

    printed: str
    basis: str
    organisation_id: int | None = None
    organisation_name: str = ""
    unit_class: str = ""
    candidates: tuple[tuple[int, str], ...] = ()

    def as_dict(self) -> dict[str, object]:
        return {
            "name": self.printed,
            "basis": self.basis,
            "organisation": self.organisation_id,
            "organisation_name": self.organisation_name,
            "unit_class": self.unit_class,
            "candidates": [list(candidate) for candidate in self.candidates],
        }


@dataclass(slots=True)
class _Known:
    """One organisation with its region and the keys of all its names."""

    pk: int
    name: str
    region: str
    level: str
    keys: set[str] = field(default_factory=set)


def ancestors(region: Region) -> list[Region]:
    """`region` and the regions above it, nearest first."""
    chain, seen = [region], {region.code}
    while chain[-1].parent is not None and chain[-1].parent.code not in seen:
        chain.append(chain[-1].parent)
        seen.add(chain[-1].code)
    return chain


def _contracted(key: str) -> set[str]:
    """`key` and its writings with official contractions."""
    found = {key}
    for long, *shorts in CONTRACTIONS:
        for one in [key for key in found if long in key]:
            found.update(one.replace(long, short) for short in shorts)
    return found


def _region_words(region: Region) -> list[str]:
    """How names begin when they name this region, longest first."""
    words = {region.name, region.short_name, *region.old_names}
    words.update(f"{parent.name}{region.name}" for parent in ancestors(region)[1:])
    return sorted((unit_key(word) for word in words if word), key=len, reverse=True)


class UnitMatcher:
    """Matches the names printed in a plan of `region` against the government units and bodies there and above."""

    KINDS = (Organisation.Kind.GOVERNMENT, Organisation.Kind.SOCIAL, Organisation.Kind.OTHER)

    def __init__(self, region: Region) -> None:
        self.regions = {one.code: one for one in ancestors(region)}
        self.order = {code: position for position, code in enumerate(self.regions)}
        self.known: dict[int, _Known] = {}
        self.index: dict[str, set[int]] = {}
        self._load()

    def _load(self) -> None:
        rows = Organisation.objects.filter(kind__in=self.KINDS, region_id__in=self.regions, merged_into__isnull=True).order_by("id")
        # A branch office in a district is named after the city: 天津市规划和自然资源局红桥分局. So the words above count too.
        words = {code: [word for one in ancestors(region) for word in _region_words(one)] for code, region in self.regions.items()}
        for row in rows:
            region = self.regions[str(row.region_id)]
            self.known[row.pk] = _Known(row.pk, row.name, region.code, region.level)
            self._add(row.pk, (row.name, row.short_name), words[region.code])
        names = OrganisationName.objects.filter(organisation__in=self.known).order_by("id")
        for pk, name in names.values_list("organisation_id", "name"):
            self._add(pk, (name,), words[self.known[pk].region])

    def _add(self, pk: int, names: Iterable[str], words: list[str]) -> None:
        known = self.known[pk]
        prefixes = [mark for mark, levels in _LEVELS.items() if known.level in levels]
        for name in filter(None, names):
            for key in _contracted(unit_key(name)):
                known.keys.add(key)
                base = next((key[len(word) :] for word in words if key.startswith(word) and len(key) > len(word) + 1), "")
                if not base:
                    continue
                known.keys.update(f"{prefix}{base}" for prefix in prefixes)
                known.keys.update(f"{prefix}政府{base}" for prefix in prefixes if base.endswith(("办", "办公室")))
                known.keys.update(f"{word}{base}" for word in words)
        for key in known.keys:
            self.index.setdefault(key, set()).add(pk)

    def _nearest(self, ids: Iterable[int]) -> list[int]:
        return sorted(ids, key=lambda pk: (self.order[self.known[pk].region], pk))

    def _pairs(self, ids: Iterable[int]) -> tuple[tuple[int, str], ...]:
        return tuple((pk, self.known[pk].name) for pk in self._nearest(ids))

    def match(self, printed: str) -> UnitMatch:
        """What `printed` stands for; a guess comes back as candidates and never as the answer."""
        if unit_class := class_of(printed):
            return UnitMatch(printed, "class", unit_class=unit_class)
        key = unit_key(printed)
        found = self.index.get(key, set())
        if len(found) == 1:
            pk = next(iter(found))
            return UnitMatch(printed, "exact", pk, self.known[pk].name)
        if found:
            return UnitMatch(printed, "several", candidates=self._pairs(found))
        once = without_slip(printed)
        if once != key:
            return UnitMatch(printed, "slip", organisation_name=once, candidates=self._pairs(self.index.get(once, ())))
        near = self._similar(key)
        return UnitMatch(printed, "similar" if near else "none", candidates=near)

    def _similar(self, key: str, floor: float = 0.75, limit: int = 3) -> tuple[tuple[int, str], ...]:
        best: dict[int, float] = {}
        for other, ids in self.index.items():
            if abs(len(other) - len(key)) > 4 or not set(key) & set(other):
                continue
            likeness = SequenceMatcher(None, key, other, autojunk=False).ratio()
            if likeness >= floor:
                for pk in ids:
                    best[pk] = max(best.get(pk, 0.0), likeness)
        ranked = sorted(best, key=lambda pk: (-best[pk], self.order[self.known[pk].region], pk))[:limit]
        return tuple((pk, self.known[pk].name) for pk in ranked)

    def search(self, words: str, limit: int = 20) -> tuple[tuple[int, str], ...]:
        """Units whose name or any other writing contains `words`, nearest region first."""
        key = unit_key(words)
        return self._pairs(pk for pk, known in self.known.items() if any(key in one for one in known.keys))[:limit]


def class_members(unit_class: str, region: Region) -> list[Organisation]:
    """The concrete units that a class name stands for in a plan of `region`, ordered.

    各区 and 有关区: the people's governments of the districts right below; 各部门: the government units of the region itself.
    """
    units = Organisation.objects.filter(kind=Organisation.Kind.GOVERNMENT, merged_into__isnull=True)
    if unit_class in (UnitClass.ALL_DISTRICTS, UnitClass.CONCERNED_DISTRICTS):
        below = Region.objects.filter(parent=region, disabled_on__isnull=True).exclude(level=Region.Level.ZONE)
        return list(units.filter(region__in=below, name__endswith="人民政府").order_by("region_id", "id"))
    if unit_class == UnitClass.ALL_DEPARTMENTS:
        return list(units.filter(region=region).exclude(name__endswith="人民政府").exclude(name__contains="街道").order_by("id"))
    return []
