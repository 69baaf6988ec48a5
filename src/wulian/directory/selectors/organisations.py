"""Searching organisations."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Q, QuerySet, TextField
from django.db.models.functions import Cast
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from wulian.directory.access import region_closure
from wulian.directory.flags import LABELS as FLAG_LABELS
from wulian.directory.models import Organisation, OrganisationName, Region, TitleGrant
from wulian.directory.searching import FACETS, KIND
from wulian.foundation import search
from wulian.foundation.access import Actor, Role
from wulian.foundation.search import Facets, Order, Unavailable
from wulian.kernel.errors import NotFound
from wulian.kernel.names import name_key
from wulian.rulebook.industries import sections

# Sort key -> order of the index, order of the database.
SORTS: dict[str, tuple[Order, tuple[str, ...]]] = {
    "fit": (Order(), ("name_key", "pk")),
    "-established": (Order("established"), ("-established_on", "pk")),
    "established": (Order("established", descending=False), ("established_on", "pk")),
    "-capital": (Order("capital"), ("-capital_amount", "pk")),
    "capital": (Order("capital", descending=False), ("capital_amount", "pk")),
}
EXPORT_PAGE = 5_000


@dataclass(frozen=True, slots=True)
class Question:
    """What a person asks for. `filters`: facet (see searching.FACETS) -> values, of which one must fit."""

    text: str = ""
    filters: Mapping[str, Sequence[str]] = field(default_factory=dict)
    sort: str = ""

    def order(self) -> tuple[Order, tuple[str, ...]]:
        # Without words nothing fits better than anything else, so the newest come first.
        return SORTS.get(self.sort) or SORTS["fit" if self.text.strip() else "-established"]


@dataclass(frozen=True, slots=True)
class Found:
    """One page of organisations in order. `notice`: a sentence when the database answered in place of the index."""

    organisations: list[Organisation]
    count: int
    facets: Facets
    notice: str = ""


def sees_all(viewer: Actor, organisation: Organisation) -> bool:
    """True when the viewer may see more than the public register: officers and auditors of its region, and its own people."""
    roles = (Role.OFFICER, Role.ADMINISTRATOR, Role.AUDITOR)
    return viewer.has(*roles, region=organisation.region_id) or organisation.pk in viewer.organisations_as(*Role)


def is_officer(viewer: Actor) -> bool:
    return viewer.has(Role.OFFICER, Role.ADMINISTRATOR)


def _allowed(viewer: Actor, question: Question) -> dict[str, list[str]]:
    """The filters that this viewer may use: what is in doubt is between officers and the organisation itself."""
    known = {name: [value for value in values if value] for name, values in question.filters.items() if name in FACETS}
    if not is_officer(viewer):
        known.pop("flag", None)
    return {name: values for name, values in known.items() if values}


def search_organisations(*, viewer: Actor, question: Question, offset: int = 0, limit: int = 50) -> Found:
    """Organisations by fragment of a name (present, former, pinyin), by code, and by filters, with the counts of all filters."""
    filters = _allowed(viewer, question)
    facets = [name for name in FACETS if name != "flag" or is_officer(viewer)]
    try:
        hits = search.search(KIND, question.text, filters=filters, order=question.order()[0], offset=offset, limit=limit, facets=facets)
    except Unavailable as error:
        rows = in_database(question.text, filters).order_by(*question.order()[1])
        return Found(list(rows[offset : offset + limit]), rows.count(), {}, error.text(_))
    return Found(_in_order(hits.ids), hits.count, hits.facets)


def _in_order(ids: Sequence[int]) -> list[Organisation]:
    found = Organisation.objects.select_related("region").in_bulk(ids)
    return [found[pk] for pk in ids if pk in found]


def every_match(*, viewer: Actor, question: Question) -> Iterator[Organisation]:
    """All organisations that fit, in the order of the list: what an export of exactly this list holds."""
    filters = _allowed(viewer, question)
    try:
        offset = 0
        while True:
            hits = search.search(KIND, question.text, filters=filters, order=question.order()[0], offset=offset, limit=EXPORT_PAGE)
            yield from _in_order(hits.ids)
            offset += EXPORT_PAGE
            if offset >= hits.count:
                return
    except Unavailable:
        yield from in_database(question.text, filters).order_by(*question.order()[1]).iterator(chunk_size=2_000)


def in_database(text: str, filters: Mapping[str, Sequence[str]]) -> QuerySet[Organisation]:
    """The same question put to the database: the way out when the index is being built. It knows no pinyin."""
    rows = Organisation.objects.filter(merged_into__isnull=True).select_related("region")
    for word in text.split():
        key = name_key(word)
        named = OrganisationName.objects.filter(name_key__contains=key).values("organisation")
        rows = rows.filter(Q(name_key__contains=key) | Q(uscc__startswith=word.upper()) | Q(pk__in=named)) if key else rows.none()
    if regions := filters.get("region"):
        codes = frozenset().union(*(region_closure(code) for code in regions if code != "none"))
        rows = rows.filter(Q(region__in=codes) | Q(region__isnull=True)) if "none" in regions else rows.filter(region__in=codes)
    if industries := filters.get("industry"):
        choice = Q()
        for code in industries:
            choice |= Q(industry="") if code == "none" else Q(industry__startswith=code)
        rows = rows.filter(choice)
    if branch := filters.get("branch"):
        rows = rows.filter(is_branch__in=[value == "yes" for value in branch])
    for name in ("kind", "status"):
        if values := filters.get(name):
            rows = rows.filter(**{f"{name}__in": values})
    if flags := filters.get("flag"):
        choice = Q()
        for code in flags:
            choice |= Q(flags_text__contains=f'"{code}"')
        rows = rows.annotate(flags_text=Cast("flags", TextField())).filter(choice)
    return rows


def get_organisation(*, viewer: Actor, organisation_id: int) -> Organisation:
    """An organisation by id, also a merged one (`merged_into` says where it went on). The register is public. Raises NotFound."""
    try:
        return Organisation.objects.select_related("region", "merged_into").get(pk=organisation_id)
    except Organisation.DoesNotExist as error:
        raise NotFound(what=_("这个主体")) from error


def get_living(*, viewer: Actor, organisation_id: int) -> Organisation:
    """The organisation that this id means today: itself, or the one that it was merged into. Raises NotFound."""
    found = get_organisation(viewer=viewer, organisation_id=organisation_id)
    seen = {found.pk}
    while found.merged_into_id is not None and found.merged_into_id not in seen:
        seen.add(found.merged_into_id)
        found = get_organisation(viewer=viewer, organisation_id=found.merged_into_id)
    return found


def facet_labels() -> dict[str, dict[str, str]]:
    """What the values of every facet are called, in the order in which they are offered."""
    english = get_language() == "en"
    regions = Region.objects.filter(disabled_on__isnull=True).order_by("code")
    return {
        "region": {region.code: (english and region.name_en) or region.name for region in regions},
        "kind": {value: str(label) for value, label in Organisation.Kind.choices},
        "industry": {
            **{section.code: f"{section.code} {section.name_en if english else section.name}" for section in sections()},
            "none": _("没有行业"),
        },
        "status": {value: str(label) for value, label in Organisation.Status.choices},
        "branch": {"no": _("法人和其他主体"), "yes": _("分支机构")},
        "flag": {code: str(label) for code, label in FLAG_LABELS.items()},
    }


def facet_options(facets: Facets) -> dict[str, list[tuple[str, str, int | None]]]:
    """For every facet: value, label and count of what can be chosen; without counts where the index gave none."""
    counted = bool(facets)
    options: dict[str, list[tuple[str, str, int | None]]] = {}
    for name, labels in facet_labels().items():
        counts = facets.get(name, {})
        options[name] = [(value, label, counts.get(value)) for value, label in labels.items() if not counted or counts.get(value)]
    return options


def titles_on(ids: Sequence[int], on: date) -> dict[int, list[str]]:
    """Labels of the titles that the organisations hold on `on`, for a list."""
    held: dict[int, list[str]] = defaultdict(list)
    grants = TitleGrant.objects.filter(Q(valid_to__isnull=True) | Q(valid_to__gt=on), organisation__in=ids, valid_from__lte=on)
    for grant in grants.exclude(revoked_on__lte=on).order_by("organisation", "kind"):
        label = str(grant.get_kind_display())
        if label not in held[grant.organisation_id]:
            held[grant.organisation_id].append(label)
    return dict(held)
