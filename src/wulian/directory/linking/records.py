"""From rows of the directory to records of the linkage engine.

A source record has the key `source:key`; an organisation that no source has brought in has `organisation:id`. Keys never change.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from wulian.directory.models import Organisation, SourceRecord
from wulian.engines.linkage import Record

OWN = "organisation"
# Columns of registers, by what the engine reads in them. The first that is there and not blank counts; of codes, all.
NAMES = ("企业名称", "单位名称", "公司名称", "主体名称", "机构名称", "申请人", "专利权人", "权利人", "名称", "name")
CODES = ("统一社会信用代码", "信用代码", "证照号码", "注册号", "组织机构代码", "统一代码", "企业代码", "uscc")
FORMER = ("历史名称", "曾用名", "曾用名称", "former_names")
ADDRESSES = ("注册地址", "住所", "企业地址", "联系地址", "申请人地址", "经营地址", "地址", "address")
DISTRICTS = ("地区", "所属区", "所在区", "区域", "行政区", "区县", "district")
FOUNDED = ("注册日期", "成立日期", "登记日期", "成立时间", "established_on")
_BLANK = frozenset({"", "-", "无", "N/A", "n/a", "null", "None"})
_SPLIT = re.compile(r"[;；、,，|\n]+")


def key_of(source: str, key: str) -> str:
    """The engine's key of a record. source: code of the data source."""
    return f"{source}:{key}"


def _first(values: Mapping[str, Any], names: Iterable[str]) -> str:
    for name in names:
        text = str(values.get(name) or "").strip()
        if text not in _BLANK:
            return text
    return ""


def linking_of(values: Mapping[str, Any]) -> dict[str, Any]:
    """What the engine reads of a printed row, by the names of its columns."""
    return {
        "name": _first(values, NAMES),
        "codes": [text for name in CODES if (text := str(values.get(name) or "").strip()) not in _BLANK],
        "former_names": [part.strip() for part in _SPLIT.split(_first(values, FORMER)) if part.strip()],
        "address": _first(values, ADDRESSES),
        "district": _first(values, DISTRICTS),
        "founded": _first(values, FOUNDED),
    }


def record_of(key: str, source: str, linking: Mapping[str, Any]) -> Record:
    return Record(
        key=key,
        source=source,
        name=linking.get("name") or "",
        codes=tuple(linking.get("codes") or ()),
        former_names=tuple(linking.get("former_names") or ()),
        address=linking.get("address") or "",
        district=linking.get("district") or "",
        founded=linking.get("founded") or "",
    )


def from_source_record(record: SourceRecord, source: str) -> Record:
    return record_of(key_of(source, record.key), source, record.linking or linking_of(record.values))


def from_organisation(organisation: Organisation, former: Iterable[str] = (), district: str = "") -> Record:
    """An organisation as its own columns have it."""
    return Record(
        key=key_of(OWN, str(organisation.pk)),
        source=OWN,
        name=organisation.name,
        codes=(organisation.uscc,) if organisation.uscc else (),
        former_names=tuple(former),
        address=organisation.address,
        district=district,
        founded=organisation.established_on.isoformat() if organisation.established_on else "",
    )


def keys_of(organisation: Organisation) -> list[str]:
    """Keys of the records of an organisation, sorted; its own key when it has none."""
    found = SourceRecord.objects.filter(organisation=organisation).values_list("source__code", "key")
    return sorted(key_of(source, key) for source, key in found) or [key_of(OWN, str(organisation.pk))]


def owners_of(keys: Iterable[str]) -> dict[str, int]:
    """Key -> id of the organisation that the record belongs to today, for the keys that are known."""
    wanted = set(keys)
    found = {key: int(key.partition(":")[2]) for key in wanted if key.startswith(f"{OWN}:")}
    parts = [key.partition(":") for key in wanted - set(found)]
    rest = [key for _source, _colon, key in parts]
    for start in range(0, len(rest), 500):
        rows = SourceRecord.objects.filter(key__in=rest[start : start + 500]).values_list("source__code", "key", "organisation_id")
        found |= {key_of(source, key): owner for source, key, owner in rows if key_of(source, key) in wanted}
    return found
