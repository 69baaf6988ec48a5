"""One sentence of running text, clause by clause: each quantity finds its name to the left (研发投入强度达到2.2%), to the right
(新增20家概念验证中心), in the list before 分别 or 各, or in the clause before (…快速增长，达到2500家)."""

from __future__ import annotations

import re
from itertools import pairwise

from wulian.engines.planreader import lexicon as lex
from wulian.engines.planreader.context import (
    ANNOUNCES_AIMS,
    Period,
    tense,
    year_marks,
)
from wulian.engines.planreader.judging import countable, counts_behind, is_condition, modifies, right_noun
from wulian.engines.planreader.leftward import LeftNamed
from wulian.engines.planreader.model import Indicator, Span
from wulian.engines.planreader.naming import (
    clean_name,
    drop_year,
    growth_name,
    is_money,
    names_before,
    split_names,
    subject_of,
    with_unit,
)
from wulian.engines.planreader.quantities import Quantity, find_quantities
from wulian.engines.planreader.stating import Clause, State
from wulian.engines.planreader.units import COUNTED, measure_of

_CUT = re.compile(r"[;:①-⑳]|,(?!\d{3}(?!\d))|(?<!\d),|(?<=[\u4e00-\u9fff%])\s{2,}")
_NOTE = re.compile(r"\([^()]*\d[^()]*\)")
_HIDDEN = re.compile(r"《[^《》]*》|〔\d{4}〕\s*\d*号?")
_QUOTED = re.compile(r"“[^“”]{0,30}”|\"[^\"]{0,30}\"")
_BEHIND_NOTE = re.compile(r"(?:\([^()]*)?\)(?P<noun>[^,;。、()\d]{2,20})")
# 40%建成区达到海绵城市建设要求
_SHARE_REACHES = re.compile(r"[^,;。、的\d]{2,12}?(?:达到|实现|完成|纳入|具备|符合|通过|建立|开展)[^,;。\d]{2,16}(?=[,;。]|$)")
_NOTHING = re.compile(r"\s*")
_SHARED_NOUN = re.compile(r"(?:、|和)(?:总?(?:长度|长|面积|里程|投资))?")
# What land, roads, plants and power are measured in.
_EXTENTS = frozenset(
    [
        "公里",
        "千米",
        "亩",
        "公顷",
        "平方米",
        "平方公里",
        "立方米",
        "吨",
        "千瓦",
        "兆瓦",
        "吉瓦",
        "万千瓦",
        "EFLOPS",
        "PFLOPS",
        "EFlops",
        "PFlops",
        "P",
    ]
)
_BARE_CUE = re.compile(
    r"(?:达到|达|突破|超过|增至|增长到|增加到|提高到|提升到|扩大到|不少于|不低于|为|降至|下降到|降到|控制在|提升至|提高至|共有|分别为|分别达到)$"
)
# 300万以上人口城市: the size of a town, no aim.
_SIZED_TOWN = re.compile(r"人?口?(?:以上|以下)?(?:人口)?的?(?:特大|超大|大|中等|中|小)*(?:城市|县城|县|镇)")
# Nouns that say too little by themselves: what they do is the name (推动1000家企业实施数字化转型).
_GENERIC = re.compile(
    r"(?:规上|规模以上|中小|重点|本地|骨干)?(?:工业)?(?:企业|单位|机构|项目|产品|家庭|人员|团队|高校|学校|医院|园区|村|社区|农户|居民|县区|市县|区县|[区县市](?:\([区县市、]+\))?|乡镇|镇|街道)"
)


