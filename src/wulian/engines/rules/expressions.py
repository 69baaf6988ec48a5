"""The small language of conditions: names of facts and parameters, comparisons, `and`, `or`, `not`, `+`, `-`, `/` and a few
functions. It has no numbers: a limit can only be a parameter, which has its article.

    st_staff / employees >= st_share_min
    rd_y1 + rd_y2 + rd_y3 > zero_rd and not bad_record
    on - registered_on >= days_min                          `on` is the day of assessment; `last_year_end` 31 December before it
    (a + b) / c >= tier(rd_share_min, rev_y3)               the value of the tier that rev_y3 falls into
    mean_growth(rev_y1, rev_y2, rev_y3), growth(last, this), compound_growth(first, third) >= growth_min
    mean(main_y1, main_y2, main_y3) >= main_min
    zero(x), positive(x), negative(x)
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from wulian.kernel.errors import N_
from wulian.kernel.messages import Message

from .numbers import Constant, FactNumber, Mean, MeanGrowth, Number, Ratio, Squared, Sum, Tier
from .quantities import Kind, from_days, to_days
from .truths import All, Any_, Compare, FlagTest, Not, Sign, Test

UNREADABLE = N_("读不懂算式“%(text)s”（%(why)s）：请照已有条件的写法改")
NO_LITERAL = N_("算式里不能直接写数“%(text)s”：请把它写成参数，注明条款，再用参数的名字")
UNKNOWN_NAME = N_("算式里的“%(name)s”既不是事实也不是参数：请改正拼写，或先在 facts 或 parameters 里写上")
KINDS_DIFFER = N_("“%(text)s”两边不能比也不能加：一边是%(left)s，一边是%(right)s，请改成同一种量")
NOT_ALLOWED = N_("“%(text)s”不在算式的语法里：只能用 and、or、not、比较、加减、除和列出的函数")
NOT_TEST = N_("“%(text)s”不是条件：请写成比较或是非")
NOT_NUMBER = N_("“%(text)s”不是数：这里要一个数")
NOT_TIERS = N_("“%(text)s”要一个分档的参数（tiers）：请改参数或去掉 tier()")

OPERATORS: dict[type[ast.cmpop], str] = {ast.GtE: ">=", ast.Gt: ">", ast.LtE: "<=", ast.Lt: "<", ast.Eq: "==", ast.NotEq: "!="}
SIGNS = {"zero": "==", "positive": ">", "negative": "<"}
WORDS = {
    Kind.MONEY: N_("金额"), Kind.PERSONS: N_("人数"), Kind.NUMBER: N_("数"), Kind.SHARE: N_("比率"), Kind.FLAG: N_("是非"),
    Kind.DATE: N_("日期"), Kind.DAYS: N_("天数"), Kind.WORD: N_("选项词"),
}  # fmt: skip


class BadExpression(ValueError):
    def __init__(self, message: Message) -> None:
        self.message = message
        super().__init__(message.text())


class Reader:
    """Reads expressions over these facts and parameters. `day`: the day of assessment in days since 1970-01-01."""

    def __init__(self, facts: Mapping[str, Kind], parameters: Mapping[str, Any], day: int) -> None:
        self.facts, self.parameters, self.day = facts, parameters, day
        self.used: set[str] = set()

    def test(self, text: str) -> Test:
        """Raises BadExpression."""
        return self._test(self._tree(text))

    def number(self, text: str) -> Number:
        """Raises BadExpression."""
        return self._number(self._tree(text))

    def parameter(self, name: str) -> Any:
        if name not in self.parameters:
            raise BadExpression(Message(UNKNOWN_NAME, {"name": name}))
        self.used.add(name)
        return self.parameters[name]

    def constant(self, name: str) -> Constant:
        parameter = self.parameter(name)
        if parameter.kind is None:
            raise BadExpression(Message(NOT_NUMBER, {"text": name}))
        return Constant(name, parameter.kind, parameter.amount, parameter)

    def _tree(self, text: str) -> ast.expr:
        try:
            return ast.parse(text.strip(), mode="eval").body
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            raise BadExpression(Message(UNREADABLE, {"text": text[:80], "why": str(error)[:60]})) from error

    def _test(self, node: ast.expr) -> Test:
        match node:
            case ast.BoolOp(op=ast.And()):
                return All(tuple(self._test(value) for value in node.values))
            case ast.BoolOp(op=ast.Or()):
                return Any_(tuple(self._test(value) for value in node.values))
            case ast.UnaryOp(op=ast.Not()):
                return Not(self._test(node.operand))
            case ast.Compare(ops=[op], comparators=[right]) if type(op) in OPERATORS:
                return self._compare(OPERATORS[type(op)], node, right)
            case ast.Call(func=ast.Name(id=name), args=[argument]) if name in SIGNS:
                return Sign(SIGNS[name], self._number(argument))
            case ast.Name(id=name) if self.facts.get(name) is Kind.FLAG:
                return FlagTest(name)
            case ast.Name(id=name) if name not in self.facts and name not in self.parameters:
                raise BadExpression(Message(UNKNOWN_NAME, {"name": name}))
        raise self._refusal(node, NOT_TEST)

    def _compare(self, op: str, node: ast.Compare, right_node: ast.expr) -> Test:
        match node.left:
            case ast.Call(func=ast.Name(id="compound_growth"), args=[first, third]):
                rate = self._number(right_node)
                if not isinstance(rate, Constant) or rate.kind is not Kind.SHARE:
                    raise self._refusal(right_node, NOT_NUMBER)
                return Compare(op, self._ratio(third, first), Squared(rate))
        left, right = self._number(node.left), self._number(right_node)
        if left.kind is not right.kind:
            raise BadExpression(Message(KINDS_DIFFER, {"text": ast.unparse(node), "left": WORDS[left.kind], "right": WORDS[right.kind]}))
        return Compare(op, left, right)

    def _number(self, node: ast.expr) -> Number:
        match node:
            case ast.Name(id="on"):
                return Constant("on", Kind.DATE, self.day)
            case ast.Name(id="last_year_end"):
                return Constant("last_year_end", Kind.DATE, to_days(date(from_days(self.day).year, 1, 1)) - 1)
            case ast.Name(id=name) if name in self.facts:
                return FactNumber(name, self.facts[name])
            case ast.Name(id=name):
                return self.constant(name)
            case ast.BinOp(op=ast.Div(), left=top, right=base):
                return self._ratio(top, base)
            case ast.BinOp(op=ast.Add() | ast.Sub()):
                return self._sum(node)
            case ast.Call(func=ast.Name(id="mean_growth"), args=[_, _, _] as years):
                first, second, third = (self._number(year) for year in years)
                return MeanGrowth(first, second, third)
            case ast.Call(func=ast.Name(id="mean"), args=[first, *rest]):
                terms = tuple((1, self._number(term)) for term in (first, *rest))
                if len({term.kind for _, term in terms}) > 1:
                    raise self._refusal(node, NOT_NUMBER)
                return Mean(Sum(terms, terms[0][1].kind), terms[0][1].kind)
            case ast.Call(func=ast.Name(id="growth"), args=[before, after]):
                earlier, later = self._number(before), self._number(after)
                return Ratio(Sum(((1, later), (-1, earlier)), later.kind), earlier)
            case ast.Call(func=ast.Name(id="tier"), args=[ast.Name(id=name), by]):
                parameter = self.parameter(name)
                if not parameter.tiers:
                    raise BadExpression(Message(NOT_TIERS, {"text": name}))
                number = self._number(by)
                if number.kind is not parameter.by_kind:
                    raise BadExpression(
                        Message(
                            KINDS_DIFFER,
                            {"text": ast.unparse(node), "left": WORDS[number.kind], "right": WORDS[parameter.by_kind]},
                        )
                    )
                return Tier(number, parameter.tiers, parameter.kind, parameter)
        raise self._refusal(node, NOT_NUMBER)

    def _ratio(self, top: ast.expr, base: ast.expr) -> Ratio:
        upper, lower = self._number(top), self._number(base)
        if upper.kind is not lower.kind:
            raise BadExpression(Message(KINDS_DIFFER, {"text": ast.unparse(top), "left": WORDS[upper.kind], "right": WORDS[lower.kind]}))
        return Ratio(upper, lower)

    def _sum(self, node: ast.BinOp) -> Number:
        left, right = self._number(node.left), self._number(node.right)
        sign = 1 if isinstance(node.op, ast.Add) else -1
        if left.kind is Kind.DATE and right.kind is Kind.DATE and sign == -1:
            return Sum(((1, left), (-1, right)), Kind.DAYS)
        if left.kind is not right.kind or left.kind is Kind.DATE:
            raise BadExpression(Message(KINDS_DIFFER, {"text": ast.unparse(node), "left": WORDS[left.kind], "right": WORDS[right.kind]}))
        terms = left.terms if isinstance(left, Sum) else ((1, left),)
        return Sum((*terms, (sign, right)), left.kind)

    def _refusal(self, node: ast.expr, otherwise: str) -> BadExpression:
        if any(isinstance(part, ast.Constant) for part in ast.walk(node)):
            return BadExpression(Message(NO_LITERAL, {"text": ast.unparse(node)}))
        allowed = (ast.Name, ast.BoolOp, ast.Compare, ast.BinOp, ast.UnaryOp, ast.Call)
        return BadExpression(Message(otherwise if isinstance(node, allowed) else NOT_ALLOWED, {"text": ast.unparse(node)}))


def read_formula(text: str, known: Callable[[str], bool]) -> Any:
    """Which conditions a verdict needs: nested ("and"|"or", [parts]) and ids of conditions. Raises BadExpression."""
    try:
        tree = ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError) as error:
        raise BadExpression(Message(UNREADABLE, {"text": text[:80], "why": str(error)[:60]})) from error

    def read(node: ast.expr) -> Any:
        match node:
            case ast.BoolOp(op=op):
                return ("and" if isinstance(op, ast.And) else "or", [read(value) for value in node.values])
            case ast.Name(id=name) if known(name):
                return name
            case ast.Name(id=name):
                raise BadExpression(Message(UNKNOWN_NAME, {"name": name}))
        raise BadExpression(Message(NOT_ALLOWED, {"text": ast.unparse(node)}))

    return read(tree)
