"""Inconsistencies inside one plan. Each finding cites the places that do not fit, so that a person can look.

Only what the text itself shows is reported; where two readings are possible (突破1500 against 1500, or a share that is not
exhaustive) nothing is said. A false alarm costs more than a missed one.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable

from wulian.engines.planreader import tables as tb
from wulian.engines.planreader.model import Document, Finding, Indicator, Span, Task
from wulian.engines.planreader.structure import Structure, sentences
from wulian.engines.planreader.text import bare, normal
from wulian.engines.planreader.units import measure_of, scale_of

_SCOPE = re.compile(r"^(全社会|全[国省市区县州]|[本我][省市区县州])")
_FALLING = re.compile(
    r"能耗|排放|降低|下降|降幅|减少|压减|压缩|缩短|浓度|失业率|时间|时限|成本|死亡|负债|涨幅|事故|发生率|发病率|煤|用水|耗水|库存|垃圾|PM|缺口|差距|赤字|逾期|不良|恩格尔|收入比|抽检不合格|流失|"
    r"排名|位次|名次|贫困|返贫|化肥|农药|漏损"
)
_AIMS = frozenset({"target", "annual_target"})
_PAST = frozenset({"baseline", "actual"})


def lint(document: Document, structure: Structure, grids: list[tb.Grid], indicators: list[Indicator], tasks: list[Task]) -> list[Finding]:
    """Findings in the order of their first place."""
    finder = _Finder(document, structure, grids, indicators, tasks)
    found = [
        *finder.scopes(),
        *finder.masks(),
        *finder.conflicts(),
        *finder.multiples(),
        *finder.sums(),
        *finder.falls(),
        *finder.leads(),
        *finder.numbering(),
        *finder.unit_names(),
        *finder.brackets(),
        *finder.dates(),
    ]
    return sorted(found, key=lambda item: (item.spans[0], item.code))


def core_name(name: str) -> str:
    """Name without scope, quotation marks and counting words, for deciding that two names mean one indicator."""
    body = bare(name).replace("规模以上", "规上").replace("与地区生产总值之比", "占地区生产总值比重").replace("gdp", "地区生产总值")
    body = re.sub(r"\([^()]*\)$", "", body)
    body = re.sub(r"^(?:全社会|全[国省市区县州]|[本我][省市区县州]|国家)+", "", body)
    return re.sub(r"(?:总数量|总数|数量|总量|数)$", "", body)


class _Finder:
    def __init__(
        self, document: Document, structure: Structure, grids: list[tb.Grid], indicators: list[Indicator], tasks: list[Task]
    ) -> None:
        self.document, self.structure, self.grids, self.tasks = document, structure, grids, tasks
        self.indicators = indicators
        self.plain = normal(document.text)
        self.groups: dict[tuple[str, str, int | None], list[Indicator]] = defaultdict(list)
        for item in indicators:
            if item.value is not None:
                self.groups[(core_name(item.name), _unit(item.unit), item.year)].append(item)

    def make(self, code: str, zh: str, en: str, *spans: Span) -> Finding:
        return Finding(code, zh, en, list(spans), [self.quote(span) for span in spans])

    def quote(self, span: Span) -> str:
        """The printed words around a place: its clause, at most 60 characters."""
        low, high = span
        if high - low < 24:
            while low > 0 and self.plain[low - 1] not in "。;,\n" and span[0] - low < 24:
                low -= 1
            while high < len(self.plain) and self.plain[high] not in "。;,\n" and high - span[1] < 16:
                high += 1
        return re.sub(r"\s+", " ", self.document.text[low:high]).strip()[:60]

    # --- the same figure in two places ------------------------------------------------------------------------------

    def scopes(self) -> Iterable[Finding]:
        """One figure printed for two regions (全区 in one place, 全市 in the other)."""
        done: set[tuple[str, str, str]] = set()
        for (name, _, year), group in self.groups.items():
            items = list({(_scope(item.name), item.value): item for item in reversed(group)}.values())
            for first in items:
                for second in items:
                    one, two = _scope(first.name), _scope(second.name)
                    if first.span >= second.span or not one or not two or one[-1] == two[-1] or first.value != second.value:
                        continue
                    key = (name, min(one, two), max(one, two))
                    if key in done or "社会" in one + two:
                        continue
                    done.add(key)
                    yield self.make(
                        "scope_mismatch",
                        f"同一个数（{first.value:g}{first.unit or ''}，{year}年）一处写“{first.name}”，另一处写“{second.name}”：范围不一致，请核定是{one}还是{two}。",
                        f"The same figure ({first.value:g}{first.unit or ''}, {year}) is “{first.name}” in one place and “{second.name}” in another: the scopes differ.",
                        first.span,
                        second.span,
                    )

    def conflicts(self) -> Iterable[Finding]:
        """Two different values for one indicator and year: table against text, or text against text."""
        done: set[tuple[str, int | None, str]] = set()
        for (name, unit, year), items in self.groups.items():
            if len(name) < 3 or year is None:
                continue
            texts = list({(item.name, item.value, item.kind): item for item in reversed(items) if not item.from_table}.values())[::-1]
            cells = list({(item.name, item.value, item.kind): item for item in reversed(items) if item.from_table}.values())[::-1]
            for item in texts:
                same = [cell for cell in cells if _comparable(item, cell)]
                if same and not any(_agree(item, cell, self._decimals(item)) for cell in same):
                    cell = min(same, key=lambda other: abs(_amount(other) - _amount(item)))
                    key = (name, year, unit)
                    if key not in done:
                        done.add(key)
                        yield self._conflict("table_text_mismatch", "正文", "表格", "the text", "the table", item, cell)
            for place, item in enumerate(texts):
                for other in texts[place + 1 :]:
                    exact = item.comparator == "=" and other.comparator == "="
                    if exact and item.kind == other.kind and item.kind in {"target", "actual"} and _scope(item.name) == _scope(other.name):
                        key = (name, year, f"{unit}/text")
                        if (
                            _amount(item) != _amount(other)
                            and bare(item.name) == bare(other.name)
                            and key not in done
                            and not self._same_sentence(item, other)
                        ):
                            done.add(key)
                            yield self._conflict("text_mismatch", "一处", "另一处", "one place", "another", item, other)

    def _decimals(self, item: Indicator) -> int:
        """Decimal places as printed (3.0 has one)."""
        found = re.search(r"\d\.(\d+)", self.plain[slice(*item.span)])
        return len(found.group(1)) if found else 0

    def _same_sentence(self, first: Indicator, second: Indicator) -> bool:
        between = self.plain[first.span[1] : second.span[0]]
        return "。" not in between and len(between) < 200

    def _conflict(self, code: str, one: str, two: str, one_en: str, two_en: str, first: Indicator, second: Indicator) -> Finding:
        left, right = self.document.text[slice(*first.span)], self.document.text[slice(*second.span)]
        left, right = re.sub(r"\s+", "", left), re.sub(r"\s+", "", right)
        return self.make(
            code,
            f"“{first.name}”{first.year}年的值，{one}是 {left}，{two}是 {right}：请核对口径，或改正其中一处。",
            f"“{first.name}” for {first.year}: {one_en} prints {left}, {two_en} prints {right}. Check the definitions or correct one of them.",
            first.span,
            second.span,
        )

    # --- arithmetic -------------------------------------------------------------------------------------------------

    def masks(self) -> Iterable[Finding]:
        """Figures hidden behind an asterisk."""
        for item in self.indicators:
            if item.masked:
                yield self.make(
                    "masked_figure",
                    f"“{item.name}”的数被“*”遮住了，按“没有数”处理，不当作零：请补上真实数字。",
                    f"The figure of “{item.name}” is masked by “*”. It is kept as unknown, never as zero: please supply it.",
                    item.span,
                    item.raw_span,
                )

    def multiples(self) -> Iterable[Finding]:
        """A printed multiple or growth that does not follow from the two figures beside it."""
        for place, item in enumerate(self.indicators):
            if item.kind != "baseline" or item.from_table or place + 2 >= len(self.indicators) or not item.value:
                continue
            after, claim = self.indicators[place + 1], self.indicators[place + 2]
            if (
                after.value is None
                or claim.value is None
                or core_name(after.name) != core_name(item.name)
                or _unit(after.unit) != _unit(item.unit)
            ):
                continue
            if not self._same_sentence(item, claim) or claim.unit not in {"倍", "%"} or after.kind == "baseline":
                continue
            ratio = _amount(after) / _amount(item)
            printed = self.document.text[slice(*claim.span)]
            if claim.unit == "倍":
                true = ratio - 1 if claim.comparator == "increase" else ratio
                unit_zh, shown = "倍", f"{true:.3g}"
            elif claim.comparator == "increase" and re.search(r"增长", claim.name) and "年均" not in claim.name:
                true = (ratio - 1) * 100
                unit_zh, shown = "%", f"{true:.1f}"
            else:
                continue
            digits = re.search(r"\d+(?:\.(\d+))?", normal(printed))
            if not digits:
                continue
            step = 10 ** -len(digits.group(1) or "")
            if claim.comparator in {">", ">="} and true >= claim.value - step / 2:
                continue
            if abs(true - claim.value) > step * 0.5 + 1e-9 and abs(true - claim.value) > 0.02 * abs(true):
                yield self.make(
                    "multiple_mismatch",
                    f"“{item.name}”从 {item.value:g} 到 {after.value:g}，算出来是 {shown}{unit_zh}，原文写的是 {printed}：请核对。",
                    f"“{item.name}” goes from {item.value:g} to {after.value:g}, which is {shown}{'times' if unit_zh == '倍' else '%'}; the text prints {printed}.",
                    item.span,
                    after.span,
                    claim.span,
                )

    def sums(self) -> Iterable[Finding]:
        """A total and its listed parts (其中…), and shares that should make 100."""
        for paragraph in self.structure.paragraphs:
            for low, high in sentences(self.plain, paragraph.start, paragraph.end):
                marker = self.plain.find("其中", low, high)
                if marker < 0:
                    continue
                stop = next((place for place in range(marker, high) if self.plain[place] in ";。"), high)
                before = [item for item in self.indicators if low <= item.span[0] < marker and item.value and not item.from_table]
                parts = [item for item in self.indicators if marker <= item.span[0] < stop and item.value and not item.from_table]
                if not before:
                    continue
                total = before[-1]
                parts = [
                    item for item in parts if _unit(item.unit) == _unit(total.unit) and item.kind == total.kind and "占" not in item.name
                ]
                between = self.plain[total.span[1] : marker]
                if len(parts) < 2 or _unit(total.unit) in {"%", "", "位", "个百分点"} or not re.fullmatch(r"[,、\s(]*", between):
                    continue
                if any(item.comparator not in {"=", "increase"} for item in (*parts, total)):
                    continue
                made, whole = sum(map(_amount, parts)), _amount(total)
                if made > whole * 1.0005 or whole * 0.85 <= made < whole * 0.9995:
                    rest = whole - made
                    listed = "＋".join(f"{item.value:g}" for item in parts)
                    yield self.make(
                        "parts_do_not_sum",
                        f"“{total.name}”写的是 {total.value:g}{total.unit}，其中各项 {listed}＝{made / scale_of(total.unit):g}，"
                        + (f"还差 {rest / scale_of(total.unit):g} 没有说明" if rest > 0 else f"反而多出 {-rest / scale_of(total.unit):g}")
                        + "：请核对。",
                        f"“{total.name}” is {total.value:g}, but its parts make {made / scale_of(total.unit):g}: "
                        + (f"{rest / scale_of(total.unit):g} is not accounted for." if rest > 0 else "more than the total."),
                        total.span,
                        (parts[0].span[0], parts[-1].span[1]),
                    )
        yield from self._ratios()

    def _ratios(self) -> Iterable[Finding]:
        run: list[Indicator] = []
        for item in [*self.indicators, None]:
            if item is not None and run and item.name == run[0].name and 0 < item.span[0] - run[-1].span[1] <= 2 and item.unit is None:
                run.append(item)
                continue
            if len(run) >= 2 and all(part.value is not None for part in run):
                made = sum(float(part.value or 0) for part in run)
                if 95 <= made <= 105 and abs(made - 100) > 0.25:
                    yield self.make(
                        "shares_not_100",
                        f"“{run[0].name}”各项加起来是 {made:g}，不是 100：请核对。",
                        f"The shares of “{run[0].name}” make {made:g}, not 100.",
                        run[0].span,
                        run[-1].span,
                    )
            run = [item] if item is not None and item.unit is None and not item.from_table else []

    def falls(self) -> Iterable[Finding]:
        """A target below its baseline, where nothing says that it should fall."""
        for grid in self.grids:
            inside = [
                item for item in self.indicators if item.from_table and grid.start <= item.span[0] < grid.end and item.value is not None
            ]
            rows: dict[tuple[str, str], list[Indicator]] = defaultdict(list)
            for item in inside:
                rows[(item.name, item.unit or "")].append(item)
            for (name, _), items in rows.items():
                bases = [item for item in items if item.kind == "baseline"]
                aims = [item for item in items if item.kind in _AIMS and item.comparator in {"=", "<", "<="}]
                if not bases or not aims or _FALLING.search(name):
                    continue
                base, aim = bases[-1], aims[-1]
                if _amount(aim) < _amount(base) and aim.comparator == "=" and (aim.year or 0) > (base.year or 0):
                    yield self.make(
                        "target_below_baseline",
                        f"“{name}”的目标 {aim.value:g}（{aim.year}年）低于基数 {base.value:g}（{base.year}年），原文没有说明是有意下调：请确认方向。",
                        f"The target of “{name}”, {aim.value:g} ({aim.year}), is below its baseline {base.value:g} ({base.year}), and nothing says that it should fall.",
                        base.span,
                        aim.span,
                    )

    # --- tasks and headings -----------------------------------------------------------------------------------------

    def leads(self) -> Iterable[Finding]:
        """Tasks whose units are printed, none of them as lead."""
        for task in self.tasks:
            if task.units_span and len(task.participants) >= 2 and not task.lead:
                title = (task.span[0], min(task.span[1], task.span[0] + len(task.id) + len(task.title) + 2))
                yield self.make(
                    "task_without_lead",
                    f"任务“{task.title}”列了 {len(task.participants)} 个单位，没有写明谁牵头：请指定牵头单位。",
                    f"Task “{task.title}” names {len(task.participants)} units and no lead: please assign one.",
                    title,
                    task.units_span,
                )

    def numbering(self) -> Iterable[Finding]:
        """Jumps in the numbering and headings whose number was lost."""
        for mark, before, after in self.structure.gaps:
            first, _, second = mark.partition("|")
            yield self.make(
                "numbering_gap",
                f"编号从“{first}”跳到“{second}”，中间可能少了一条，也可能编号丢失：请对照原件。",
                f"The numbering jumps from “{first}” to “{second}”: an item or its number may be missing.",
                before,
                after,
            )
        nodes = self.structure.nodes
        for place, node in enumerate(nodes):
            if node.restored:
                near = next((other for other in reversed(nodes[:place]) if other.parent is node.parent and other.kind == node.kind), None)
                near = near or next(
                    (other for other in nodes[place + 1 :] if other.parent is node.parent and other.kind == node.kind), None
                )
                spans = [(node.start, node.title_end)] + ([(near.start, near.title_end)] if near else [])
                yield self.make(
                    "lost_number",
                    f"标题“{node.title}”的编号丢失，已按前后标题的次序放回原处：请对照原件。",
                    f"The heading “{node.title}” has lost its number and was placed by its neighbours: please check.",
                    *spans,
                )

    def unit_names(self) -> Iterable[Finding]:
        """Slips in the names of units (区政府区政府…, 区区…)."""
        for task in self.tasks:
            for name in (*task.lead, *task.participants):
                slip = re.match(r"(.{2,5})\1", name) or re.match(r"([区县省州])\1", name)
                if not slip or task.units_span is None:
                    continue
                place = self.document.text.find(name, *task.units_span)
                if place >= 0:
                    yield self.make(
                        "unit_name_repeated",
                        f"责任单位“{name}”里重复了“{slip.group(1)}”，可能是“{name[len(slip.group(1)) :]}”：请核对。",
                        f"The unit “{name}” repeats “{slip.group(1)}”; it may be “{name[len(slip.group(1)) :]}”.",
                        (place, place + len(name)),
                        task.units_span,
                    )

    # --- damage -----------------------------------------------------------------------------------------------------

    def brackets(self) -> Iterable[Finding]:
        """A note that explains brackets which the table no longer shows."""
        for note in re.finditer(r"注\s*:?\s*[〔\[(]\s*[〕\])][^\n。]{0,24}(?:累计|合计)[^\n。]{0,8}", self.plain):
            table = next((grid for grid in reversed(self.grids) if grid.end <= note.start() + 4), None)
            if table is not None and not re.search(r"[〔\[]\s*-?\d", self.plain[table.start : table.end]):
                yield self.make(
                    "brackets_lost",
                    "表注说括号里是累计数，表里却没有带括号的数：哪些是累计数已分不清，请对照原件。",
                    "The note says that bracketed figures are sums, but the table shows no brackets: which figures are sums cannot be told.",
                    note.span(),
                    (table.start, min(table.end, table.start + 20)),
                )

    def dates(self) -> Iterable[Finding]:
        """Years that ran into the month."""
        for found in re.finditer(r"(?<!\d)((?:19|20)\d{2})(\d{1,2})月", self.plain):
            if 1 <= int(found.group(2)) <= 12:
                yield self.make(
                    "damaged_date",
                    f"“{found.group()}”少了一个“年”字，应当是 {found.group(1)}年{found.group(2)}月：请核对。",
                    f"“{found.group()}” has lost a character; it should be {found.group(1)}年{found.group(2)}月.",
                    found.span(),
                    (max(0, found.start() - 12), found.end() + 8 if found.end() + 8 <= len(self.plain) else len(self.plain)),
                )


def _scope(name: str) -> str:
    found = _SCOPE.match(bare(name))
    return found.group(1) if found else ""


def _unit(unit: str | None) -> str:
    body = measure_of(unit)
    return {"人": "名", "个": "个", "所": "个"}.get(body, body)


def _amount(item: Indicator) -> float:
    return float(item.value or 0) * scale_of(item.unit)


def _comparable(text: Indicator, cell: Indicator) -> bool:
    if text.kind in _PAST:
        return cell.kind in _PAST
    if text.kind == "target":
        return cell.kind in _AIMS
    return text.kind == "cumulative" and cell.kind == "cumulative"


def _agree(text: Indicator, cell: Indicator, digits: int) -> bool:
    one, two = _amount(text), _amount(cell)
    if abs(one - two) <= 1e-9 * max(1.0, abs(two)):
        return True
    if text.comparator in {">", ">="}:
        return two >= one
    if text.comparator in {"<", "<="}:
        return two <= one
    if text.comparator is None:
        return abs(one - two) <= 0.05 * abs(two)
    if cell.comparator in {">", ">="}:
        return one >= two
    # Rounded in one of the two places.
    rounded = round(float(cell.value or 0), digits) == text.value and scale_of(text.unit) == scale_of(cell.unit)
    return rounded or abs(one - two) < 0.004 * abs(two)
