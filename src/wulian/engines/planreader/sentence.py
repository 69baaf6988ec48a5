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
from wulian.engines.planreader.judging import countable, counts_behind, is_condition, modifies, restates, right_noun, sound_name
from wulian.engines.planreader.model import Indicator, Span
from wulian.engines.planreader.naming import (
    clean_name,
    drop_year,
    growth_name,
    is_money,
    names_before,
    rank_name,
    split_names,
    subject_of,
    with_unit,
)
from wulian.engines.planreader.quantities import Quantity, find_quantities
from wulian.engines.planreader.stating import STATUS_NOUN, State, Statement
from wulian.engines.planreader.units import COUNTED, measure_of, restored_unit

_CUT = re.compile(r"[;:]|,(?!\d{3}(?!\d))|(?<!\d),|(?<=[\u4e00-\u9fff%])\s{2,}")
_NOTE = re.compile(r"\([^()]*\d[^()]*\)")
_HIDDEN = re.compile(r"《[^《》]*》|〔\d{4}〕\s*\d*号?")
_QUOTED = re.compile(r"“[^“”]{0,30}”|\"[^\"]{0,30}\"")
_BEHIND_NOTE = re.compile(r"(?:\([^()]*)?\)(?P<noun>[^,;。、()\d]{2,20})")
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
_TIME_UNITS = frozenset({"个工作日", "工作日", "年", "月", "天", "日", "小时", "分钟", "岁"})
_TIME_NAME = re.compile(r"年限|寿命|时间|时长|周期|期限|天数|压缩|缩短|时限|岁|龄|时效|办结")
_RANK_CUE = re.compile(
    r"居|列|排|跻身|进入|进|达到|跃|挺进|晋升|保持|前移|升|名次|位次|排名|第[\d一二三四五六七八九十]+[位名]|名|”|榜|指数|回归|重返|力争|争取"
)
_BARE_CUE = re.compile(
    r"(?:达到|达|突破|超过|增至|增长到|增加到|提高到|提升到|扩大到|不少于|不低于|为|降至|下降到|降到|控制在|提升至|提高至|共有|分别为|分别达到)$"
)
# 300万以上人口城市: the size of a town, no aim.
_SIZED_TOWN = re.compile(r"人?口?(?:以上|以下)?(?:人口)?的?(?:特大|超大|大|中等|中|小)*(?:城市|县城|县|镇)")
_SCOPE_ONLY = re.compile(r"(?:其中)?(?:市区|城区|城镇|城市|农村|乡村|乡镇|县(?:\([市区、]+\))?|[各全][市县区省])")
# Nouns that say too little by themselves: what they do is the name (推动1000家企业实施数字化转型).
_GENERIC = re.compile(
    r"(?:规上|规模以上|中小|重点|本地|骨干)?(?:工业)?(?:企业|单位|机构|项目|产品|家庭|人员|团队|高校|学校|医院|园区|村|社区|农户|居民|县区|市县|区县|[区县市](?:\([区县市、]+\))?|乡镇|镇|街道)"
)


