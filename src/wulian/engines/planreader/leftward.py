"""Quantities named by what stands before them: 研发投入强度达到2.2%, 由10%提高到12%, 比2020年的8%提高, 居全省第3位, 其中…占60%."""

from __future__ import annotations

import re

from wulian.engines.planreader import lexicon as lex
from wulian.engines.planreader.judging import restates, sound_name
from wulian.engines.planreader.naming import clean_name, growth_name, is_money, rank_name, with_unit
from wulian.engines.planreader.quantities import Quantity
from wulian.engines.planreader.stating import STATUS_NOUN, Clause, Statement
from wulian.engines.planreader.units import restored_unit

_TIME_UNITS = frozenset({"个工作日", "工作日", "年", "月", "天", "日", "小时", "分钟", "岁"})
_TIME_NAME = re.compile(r"年限|寿命|时间|时长|周期|期限|天数|压缩|缩短|时限|岁|龄|时效|办结")
_RANK_CUE = re.compile(
    r"居|列|排|跻身|进入|进|达到|跃|挺进|晋升|保持|前移|升|名次|位次|排名|第[\d一二三四五六七八九十]+[位名]|名|”|榜|指数|回归|重返|力争|争取"
)
_SCOPE_ONLY = re.compile(r"(?:其中)?(?:市区|城区|城镇|城市|农村|乡村|乡镇|县(?:\([市区、]+\))?|[各全][市县区省])")
# 由10%提高到12%: what stands between the two ends
_CHANGE = re.compile(r"[^\d,;]{0,8}(?:增长|增加|提高|提升|上升|扩大|发展|下降|降低|减少|缩短|压缩|缩减|增|降|升|跃升|跨越|提)(?:到|至|为)")
_TURN = re.compile(r"(?:调整|优化|转变|变化|演变|提升|变|缩小|扩大|下降|降低|上升)(?:为|到|至)")
# 比2020年的8%提高, 是2020年的3倍
_COMPARED = re.compile(
    r"(?:较|比|与)((?:19|20)\d{2}年(?:末|底)?|[“\"]?[一二三四五六七八九十]{2,3}五[”\"]?(?:期?末)?|上年(?:末|底)?|去年)的\s*$"
)
_COMPARED_RATIO = re.compile(r"(?:较|比)(?:(?:19|20)\d{2}年)的\s*[\d.]*\s*:?\s*$")
_TIMES_OF = re.compile(r"(?:是|为|相当于|达到)?(?:[“\"]?[一二三四五六七八九十]{2,3}五|(?:19|20)\d{2}年|上年|基期|[^,]{0,6}(?:末|初|年))")
# Names that only say what is measured of the subject before them.
_MEASURE_ONLY = re.compile(r"(?:其?总)?(?:数|数量|量|规模|额|占比|比重|面积|增速|产值|收入)")


