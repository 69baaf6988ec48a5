"""Whose year is it, and is it a result or an aim: the period of the plan, years in the text, and what sections speak of."""

from __future__ import annotations

import re
from dataclasses import dataclass

from wulian.engines.planreader.structure import Node
from wulian.engines.planreader.text import chinese_number, normal

_YEAR = r"(?:19|20)\d{2}"
_RANGE = re.compile(rf"({_YEAR})\s*年?\s*(?:-{{1,2}}|~|至|到)\s*({_YEAR})\s*年?")
_FIVE = re.compile(
    r"[“\"]?([一二三四五六七八九十]{2,3})五[”\"]?(?=时期|期间|规划|末|以来|初|科技|发展|目标|年|主要|重点|[“”\"])|第([一二三四五六七八九十]{1,3})个五年"
)
_CHINESE_YEAR = re.compile(r"([二2][0零][一二三四五六七八九零0]{2})年")
_PLAN_WORD = re.compile(r"规划|计划|方案|措施|纲要|意见|要点|报告|行动|办法|目标|安排")

ACHIEVED = re.compile(
    r"执行情况|运行情况|工作回顾|(?:年度?|工作)总结|成就|成效|成绩|回顾|现状|(?:发展|工作|现实|产业)基础|基础(?:条件|与|和|及)|背景|进展情况|工作总结|完成情况|发展情况|形势|机遇|挑战|(?:存在|主要|突出)问题|以来"
)
# 既定目标如期实现, 任务完成情况: aims that were reached.
_REACHED = re.compile(r"(?:目标|任务)(?:任务)?(?:如期|全面|基本|圆满|顺利|胜利|超额)?(?:实现|完成|达成)|回顾|完成情况")
AIMED = re.compile(r"目标|任务|举措|措施|指标|展望|愿景|重点工作|工作安排")
_GUIDING = re.compile(r"指导思想|以习近平.{0,20}思想为指导|全面贯彻.{0,12}(?:党的)?(?:十|二十)")
_PAST = re.compile(
    r"以来|截至|截止|历史性|荣获|获得了|(?<!推进)(?<!提升)(?<!完善)(?<!改造)(?<!对)已建|已(?:经)?(?:达|建成|建有|建立|有|形成|完成|培育|突破|实现|累计|超过|成为)|(?:完成|实现|取得|建成)了|[\u4e00-\u9fff]了(?:超|近|约|逾)?\d|末的\d|同比增长|过去(?:一|五)年|(?:^|[,;。、:\s])(?:上年|去年)"
)
_FUTURE = re.compile(
    r"力争|争取(?!到[^\d二])|确保|预期(?!寿命|性)|预计|计划到|目标是|目标为|将(?:达|突破|建|新增|培育|超过)|实现.{0,12}目标|拟|要(?:达到|实现)"
)


# A sentence that announces its own figures as aims (…年发展主要预期目标是：…), whatever year it names.
ANNOUNCES_AIMS = re.compile(r"(?:预期|奋斗|发展|工作|主要|总体)目标(?:任务)?(?:是|为|:|如下)")
# A report on a past year speaks of results until it turns to the year that begins.
_REPORT = re.compile(r"报告(?:政府)?工作|政府工作报告\s*(?:\n|-|\()|执行情况(?:和|与|及)|计划(?:草案)?的报告")
_REPORT_TURNS = re.compile(
    r"(?:预期|奋斗|发展)目标|总体(?:要求|思路|部署)|工作(?:任务|安排|打算|思路|部署|建议)|(?:今后|未来)[一三五]年|重点(?:抓好|做好|工作)|下一步"
)
_REPORT_WORD = re.compile(r"报告|计划(?:执行|草案)")
_DELIVERED = re.compile(r"((?:19|20)\d{2})\s*年\s*(\d{1,2})\s*月\s*\d{1,2}\s*日\s*在[^。]{2,40}(?:会议|大会)上?")
_YEAR_AHEAD = re.compile(
    r"((?:19|20)\d{2})年(?:的)?(?:(?:政府|重点)?工作(?:的)?(?:任务|安排|打算|建议|总体)|(?:国民)?经济(?:和|与)?社会发展(?:的)?(?:总体要求|主要|预期|目标)"
    r"|发展(?:的)?(?:主要)?(?:预期)?目标|(?:主要)?预期目标|对\d{4}年)|对((?:19|20)\d{2})年(?:政府)?工作的?建议"
)


@dataclass(frozen=True, slots=True)
class Period:
    """The years that a plan covers, both included."""

    start: int
    end: int

    @property
    def base(self) -> int:
        """Last year before the plan, to which results and baselines without a printed year belong."""
        return self.start - 1


