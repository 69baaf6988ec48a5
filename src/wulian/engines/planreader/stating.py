"""From a quantity with a name to an indicator: its year, kind, comparator and source; and statements without a number."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from wulian.engines.planreader import lexicon as lex
from wulian.engines.planreader.context import Period, year_marks
from wulian.engines.planreader.model import Indicator, Span
from wulian.engines.planreader.naming import GROWING, clean_name, drop_year, final_name, split_qualitative, unit_in_context
from wulian.engines.planreader.quantities import Quantity
from wulian.engines.planreader.units import COUNTED, measure_of

STATUS_NOUN = re.compile(r"(?:签约|落地|在谈|在建|建成|开工|竣工|投产|完工|投运|通过|入库|储备)+$")


@dataclass(slots=True)
class State:
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
    counted: str = ""
    horizon: int | None = None
    goes_on: bool = False
    marked: bool = False
    base_year: int | None = None
    out: list[Indicator] = field(default_factory=list)


@dataclass(slots=True)
class Clause:
    """One clause of a sentence with what has been read in it; `subject` is what the sentence spoke of before it, `place` the
    number of the quantity being read."""

    number: int
    start: int
    end: int
    subject: str
    place: int = 0
    accepted: list[Indicator] = field(default_factory=list)


class Statement:
    """One sentence with what is carried along it; `text` and `plain` are the document, `low` the start of the sentence."""

    def __init__(self, text: str, body: str, low: int, period: Period | None, state: State) -> None:
        self.text, self.body, self.low = text, body, low
        self.period, self.state = period, state
        self.left = ""

    def _tense(self) -> str:
        return self.state.tense or self.state.default

    def _emit(
        self,
        clause: Clause,
        item: Quantity,
        name: str | None,
        predicate: list[str],
        left: str,
        *,
        baseline: bool = False,
        keep_subject: bool = False,
        year: int | None = None,
    ) -> None:
        if not name:
            return
        state, accepted = self.state, clause.accepted
        self.left = left
        comparator = item.comparator if item.form in {"rank", "top", "low", "high"} else lex.comparator_of(predicate, item.comparator)
        if comparator == "~":
            comparator = None
        if item.form == "mask":
            comparator = None
        bare = "".join(reversed(predicate))
        own_new = bool(lex.NEW.search(left)) or name.startswith(("新增", "新建", "净增", "累计"))
        listing = bool(accepted) and bool(re.match(r"\s*(?:、|和|与|及|以及)", left)) and not re.search(r"达到|突破|超过|总量", left)
        new = own_new or (listing and state.new) or (state.goes_on and not accepted)
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
        clean = final_name(name, item)
        low, high = self.low + item.start, self.low + item.end
        raw_span = self._raw(clause.start, clause.end, item)
        made = Indicator(
            clean,
            item.value,
            comparator,
            unit_in_context(item.unit, clean),
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
            state.unit, state.counted = item.unit, state.counted if STATUS_NOUN.search(re.sub(r"数$", "", clean)) else clean
        if not baseline:
            state.last, state.last_clause = made, clause.number
        if not keep_subject and not baseline:
            base = re.sub(r"(?:翻番|(?:年均|同比|累计|复合)*(?:增长|下降|降低|减少|提高|压缩)|年均增速|增速)$", "", clean)
            state.subject = re.sub(r"占[^占]*$" if item.unit == "%" else r"\([^()]*\)$", "", base) or clean

    def _kind(self, clause_tense: str, new: bool, name: str, predicate: str, item: Quantity) -> str:
        if clause_tense == "actual":
            return "actual"
        own = bool(lex.EVERY_YEAR.search(self.left))
        if (
            self.state.every_year
            and (own or item.unit != "%")
            and not GROWING.search(predicate)
            and not re.search(r"增速|增长率|年均增", name)
        ):
            return "per_year"
        return "cumulative" if new else "target"

    def _year(self, left: str, baseline: bool, clause_tense: str) -> int | None:
        period = self.period
        if baseline:
            years = re.findall(r"(?:19|20)\d{2}(?=年)", left)
            if years:
                self.state.base_year = int(years[-1])
                return self.state.base_year
            for mark in year_marks(left, period):
                during = re.match(r"[^,]{0,2}五[”\"]?(?:期间|时期)", left[mark.start : mark.end].lstrip('“"'))
                return mark.year - 5 if during else mark.year  # “十三五”期间，从…增至…
            # 从2017年的3万亿元增长到…，…从3233亿元增长到…: one base year for the whole sentence
            return self.state.base_year or (period.base if period else None)
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
        first = lex.FIRST_EVER.match(lex.LEADING.sub("", drop_year(clause)).strip())
        found = lex.QUALITATIVE.match(clause.strip())
        if found is None and first is None:
            return
        match = found or first
        if match is None or (self._tense() == "actual" and first is not None):
            return
        name = clean_name(lex.LEADING.sub("", drop_year(match.group("name"))), [])
        if not name or len(name) > 44:
            return
        what = match.group("what")
        place = clause.rfind(what)
        way = found.group("way") if found else None
        down = bool(way) and bool(re.search(r"下降|降低|减少|降", way or ""))
        names = split_qualitative(name, found is not None and bool(found.group("all")))
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