class Sentence(LeftNamed):
    """Reads one sentence into `state.out`."""

    def __init__(self, text: str, plain: str, low: int, high: int, period: Period | None, state: State, skip: list[Span]) -> None:
        body = plain[low:high]
        super().__init__(text, body, low, period, state)
        hidden = bytearray(len(body))
        for found in _HIDDEN.finditer(body):
            hidden[found.start() : found.end()] = b"\x01" * (found.end() - found.start())
        for found in _QUOTED.finditer(body):
            if not re.fullmatch(r"[“\"][一二三四五六七八九十]+五[”\"]", found.group()):
                hidden[found.start() : found.end()] = b"\x01" * (found.end() - found.start())
        for start, end in skip:
            if start < high and end > low:
                hidden[max(0, start - low) : max(0, end - low)] = b"\x01" * (min(end, high) - max(start, low))
        self.quantities = [item for item in find_quantities(body) if not any(hidden[item.start : item.end])]
        self.cuts = self._clauses(hidden)

    def _clauses(self, hidden: bytearray) -> list[Span]:
        inside = bytearray(len(self.body))
        for item in self.quantities:
            inside[item.start : item.end] = b"\x01" * (item.end - item.start)
        for first, second in pairwise(self.quantities):
            if first.form == "ratio" and second.form == "ratio" and second.start - first.end <= 3:
                inside[first.start : second.end] = b"\x01" * (second.end - first.start)
        out: list[Span] = []
        begin = 0
        notes = [found for found in _NOTE.finditer(self.body) if any(found.start() < item.start < found.end() for item in self.quantities)]
        marks = [(found.start(), found.end()) for found in _CUT.finditer(self.body)]
        marks += [(place, place + 1) for found in notes for place in (found.start(), found.end() - 1)]
        for low, high in sorted(set(marks)):
            if inside[low] or hidden[low]:
                continue
            out.append((begin, low))
            begin = high
        out.append((begin, len(self.body.rstrip("。 \n"))))
        return [span for span in out if span[1] > span[0]]

    def read(self) -> None:
        state = self.state
        whole = "target" if ANNOUNCES_AIMS.search(self.body) else tense(self.body, state.default)
        self.announced = bool(ANNOUNCES_AIMS.search(self.body))
        for number, (start, end) in enumerate(self.cuts):
            clause = self.body[start:end]
            if number and self.body[start - 1] == ";":
                state.every_year, state.new, state.last = False, False, None
            self._read_years(clause)
            state.tense = state.tense or whole
            items = [item for item in self.quantities if start <= item.start < end]
            if lex.EVERY_YEAR.search(clause):
                state.every_year = True
            elif (
                re.search(r"到(?:19|20)\d{2}年", clause)
                or lex.ONCE.match(lex.LEADING.sub("", drop_year(clause)))
                or (items and re.search(r"总量|总数|达到|累计", clause[: items[0].start - start]))
            ):
                state.every_year = False
            if items:
                self._read_clause(number, start, end, items)
            else:
                self._qualitative(number, start, end)
            if not items or state.last is None:
                name = subject_of(clause)
                state.subject = name or state.subject
            state.clause = clause

    def _read_years(self, clause: str) -> None:
        state = self.state
        clause = _HIDDEN.sub("", clause)  # the years of another plan are not those of this sentence
        if re.match(r"\s*(?:目前|截至目前|现已)", clause) and state.default == "actual" and self.period:
            state.year, state.tense = self.period.base, "actual"
            return
        marks = [mark for mark in year_marks(clause, self.period) if mark.carries]
        for mark in marks:
            if mark.running and state.marked and state.tense == "actual":
                continue  # 2023年，…全年…: the year that the sentence opened with
            if mark.running and state.default == "actual" and self.period and not self.announced:
                state.year, state.tense = self.period.base, "actual"
                continue
            state.year, state.marked = mark.year, True
            if mark.future:
                state.tense, state.horizon = "target", mark.year if re.search(r"(?:到|至|力争)\s*\d{4}", clause) else state.horizon
            elif mark.past and not self.announced:
                state.tense = "actual"

    # --- one clause with quantities ---------------------------------------------------------------------------------

    def _read_clause(self, number: int, start: int, end: int, items: list[Quantity]) -> None:
        state = self.state
        lead = self.body[start : items[0].start]
        if is_condition(self.body, start, end):
            items = [item for item in items if not (is_money(item) or item.unit in {"%", "倍", "年"})]
            if not items:
                return
        clause = Clause(number, start, end, state.subject)
        accepted = clause.accepted
        # 累计引育龙头企业10家，上市企业5家: the second count goes on with the verb of the first
        bare = not lex.strip_predicate(lead)[1] and not re.match(rf"(?:{lex.DOING})(?!企业|公司)", lex.LEADING.sub("", lead))
        state.goes_on = state.new and bare and state.last is not None and state.last.unit == items[0].unit
        state.new = False
        names = self._shared_names(lead, items)
        if names is not None:
            self._read_shared(clause, names, items, self._shared_years(lead, items))
            return
        previous, used = start, 0
        for place, item in enumerate(items):
            clause.place = place
            left = self.body[previous : item.start]
            after = items[place + 1] if place + 1 < len(items) else None
            beyond = items[place + 2].start if place + 2 < len(items) else end
            following = after.start if after else end
            right = self.body[item.end : following]
            if item.start < previous and "级" in self.body[item.end - 1 : item.end + 1]:
                continue  # the grade inside the noun of the count before it (2个500亿级集群)
            if after and following - item.end <= 1 and "级" in self.body[after.end - 1 : after.end + 1]:
                following, right = beyond, self.body[item.end : beyond]
            if following == end and not right.strip() and (noted := _BEHIND_NOTE.match(self.body, end)):
                right = noted.group("noun")  # 新增2400户(累计3600户)餐饮单位
            shared = after is not None and bool(_SHARED_NOUN.fullmatch(right)) and bool(lex.DOING_END.search(left.rstrip()))
            if after and shared:
                # 完成65条、总长度57.9公里的城市道路: the noun behind the second quantity is that of the first as well
                right = self.body[after.end : beyond].removeprefix("的")
            before = len(accepted)
            if item.form == "high" and place and accepted and accepted[-1].span[0] == self.low + items[place - 1].start:
                kind = accepted[-1].kind
                self._emit(clause, item, accepted[-1].name, [], "")
                accepted[-1].kind = kind
                previous = item.end + used  # the noun of both ends stands behind the upper one
                continue
            if item.form == "low" and after:
                following, right = beyond, self.body[after.end : beyond]
            used = self._read_one(clause, item, left, right, following)
            if len(accepted) > before:
                previous = item.end + (0 if shared else used)
        self._share_grade(accepted)

    def _read_shared(self, clause: Clause, names: list[str], items: list[Quantity], years: list[int] | None) -> None:
        previous = clause.start
        words: list[str] = []
        for place, item in enumerate(items):
            left = self.body[previous : item.start]
            words = words if place else lex.strip_predicate(left)[1]
            if place < len(names) and names[place]:
                self._emit(clause, item, growth_name(names[place], words, item), words, left, year=years[place] if years else None)
            previous = item.end

    def _shared_names(self, lead: str, items: list[Quantity]) -> list[str] | None:
        """Names for A、B、C分别达到… and A、B各…, one per quantity; None when the clause is not of that shape."""
        if any(item.form in {"low", "high", "ratio"} for item in items):
            return None
        cut = re.search(r"分别|各(?=(?:为|有|建|新增|达到|达|不少于|约)?$)", lead)
        if (
            not cut
            or (cut.group() == "分别" and len(items) < 2)
            or (cut.group() == "分别" and re.search(r"分别[^\d]{0,14}$", lead) is None)
        ):
            return None
        listed = lex.LEADING.sub("", drop_year(lead[: cut.start()]))
        years = self._shared_years(lead, items)
        if years:
            name = clean_name(*lex.strip_predicate(re.sub(r"(?:19|20)\d{2}年[、和与及]?", "", lead[: cut.start()])))
            return [name or self.state.subject] * len(items)
        between = [self.body[first.end : second.start] for first, second in pairwise(items)]
        if any(not re.fullmatch(r"\s*(?:、|和|与|及|以及|,)?\s*", gap) for gap in between):
            return None
        if not listed.strip():
            listed = subject_of(self.state.clause, keep_list=True) or self.state.clause
        body, _ = lex.strip_predicate(listed)
        names = split_names(body or listed, len(items) if cut.group() == "分别" else None)
        if not names:
            return None
        if cut.group() != "分别":
            if len(items) == 1 and len(names) > 1:
                items.extend([items[0]] * (len(names) - 1))
                return names
            return None
        if len(names) == 1 and len(items) == 2 and "城乡居民" in names[0]:
            return [names[0].replace("城乡居民", "城镇居民"), names[0].replace("城乡居民", "农村居民")]
        if len(names) < len(items):
            return names_before(self.state.clause, names[-1], len(items)) or [names[-1]] * len(items)
        return names

    @staticmethod
    def _share_grade(accepted: list[Indicator]) -> None:
        """1个万亿级、3个千亿级产业集群: the noun behind the last grade belongs to all of them."""
        if len(accepted) < 2:
            return
        tail = re.search(r"级([^级]{2,})$", accepted[-1].name)
        for made in accepted[:-1]:
            if tail and re.search(r"级数?$", made.name):
                made.name = re.sub(r"数$", "", made.name) + tail.group(1)

    @staticmethod
    def _shared_years(lead: str, items: list[Quantity]) -> list[int] | None:
        """Years of 2025年、2026年…分别达到…, one per quantity."""
        years = [int(year) for year in re.findall(r"((?:19|20)\d{2})年", lead)]
        return years if len(years) == len(items) >= 2 and "分别" in lead else None

    def _read_one(self, clause: Clause, item: Quantity, left: str, right: str, following: int) -> int:
        """Name, judge and emit one quantity; returns how much of `right` its name used up."""
        accepted, end = clause.accepted, clause.end
        left_words, predicate = lex.strip_predicate(left)
        continuing = bool(accepted) and bool(re.fullmatch(r"\s*(?:、|和|与|及|以及|,)?\s*", left))
        listed = re.match(r"(新增|新建|净增)?[^;。]*等$", left.strip())  # 新增甲中心、乙中心等9家中心
        opens = lex.DOING_START.match(lex.LEADING.sub("", re.sub(r"^分批次?|^分类", "", drop_year(left).strip())))
        doing = lex.DOING_END.search(lex.PLACE_END.sub("", left.rstrip())) or lex.EVERY_PLACE.search(left)
        last = self.state.last
        goes_on = last is not None and self.state.last_clause == clause.number - 1 and last.unit == item.unit
        if opens and (listed or lex.MAKING.fullmatch(opens.group())):
            doing = doing or opens
        elif goes_on and (listed or not left.strip()):
            doing = doing or listed or _NOTHING.match(left)  # 培育甲集群1个，乙、丙等5个集群; 支持300名甲，1000名乙
        graded = self.body[item.end - 1 : item.end] == "级"
        if graded and not re.search(r"(?:收入|营收|产值|规模|总量|投资|成交额)$", left_words):
            return 0
        if item.unit in {"万", "万人"} and _SIZED_TOWN.match(right):
            return 0
        counted = item.unit is not None and measure_of(item.unit) in COUNTED and item.form not in {"rank", "top"}
        linked = int(counted and item.comparator == ">=" and counts_behind(item, right, following >= end))
        right = right[linked:]
        noun, used = right_noun(right, following >= end)
        used += linked
        reach = bool(predicate) and bool(_BARE_CUE.search(left.rstrip()))
        fund = re.match(r"的?([^,、;\d]{0,16}基金)", right)
        if fund and is_money(item) and re.search(r"规模|总额|设立|组建|成立|发起|筹集", left):
            self._emit(clause, item, f"{fund.group(1)}规模", predicate, left)
            return 0
        if (
            right.startswith("的")
            and item.form in {"plain", "han"}
            and not re.match(r"的(?:目标|水平|规模(?!以上)|速度|任务|以上|增长|增速|增幅)", right)
        ):
            place_free = re.sub(r"(?:全|本|我)[国省市区县州](?:内)?$", "", left.rstrip())
            share = item.unit == "%" and (lex.DOING_END.search(place_free) or not left_words) and not reach
            done = (
                re.match(r"的([^,;。\d]{2,12}?(?:任务|改造|建设))(?=[,;。]|$)", right)
                if counted and left.rstrip().endswith("完成")
                else None
            )
            if done:
                self._emit(clause, item, done.group(1), predicate, left)  # 完成4000户的改造任务
            if not share:
                return 0
            noun, used = right_noun(right[1:], following >= end, whole=True)
            if not noun:
                return 0
            self._emit(clause, item, f"{noun}比例", predicate, left)
            return used + 1
        if item.unit == "万" and item.form == "plain" and re.search(r"(?:人口|居民|群众|学生|职工|农民|户|人才|大学生)$", noun):
            item, counted = with_unit(item, "万户" if noun.endswith("户") else "万人"), True
        leads = continuing or not reach or not left_words.strip() or item.form == "mask" or lex.DOING_END.search(left_words)
        if re.search(r"(?:细?分|划分|分解|细化)(?:为|成)$|(?:包括|涵盖|涉及)(?:了)?$", left.rstrip()):
            return 0  # 细分为18项子任务: how the text is ordered
        if noun.endswith("任务") and re.search(r"(?:出台|提出|明确|部署|确定)了?$", left.rstrip()):
            return 0  # 提出22条重点任务: what another plan holds
        if noun and counted and leads:
            if not countable(item, noun, left, doing is not None or continuing, reach, self._tense() == "actual"):
                return 0
            kept = lex.KEPT.search(left.rstrip())
            if continuing and not kept and accepted:
                verb = lex.KEPT_VERB.match(accepted[-1].name)
                prefix = verb.group() if verb else ""
            else:
                prefix = kept.group(1) if kept else ((listed.group(1) or "") if listed else "")
            tail = re.match(r"[^、,;。\d]{2,18}$", right[used - linked :])
            if tail and following >= end and _GENERIC.fullmatch(noun):
                prefix = re.sub(r"^(?:深入|全面|加快|顺利|积极|成功|率先|均|共同)+", "", tail.group())
            name = f"{prefix}{noun}"
            suffix = "场次" if item.unit in {"场", "场次"} else "数"
            if not re.search(r"(?:数|数量|总量|总数|清单|次)$", name):
                name += suffix
            self._emit(clause, item, name, predicate, left)
            return used
        reached = _SHARE_REACHES.match(right) if item.unit == "%" and not left_words.strip() else None
        if reached:
            self._emit(clause, item, f"{reached.group()}比例", predicate, left)
            return reached.end()
        if noun and not counted and modifies(item, right, graded):
            return 0
        joined = re.fullmatch(r"\s*(?:以及|及|和)\s*约?", left) and lex.DOING_START.match(lex.LEADING.sub("", self.state.clause))
        going = continuing or joined or lex.DOING_END.search(lex.PLACE_END.sub("", left.rstrip()))
        if noun and len(noun) >= 2 and measure_of(item.unit) in _EXTENTS and going:
            kept = lex.KEPT.search(left.rstrip())  # 新建3万平方米标准厂房
            self._emit(clause, item, f"{kept.group(1) if kept else ''}{noun}", predicate, left)
            return used
        self._left_named(clause, item, left, right, doing=doing is not None, reach=reach)
        return 0