def five_year(ordinal: int) -> Period:
    """The years of the n-th five-year plan (the tenth ran 2001-2005)."""
    start = 2001 + (ordinal - 10) * 5
    return Period(start, start + 4)


def five_year_in(text: str) -> Period | None:
    """The first five-year plan named in `text` (`十四五`, `第十五个五年规划`)."""
    found = _FIVE.search(normal(text))
    if not found:
        return None
    ordinal = chinese_number(found.group(1) or found.group(2))
    return five_year(ordinal) if ordinal and 5 <= ordinal <= 30 else None


def _range_in(text: str) -> Period | None:
    for found in _RANGE.finditer(text):
        start, end = int(found.group(1)), int(found.group(2))
        if 0 <= end - start <= 15:
            return Period(start, end)
    return None


def find_period(text: str, titles: list[str]) -> Period | None:
    """Period of the plan: years in its title, then its five-year plan, then a single year, then the aims in the text."""
    for title in titles:
        # “十四五”总结及2026年工作计划: the plan is that of the single year
        yearly = re.search(rf"({_YEAR})年(?:度)?[^,。;年]{{0,14}}(?:计划|安排|要点|打算)(?:\(?草案\)?)?(?:的?报告)?$", normal(title))
        if yearly and not _range_in(normal(title)):
            return Period(int(yearly.group(1)), int(yearly.group(1)))
    for title in titles:
        # 2024年工作总结: the year is over, what is aimed at belongs to the next
        closed = re.search(rf"({_YEAR})年(?:度)?[^,。;年]{{0,12}}(?:总结|完成情况|执行情况)(?:报告)?$", normal(title))
        if closed and not _range_in(normal(title)):
            return Period(int(closed.group(1)) + 1, int(closed.group(1)) + 1)
    own = normal(titles[0]) if titles else ""
    yearly = re.search(rf"({_YEAR})年(?!\d)(?:度)?[^,。;月]*(?:计划|要点|安排|方案|办法|任务|清单|报告|目标)[^年]{{0,4}}$", own)
    if yearly and not _range_in(own) and not five_year_in(own):
        return Period(int(yearly.group(1)), int(yearly.group(1)))
    for title in titles:
        line = normal(title)
        period = _range_in(line) or five_year_in(line)
        if period:
            return period
    for title in titles:
        line = normal(title)
        single = re.search(rf"({_YEAR})年", line)
        if single and re.search(r"报告|要点|计划|安排|工作", line):
            return Period(int(single.group(1)), int(single.group(1)))
    plain = normal(text)
    head = plain[:6000]
    span = _FROM_YEAR.search(head)
    if span:
        length = chinese_number(span.group(2)) or int(span.group(2))
        return Period(int(span.group(1)), int(span.group(1)) + length - 1)
    delivered = _DELIVERED.search(head[:800])
    if delivered:
        year = int(delivered.group(1)) + (int(delivered.group(2)) >= 11)  # a report read at the end of a year plans the next
        return Period(year, year)
    ahead = [int(found.group(1) or found.group(2)) for found in _YEAR_AHEAD.finditer(head)]
    if ahead and _REPORT_WORD.search(head[:1500]):
        return Period(max(ahead), max(ahead))
    period = _range_in("\n".join(line for line in head.split("\n") if len(line) < 60 and _PLAN_WORD.search(line)))
    if period:
        return period
    aimed = _aimed_period(plain, head)
    if aimed:
        return aimed
    lasting = _lasting_period(head)
    if lasting:
        return lasting
    spoken = _spoken_year(head) if _RUNNING.search(head) else None
    if spoken:
        return Period(spoken, spoken)
    return five_year_in(_OTHER_PLAN.sub("", head)) or _aimed_years(plain)


# “十四五”以来, 编制“十五五”规划: not the plan in hand
_OTHER_PLAN = re.compile(
    r"[“\"]?[一二三四五六七八九十]{2,3}五[”\"]?以来|编制[^,。;\n]{0,20}[一二三四五六七八九十]{2,3}五[”\"]?[^,。;\n]{0,6}规划"
)
_RUNNING = re.compile(r"今年|去年|本年度?|上年")
_SPOKEN = re.compile(
    rf"(?<!\d)({_YEAR})\s*年?(?:全[国省市区县])?[^,。;\d\n]{{0,8}}(?:会议|大会)|^\D{{0,12}}({_YEAR})[-/.年]\d{{1,2}}[-/.月]\d{{1,2}}", re.M
)


def _spoken_year(head: str) -> int | None:
    """Year in which a text that says 今年 was spoken or published: that of its meeting, or of the date at its head."""
    found = _SPOKEN.search(head[:1000])
    return int(found.group(1) or found.group(2)) if found else None


