"""Charts: drawn in the colours of the theme, never showing missing as zero, always readable as a table."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from django.template import Context, Template
from hypothesis import given, settings
from hypothesis import strategies as st

from wulian.chains.governance.status import Code
from wulian.portal import charts
from wulian.portal.charts import Band, Line, Point
from wulian.portal.statuses import STATUSES

VALUES = st.one_of(st.none(), st.decimals(min_value=-1000, max_value=100_000, places=2, allow_nan=False, allow_infinity=False))
POINTS = st.lists(st.tuples(st.integers(2000, 2035), VALUES), max_size=6, unique_by=lambda pair: pair[0]).map(
    lambda pairs: [Point(*pair) for pair in sorted(pairs)]
)


def samples() -> dict[str, charts.Spec]:
    return {
        "history": charts.indicator_history(
            unit="家", observations=[Point(2020, 84), Point(2021, 92)], targets=[Point(2022, 102)], milestones=[Point(2021, 93)],
            forecast=[Band(2022, 95, 100, 105)], masked=[Point(2025, None, "原文 *家")],
        ),
        "plans": charts.across_plans(unit="家", observations=[Point(2020, 84)], plans=[Line("三年行动", [Point(2020, 84), Point(2022, 102)]), Line("十四五", [Point(2025, None, "遮盖")])]),
        "bars": charts.bars(unit="家", items=[("南开区", 412), ("红桥区", 97), ("宁河区", None)], highlight="红桥区"),
        "trend": charts.trend(unit="亿元", points=[("2020", 1), ("2021", None), ("2022", 3)]),
        "status": charts.stacked_status(groups=[("天津市", {"met": 3, "behind": 1}), ("红桥区", {})]),
        "empty": charts.indicator_history(unit="家", observations=[]),
    }  # fmt: skip


@pytest.mark.parametrize("name", samples())
def test_every_chart_is_drawn_with_variables_on_a_page_and_plain_colours_in_print(name: str) -> None:
    spec = samples()[name]
    drawing = charts.drawing(spec)
    assert drawing.wide.startswith("<svg")
    assert "var(--" in drawing.wide
    assert "$" not in drawing.wide
    assert drawing.slim != drawing.wide
    printed = charts.to_svg(spec)
    assert "var(--" not in printed
    assert charts.to_png(spec, scale=1).startswith(b"\x89PNG")


def test_a_token_that_does_not_exist_is_an_error() -> None:
    with pytest.raises(KeyError, match="no design token 'purple'"):
        charts.themed({"mark": {"type": "bar", "color": "$purple"}})


def test_the_table_shows_a_gap_as_a_dash_and_a_masked_year_in_words() -> None:
    rows = samples()["history"]["usermeta"]["table"]["rows"]
    assert ["2020", "84", "—", "—", "—"] in rows
    assert ["2022", "—", "—", "102", "95—105"] in rows
    assert ["2025", "—", "—", "原文 *家", "—"] in rows
    assert ["宁河区", "—"] in samples()["bars"]["usermeta"]["table"]["rows"]
    assert ["2025", "—", "遮盖", "—"] in samples()["plans"]["usermeta"]["table"]["rows"]


def test_every_status_is_in_the_bar_and_none_is_dropped() -> None:
    counts = {code: place + 1 for place, code in enumerate(STATUSES)}
    spec = charts.stacked_status(groups=[("天津市", counts)])
    assert sum(row["count"] for row in spec["data"]["values"]) == sum(counts.values())
    assert {code.value for code in Code} <= STATUSES.keys()


def test_a_missing_value_is_not_a_point() -> None:
    spec = charts.indicator_history(unit="家", observations=[Point(2020, 84), Point(2021, None), Point(2022, 90)])
    points = next(layer for layer in spec["layer"] if layer["mark"]["type"] == "point")
    assert [row["year"] for row in points["data"]["values"]] == [2020, 2022]


def test_one_name_more_than_there_are_colours_still_has_one() -> None:
    plans = [Line(f"规划{n}", [Point(2020 + n, n)]) for n in range(8)]
    assert charts.drawing(charts.across_plans(unit="家", observations=[], plans=plans)).wide.startswith("<svg")


@settings(max_examples=15, deadline=None)
@given(observations=POINTS, targets=POINTS, milestones=POINTS)
def test_any_history_can_be_drawn(observations: list[Point], targets: list[Point], milestones: list[Point]) -> None:
    spec = charts.indicator_history(unit="家", observations=observations, targets=targets, milestones=milestones)
    assert charts.to_svg(spec).startswith("<svg")
    json.dumps(spec)
    assert len(spec["usermeta"]["table"]["rows"]) == len({p.year for p in (*observations, *targets, *milestones)})


def test_the_script_for_the_browser_is_written_once(tmp_path: Path) -> None:
    assert charts.write_chart_bundle(tmp_path / "generated") is True
    script = (tmp_path / "generated" / "charts.js").read_text(encoding="utf-8")
    assert "vegaEmbed" in script
    assert charts.write_chart_bundle(tmp_path / "generated") is False
    (tmp_path / "generated" / "charts.version").write_text("older", encoding="utf-8")
    assert charts.write_chart_bundle(tmp_path / "generated") is True


def test_json_in_a_page_cannot_end_its_script(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(charts, "bundle_url", lambda: "/static/generated/charts.js")
    spec = charts.bars(unit="家", items=[("</script><script>alert(1)</script>", 1)])
    html = Template('{% load wulian %}{% chart spec alt="各区" %}').render(Context({"spec": spec}))
    assert "<script>alert" not in html
    held = re.search(r'<script type="application/json">(.*?)</script>', html, re.DOTALL)
    assert held is not None
    assert json.loads(held[1])["data"]["values"][0]["name"] == "</script><script>alert(1)</script>"
