"""A sound definition loads; each kind of mistake is refused with its line and what to do."""

from __future__ import annotations

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from wulian.engines.registers import DefinitionRefused, Flaw, lifecycle_of, parse_definition

GOOD = """\
id: envoys
chain: talent
prefix: TKT
name: {zh: 科技特派员, en: S&T envoys}
serves: [T3]
purpose: {zh: 选派科研人员到企业服务, en: Researchers sent to serve enterprises}
subject: person
level: [city, district]
create: [officer, institute]
audience: signed_in
public_in: [serving]
fields:
  - {code: expert, type: person, label: {zh: 特派员, en: Envoy}, required_from: always, visible: parties}
  - {code: firm, type: organisation, label: {zh: 服务企业, en: Firm served}, required_from: serving}
  - code: field
    type: choice
    label: {zh: 领域, en: Field}
    choices:
      - {code: health, label: {zh: 生物医药, en: Life sciences}, was: [bio]}
      - {code: it, label: {zh: 信息技术, en: Information technology}}
  - {code: began_on, type: date, label: {zh: 上岗日期, en: Began on}, required_from: serving}
  - {code: fee, type: money, label: {zh: 服务经费, en: Fee}, minimum: 0}
  - {code: days, type: integer, unit: 天, label: {zh: 服务天数, en: Days served}}
  - {code: agreement, type: file, label: {zh: 协议, en: Agreement}}
  - {code: place, type: region, label: {zh: 服务地, en: Place}}
  - code: visits
    type: rows
    label: {zh: 走访, en: Visits}
    fields:
      - {code: visited_on, type: date, label: {zh: 日期, en: Date}}
      - {code: hours, type: integer, unit: 小时, label: {zh: 时长, en: Hours}}
      - {code: solved, type: yes_no, label: {zh: 解决, en: Solved}}
  - {code: visit_count, type: integer, unit: 次, label: {zh: 走访次数, en: Visits made}, compute: {count: visits}}
  - code: solved_share
    type: percent
    label: {zh: 解决率, en: Share solved}
    compute: {share: visits, where: [{field: solved, is: true}]}
rules:
  - code: visited_enough
    say: {zh: '只走访了 {visit_count} 次，至少一次', en: 'only {visit_count} visits, at least one is needed'}
    at: [finish]
    must: [{field: visit_count, at_least: 1}]
unique:
  - {fields: [expert, firm], states: [proposed, serving], say: {zh: 已有同一对, en: the same pair stands already}}
lifecycle:
  initial: proposed
  states:
    - {code: proposed, label: {zh: 推荐, en: Proposed}, meaning: {zh: 单位已推荐, en: Put forward by the unit}, days: 10}
    - {code: serving, label: {zh: 在岗, en: Serving}, meaning: {zh: 已签协议并上岗, en: Agreement signed}}
    - {code: ended, label: {zh: 结束, en: Ended}, meaning: {zh: 服务期满, en: Service is over}, ended: true}
  transitions:
    - code: appoint
      label: {zh: 上岗, en: Appoint}
      from: [proposed]
      to: serving
      who: [officer]
      needs: [firm, began_on]
      evidence: [agreement]
      notify: [{to: [subject], text: {zh: 已上岗, en: Appointed}}]
    - {code: finish, label: {zh: 结束, en: Finish}, from: [serving], to: ended, who: [officer]}
    - {code: withdraw, label: {zh: 退回, en: Withdraw}, from: [serving, ended], to: proposed, who: [officer], back: true}
reminders:
  - {date: began_on, days_before: 30, states: [serving], to: [officer], text: {zh: 快到期, en: Nearly due}}
counters:
  - code: envoys_in_year
    label: {zh: 年度在岗人数, en: Envoys in the year}
    how: distinct
    of: expert
    per: year
    date: began_on
    where: [{state: [serving, ended]}, {field: field, in: [health, it]}]
    unit: 人
    definition: {zh: 当年上岗的不同的人, en: Distinct persons who began in the year}
    target: {from: 800, to: 1000, source: T3}
cadence:
  - {code: monthly, label: {zh: 每月, en: Monthly}, every: month, date: began_on}
editions: {label: {zh: 名单, en: List}, columns: [expert, firm], order: [-began_on], where: [{state: [serving]}]}
views: {title: expert, columns: [expert, firm, state], filters: [field], calendar: began_on, map: place}
"""


def refusals(text: str) -> list[str]:
    with pytest.raises(DefinitionRefused) as caught:
        parse_definition(text, file="envoys.yaml", expected_id="envoys")
    return [flaw.text() for flaw in caught.value.flaws]


