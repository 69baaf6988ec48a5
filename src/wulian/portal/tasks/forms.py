"""Forms of tasks, rounds and problems."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

Choices = list[tuple[Any, Any]]
DAY = {"type": "date"}


class RoundForm(forms.Form):
    """A request to all responsible units of a plan."""

    plan = forms.TypedChoiceField(label=_("规划"), coerce=int)
    name = forms.CharField(label=_("调度名称"), max_length=120, help_text=_("例如“2026 年一季度调度”。"))
    as_of = forms.DateField(label=_("数据截至"), widget=forms.DateInput(format="%Y-%m-%d", attrs=DAY))
    due_on = forms.DateField(label=_("截止日期"), widget=forms.DateInput(format="%Y-%m-%d", attrs=DAY), help_text=_("当天报送算按时。"))
    with_participants = forms.BooleanField(label=_("配合单位也要填报"), required=False)

    def __init__(self, *args: Any, plans: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["plan"].choices = plans  # type: ignore[attr-defined]  # a ChoiceField


class ReportForm(forms.Form):
    """What a unit files on one task or indicator."""

    value = forms.DecimalField(label=_("数值"), required=False, max_digits=24, decimal_places=6)
    standing = forms.ChoiceField(label=_("总体情况"), required=False)
    progress = forms.CharField(label=_("进展"), required=False, widget=forms.Textarea(attrs={"rows": 3}))
    problem = forms.CharField(
        label=_("问题"), required=False, widget=forms.Textarea(attrs={"rows": 2}), help_text=_("写了就登记为待办问题，跟到销号。")
    )
    next_step = forms.CharField(label=_("下一步"), required=False, widget=forms.Textarea(attrs={"rows": 2}))
    evidence = forms.FileField(label=_("佐证"), required=False)
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, standings: Choices, about_indicator: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["standing"].choices = [(code, label if code else "—") for code, label in standings]  # type: ignore[attr-defined]
        if about_indicator:
            del self.fields["standing"]
        else:
            del self.fields["value"]


class ProblemForm(forms.Form):
    """A problem that an officer enters."""

    plan = forms.TypedChoiceField(label=_("规划"), coerce=int)
    title = forms.CharField(label=_("问题"), max_length=200)
    detail = forms.CharField(label=_("详情"), required=False, widget=forms.Textarea(attrs={"rows": 3}))
    due_on = forms.DateField(label=_("办结期限"), required=False, widget=forms.DateInput(format="%Y-%m-%d", attrs=DAY))

    def __init__(self, *args: Any, plans: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["plan"].choices = plans  # type: ignore[attr-defined]


class AssignForm(forms.Form):
    """Who handles a problem, until when."""

    owner = forms.TypedChoiceField(label=_("承办单位"), required=False, coerce=int, empty_value=None)
    due_on = forms.DateField(label=_("办结期限"), required=False, widget=forms.DateInput(format="%Y-%m-%d", attrs=DAY))
    reason = forms.CharField(label=_("推迟的理由"), required=False, max_length=300, help_text=_("只有推迟期限时要写。"))

    def __init__(self, *args: Any, units: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owner"].choices = [("", _("未定")), *units]  # type: ignore[attr-defined]


class MeetingForm(forms.Form):
    """The record of a meeting; one decision per line."""

    name = forms.CharField(label=_("会议名称"), max_length=120)
    held_on = forms.DateField(label=_("召开日期"), widget=forms.DateInput(format="%Y-%m-%d", attrs=DAY))
    summary = forms.CharField(label=_("纪要"), required=False, widget=forms.Textarea(attrs={"rows": 3}))


class DecisionForm(forms.Form):
    """One decision: what, on which task, by whom, until when."""

    text = forms.CharField(label=_("议定事项"), required=False, widget=forms.Textarea(attrs={"rows": 2}))
    task = forms.TypedChoiceField(label=_("关于任务"), required=False, coerce=int, empty_value=None)
    problem = forms.TypedChoiceField(label=_("已登记的问题"), required=False, coerce=int, empty_value=None)
    owner = forms.TypedChoiceField(label=_("承办单位"), required=False, coerce=int, empty_value=None)
    due_on = forms.DateField(label=_("办结期限"), required=False, widget=forms.DateInput(format="%Y-%m-%d", attrs=DAY))

    def __init__(self, *args: Any, tasks: Choices, problems: Choices, units: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, choices in (("task", tasks), ("problem", problems), ("owner", units)):
            self.fields[name].choices = [("", "—"), *choices]  # type: ignore[attr-defined]


class IdeaForm(forms.Form):
    """What another area does, put to a task."""

    task = forms.TypedChoiceField(label=_("附到哪项任务"), coerce=int)
    area = forms.CharField(label=_("哪里的做法"), max_length=60)
    practice = forms.CharField(label=_("做法"), widget=forms.Textarea(attrs={"rows": 3}))
    takeover = forms.CharField(label=_("我们可以借鉴什么"), required=False, widget=forms.Textarea(attrs={"rows": 2}))
    source = forms.CharField(label=_("来源"), max_length=200, help_text=_("文件名、文号或报道。"))
    dated_on = forms.DateField(label=_("来源日期"), widget=forms.DateInput(format="%Y-%m-%d", attrs=DAY))
    link = forms.CharField(label=_("链接"), required=False, max_length=500, widget=forms.URLInput)
    file = forms.FileField(label=_("文件"), required=False)
    chain = forms.TypedChoiceField(label=_("对标的指标"), required=False, coerce=int, empty_value=None)

    def __init__(self, *args: Any, tasks: Choices, chains: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["task"].choices = tasks if len(tasks) == 1 else [("", "—"), *tasks]  # type: ignore[attr-defined]
        self.fields["chain"].choices = [("", "—"), *chains]  # type: ignore[attr-defined]
