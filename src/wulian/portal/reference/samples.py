"""What the components page shows. Invented figures, used nowhere else."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wulian.portal import charts
from wulian.portal.charts import Band, Line, Point


class SampleForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("名称"), help_text=gettext_lazy("按营业执照填写"))
    kind = forms.ChoiceField(label=gettext_lazy("类型"), choices=[("level", gettext_lazy("期末水平")), ("share", gettext_lazy("占比"))])
    on = forms.DateField(label=gettext_lazy("日期"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    reason = forms.CharField(label=gettext_lazy("理由"), widget=forms.Textarea(attrs={"rows": 3}))
    attribute = forms.ChoiceField(
        label=gettext_lazy("属性"),
        choices=[("expected", gettext_lazy("预期性")), ("binding", gettext_lazy("约束性"))],
        widget=forms.RadioSelect,
    )
    public = forms.BooleanField(label=gettext_lazy("公开"), required=False)
    file = forms.FileField(
        label=gettext_lazy("规划文件"), required=False, help_text=gettext_lazy("txt、html、docx、pdf 或扫描件，不超过 200 MB")
    )


def context() -> dict[str, Any]:
    rows = [
        (_("技术合同成交额"), Decimal("61.2"), "亿元", 45, 90, [64, 77, 61.2], "met"),
        (_("高新技术企业"), 97, "家", 99, 102, [84, 92, 97], "on_track"),
        (_("雏鹰企业"), 66, "家", 70, 80, [52, 60, 66], "slow"),
        (_("科技型中小企业"), 150, "家", 190, 200, [168, 180, 150], "behind"),
        (_("研发投入强度"), None, "%", Decimal("2.15"), Decimal("2.2"), [], "no_data"),
        (_("单位 GDP 能耗下降"), None, "%", None, None, [], "not_set"),
    ]
    return {
        "rows": [dict(zip(("name", "now", "unit", "milestone", "final", "values", "code"), row, strict=True)) for row in rows],
        "counts": {"met": 3, "on_track": 2, "slow": 1, "behind": 1, "no_data": 0, "not_set": 1},
        "kinds": [("", _("全部"), 1495), ("hnte", _("高新技术企业"), 97), ("eaglet", _("雏鹰"), 66)],
        "tab_items": [("targets", _("目标值"), 8), ("reported", _("填报"), 12), ("history", _("变更"), 3)],
        "date": date(2022, 6, 30),
        "colours": ["paper", "panel", "sunk", "line", "ink", "ink-2", "ink-3", "brand", "act", "ok", "warn", "none"],
        "chain_colours": ["innovation", "industry", "capital", "talent", "policy"],
        "before": {"value": "102", "approver": None, "verified": False},
        "after": {"value": "110", "approver": _("局长办公会"), "verified": False},
        "history": charts.indicator_history(
            unit=_("家"),
            observations=[Point(2019, 80), Point(2020, 84), Point(2021, 92), Point(2022, 97, _("到 6 月 30 日"))],
            milestones=[Point(2021, 93), Point(2022, 99)],
            targets=[Point(2023, 110)],
            forecast=[Band(2023, 101.2, 105.6, 110.1)],
            masked=[Point(2025, None, _("原文 *家"))],
        ),
        "plans_chart": charts.across_plans(
            unit=_("家"),
            observations=[Point(2020, 84), Point(2021, 92), Point(2022, 97)],
            plans=[
                Line(_("三年行动"), [Point(2020, 84), Point(2021, 93), Point(2022, 102)]),
                Line(_("十四五"), [Point(2020, 86), Point(2025, 140)]),
                Line(_("十五五"), [Point(2025, 131), Point(2030, 200)]),
            ],
        ),
        "bars_chart": charts.bars(
            unit=_("家"),
            highlight=_("红桥区"),
            items=[(_("南开区"), 412), (_("河西区"), 305), (_("红桥区"), 97), (_("和平区"), 88), (_("宁河区"), None)],
        ),
        "trend_chart": charts.trend(
            unit=_("亿元"), points=[("2018", 42), ("2019", 51.5), ("2020", 64), ("2021", 77), ("2022", 61.2)], bars_instead=True
        ),
        "status_chart": charts.stacked_status(
            groups=[
                (_("天津市规划"), {"met": 9, "on_track": 4, "behind": 2, "no_data": 3}),
                (_("红桥区三年行动"), {"met": 3, "on_track": 2, "slow": 1, "behind": 1, "not_set": 1}),
                (_("高新区规划"), {"met": 6, "slow": 3, "no_data": 1}),
            ]
        ),
    }


def drawer() -> dict[str, Any]:
    """What a figure opens to; the real one is made by the figures pages."""
    firms = [
        (_("示例科技有限公司"), date(2024, 10, 9)),
        (_("示例软件有限公司"), date(2022, 10, 28)),
        (_("示例自动化有限公司"), date(2023, 11, 25)),
    ]
    return {"firms": firms, "date": date(2022, 6, 30)}