class LeftNamed(Statement):
    """Names of quantities from the words before them, from the clause before or from the subject of the sentence."""

    def _left_named(self, clause: Clause, item: Quantity, left: str, right: str, *, doing: bool, reach: bool) -> None:
        left_words, predicate = lex.strip_predicate(left)
        if item.form in {"rank", "top"}:
            self._ranked(clause, item, clean_name(left_words, predicate), predicate, left, right)
            return
        name = clean_name(left_words, predicate)
        if item.unit is None and item.form not in {"ratio", "fraction", "mask", "double"}:
            named = self._without_unit(item, name, left_words + "".join(reversed(predicate)), right, reach)
            if named is None:
                return
            item, name = named
        if item.unit in _TIME_UNITS and not _TIME_NAME.search(left + right[:6]):
            return
        if item.form == "han" and not self._spelled_out(item, left, left_words, doing, reach):
            return
        if item.form == "double":
            name = name or clause.subject
            if name:
                self._emit(clause, item, name if "翻" in name else f"{name}翻番", predicate, left)
            return
        if item.unit == "倍":
            if re.search(r"平均(?:水平|值)?的?\s*$", left):
                return  # measured against another region
            if _TIMES_OF.match(left.strip()):
                name = clause.subject
        if self._before_a_change(clause, item, name, predicate, left, right):
            return
        self._plainly(clause, item, name, predicate, left, right, doing, reach)

    def _ranked(self, clause: Clause, item: Quantity, name: str, predicate: list[str], left: str, right: str) -> None:
        if item.form == "top":
            graded = re.match(r"\s*(?:企业|高校|城市|省|市|县|园区|榜|的)", right)
            if graded and not re.search(r"进入|跻身|排名|位居|居", left[-6:]):
                return
            if not _RANK_CUE.search(left[-14:]):
                return
        last, accepted = self.state.last, clause.accepted
        before = last.name if last is not None and self.state.last_clause == clause.number - 1 and not accepted else ""
        if accepted and re.match(r"\s*(?:、|和|与|及|以及)", left):
            before = accepted[-1].name
        before = before or clause.subject
        if re.search(r"(?:从|由)(?:全[国省市区县]|世界|全球)?$", left.rstrip()):
            self._emit(clause, item, before, predicate, left, baseline=True)
            return
        self._emit(clause, item, rank_name(left, name, before or (accepted[-1].name if accepted else "")), predicate, left)

    def _without_unit(self, item: Quantity, name: str, words: str, right: str, reach: bool) -> tuple[Quantity, str] | None:
        """A bare number takes the unit of what was counted before (签约30个、落地20) or the one its name implies."""
        status = STATUS_NOUN.search(words)
        if status and self.state.unit and item.form == "plain":
            return with_unit(item, self.state.unit), re.sub(r"数$", "", self.state.counted) + status.group()
        named = lex.INDICATOR_NOUN.search(name) or restored_unit(name)
        if item.form != "plain" or not reach or not named or re.match(r"\s*[\dA-Za-z]", right):
            return None
        return with_unit(item, restored_unit(name)), name

    @staticmethod
    def _spelled_out(item: Quantity, left: str, left_words: str, doing: bool, reach: bool) -> bool:
        """Whether a number in Chinese numerals is a figure at all: 突破千亿元 is, 一个中心 is not."""
        said = reach or doing or re.search(r"(?:占|超|逾|近|约|增长|翻|高)$", left.rstrip()) or (item.comparator == ">" and left_words)
        small = item.value is not None and item.value < 10 and item.unit not in {"倍", "%", "成"}
        return bool(said) and (not small or bool(re.search(r"达到|突破|占|增至|新增|为$", left[-5:])))

    def _before_a_change(self, clause: Clause, item: Quantity, name: str, predicate: list[str], left: str, right: str) -> bool:
        """Baselines and what they turn into: 由10%提高到12%, 比2020年的8%提高, 由10:47:43调整为8:44:48."""
        accepted, subject = clause.accepted, clause.subject
        opened = re.search(r"(?:从|由)([^从由]*)$", left) if clause.place == 0 else None
        if opened and _CHANGE.match(right):
            name = clean_name(*lex.strip_predicate(left[: opened.start()])) or subject
            self._emit(clause, item, name, [], left, baseline=True)
            self.state.subject = name or self.state.subject
            return True
        if accepted and accepted[-1].kind == "baseline" and _CHANGE.match(left):
            self._emit(clause, item, accepted[-1].name, predicate, left)
            return True
        shortly = self.body[max(0, item.start - 18) : item.start]
        compared = _COMPARED.search(left) or (item.form == "ratio" and _COMPARED_RATIO.search(shortly))
        if compared and re.search(r"^\s*(?:大幅|明显|显著)?(?:提高|提升|增长|增加|下降|降低|实现|有|:|$|,)", right):
            kept = left[: left.find(compared.group())] if compared.group() in left else left
            named = clean_name(*lex.strip_predicate(kept)) or subject or self.state.subject
            year = re.search(r"(?:19|20)\d{2}", shortly)
            self._emit(clause, item, named, [], left, baseline=True, year=int(year.group()) if year else None)
            return True
        return item.form == "ratio" and self._structure_change(clause, item, left)

    def _structure_change(self, clause: Clause, item: Quantity, left: str) -> bool:
        """Shares before and after a change (产业结构由10:47:43调整为8:44:48)."""
        whole = self.body[clause.start : clause.end]
        turn = _TURN.search(whole)
        opened = re.search(r"(?:由|从)(?=[^由从]*\d)", whole)
        if not turn or not opened:
            return False
        accepted = clause.accepted
        title = accepted[-1].name if accepted and accepted[-1].kind == "baseline" else ""
        title = title or clean_name(*lex.strip_predicate(whole[: opened.start()].split(",")[-1]))
        self._emit(clause, item, title, [], left, baseline=item.start < clause.start + turn.start())
        return True

    def _plainly(
        self, clause: Clause, item: Quantity, name: str, predicate: list[str], left: str, right: str, doing: bool, reach: bool
    ) -> None:
        """The name as it stands, filled up from the subject where it says too little, or carried over where there is none."""
        accepted, subject, last = clause.accepted, clause.subject, self.state.last
        continuing = bool(re.match(r"\s*(?:、|和|与|及|以及)", left))
        if item.form == "ratio" and not name and accepted:
            name = accepted[-1].name
        if item.form in {"plain", "han"} and is_money(item):
            name = re.sub(r"(?:年均)?(?:增速|增长率)$", "", name)
        each = re.fullmatch(r"每(人|户|亩|万人|平方公里|家)", name)
        if each and item.unit and subject:
            name, item = re.sub(r"(?:年均)?(?:增速|增长率)$", "", subject), with_unit(item, f"{item.unit}/{each.group(1)}")
        if subject and _MEASURE_ONLY.fullmatch(name):
            name = re.sub(r"(?:数量|总量|总数|数)$", "", subject) + name
        if subject and re.match(r"按(?:可比|同|不变|现行)", name):
            name = f"{subject}{name}"
        if re.match(r"(?:低于|高于|快于|优于)", name) and (last or subject):
            name = f"{last.name if last else subject}{name}"
        if name.startswith("占"):
            # 占…比重 alone speaks of the subject before it
            whole = subject or (accepted[-1].name if accepted else "")
            self._emit(clause, item, f"{whole}{name}", predicate, left, keep_subject=True)
            return
        if not name:
            name = self._carried_name(clause, item, predicate, continuing)
            if not name:
                return
            same = last is not None and last.unit == item.unit and last.comparator == ">" and reach
            if (
                same
                and last is not None
                and clause.number - self.state.last_clause <= 1
                and last in self.state.out
                and restates(last, item)
            ):
                self.state.out.remove(last)
                if last in accepted:
                    accepted.remove(last)
        elif item.unit == "年" and not _TIME_NAME.search(name):
            return
        if _SCOPE_ONLY.fullmatch(name) and last is not None and reach:
            name = f"{name}{_SCOPE_ONLY.sub('', last.name, count=1) if _SCOPE_ONLY.match(last.name) else last.name}"
        if not sound_name(name, item, doing, reach):
            return
        opened = re.match(r"新增|新建|净增", accepted[-1].name) if accepted and continuing and not predicate else None
        if opened and not name.startswith(opened.group()):
            name = opened.group() + name
        self._emit(clause, item, growth_name(name, predicate, item), predicate, left)

    def _carried_name(self, clause: Clause, item: Quantity, predicate: list[str], continuing: bool) -> str:
        last = self.state.last
        if clause.accepted and continuing:
            return clause.accepted[-1].name
        if item.unit in {"个百分点", "百分点"} and last is not None and last.unit == "%":
            return last.name
        if not predicate and item.form != "mask":
            return ""
        if last is not None and not clause.subject:
            return last.name
        kept = re.search(r"(?:新增|净增|新建)$", "".join(reversed(predicate)))
        return f"{kept.group()}{clause.subject}" if kept and clause.subject else clause.subject
