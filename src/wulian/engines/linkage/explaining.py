"""Says in words what two records have in common and what speaks against it."""

from __future__ import annotations

from .comparing import Compared, compare_prepared
from .judging import Contribution, Judgement, Verdict
from .preparing import Prepared, prepare
from .records import Record
from .weights import BARRIERS, COMPARISONS, PRIOR, SAME_FROM, UNSURE_FROM

_LEVELS = {(comparison.code, level.code): level for comparison in COMPARISONS for level in comparison.levels}
_VERDICTS = {
    Verdict.SAME: ("判为同一家", "Judged the same"),
    Verdict.UNSURE: ("可能是同一家，需人工确认", "Perhaps the same, to be confirmed"),
    Verdict.DIFFERENT: ("判为不是同一家", "Judged different"),
    Verdict.FORBIDDEN: ("不能是同一家", "Cannot be the same"),
}
# What stands before any comparison.
_PRIOR = Contribution("prior", "prior", "比较之前的起点", "where the comparison starts", PRIOR)


def compare(left: Record, right: Record) -> Judgement:
    """What is to be said of two records: depends on these two alone and is the same either way round."""
    return judge(prepare(left), prepare(right))


def judge(left: Prepared, right: Prepared) -> Judgement:
    """The judgement on two prepared records."""
    compared = compare_prepared(left, right)
    contributions = (_PRIOR, *_contributions(left, right, compared))
    weight = round(sum(contribution.weight for contribution in contributions), 6)
    barrier = compared.barrier
    verdict = verdict_of(weight, barrier)
    zh, en = _sentence(verdict, barrier, contributions[1:], compared)
    return Judgement(probability(weight), weight, verdict, barrier, zh, en, contributions)


def verdict_of(weight: float, barrier: str) -> Verdict:
    if barrier:
        return Verdict.FORBIDDEN
    if weight >= SAME_FROM:
        return Verdict.SAME
    return Verdict.UNSURE if weight >= UNSURE_FROM else Verdict.DIFFERENT


def probability(weight: float) -> float:
    """log2 odds as a probability."""
    return float(1 / (1 + 2.0 ** -max(-60.0, min(60.0, weight))))


def _contributions(left: Prepared, right: Prepared, compared: Compared) -> list[Contribution]:
    one, other = left.names[compared.left_name], right.names[compared.right_name]
    printed = {
        "name": (_printed(left, compared.left_name), _printed(right, compared.right_name)),
        "code": ("/".join(left.record.codes), "/".join(right.record.codes)),
        "address": (left.record.address or left.record.district, right.record.address or right.record.district),
        "area": (one.area, other.area),
        "place": (one.place, other.place),
        "form": (one.form, other.form),
        "founded": (left.founded, right.founded),
        "branch": (one.branch, other.branch),
    }
    found = []
    for comparison in COMPARISONS:
        if level := compared.levels.get(comparison.code):
            said = _LEVELS[comparison.code, level]
            found.append(Contribution(comparison.code, level, said.zh, said.en, said.weight, *printed[comparison.code]))
    return found


def _printed(record: Prepared, which: int) -> str:
    if which == 0:
        return record.record.name
    return record.names[which].full


def _sentence(verdict: Verdict, barrier: str, contributions: tuple[Contribution, ...], compared: Compared) -> tuple[str, str]:
    for_it = sorted((c for c in contributions if c.weight > 0), key=lambda c: -c.weight)
    against = sorted((c for c in contributions if c.weight < 0), key=lambda c: c.weight)
    zh, en = _VERDICTS[verdict]
    former = compared.left_name or compared.right_name
    if barrier:
        why_zh, why_en = BARRIERS[barrier]
        zh, en = f"{zh}：{why_zh}", f"{en}: {why_en}"
    first, second = (for_it, against) if verdict in (Verdict.SAME, Verdict.UNSURE) else (against, for_it)
    first = [c for c in first if c.code not in ("branch",) or not barrier]
    if not barrier and first:
        zh, en = f"{zh}：" + "，".join(c.zh for c in first[:3]), f"{en}: " + ", ".join(c.en for c in first[:3])
    if former and not barrier:
        zh, en = f"{zh}（用的是曾用名）", f"{en} (by a former name)"
    if second:
        zh += ("；虽然" if not barrier and first else "，虽然") + "，".join(c.zh for c in second[:2])
        en += ", although " + " and ".join(c.en for c in second[:2])
    return zh + "。", en + "."
