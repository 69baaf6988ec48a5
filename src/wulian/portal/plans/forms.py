"""Forms of plans, indicators, targets and reports. They read what a person typed; services decide."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from wulian.chains.governance import choices

DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


def number_field(label: Any, *, required: bool = True, help_text: Any = "") -> forms.DecimalField:
    """A number with up to six decimals, as the database keeps it."""
    widget = forms.NumberInput(attrs={"step": "any", "inputmode": "decimal"})
    return forms.DecimalField(label=label, max_digits=24, decimal_places=6, required=required, help_text=help_text, widget=widget)


class PlanForm(forms.Form):
    title = forms.CharField(label=_("名称"), max_length=200)
    short_title = forms.CharField(label=_("简称"), max_length=60)
    document_number = forms.CharField(label=_("文号"), max_length=80, required=False)
    issuer = forms.CharField(label=_("发布单位"), max_length=120, required=False)
    issued_on = forms.DateField(label=_("发布日期"), required=False, widget=DAY)
    first_year = forms.IntegerField(label=_("起始年"), min_value=1950, max_value=2150)
    last_year = forms.IntegerField(label=_("终止年"), min_value=1950, max_value=2150)
    base_year = forms.IntegerField(label=_("基期年"), min_value=1950, max_value=2150, required=False)
    parent_id = forms.TypedChoiceField(label=_("上级规划"), coerce=int, empty_value=None, required=False)
    predecessor_id = forms.TypedChoiceField(label=_("上一期规划"), coerce=int, empty_value=None, required=False)
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, plans: Sequence[tuple[int, str]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("parent_id", "predecessor_id"):
            self.fields[name].choices = [("", _("没有")), *plans]  # type: ignore[attr-defined]


class IndicatorForm(forms.Form):
    name = forms.CharField(label=_("名称"), max_length=120)
    unit = forms.CharField(label=_("计量单位"), max_length=20, required=False)
    kind = forms.ChoiceField(label=_("类型"), choices=choices.KINDS)
    direction = forms.ChoiceField(label=_("方向"), choices=choices.DIRECTIONS)
    attribute = forms.ChoiceField(label=_("属性"), choices=[("", _("没有写")), *choices.ATTRIBUTES], required=False)
    owner_id = forms.TypedChoiceField(label=_("责任单位"), coerce=int, empty_value=None, required=False)
    group = forms.CharField(label=_("分组"), max_length=60, required=False)
    composite_id = forms.TypedChoiceField(
        label=_("属于复合指标"), coerce=int, empty_value=None, required=False, help_text=_("作为它的一项，单独评判。")
    )
    scope_note = forms.CharField(label=_("口径说明"), max_length=200, required=False, help_text=_("例如占本区还是占全市、是否含培育企业。"))
    falls_by_design = forms.BooleanField(label=_("目标允许低于基数"), required=False)
    position = forms.IntegerField(label=_("顺序"), min_value=0, required=False)
    reason = forms.CharField(
        label=_("理由"), required=False, widget=forms.Textarea(attrs={"rows": 2}), help_text=_("规划已发布时，改动评判方式要写明理由。")
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(
        self, *args: Any, owners: Sequence[tuple[int, str]] = (), composites: Sequence[tuple[int, str]] = (), **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owner_id"].choices = [("", _("还没有定")), *owners]  # type: ignore[attr-defined]
        self.fields["composite_id"].choices = [("", _("不属于")), *composites]  # type: ignore[attr-defined]


class BindForm(forms.Form):
    metric = forms.ChoiceField(label=_("口径"), required=False)
    factor = forms.DecimalField(
        label=_("换算"),
        max_digits=20,
        decimal_places=10,
        initial=1,
        help_text=_("口径的数乘以它，得到指标的数；例如元换成亿元是 0.00000001。"),
        widget=forms.NumberInput(attrs={"step": "any"}),
    )
    reason = forms.CharField(
        label=_("理由"), required=False, widget=forms.Textarea(attrs={"rows": 2}), help_text=_("规划已发布而要换口径时填写。")
    )
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, metrics: Sequence[tuple[str, str]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["metric"].choices = [("", _("不绑定，只填报")), *metrics]  # type: ignore[attr-defined]


class TargetForm(forms.Form):
    """`row` and `version` say which row the person saw, so that a second editor is told."""

    year = forms.IntegerField(label=_("年份"), min_value=1950, max_value=2150)
    role = forms.ChoiceField(label=_("性质"), choices=choices.ROLES)
    tier = forms.ChoiceField(label=_("层次"), choices=choices.TIERS)
    number_state = forms.ChoiceField(label=_("数的状态"), choices=choices.NUMBER_STATES)
    comparator = forms.ChoiceField(label=_("比较"), choices=choices.COMPARATORS)
    value = number_field(_("值"), required=False, help_text=_("没有数时留空，并选数的状态；不要填零。"))
    reason = forms.CharField(label=_("调整理由"), required=False, widget=forms.Textarea(attrs={"rows": 2}))
    approver = forms.CharField(label=_("批准人"), max_length=60, required=False)
    approved_on = forms.DateField(label=_("批准日期"), required=False, widget=DAY)
    row = forms.IntegerField(widget=forms.HiddenInput)
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, published: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("reason", "approver", "approved_on"):
            self.fields[name].required = published


class AssignForm(forms.Form):
    value = number_field(_("下达的数"))
    comparator = forms.ChoiceField(label=_("比较"), choices=choices.COMPARATORS)
    assigned_by = forms.CharField(label=_("下达单位"), max_length=60)
    document = forms.CharField(label=_("依据文件"), max_length=300, help_text=_("文号或文件名。"))
    assigned_on = forms.DateField(label=_("下达日期"), widget=DAY)
    version = forms.IntegerField(widget=forms.HiddenInput)


class ReportForm(forms.Form):
    as_of = forms.DateField(label=_("截至日期"), widget=DAY)
    value = number_field(_("值"), required=False)
    numerator = number_field(_("分子"), required=False)
    denominator = number_field(_("分母"), required=False)
    unknown_because = forms.CharField(label=_("没有数的原因"), max_length=200, required=False)
    note = forms.CharField(
        label=_("说明"), required=False, widget=forms.Textarea(attrs={"rows": 2}), help_text=_("更正已报的数时，写明原因；原值会保留。")
    )
    evidence = forms.FileField(label=_("佐证文件"), required=False, help_text=_("PDF、Word、Excel、图片或文本，不超过 20 MB。"))
    expected = forms.IntegerField(widget=forms.HiddenInput, required=False)


class PeerForm(forms.Form):
    area = forms.CharField(label=_("对标区域"), max_length=60)
    as_of = forms.DateField(label=_("截至日期"), widget=DAY)
    value = number_field(_("值"))
    unit = forms.CharField(label=_("计量单位"), max_length=20, required=False)
    source = forms.CharField(label=_("来源"), max_length=200)
    practice = forms.CharField(label=_("可借鉴做法"), required=False, widget=forms.Textarea(attrs={"rows": 2}))


class ReasonForm(forms.Form):
    reason = forms.CharField(label=_("理由"), widget=forms.Textarea(attrs={"rows": 2}))


class FreezeForm(forms.Form):
    name = forms.CharField(label=_("名称"), max_length=120, initial=_("中期评估"))


class InviteForm(forms.Form):
    due_on = forms.DateField(label=_("请在此前提出"), required=False, widget=DAY)