def line_of(fragment: str, text: str = GOOD) -> int:
    return text[: text.index(fragment)].count("\n") + 1


def test_a_sound_definition_loads() -> None:
    definition = parse_definition(GOOD, file="envoys.yaml", expected_id="envoys")
    assert [field.code for field in definition.fields][:2] == ["expert", "firm"]
    lifecycle = lifecycle_of(definition)
    assert lifecycle.problems() == []
    assert lifecycle.transition("appoint").needs == ("firm", "began_on")
    assert definition.counters[0].target is not None
    assert definition.counters[0].target.from_ == 800


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("purpose:", "pourpose:", "不认识“pourpose”"),
        ("subject: person\n", "", "缺少“subject”"),
        ("subject: person", "subject: people", "写成了“people”：只能是"),
        ("type: money", "type: cash", "写成了“cash”：只能是"),
        ("id: envoys", "id: Envoys", "写成了“Envoys”"),
        ("serves: [T3]", "serves: [X3]", "写成了“X3”"),
        ("days: 10", "days: ten", "整数"),
        ("label: {zh: 上岗日期, en: Began on}", "label: {zh: 上岗日期}", "缺少“en”"),
        ("label: {zh: 协议, en: Agreement}", "label: {zh: 协议, en: ''}", "是空的"),
        ("code: fee,", "code: days,", "字段“days”定义了两次"),
        ("unit: 天, ", "", "没有写计量单位"),
        ("was: [bio]", "was: [it]", "重复的选项代码"),
        ("visible: parties", "visible: public", "不能对公众公开"),
        ("required_from: always", "required_from: later", "未定义的状态“later”"),
        ("public_in: [serving]", "public_in: [served]", "未定义的状态“served”"),
        ("to: serving\n      who: [officer]", "to: serving\n      who: []", "没有写谁可以办"),
        ("to: serving\n      who: [officer]", "to: serving\n      who: [boss]", "不认识的人“boss”"),
        ("to: serving\n", "to: served\n", "未定义的状态“served”"),
        ("needs: [firm, began_on]", "needs: [firms]", "没有这个字段"),
        ("evidence: [agreement]", "evidence: [firm]", "不是文件字段"),
        ("of: expert", "of: person", "字段“person”没有定义"),
        ("how: distinct\n    of: expert", "how: sum\n    of: firm", "不是数字"),
        ("date: began_on\n    where", "date: firm\n    where", "不是日期字段"),
        ("in: [health, it]", "in: [health, ai]", "“ai”不是字段“field”的选项"),
        ("{state: [serving, ended]}, {field", "{state: [gone]}, {field", "条件提到未定义的状态“gone”"),
        ("target: {from: 800, to: 1000", "target: {from: 1000, to: 800", "下限大于上限"),
        ("every: month, date: began_on", "every: month, date: place", "不是日期字段"),
        ("columns: [expert, firm, state]", "columns: [expert, firms]", "没有定义的字段“firms”"),
        ("map: place", "map: firm", "要用region字段"),
        ("order: [-began_on]", "order: [-began]", "没有定义的字段“-began”"),
        ("prefix: TKT", "prefix: tkt", "写成了“tkt”"),
        ("create: [officer, institute]", "create: [subject]", "create 要写角色"),
        ("compute: {count: visits}", "compute: {count: visit}", "没有定义的“visit”"),
        ("compute: {count: visits}", "compute: {count: visits, sum: visits.hours}", "正好写一种"),
        ("compute: {count: visits}", "compute: {sum: visits}", "要写成field.column"),
        ("compute: {count: visits}", "compute: {days: [began_on, began_on, began_on]}", "正好写两个"),
        ("compute: {count: visits}", "compute: {total: [visit_count]}", "绕回了自己"),
        ("compute: {count: visits}", "compute: {sum: visits.solved}", "结果类型不符"),
        ("where: [{field: solved, is: true}]", "where: [{field: solve, is: true}]", "没有定义的字段“solve”"),
        ("- {code: visited_on, type: date,", "- {code: visited_on, type: file,", "只能是简单字段"),
        ("at: [finish]", "at: [end]", "未定义的流转“end”"),
        ("must: [{field: visit_count, at_least: 1}]", "must: [{field: visit_count, at_least: 1, is: 2}]", "一种"),
        ("must: [{field: visit_count, at_least: 1}]", "must: [{field: visit_count, above_field: began_on}]", "类型不同"),
        ("fields: [expert, firm], states", "fields: [expert, firms], states", "“firms”没有定义"),
        ("{date: began_on, days_before: 30", "{date: fee, days_before: 30", "不是日期字段"),
        ("states: [serving], to", "states: [served], to", "未定义的状态“served”"),
        ("from: [serving], to: ended, who: [officer]}", "from: [serving], to: proposed, who: [officer]}", "只会转圈"),
        ("how: distinct", "how: count", "不用写 of"),
        ("per: year\n    date: began_on", "per: since\n    date: began_on", "请写 since"),
        ("title: expert", "title: visits", "标题要用"),
    ],
)
def test_each_mistake_is_refused_where_it_stands(before: str, after: str, said: str) -> None:
    assert before in GOOD
    found = refusals(GOOD.replace(before, after, 1))
    assert any(said in sentence for sentence in found), found
    lines = {int(sentence.split(":")[1]) for sentence in found if said in sentence}
    near = line_of(before)
    assert any(near - 12 <= line <= near + 10 for line in lines) or "缺少" in said, (near, found)