# 2012年起5年内
_FROM_YEAR = re.compile(rf"({_YEAR})\s*年(?:起|开始),?\s*(?:用|的)?([一二三四五六七八九十]|\d{{1,2}})\s*年(?:内|间|时间|左右)")
_AIMED_YEAR = re.compile(rf"(?<!截)(?:到|至|力争)\s*({_YEAR})\s*年")
_OPENING_AIM = re.compile(rf"(?:^|[。;])\s*({_YEAR})年(?:底|末)?,[^。;]{{2,40}}?(?:突破|达到|力争|超过|实现)", re.M)
_ISSUED = re.compile(
    rf"^\s*\(?({_YEAR})年(\d{{1,2}})月\d{{1,2}}日\)?\s*$|(?:成文|发布|印发|发文|生成)(?:日期|时间)\s*:?\s*({_YEAR})[-/.年](\d{{1,2}})"
    rf"|^\s*[\u4e00-\u9fff]{{2,12}}[〔\[(]({_YEAR})[〕\])]\d+号\s*$",
    re.M,
)
# 经过三年努力, 用5年时间, 未来三年
_LASTING = re.compile(r"(?:用|经过|通过|力争|未来|今后)([一二三四五六七八九十]|\d{1,2})年(?:左右)?的?(?:时间|努力|奋斗|行动|内|,|左右)")


def _aimed_period(plain: str, head: str) -> Period | None:
    """Period of a plan without years in its title, from the years that its aims name.

    It ends in the year that most aims name, and begins where the text prints a range to that year, at the date of issue, or behind the
    last year spoken of otherwise; no aim lies before its beginning.
    """
    aims = [int(year) for year in _AIMED_YEAR.findall(plain)]
    if aims and min(aims) >= 2035:
        aims = [int(year) for year in _OPENING_AIM.findall(plain)] or aims  # only the horizon is spoken of with 到
    counts = {year: aims.count(year) for year in aims if year < 2035 or aims.count(year) == len(aims)}
    if not counts:
        return None
    end = max(counts, key=lambda year: (counts[year], -year))
    plan = five_year_in(head)
    if plan and plan.start <= end <= plan.end:
        return plan
    ranges = [int(found.group(1)) for found in _RANGE.finditer(plain) if int(found.group(2)) == end and end - int(found.group(1)) <= 15]
    if ranges:
        return Period(max(set(ranges), key=lambda year: (ranges.count(year), -year)), end)
    issued = _issue_year(head)
    if issued and issued <= end:
        return Period(issued, end)
    told = [int(year) for year in re.findall(rf"(?<![到至争])({_YEAR})\s*年", head) if int(year) < end]
    return Period(min([max(told, default=end - 2) + 1, *counts]), end)


def _issue_year(head: str) -> int | None:
    """Year of issue printed at the head of a document; one issued in the last two months is for the next year."""
    found = _ISSUED.search(head[:3000])
    if not found:
        return None
    year, month = found.group(1) or found.group(3) or found.group(5), found.group(2) or found.group(4) or "1"
    return int(year) + (int(month) >= 11)


def _lasting_period(head: str) -> Period | None:
    """Period of a plan that says how long it runs and when it was issued."""
    lasting, issued = _LASTING.search(head), _issue_year(head)
    if not lasting or not issued:
        return None
    length = chinese_number(lasting.group(1)) or int(lasting.group(1))
    return Period(issued, issued + length - 1)


def _aimed_years(plain: str) -> Period | None:
    """Years that open the paragraphs under a heading of aims (目标。/ 2007年，…达到…)."""
    first = re.search(rf"目标[^\n]{{0,12}}\n+\s*({_YEAR})年(?:底|末)?[,:]", plain)
    if not first:
        return None
    years = [int(year) for year in re.findall(rf"\n\s*({_YEAR})年(?:底|末)?[,:]", plain)]
    start = int(first.group(1))
    return Period(start, max([year for year in years if 0 <= year - start <= 15], default=start))


def report_turn(plain: str) -> int | None:
    """Where a report turns from the results of the past year to the aims of the next; None when the text is no report.

    A report that never turns (an extract of its first part) speaks of results to its end.
    """
    if not _REPORT.search(plain[:1500]):
        return None
    turn = next((found.start() for found in _REPORT_TURNS.finditer(plain) if found.start() > 300), None)
    return len(plain) if turn is None else plain.rfind("\n", 0, turn) + 1


@dataclass(frozen=True, slots=True)
class YearMark:
    """A year that rules what follows it. `future` marks 到2025年; `past` marks 截至2020年底 and 2020年, …达到."""

    start: int
    end: int
    year: int
    future: bool
    past: bool
    carries: bool = True
    running: bool = False  # 今年, 全年: the year that a report speaks of