class Sentence(Statement):
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
        names = self._shared_names(lead, items, start, end)
        years = self._shared_years(lead, items)
        previous = start
        accepted: list[Indicator] = []
        # 累计引育龙头企业10家，上市企业5家: the second count goes on with the verb of the first
        bare = not lex.strip_predicate(lead)[1] and not re.match(rf"(?:{lex.DOING})(?!企业|公司)", lex.LEADING.sub("", lead))
        state.goes_on = state.new and bare and state.last is not None and state.last.unit == items[0].unit
        state.new = False
        base_subject = state.subject
        used = 0
        shared_words: list[str] = []
        for place, item in enumerate(items):
            following = items[place + 1].start if place + 1 < len(items) else end
            left, right = self.body[previous : item.start], self.body[item.end : following]
            if names is not None:
                chosen: str | None = names[place] if place < len(names) else None
                words = lex.strip_predicate(left)[1]
                words = words if not place else shared_words
                shared_words = words
                named = growth_name(chosen, words, item) if chosen else None
                self._emit(item, named, words, left, start, end, number, accepted, year=years[place] if years else None)
                previous = item.end
                continue
            if place + 1 < len(items) and following - item.end <= 1 and self.body[items[place + 1].end - 1 : items[place + 1].end] == "级":
                following = items[place + 2].start if place + 2 < len(items) else end
                right = self.body[item.end : following]
            if following == end and not right.strip() and (noted := _BEHIND_NOTE.match(self.body, end)):
                right = noted.group("noun")  # 新增2400户(累计3600户)餐饮单位
            shared = place + 1 < len(items) and bool(_SHARED_NOUN.fullmatch(right)) and lex.DOING_END.search(left.rstrip())
            if shared:
                # 完成65条、总长度57.9公里的城市道路: the noun behind the second quantity is that of the first as well
                beyond = items[place + 2].start if place + 2 < len(items) else end
                right = self.body[items[place + 1].end : beyond].removeprefix("的")
            before = len(accepted)
            if (
                item.form == "high"
                and place
                and items[place - 1].form == "low"
                and accepted
                and accepted[-1].span[0] == self.low + items[place - 1].start
            ):
                self._emit(item, accepted[-1].name, [], "", start, end, number, accepted)
                accepted[-1].kind = accepted[-2].kind
                previous = item.end + used  # the noun of both ends stands behind the upper one
                continue
            if item.form == "low" and place + 1 < len(items):
                following = items[place + 2].start if place + 2 < len(items) else end
                right = self.body[items[place + 1].end : following]
            used = self._read_one(item, left, right, place, following, start, end, number, accepted, base_subject)
            if len(accepted) > before:
                previous = item.end + (0 if shared else used)
        self._share_grade(accepted)

    def _shared_names(self, lead: str, items: list[Quantity], start: int, end: int) -> list[str] | None:
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

    def _read_one(
        self,
        item: Quantity,
        left: str,
        right: str,
        place: int,
        following: int,
        start: int,
        end: int,
        number: int,
        accepted: list[Indicator],
        base_subject: str,
    ) -> int:
        """Name, judge and emit one quantity; returns how much of `right` its name used up."""
        left_words, predicate = lex.strip_predicate(left)
        continuing = bool(accepted) and bool(re.fullmatch(r"\s*(?:、|和|与|及|以及|,)?\s*", left))
        listed = re.match(r"(新增|新建|净增)?[^;。]*等$", left.strip())  # 新增甲中心、乙中心等9家中心
        opens = lex.DOING_START.match(lex.LEADING.sub("", re.sub(r"^分批次?|^分类", "", drop_year(left).strip())))
        doing = lex.DOING_END.search(lex.PLACE_END.sub("", left.rstrip())) or lex.EVERY_PLACE.search(left)
        last = self.state.last
        goes_on = last is not None and self.state.last_clause == number - 1 and last.unit == item.unit
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
            self._emit(item, f"{fund.group(1)}规模", predicate, left, start, end, number, accepted)
            return 0
        if (
            right.startswith("的")
            and item.form in {"plain", "han"}
            and not re.match(r"的(?:目标|水平|规模(?!以上)|速度|任务|以上|增长|增速)", right)
        ):
            place_free = re.sub(r"(?:全|本|我)[国省市区县州](?:内)?$", "", left.rstrip())
            share = item.unit == "%" and (lex.DOING_END.search(place_free) or not left_words) and not reach
            if not share:
                return 0
            noun, used = right_noun(right[1:], following >= end, whole=True)
            if not noun:
                return 0
            self._emit(item, f"{noun}比例", predicate, left, start, end, number, accepted)
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
            self._emit(item, name, predicate, left, start, end, number, accepted)
            return used
        if noun and not counted and modifies(item, right, graded):
            return 0
        if noun and len(noun) >= 2 and measure_of(item.unit) in _EXTENTS and lex.DOING_END.search(lex.PLACE_END.sub("", left.rstrip())):
            kept = lex.KEPT.search(left.rstrip())  # 新建3万平方米标准厂房
            self._emit(item, f"{kept.group(1) if kept else ''}{noun}", predicate, left, start, end, number, accepted)
            return used
        self._left_named(
            item, left, left_words, predicate, right, doing is not None, reach, start, end, number, accepted, place, base_subject
        )
        return 0

    def _left_named(
        self,
        item: Quantity,
        left: str,
        left_words: str,
        predicate: list[str],
        right: str,
        doing: bool,
        reach: bool,
        start: int,
        end: int,
        number: int,
        accepted: list[Indicator],
        place: int,
        base_subject: str,
    ) -> None:
        state = self.state
        name = clean_name(left_words, predicate)
        continuing = bool(re.match(r"\s*(?:、|和|与|及|以及)", left))
        if item.form in {"rank", "top"}:
            if (
                item.form == "top"
                and re.match(r"\s*(?:企业|高校|城市|省|市|县|园区|榜|的)", right)
                and not re.search(r"进入|跻身|排名|位居|居", left[-6:])
            ):
                return
            if item.form == "top" and not _RANK_CUE.search(left[-14:]):
                return
            before = state.last.name if state.last is not None and state.last_clause == number - 1 and not accepted else ""
            if accepted and continuing:
                before = accepted[-1].name
            if re.search(r"(?:从|由)(?:全[国省市区县]|世界|全球)?$", left.rstrip()):
                self._emit(item, before or base_subject, predicate, left, start, end, number, accepted, baseline=True)
                return
            name = rank_name(left, name, before or base_subject or (accepted[-1].name if accepted else ""))
            if name:
                self._emit(item, name, predicate, left, start, end, number, accepted)
            return
        if item.unit is None and item.form not in {"ratio", "fraction", "mask", "double"}:
            status = STATUS_NOUN.search(left_words + "".join(reversed(predicate)))
            if status and state.unit and item.form == "plain":
                item = with_unit(item, state.unit)
                name = re.sub(r"数$", "", state.counted) + status.group()
            elif (
                item.form != "plain"
                or not reach
                or not (lex.INDICATOR_NOUN.search(name) or restored_unit(name))
                or re.match(r"\s*[\dA-Za-z]", right)
            ):
                return
            else:
                item = with_unit(item, restored_unit(name))
        if item.unit in _TIME_UNITS and not _TIME_NAME.search(left + right[:6]):
            return
        if item.form == "han" and not (
            reach or doing or re.search(r"(?:占|超|逾|近|约|增长|翻|高)$", left.rstrip()) or (item.comparator == ">" and left_words)
        ):
            return
        if (
            item.form == "han"
            and item.value is not None
            and item.value < 10
            and item.unit not in {"倍", "%", "成"}
            and not re.search(r"达到|突破|占|增至|新增|为$", left[-5:])
        ):
            return
        if item.form == "double":
            name = name or base_subject
            if name:
                self._emit(item, f"{name}翻番" if "翻" not in name else name, predicate, left, start, end, number, accepted)
            return
        if item.unit == "倍" and re.search(r"平均(?:水平|值)?的?\s*$", left):
            return  # measured against another region
        if item.unit == "倍" and re.match(
            r"(?:是|为|相当于|达到)?(?:[“\"]?[一二三四五六七八九十]{2,3}五|(?:19|20)\d{2}年|上年|基期|[^,]{0,6}(?:末|初|年))", left.strip()
        ):
            name = base_subject
        base = re.search(r"(?:从|由)([^从由]*)$", left) if place == 0 else None
        rising = re.match(
            r"[^\d,;]{0,8}(?:增长|增加|提高|提升|上升|扩大|发展|下降|降低|减少|缩短|压缩|缩减|增|降|升|跃升|跨越|提)(?:到|至|为)", right
        )
        if base and rising:
            name = clean_name(*lex.strip_predicate(left[: base.start()])) or base_subject
            if name:
                self._emit(item, name, [], left, start, end, number, accepted, baseline=True)
                state.subject = name
            return
        if (
            accepted
            and place
            and accepted[-1].kind == "baseline"
            and re.match(
                r"[^\d,;]{0,8}(?:增长|增加|提高|提升|上升|扩大|发展|下降|降低|减少|缩短|压缩|缩减|增|降|升|跃升|跨越|提)(?:到|至|为)", left
            )
        ):
            self._emit(item, accepted[-1].name, predicate, left, start, end, number, accepted)
            return
        compared = re.search(
            r"(?:较|比|与)((?:19|20)\d{2}年(?:末|底)?|[“\"]?[一二三四五六七八九十]{2,3}五[”\"]?(?:期?末)?|上年(?:末|底)?|去年)的\s*$", left
        ) or (
            item.form == "ratio"
            and re.search(r"(?:较|比)(?:(?:19|20)\d{2}年)的\s*[\d.]*\s*:?\s*$", self.body[max(0, item.start - 18) : item.start])
        )
        if compared and re.search(r"^\s*(?:大幅|明显|显著)?(?:提高|提升|增长|增加|下降|降低|实现|有|:|$|,)", right):
            name = (
                clean_name(*lex.strip_predicate(left[: left.find(compared.group())] if compared.group() in left else left)) or base_subject
            )
            year = re.search(r"(?:19|20)\d{2}", self.body[max(0, item.start - 18) : item.start])
            self._emit(
                item, name or state.subject, [], left, start, end, number, accepted, baseline=True, year=int(year.group()) if year else None
            )
            return
        if item.form == "ratio" and self._structure_change(item, name, left, start, end, number, accepted):
            return
        if item.form == "ratio" and not name and accepted:
            name = accepted[-1].name
        if item.form in {"plain", "han"} and is_money(item):
            name = re.sub(r"(?:年均)?(?:增速|增长率)$", "", name)
        each = re.fullmatch(r"每(人|户|亩|万人|平方公里|家)", name)
        if each and item.unit and base_subject:
            name, item = re.sub(r"(?:年均)?(?:增速|增长率)$", "", base_subject), with_unit(item, f"{item.unit}/{each.group(1)}")
        if base_subject and re.fullmatch(r"(?:其?总)?(?:数|数量|量|规模|额|占比|比重|面积|增速|产值|收入)", name):
            name = re.sub(r"(?:数量|总量|总数|数)$", "", base_subject) + name
        if base_subject and re.match(r"按(?:可比|同|不变|现行)", name):
            name = f"{base_subject}{name}"
        if re.match(r"(?:低于|高于|快于|优于)", name) and (state.last or base_subject):
            name = f"{state.last.name if state.last else base_subject}{name}"
        if name.startswith("占"):
            # 占…比重 alone speaks of the subject before it
            subject = base_subject or (accepted[-1].name if accepted else "")
            name = f"{subject}{name}" if subject else name
            self._emit(item, name, predicate, left, start, end, number, accepted, keep_subject=True)
            return
        if not name:
            name = self._carried_name(item, predicate, right, accepted, base_subject, continuing)
            if not name:
                return
            same = state.last is not None and state.last.unit == item.unit and state.last.comparator == ">" and reach
            if same and number - state.last_clause <= 1 and state.last in state.out and restates(state.last, item):
                state.out.remove(state.last)
                if state.last in accepted:
                    accepted.remove(state.last)
        elif item.unit in {"年"} and not _TIME_NAME.search(name):
            return
        if _SCOPE_ONLY.fullmatch(name) and state.last is not None and reach:
            name = f"{name}{_SCOPE_ONLY.sub('', state.last.name, count=1) if _SCOPE_ONLY.match(state.last.name) else state.last.name}"
        if not sound_name(name, item, doing, reach):
            return
        opened = re.match(r"新增|新建|净增", accepted[-1].name) if accepted and continuing and not predicate else None
        if opened and not name.startswith(opened.group()):
            name = opened.group() + name
        self._emit(item, growth_name(name, predicate, item), predicate, left, start, end, number, accepted)

    def _structure_change(self, item: Quantity, name: str, left: str, start: int, end: int, number: int, accepted: list[Indicator]) -> bool:
        """Shares before and after a change (产业结构由10:47:43调整为8:44:48)."""
        turn = re.search(r"(?:调整|优化|转变|变化|演变|提升|变|缩小|扩大|下降|降低|上升)(?:为|到|至)", self.body[start:end])
        opened = re.search(r"(?:由|从)(?=[^由从]*\d)", self.body[start:end])
        if not turn or not opened:
            return False
        title = accepted[-1].name if accepted and accepted[-1].kind == "baseline" else ""
        title = title or clean_name(*lex.strip_predicate(re.split(r",", self.body[start : start + opened.start()])[-1]))
        self._emit(item, title, [], left, start, end, number, accepted, baseline=item.start < start + turn.start())
        return True

    def _carried_name(
        self, item: Quantity, predicate: list[str], right: str, accepted: list[Indicator], subject: str, continuing: bool
    ) -> str:
        state = self.state
        if accepted and continuing:
            return accepted[-1].name
        if item.unit in {"个百分点", "百分点"} and state.last is not None and state.last.unit == "%":
            return state.last.name
        if predicate or item.form in {"mask"}:
            words = "".join(reversed(predicate))
            if state.last is not None and not subject:
                return state.last.name
            kept = re.search(r"(?:新增|净增|新建)$", words)
            return f"{kept.group()}{subject}" if kept and subject else subject
        return ""