def test_a_key_written_twice_is_not_a_silent_winner() -> None:
    found = refusals(GOOD.replace("subject: person", "subject: person\nsubject: none"))
    assert [s for s in found if "“subject”写了两次" in s] == [
        f"envoys.yaml:{line_of('subject: person') + 1}: “subject”写了两次：请只留一个"
    ]


def test_the_name_of_the_file_is_the_id() -> None:
    with pytest.raises(DefinitionRefused, match="文件名却是“others”"):
        parse_definition(GOOD, file="others.yaml", expected_id="others")


@pytest.mark.parametrize("text", ["", "- a\n- b\n", "a: [1\n", "a: \x07\n", "id: envoys\n\tname: x\n"])
def test_what_is_not_a_definition_at_all_is_refused_with_a_sentence(text: str) -> None:
    assert refusals(text)


@pytest.mark.parametrize("opening", ["[", "{a: ", "- ", "? "])
def test_a_text_nested_without_end_is_refused_before_anything_descends_into_it(opening: str) -> None:
    (found,) = refusals(opening * 100_000)
    assert "超过了 50 层" in found


def test_fifty_levels_are_read_and_one_more_is_not() -> None:
    def nested(levels: int) -> str:
        return GOOD.replace("serves: [T3]", f"serves: {'[' * levels}T3{']' * levels}")

    assert not any("超过了 50 层" in sentence for sentence in refusals(nested(49)))  # the file itself is the first level
    assert refusals(nested(50)) == [f"envoys.yaml:{line_of('serves: [T3]')}: 这里一层套一层，超过了 50 层：请检查括号和缩进"]


def test_anchors_that_multiply_are_refused_before_they_fill_the_memory() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12)]  # 9 ** 12 values
    (found,) = refusals("\n".join(lines))
    assert "展开后超过" in found


def test_a_few_anchors_are_read() -> None:
    once = GOOD.replace("label: {zh: 走访, en: Visits}", "label: &visits {zh: 走访, en: Visits}", 1)
    parse_definition(once.replace("label: {zh: 走访次数, en: Visits made}", "label: *visits", 1), file="envoys.yaml")


@pytest.mark.parametrize("kind", ["reason: true", "back: true"])
def test_an_exception_where_a_reason_is_given_anyway_would_pass_unseen(kind: str) -> None:
    lenient = GOOD.replace("must: [{field: visit_count, at_least: 1}]", "must: [{field: visit_count, at_least: 1}]\n    severity: except")
    parse_definition(lenient, file="envoys.yaml")
    reasoned = lenient.replace("from: [serving], to: ended, who: [officer]", f"from: [serving], to: ended, who: [officer], {kind}")
    assert any("规则拦不住什么" in sentence for sentence in refusals(reasoned))


def test_all_mistakes_are_told_at_once_and_in_order() -> None:
    broken = GOOD.replace("unit: 天, ", "").replace("of: expert", "of: person").replace("map: place", "map: firm")
    lines = [int(sentence.split(":")[1]) for sentence in refusals(broken)]
    assert len(lines) == 3
    assert lines == sorted(lines)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # a busy machine is no flaw of the loader
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=8),
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
        max_leaves=12,
    ),
    st.sampled_from(list(yaml.safe_load(GOOD))),
)
def test_no_value_in_any_place_crashes_the_loader(value: object, key: str) -> None:
    data = yaml.safe_load(GOOD)
    data[key] = value
    text = yaml.safe_dump(data, allow_unicode=True)
    flaws: list[Flaw] = []
    try:
        parse_definition(text, file="envoys.yaml", expected_id="envoys")
    except DefinitionRefused as refused:
        flaws = refused.flaws
    assert all(flaw.line >= 1 and str(flaw.message) for flaw in flaws)