_MARK = re.compile(
    rf"(?P<lead>力争到|争取到|截至|截止|到|至|较|比|与|在|从|自|由|是|为|相当于)?\s*(?P<year>{_YEAR})\s*(?P<tail>年(?:底|末|度|初|以前|前)?)(?!代)"
    rf"|(?P<lead2>截至|到|至|较|比|是|从|由|高于|快于|低于|超过|优于|好于)?[“\"]?(?P<five>[一二三四五六七八九十]{{2,3}})五[”\"]?(?P<tail2>期?末|时期|期间|期间内|以来|初)"
    r"|(?P<within>(?:未来)?(?:[一二三四五六七八九十]|(?<!\d)\d{1,2})年(?:内|间)|(?:未来|今后)(?P<length>[二三四五])年(?=的?[^,;。]{0,4}目标|,)|规划期末|规划期内)|(?P<now>今年|本年度|全年)|(?:^|(?<=[,;。、:\s]))(?P<last>去年|上年)"
)


# 由…调整为2020年的…: the later of two years
_TURNED = re.compile(r"(?:调整|优化|变化|转变|演变|变)\s*$")


def year_marks(text: str, period: Period | None) -> list[YearMark]:
    """Years named in one sentence of normal text, in order."""
    marks: list[YearMark] = []
    for found in _MARK.finditer(text):
        start, end = found.span()
        if found.group("year"):
            year, lead = int(found.group("year")), found.group("lead") or ""
            after_base = period is not None and year > period.base
            background = re.match(r"\s*(?:起|开始)|\s*的?(?:水平)?(?:的?基础上|为(?:基数|基期|基准|起点)|相比|同期)", text[end:])
            comparison = (
                bool(background)
                or lead in {"较", "比", "与", "从", "自", "由"}
                or (lead in {"是", "为", "相当于"} and text[end : end + 1] == "的" and not _TURNED.search(text[:start]))
            )
            past = lead in {"截至", "截止"} or (not after_base and not comparison)
            marks.append(YearMark(start, end, year, after_base and not past and not comparison, past, not comparison))
        elif found.group("five"):
            ordinal = chinese_number(found.group("five"))
            if not ordinal or ordinal > 30:
                continue
            years = five_year(ordinal)
            comparison = (found.group("lead2") or "") not in {"", "截至", "到", "至"}
            over = period is not None and years.end < period.start
            here = period is not None and years.start <= period.start <= years.end
            marks.append(YearMark(start, end, years.end, here and not comparison, over and not comparison, not comparison))
        elif found.group("within") or found.group("now"):
            if period:
                length = chinese_number(found.group("length") or "") or 0  # 未来五年的目标, in a text for one year
                year = max(period.end, period.start + length - 1)
                marks.append(YearMark(start, end, year, True, False, running=bool(found.group("now"))))
        elif period:
            marks.append(YearMark(start, end, period.base, False, True))
    return marks


def opening_past(text: str, period: Period | None) -> int | None:
    """Year of a past time that opens a sentence (“十三五”期间，… or 2019年，…) and rules the sentences behind it."""
    for mark in year_marks(text[:30], period):
        opens = mark.past and mark.carries and not mark.running and mark.start <= 6
        if opens and re.match(r"(?:以来)?[,:]" if period else r"(?!的)", text[mark.end :]):
            return mark.year
        break
    return None


def tense(text: str, default: str = "target") -> str | None:
    """`actual` or `target` where the wording of a sentence says so, else None.

    Under results (`default` is `actual`), 预计 is an estimate of the year that ends and not an aim.
    """
    future = _FUTURE.search(text.replace("预计", "") if default == "actual" else text)
    if future:
        return "target"
    return "actual" if _PAST.search(text) else None


def is_guiding(text: str) -> bool:
    """Whether a paragraph states the guiding thought: in an outline, results stand before it and aims after it."""
    return bool(_GUIDING.search(text[:80]))


def section_tense(path: list[Node], offset: int, guided: int | None, turn: int | None) -> tuple[str, int | None]:
    """Whether the section at `offset`, under the headings of `path`, speaks of results or aims, and the horizon its title names."""
    for node in reversed(path):
        horizon = re.search(r"(20[3-9]\d|2[0零]三五)年?.{0,4}(?:远景|愿景|展望|目标)", normal(node.title))
        if node.kind in {"titled", "dash"} or (node.run_in and node.kind == "digit"):
            continue
        if _REACHED.search(node.title):
            return "actual", None
        if AIMED.search(node.title):
            year = None
            if horizon and not re.search(r"五(?:时期|期间|”)", node.title):
                year = 2035 if not horizon.group(1).isdigit() else int(horizon.group(1))
            return "target", year
        if ACHIEVED.search(node.title):
            return "actual", None
    if turn is not None and offset < turn:
        return "actual", None
    if guided is not None and offset < guided and not any(node.kind in {"han", "chapter", "part"} for node in path):
        return "actual", None
    return "target", None
