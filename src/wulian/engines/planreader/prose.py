"""Indicators from running text.

A sentence is read clause by clause. Each quantity looks for its name to the left (研发投入强度达到2.2%), to the right (新增20家
概念验证中心), in the list before 分别 or 各, or in the clause before (…快速增长，达到2500家). Year and tense are carried along the
sentence; what a section speaks of (results or aims) decides where the wording does not.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from wulian.engines.planreader import lexicon as lex
from wulian.engines.planreader.context import ACHIEVED, AIMED, Period, is_guiding, tense, year_marks
from wulian.engines.planreader.model import Document, Indicator, Span
from wulian.engines.planreader.quantities import Quantity, find_quantities
from wulian.engines.planreader.structure import Structure, sentences
from wulian.engines.planreader.text import normal
from wulian.engines.planreader.units import COUNTED, measure_of, restored_unit

_CUT = re.compile(r"[;:]|,(?!\d{3}(?!\d))|(?<!\d),|(?<=[\u4e00-\u9fff%])\s{2,}")
_HIDDEN = re.compile(r"《[^《》]*》|〔\d{4}〕\s*\d*号?")
_QUOTED = re.compile(r"“[^“”]{0,30}”|\"[^\"]{0,30}\"")
_TIME_UNITS = frozenset("年 月 天 日 小时 分钟 岁".split())
_TIME_NAME = re.compile(r"年限|寿命|时间|时长|周期|期限|天数|压缩|缩短|时限|岁|龄|时效|办结")
_RANK_CUE = re.compile(r"居|列|排|跻身|进入|进|保持|前移|升|名次|位次|排名|第[\d一二三四五六七八九十]+[位名]|名|”|榜|指数|回归|重返|力争|争取")
_BARE_CUE = re.compile(r"(?:达到|达|突破|超过|增至|增长到|增加到|提高到|提升到|扩大到|不少于|不低于|为|降至|下降到|降到|控制在|提升至|提高至|共有|分别为|分别达到)$")
_STATUS_NOUN = re.compile(r"(?:签约|落地|在谈|在建|建成|开工|竣工|投产|完工|投运|通过|入库|储备)+$")
_AVERAGE = re.compile(r"年均(?:复合)?(?:增长|增速|提高|提升|下降|降低)?|复合增(?:长|速)")
_MONEY = re.compile(r"元$")


@dataclass(slots=True)
class _State:
    """What is carried from clause to clause of one sentence."""

    year: int | None
    tense: str | None
    default: str
    subject: str = ""
    clause: str = ""
    every_year: bool = False
    new: bool = False
    last: Indicator | None = None
    last_clause: int = -1
    unit: str | None = None
    horizon: int | None = None
    marked: bool = False
    out: list[Indicator] = field(default_factory=list)


def read_prose(document: Document, structure: Structure, period: Period | None) -> list[Indicator]:
    """Indicators stated in the running text of `document`, in order."""
    plain = normal(document.text)
    skip = _unit_brackets(document)
    guided = next((item.start for item in structure.paragraphs if is_guiding(plain[item.start : item.end])), None)
    found: list[Indicator] = []
    titles = {node.start: node for node in structure.nodes}
    for item in structure.paragraphs:
        node = titles.get(item.start)
        begin = item.start
        if node is not None:
            if not node.run_in:
                begin = item.start if _carries_target(plain[item.start : item.end]) and node.kind in {"digit", "digit_bracket", "dash"} else item.end
            elif node.kind not in {"digit_bracket", "digit", "dash", "article"} or len(plain[item.start : node.title_end]) <= 34:
                begin = node.title_end
        if begin >= item.end:
            continue
        default, horizon = _default_tense(structure, item.start, guided, plain)
        carried: int | None = horizon
        for low, high in sentences(plain, begin, item.end):
            state = _State(carried, None, default, horizon=carried)
            _Sentence(document.text, plain, low, high, period, state, skip).read()
            found.extend(state.out)
            if state.horizon:
                carried = state.horizon
    return found


def _carries_target(line: str) -> bool:
    return bool(re.search(r"\d", line[3:])) and len(line) > 12


def _unit_brackets(document: Document) -> list[Span]:
    plain = normal(document.text)
    pattern = re.compile(r"\([^()]*(?:负责|牵头|责任单位|配合单位|按职责)[^()]*\)")
    return [found.span() for found in pattern.finditer(plain)]


def _default_tense(structure: Structure, offset: int, guided: int | None, plain: str) -> tuple[str, int | None]:
    """Whether the section over `offset` speaks of results or aims, and the horizon its title names."""
    path = structure.path(offset)
    for node in reversed(path):
        horizon = re.search(r"(20[3-9]\d|2[0零]三五)年?.{0,4}(?:远景|愿景|展望|目标)", normal(node.title))
        if node.kind in {"titled", "dash"} or (node.run_in and node.kind == "digit"):
            continue
        if AIMED.search(node.title) and not re.search(r"回顾|完成情况", node.title):
            year = None
            if horizon and not re.search(r"五(?:时期|期间|”)", node.title):
                year = 2035 if not horizon.group(1).isdigit() else int(horizon.group(1))
            return "target", year
        if ACHIEVED.search(node.title):
            return "actual", None
    if guided is not None and offset < guided and not any(node.kind in {"han", "chapter", "part"} for node in path):
        return "actual", None
    return "target", None


class _Sentence:
    """Reads one sentence into `state.out`."""

    def __init__(self, text: str, plain: str, low: int, high: int, period: Period | None, state: _State, skip: list[Span]) -> None:
        self.text, self.plain, self.low, self.high = text, plain, low, high
        self.period, self.state = period, state
        body = plain[low:high]
        hidden = bytearray(len(body))
        for found in _HIDDEN.finditer(body):
            hidden[found.start() : found.end()] = b"\x01" * (found.end() - found.start())
        for found in _QUOTED.finditer(body):
            if not re.fullmatch(r"[“\"][一二三四五六七八九十]+五[”\"]", found.group()):
                hidden[found.start() : found.end()] = b"\x01" * (found.end() - found.start())
        for start, end in skip:
            if start < high and end > low:
                hidden[max(0, start - low) : max(0, end - low)] = b"\x01" * (min(end, high) - max(start, low))
        self.body = body
        self.quantities = [item for item in find_quantities(body) if not any(hidden[item.start : item.end])]
        self.cuts = self._clauses(hidden)

    def _clauses(self, hidden: bytearray) -> list[Span]:
        inside = bytearray(len(self.body))
        for item in self.quantities:
            inside[item.start : item.end] = b"\x01" * (item.end - item.start)
        for first, second in zip(self.quantities, self.quantities[1:], strict=False):
            if first.form == "ratio" and second.form == "ratio" and second.start - first.end <= 3:
                inside[first.start : second.end] = b"\x01" * (second.end - first.start)
        out: list[Span] = []
        begin = 0
        for found in _CUT.finditer(self.body):
            if inside[found.start()] or hidden[found.start()]:
                continue
            out.append((begin, found.start()))
            begin = found.end()
        out.append((begin, len(self.body.rstrip("。 \n"))))
        return [span for span in out if span[1] > span[0]]

    def read(self) -> None:
        state = self.state
        whole = tense(self.body)
        for number, (start, end) in enumerate(self.cuts):
            clause = self.body[start:end]
            if number and self.body[start - 1] == ";":
                state.every_year, state.new, state.last = False, False, None
            self._read_years(clause)
            state.tense = state.tense or whole
            items = [item for item in self.quantities if start <= item.start < end]
            if lex.EVERY_YEAR.search(clause):
                state.every_year = True
            elif re.search(r"到(?:19|20)\d{2}年", clause) or (items and re.search(r"总量|总数|达到|累计", clause[: items[0].start - start])):
                state.every_year = False
            if items:
                self._read_clause(number, start, end, items)
            else:
                self._qualitative(number, start, end)
            if not items or state.last is None:
                name = _subject_of(clause)
                state.subject = name or state.subject
            state.clause = clause

    def _read_years(self, clause: str) -> None:
        state = self.state
        marks = [mark for mark in year_marks(clause, self.period) if mark.carries]
        for mark in marks:
            state.year, state.marked = mark.year, True
            if mark.future:
                state.tense, state.horizon = "target", mark.year if re.search(r"(?:到|至|力争)\s*\d{4}", clause) else state.horizon
            elif mark.past:
                state.tense = "actual"

    # --- one clause with quantities ---------------------------------------------------------------------------------

    def _read_clause(self, number: int, start: int, end: int, items: list[Quantity]) -> None:
        state = self.state
        lead = self.body[start : items[0].start]
        if self._is_condition(start, end) and all(_is_money(item) or item.unit in {"%", "倍", "年"} for item in items):
            return
        names = self._shared_names(lead, items, start, end)
        previous = start
        accepted: list[Indicator] = []
        state.new = False
        base_subject = state.subject
        shared_words: list[str] = []
        for place, item in enumerate(items):
            following = items[place + 1].start if place + 1 < len(items) else end
            left, right = self.body[previous : item.start], self.body[item.end : following]
            if names is not None:
                chosen: str | None = names[place] if place < len(names) else None
                words = lex.strip_predicate(left)[1]
                words = words if not place else shared_words
                shared_words = words
                self._emit(item, self._growth_name(chosen, words, item) if chosen else None, words, left, start, end, number, accepted)
                previous = item.end
                continue
            before = len(accepted)
            if item.form == "high" and place and items[place - 1].form == "low" and accepted and accepted[-1].span[0] == self.low + items[place - 1].start:
                self._emit(item, accepted[-1].name, [], "", start, end, number, accepted)
                continue
            if item.form == "low" and place + 1 < len(items):
                following = items[place + 2].start if place + 2 < len(items) else end
                right = self.body[items[place + 1].end : following]
            used = self._read_one(item, left, right, place, following, start, end, number, accepted, base_subject)
            if len(accepted) > before:
                previous = item.end + used

    def _is_condition(self, start: int, end: int) -> bool:
        """Whether a clause sets a rule of support (对…的企业，给予…奖励) rather than an aim."""
        clause = self.body[start:end]
        if lex.CONDITION.search(clause) or re.search(r"(?:单个|每个|每家|每项|单项|单户|每户|每人)[^,;]{0,12}(?:额度|支持|标准|不超过|限额)", clause):
            return True
        stop = self.body.find(";", end)
        rest = self.body[end : stop if stop >= 0 else len(self.body)]
        return bool(lex.CONDITION.search(rest)) and bool(re.search(r"^\s*(?:其中)?(?:对|凡|按|符合|经|首次|年度?|上年)|的(?:企业|项目|单位|机构|平台|人才|个人|团队)?$", clause))

    def _shared_names(self, lead: str, items: list[Quantity], start: int, end: int) -> list[str] | None:
        """Names for A、B、C分别达到… and A、B各…, one per quantity; None when the clause is not of that shape."""
        if any(item.form in {"low", "high", "ratio"} for item in items):
            return None
        cut = re.search(r"分别|各(?=(?:为|有|建|新增|达到|达|不少于|约)?$)", lead)
        if not cut or (cut.group() == "分别" and len(items) < 2) or (cut.group() == "分别" and re.search(r"分别[^\d]{0,14}$", lead) is None):
            return None
        listed = lex.LEADING.sub("", _drop_year(lead[: cut.start()]))
        between = [self.body[first.end : second.start] for first, second in zip(items, items[1:], strict=False)]
        if any(not re.fullmatch(r"\s*(?:、|和|与|及|以及|,)?\s*", gap) for gap in between):
            return None
        if not listed.strip():
            listed = _subject_of(self.state.clause, keep_list=True) or self.state.clause
        body, _ = lex.strip_predicate(listed)
        names = _split_names(body or listed, len(items) if cut.group() == "分别" else None)
        if cut.group() != "分别":
            if len(items) == 1 and len(names) > 1:
                items.extend([items[0]] * (len(names) - 1))
                return names
            return None
        return names

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
        state = self.state
        left_words, predicate = lex.strip_predicate(left)
        continuing = bool(accepted) and bool(re.fullmatch(r"\s*(?:、|和|与|及|以及|,)?\s*", left))
        doing = lex.DOING_END.search(left.rstrip())
        graded = self.body[item.end - 1 : item.end] == "级"
        if graded and not re.search(r"(?:收入|营收|产值|规模|总量|投资|成交额)$", left_words):
            return 0
        noun, used = self._right_noun(right, following, end, item)
        reach = bool(predicate) and bool(_BARE_CUE.search(left.rstrip()))
        if right.startswith("的") and item.form == "plain" and not re.match(r"的(?:目标|水平|规模(?!以上)|速度|任务|以上|增长|增速)", right):
            share = item.unit == "%" and (doing or not left_words) and not reach
            if not share:
                return 0
            noun, used = self._right_noun(right[1:], following, end, item, whole=True)
            if not noun:
                return 0
            self._emit(item, f"{noun}比例", predicate, left, start, end, number, accepted)
            return used + 1
        counted = item.unit is not None and measure_of(item.unit) in COUNTED and item.form not in {"rank", "top"}
        if noun and counted and (continuing or not reach or not left_words.strip() or item.form == "mask"):
            if not self._countable(item, noun, left, doing is not None or continuing, reach):
                return 0
            kept = lex.KEPT.search(left.rstrip())
            if continuing and not kept and accepted:
                verb = re.match(lex.KEPT.pattern.split(")(?:")[0] + ")", accepted[-1].name)
                prefix = verb.group(1) if verb else ""
            else:
                prefix = kept.group(1) if kept else ""
            name = f"{prefix}{noun}"
            suffix = "场次" if item.unit in {"场", "场次"} else "数"
            if not re.search(r"(?:数|数量|总量|总数|清单|次)$", name):
                name += suffix
            self._emit(item, name, predicate, left, start, end, number, accepted)
            return used
        if noun and not counted and self._modifies(item, right):
            return 0
        self._left_named(item, left, left_words, predicate, right, doing is not None, reach, start, end, number, accepted, place, base_subject)
        return 0

    def _modifies(self, item: Quantity, right: str) -> bool:
        """Whether a measured quantity only describes the noun behind it (营业收入超100亿元企业)."""
        if item.unit in {"%", "个百分点", "百分点", "倍", "成"} or item.form in {"rank", "top", "ratio", "fraction", "double", "mask"}:
            return item.unit == "%" and bool(re.match(r"(?:股权|股份|以上股|控股|平均)", right))
        return bool(re.match(r"[^\d,、]{0,10}(?:企业|公司|项目|园区|平台|高校|机构|镇|县|村|街道|地块|基金|楼宇|单品|产品|品牌|集群(?!发展))", right)) and "级" not in self.body[item.end - 1 : item.end]

    def _right_noun(self, right: str, following: int, end: int, item: Quantity, *, whole: bool = False) -> tuple[str, int]:
        """The noun counted, standing behind the measure word, and its length."""
        body = right
        if lex.NO_NOUN.match(body) or not re.match(r"[\u4e00-\u9fffA-Za-z“\"(]", body):
            return "", 0
        stop = re.search(r"[、,;。]", re.sub(r"“[^”]*”|\([^()]*\)", lambda found: "□" * len(found.group()), body))
        cut = stop.start() if stop else len(body)
        body = body[:cut]
        if following < end and not stop:
            joint = list(re.finditer(r"以及|和|与|及", body))
            if joint:
                body = body[: joint[-1].start()]
        if not whole:
            verb = lex.AFTER_STOP.search(body, 2)
            if verb:
                body = body[: verb.start()]
        return body.strip().rstrip("的"), len(body)

    def _countable(self, item: Quantity, noun: str, left: str, doing: bool, reach: bool) -> bool:
        """Whether `number unit noun` counts things in the world (and not chapters, fields or working groups)."""
        if lex.PROGRAMME_AFTER.match(noun) or (item.form == "han" and not doing and not re.search(r"每年|共|余", left[-4:])):
            return False
        value = item.value
        if item.form == "mask":
            return True
        if item.form == "han" and value is not None and value < 10 and not re.search(r"新增|建成|新建|达到|不少于|至少|培育|引进|创建|累计", left[-6:]):
            return False
        if item.form == "han" and item.comparator is None and value in {100, 1000, 10000} and re.search(r"“$", left):
            return False
        if lex.STRUCTURAL.match(noun) and value is not None and value <= 20 and item.comparator is None and item.unit in {"个", "项", "条", "类", "种", "大", "位"}:
            return bool(re.search(r"新增|新建|每年|累计|不少于|至少", left[-8:]))
        if re.search(r"(?:首批|之一|其中之一|第|近|前|每|任|某)$", left.rstrip()) or "之一" in noun:
            return False
        if doing or reach:
            return True
        if self._tense() == "actual":
            body = lex.strip_predicate(left)[0]
            return bool(body) and not re.search(r"(?:联合|由|与|和|对|以|围绕|针对|面向|聚焦|分为|划分)$", body.rstrip())
        return bool(lex.EVERY_YEAR.search(left)) or item.comparator in {">=", ">"}

    def _tense(self) -> str:
        return self.state.tense or self.state.default

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
        name = _clean_name(left_words, predicate)
        continuing = bool(re.match(r"\s*(?:、|和|与|及|以及)", left))
        if item.form in {"rank", "top"}:
            if item.form == "top" and re.match(r"\s*(?:企业|高校|城市|省|市|县|园区|榜|的)", right) and not re.search(r"进入|跻身|排名|位居|居", left[-6:]):
                return
            if item.form == "top" and not _RANK_CUE.search(left[-14:]):
                return
            name = self._rank_name(left, name, accepted, base_subject)
            if name:
                self._emit(item, name, predicate, left, start, end, number, accepted)
            return
        if item.unit is None and item.form not in {"ratio", "fraction", "mask", "double"}:
            status = _STATUS_NOUN.search(left_words + "".join(reversed(predicate)))
            if status and state.unit and item.form == "plain":
                item = _with_unit(item, state.unit)
                name = name or f"{base_subject}{status.group()}"
            elif item.form != "plain" or not reach or not (lex.INDICATOR_NOUN.search(name) or restored_unit(name)) or re.match(r"\s*[\dA-Za-z]", right):
                return
            else:
                item = _with_unit(item, restored_unit(name))
        if item.unit in _TIME_UNITS and not _TIME_NAME.search(left + right[:6]):
            return
        if item.form == "han" and not (reach or doing or re.search(r"(?:占|超|逾|近|约|增长|翻|高)$", left.rstrip()) or (item.comparator == ">" and left_words)):
            return
        if item.form == "han" and item.value is not None and item.value < 10 and item.unit not in {"倍", "%", "成"} and not re.search(r"达到|突破|占|增至|新增|为$", left[-5:]):
            return
        if item.form == "double":
            name = name or base_subject
            if name:
                self._emit(item, f"{name}翻番" if "翻" not in name else name, predicate, left, start, end, number, accepted)
            return
        if item.unit == "倍" and re.match(r"(?:是|为|相当于|达到)?(?:[“\"]?[一二三四五六七八九十]{2,3}五|(?:19|20)\d{2}年|上年|基期|[^,]{0,6}(?:末|初|年))", left.strip()):
            name = base_subject
        base = re.search(r"(?:从|由)([^从由]*)$", left) if place == 0 else None
        rising = re.match(r"[^\d,;]{0,8}(?:增长|增加|提高|提升|上升|扩大|发展|下降|降低|减少|缩短|压缩|缩减|增|降|升|跃升|跨越|提)(?:到|至|为)", right)
        if base and rising:
            name = _clean_name(*lex.strip_predicate(left[: base.start()])) or base_subject
            if name:
                self._emit(item, name, [], left, start, end, number, accepted, baseline=True)
                state.subject = name
            return
        if accepted and place and accepted[-1].kind == "baseline" and re.match(r"[^\d,;]{0,8}(?:增长|增加|提高|提升|上升|扩大|发展|下降|降低|减少|缩短|压缩|缩减|增|降|升|跃升|跨越|提)(?:到|至|为)", left):
            self._emit(item, accepted[-1].name, predicate, left, start, end, number, accepted)
            return
        compared = re.search(r"(?:较|比|与)((?:19|20)\d{2}年(?:末|底)?|[“\"]?[一二三四五六七八九十]{2,3}五[”\"]?(?:期?末)?|上年(?:末|底)?|去年)的\s*$", left) or (
            item.form == "ratio" and re.search(r"(?:较|比)(?:(?:19|20)\d{2}年)的\s*[\d.]*\s*:?\s*$", self.body[max(0, item.start - 18) : item.start])
        )
        if compared and re.search(r"^\s*(?:大幅|明显|显著)?(?:提高|提升|增长|增加|下降|降低|实现|有|:|$|,)", right):
            name = _clean_name(*lex.strip_predicate(left[: left.find(compared.group())] if compared.group() in left else left)) or base_subject
            year = re.search(r"(?:19|20)\d{2}", self.body[max(0, item.start - 18) : item.start])
            self._emit(item, name or state.subject, [], left, start, end, number, accepted, baseline=True, year=int(year.group()) if year else None)
            return
        if item.form == "ratio" and not name and accepted:
            name = accepted[-1].name
        if item.form == "plain" and re.search(r"(?:规模|总量)?$", right[:2]) and _is_money(item):
            name = re.sub(r"(?:年均)?(?:增速|增长率)$", "", name)
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
            if same and number == state.last_clause + 1 and state.last in state.out and self._restates(state.last, item):
                state.out.remove(state.last)
        elif item.unit in {"年"} and not _TIME_NAME.search(name):
            return
        if not self._sound_name(name, item, doing, reach):
            return
        opened = re.match(r"新增|新建|净增", accepted[-1].name) if accepted and continuing and not predicate else None
        if opened and not name.startswith(opened.group()):
            name = opened.group() + name
        self._emit(item, self._growth_name(name, predicate, item), predicate, left, start, end, number, accepted)

    def _restates(self, last: Indicator, item: Quantity) -> bool:
        return isinstance(last.value, int | float) and item.value is not None and last.value <= item.value <= last.value * 1.5 and last.kind in {"target", "actual"}

    def _growth_name(self, name: str, predicate: list[str], item: Quantity) -> str:
        words = "".join(reversed(predicate))
        average = _AVERAGE.search(words)
        if item.unit == "%" and average and not re.search(r"增速|增长率|增长$", name):
            return f"{name}{average.group()}" if "增" in average.group() or "降" in average.group() or "提" in average.group() else f"{name}年均增长"
        change = re.search(r"(?:同比|累计)?(?:增长|下降|降低|减少|压缩|压减|缩短)(?!到|至)", words)
        if item.unit == "%" and change and not re.search(r"增速|增长率|增幅|降幅|下降率|降低率|压减率|下降$|降低$", name):
            return name + change.group()
        return name

    def _sound_name(self, name: str, item: Quantity, doing: bool, reach: bool) -> bool:
        if len(re.findall(r"[\u4e00-\u9fffA-Za-z]", name)) < 2:
            return False
        if re.fullmatch(r"(?:其中|同时|目前|全市|全省|全区|全县|每年|到|截至|分别|以上|以及)+", name):
            return False
        if item.unit and measure_of(item.unit) in COUNTED and item.form == "plain" and not reach and re.search(r"(?:联合|首批|每|任|近|前|第)$", name):
            return False
        return True

    def _carried_name(self, item: Quantity, predicate: list[str], right: str, accepted: list[Indicator], subject: str, continuing: bool) -> str:
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

    def _rank_name(self, left: str, name: str, accepted: list[Indicator], subject: str) -> str:
        before = re.sub(r"(?:继续)?(?:稳居|位居|位列|名列|排名|排在|居|列|跻身|进入|保持在?|前移至|升至|升到|重返|回归|力争进入|力争|进)?(?:全[国市省区]|世界|全球)?$", "", left)
        inner = _clean_name(*lex.strip_predicate(re.sub(r"^(?:回归|重返|进入|跻身|本市|我市|全市)?(?:位列|位居)?", "", lex.LEADING.sub("", _drop_year(before)))))
        if inner and "排名" in left and "排名" not in inner:
            inner += "排名"
        if re.fullmatch(r"(?:[全市本]?[国省市区内六]{1,4}|[^,]{0,4}(?:区|市|省))", inner or "") or not inner:
            base = subject or (accepted[-1].name if accepted else "") or (self.state.last.name if self.state.last else "")
            return f"{base}({inner})" if inner and base else (base or name)
        return inner

    # --- emitting ---------------------------------------------------------------------------------------------------

    def _emit(
        self,
        item: Quantity,
        name: str | None,
        predicate: list[str],
        left: str,
        start: int,
        end: int,
        number: int,
        accepted: list[Indicator],
        *,
        baseline: bool = False,
        keep_subject: bool = False,
        year: int | None = None,
    ) -> None:
        if not name:
            return
        state = self.state
        comparator = item.comparator if item.form in {"rank", "top", "low", "high"} else lex.comparator_of(predicate, item.comparator)
        if comparator == "~":
            comparator = None
        if item.form == "mask":
            comparator = None
        bare = "".join(reversed(predicate))
        own_new = bool(lex.NEW.search(left)) or name.startswith(("新增", "新建", "净增", "累计"))
        listing = bool(accepted) and bool(re.match(r"\s*(?:、|和|与|及|以及)", left)) and not re.search(r"达到|突破|超过|总量", left)
        new = own_new or (listing and state.new)
        state.new = new
        if comparator == "=" and not item.comparator and (own_new or listing) and name.startswith(("新增", "新建", "净增")):
            comparator = "increase"
        if listing and new and comparator == "=" and accepted and accepted[-1].comparator == "increase":
            comparator = "increase"
        clause_tense = self._tense()
        when = year if year is not None else self._year(left, baseline, clause_tense)
        kind = "baseline" if baseline else self._kind(clause_tense, new, name, bare, item)
        if kind == "target" and re.search(r"一般|原则上|应当?|须", bare) and lex.RATIO_NOUN.search(name) and not state.marked:
            when = None
        clean = _final_name(name, item)
        low, high = self.low + item.start, self.low + item.end
        raw_span = self._raw(start, end, item)
        made = Indicator(
            clean,
            item.value,
            comparator,
            _unit_in_context(item.unit, clean),
            when,
            kind,
            None,
            self.text[raw_span[0] : raw_span[1]],
            False,
            (low, high),
            raw_span,
            masked=item.form == "mask",
        )
        state.out.append(made)
        accepted.append(made)
        if item.unit and measure_of(item.unit) in COUNTED:
            state.unit = item.unit
        if not baseline:
            state.last, state.last_clause = made, number
        if not keep_subject and not baseline:
            base = re.sub(r"(?:翻番|(?:年均|同比|累计|复合)*(?:增长|下降|降低|减少|提高|压缩)|年均增速|增速)$", "", clean)
            state.subject = re.sub(r"占[^占]*$" if item.unit == "%" else r"\([^()]*\)$", "", base) or clean

    def _kind(self, clause_tense: str, new: bool, name: str, predicate: str, item: Quantity) -> str:
        if clause_tense == "actual":
            return "actual"
        if self.state.every_year and not _AVERAGE.search(predicate) and not re.search(r"增速|增长率|年均增", name):
            return "per_year"
        return "cumulative" if new else "target"

    def _year(self, left: str, baseline: bool, clause_tense: str) -> int | None:
        period = self.period
        if baseline:
            years = re.findall(r"(?:19|20)\d{2}(?=年)", left)
            if years:
                return int(years[-1])
            for mark in year_marks(left, period):
                return mark.year
            return period.base if period else None
        marks = [mark for mark in year_marks(left, period) if mark.carries or re.search(r"的$", left.rstrip())]
        if marks and re.search(r"(?:到|至)(?:19|20)\d{2}年", left):
            return marks[-1].year
        if self.state.year is not None:
            return self.state.year
        if period is None:
            return None
        return period.base if clause_tense == "actual" else period.end

    def _raw(self, start: int, end: int, item: Quantity) -> Span:
        """The clause as printed, with the clause before it where both fit into 80 characters."""
        low, high = self.low + start, self.low + end
        while low < high and self.text[low].isspace():
            low += 1
        if high - low > 80:
            centre = self.low + item.start
            low = max(low, centre - 56)
            high = min(high, low + 80)
            if self.low + item.end > high:
                high = self.low + item.end
                low = max(low, high - 80)
        return low, high

    # --- clauses without a number -----------------------------------------------------------------------------------

    def _qualitative(self, number: int, start: int, end: int) -> None:
        clause = self.body[start:end]
        state = self.state
        first = lex.FIRST_EVER.match(lex.LEADING.sub("", _drop_year(clause)).strip())
        found = lex.QUALITATIVE.match(clause.strip())
        if found is None and first is None:
            return
        match = found or first
        if match is None or self._tense() == "actual" and first is not None:
            return
        name = _clean_name(lex.LEADING.sub("", _drop_year(match.group("name"))), [])
        if not name or len(name) > 44:
            return
        what = match.group("what")
        place = clause.rfind(what)
        way = found.group("way") if found else None
        down = bool(way) and bool(re.search(r"下降|降低|减少|降", way or ""))
        names = _split_qualitative(name, found is not None and bool(found.group("all")))
        if found is not None and name.startswith("占") and state.subject:
            names = [f"{state.subject}{name}"]
        for part in names:
            tidy = re.sub(r"^(?:全[市省区县国])?(?:年末)?", lambda hit: hit.group(), part)
            raw_span = self._raw(start, end, Quantity(start, end, (start, end), None, None))
            made = Indicator(
                tidy,
                None,
                ("decrease" if down else "increase") if way and way not in {"改善", "优化"} else None,
                "%" if way and lex.RATIO_NOUN.search(part) else None,
                self._year("", False, self._tense()),
                "actual" if self._tense() == "actual" else "target",
                None,
                self.text[raw_span[0] : raw_span[1]],
                False,
                (self.low + start + place, self.low + start + place + len(what)),
                raw_span,
                assigned=bool(re.search(r"下达|任务|要求", what)),
            )
            state.out.append(made)
            state.last, state.last_clause = made, number
            state.subject = tidy


# --- names ----------------------------------------------------------------------------------------------------------


def _is_money(item: Quantity) -> bool:
    return bool(item.unit) and bool(_MONEY.search(item.unit or ""))


def _with_unit(item: Quantity, unit: str | None) -> Quantity:
    return Quantity(item.start, item.end, item.digits, item.value, unit, item.comparator, item.form)


def _drop_year(text: str) -> str:
    """`text` without a leading 到2025年, 截至2020年底, “十四五”末 and the like."""
    return re.sub(
        r"^\s*(?:力争)?(?:到|至|截至|截止|在)?(?:(?:19|20)\d{2}年(?:底|末|度|初|前)?|[“\"]?[一二三四五六七八九十]{2,3}五[”\"]?(?:期?末|时期|期间|以来|期内)?|(?:未来)?[一二三四五]年(?:内|间|来)|近[一二三四五]年|规划期(?:末|内))[,、\s]*(?:我[省市区县州国])?",
        "",
        text,
    )


def _clean_name(text: str, predicate: list[str]) -> str:
    """The noun phrase in front of a predicate: without connectors, years, verbs of doing and relative clauses."""
    name = text.strip()
    for _ in range(4):
        before = name
        name = lex.LEADING.sub("", _drop_year(name)).strip()
        if name == before:
            break
    opening = lex.DOING_START.match(name)
    words = "".join(reversed(predicate))
    if opening and len(name) - opening.end() >= 2 and not lex.INDICATOR_NOUN.fullmatch(name):
        rest = name[opening.end() :]
        verb = opening.group()
        if re.match(r"[了出着]?", rest):
            rest = re.sub(r"^(?:了|出|以上|一批)", "", rest)
        noun_like = re.match(r"(?:支出|投入|机构|人员|活动|费用|占比|力度|强度|能力|水平|机制|体系|率|额|量|数|者|商|型|性|化|区|园|院|所|基地|人才|企业|投资|面积|里程|资金|经费|费用|成本|规模|工程|项目|中心|平台|市场|类|用地|业)", rest)
        if not noun_like or verb in {"培育", "认定", "引进", "新增", "建成", "打造", "累计", "力争", "推动", "实现", "支持", "带动", "促进"}:
            name = (verb if lex.KEPT.fullmatch(verb) and verb not in {"开展", "组织", "实施"} else "") + rest
    if len(name) > 24 and "的" in name[:-4]:
        tail = name.rsplit("的", 1)[1]
        if len(tail) >= 4:
            name = tail
    elif re.match(r"(?:具有|拥有|具备|符合|达到)", name) and "的" in name:
        name = name.rsplit("的", 1)[1]
    if words.startswith(("新增", "净增", "新建")) and not name.startswith(words[:2]):
        name = words[:2] + name
    if len(name) > 40:
        name = name[-40:]
    return name.strip(" ,、;:。").rstrip("的")


def _final_name(name: str, item: Quantity) -> str:
    body = re.sub(r"\s+", "", name).strip(",、;:。")
    body = re.sub(r"^((?:全|我|本)[国省市区县州])(?:共有|共|拥有|建有|现有|已有|累计|新增有)(?=[^占])", r"\1", body)
    if item.unit == "%" and re.search(r"占[^占]{1,10}$", body) and not re.search(r"比重|比例|份额|占比|之比|率$", body):
        body += "比重"
    if item.unit == "倍" and not re.search(r"倍|翻|增长", body):
        body += "倍数"
    if item.unit and measure_of(item.unit) in COUNTED and item.form in {"plain", "han", "mask", "low", "high"}:
        if not lex.INDICATOR_NOUN.search(body) and not re.search(r"(?:清单|人次|场次|次)$", body) and not body.endswith(")"):
            body += "数"
    return body


def _unit_in_context(unit: str | None, name: str) -> str | None:
    """A bare scale behind a sum of money means yuan: 营收1500亿 is 1500 亿元."""
    if unit in {"亿", "万亿", "万", "千亿", "百亿"} and re.search(r"收入|营收|产值|规模|投资|总额|成交额|销售|生产总值|增加值|经济|税|资金|基金|贷款|融资|产业|集群", name):
        return f"{unit}元"
    return unit


def _subject_of(clause: str, *, keep_list: bool = False) -> str:
    """What a clause is about: the words before its predicate, or nothing when it has no noun to offer."""
    body = lex.LEADING.sub("", _drop_year(clause.strip())).strip()
    cut = re.search(
        r"(?:实现|持续|不断|稳步|快速|显著|更加|明显|大幅|得到|取得|进一步|保持|继续|达到|突破|增长|提升|壮大|涌现|增强|完善|优化|形成|提高|加快|逐步|初步|基本|全面|力争|位居|领先|水平居|跃升|凸显|遥遥|高质量|迈上)",
        body,
    )
    if cut and cut.start() >= 2:
        body = body[: cut.start()]
    elif cut and cut.start() == 0:
        return ""
    if len(body) > 30 or (lex.PUSHING.match(body) and not keep_list):
        return ""
    return body.strip("、, ")


def _split_names(text: str, wanted: int | None) -> list[str]:
    """Names of a list. Several of them share the head noun behind 等: 雏鹰、瞪羚等高成长企业 -> 雏鹰企业, 瞪羚企业."""
    body = text.strip()
    head = ""
    shared = re.match(r"(.+?)等(?:各类|各级)?([^、]{2,14})$", body)
    if shared:
        body = shared.group(1)
        noun = shared.group(2)
        common = re.search(r"(?:企业|机构|平台|中心|人才|项目|载体|园区|基地|实验室|学位|专利)(?:数量|数|总量)?$", noun)
        head = common.group() if common else ""
    parts = [part.strip() for part in re.split(r"、", body) if part.strip()]
    if wanted is None or len(parts) < wanted:
        finer: list[str] = []
        for part in parts:
            finer.extend(piece.strip() for piece in re.split(r"以及|和|与|及(?!其)|,", part) if piece.strip())
        parts = finer
    if wanted is not None and len(parts) > wanted:
        parts = [*parts[: wanted - 1], "、".join(parts[wanted - 1 :])] if wanted > 0 else parts
    parts = [lex.LEADING.sub("", part) for part in parts]
    opening = lex.DOING_START.match(parts[0]) if parts else None
    if opening and len(parts[0]) - opening.end() >= 2:
        parts[0] = parts[0][opening.end() :]
    first = re.match(r"(.{2,24})的(?=.{2,})", parts[0]) if parts else None
    if first and re.search(r"认定|备案|获批|建成|新增", first.group(1)):
        parts[0] = parts[0][first.end() :]
    short = [part for part in parts[:-1] if len(part) <= 4 and not lex.INDICATOR_NOUN.search(part)]
    if len(parts) > 1 and short == parts[:-1] and len({len(part) for part in short}) == 1 and len(parts[-1]) > len(short[0]) + 3 and not head:
        return [*(f"{part}{parts[-1][len(part) :]}" for part in short), parts[-1]]
    if head:
        parts = [part if part.endswith(head) else f"{part}{head}" for part in parts]
    elif parts and len(parts) > 1:
        tail = re.search(r"(?:数量|总量|数|占比|比重|率|规模|产值|收入)$", parts[-1])
        if tail and not any(re.search(r"(?:数量|总量|数|占比|比重|率|规模|产值|收入|额|值)$", part) for part in parts[:-1]):
            parts = [*(f"{part}{tail.group()}" for part in parts[:-1]), parts[-1]]
    return parts


def _split_qualitative(name: str, all_of: bool) -> list[str]:
    """Names under one qualitative predicate: A和B均…, A、B的N均…"""
    shared = re.match(r"(?P<list>[^的]+、[^的]+)的(?P<noun>[^的、]+)$", name)
    if shared and all_of:
        return [f"{part}的{shared.group('noun')}" for part in shared.group("list").split("、")]
    parts = re.split(r"、|和|与|及", name)
    noun = re.compile(r"(?:比重|比例|占比|率|强度|指数|能耗|排放量|浓度|密度|拥有量)$")
    if len(parts) > 1 and all(noun.search(part) for part in parts):
        return parts
    return [name]
