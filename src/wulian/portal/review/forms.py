"""Forms of plan import and review."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

Choices = list[tuple[Any, Any]]


class UploadForm(forms.Form):
    """A file or pasted text. Either is enough; both at once would leave open which one is meant."""

    file = forms.FileField(
        label=_("规划文件"),
        required=False,
        help_text=_("Word（.docx）、PDF、网页、文本，或扫描件图片；最大 200 MB。"),
        widget=forms.ClearableFileInput(attrs={"accept": ".txt,.html,.htm,.docx,.pdf,.png,.jpg,.jpeg"}),
    )
    text = forms.CharField(
        label=_("或粘贴全文"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 8}),
        strip=False,
        help_text=_("从网页上整页复制也可以，表格被拆成一行一格时也读得出。"),
    )
    region = forms.ChoiceField(label=_("归到哪个区域"), help_text=_("读出的区域不同时，确认规划信息时可以改。"))
    again = forms.BooleanField(label=_("仍要另建一份"), required=False)
    stored = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, regions: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["region"].choices = regions  # type: ignore[attr-defined]  # a ChoiceField

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        given = [bool(data.get("file")), bool((data.get("text") or "").strip()), bool(data.get("stored"))]
        if not any(given):
            self.add_error("file", _("请选一个文件，或粘贴全文。"))
        elif given[0] and given[1]:
            self.add_error("text", _("已经选了文件，又粘贴了文字：请只留一样。"))
        return data


class DetailsForm(forms.Form):
    """What the plan is, as guessed from the text; the officer confirms it."""

    title = forms.CharField(label=_("名称"), max_length=200)
    short_title = forms.CharField(label=_("简称"), max_length=60, help_text=_("列表和图上用的短名。"))
    region = forms.ChoiceField(label=_("区域"))
    first_year = forms.IntegerField(label=_("起始年"), min_value=1990, max_value=2100)
    last_year = forms.IntegerField(label=_("终止年"), min_value=1990, max_value=2100)
    base_year = forms.IntegerField(
        label=_("基期年"), min_value=1990, max_value=2100, required=False, help_text=_("年度表里这一年的数当作基数。")
    )
    document_number = forms.CharField(label=_("文号"), max_length=80, required=False)
    issuer = forms.CharField(label=_("发布单位"), max_length=120, required=False)
    issued_on = forms.DateField(label=_("发布日期"), required=False, widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}))
    parent_id = forms.TypedChoiceField(label=_("上级规划"), required=False, coerce=int, empty_value=None)
    predecessor_id = forms.TypedChoiceField(label=_("上一期规划"), required=False, coerce=int, empty_value=None)
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, regions: Choices, parents: Choices, predecessors: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["region"].choices = regions  # type: ignore[attr-defined]
        self.fields["parent_id"].choices = [("", "—"), *parents]  # type: ignore[attr-defined]
        self.fields["predecessor_id"].choices = [("", "—"), *predecessors]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        first, last = data.get("first_year"), data.get("last_year")
        if first and last and last < first:
            self.add_error("last_year", _("终止年早于起始年。"))
        return data


class GroupForm(forms.Form):
    """An indicator as a whole."""

    name = forms.CharField(label=_("指标名称"), max_length=120)
    unit = forms.CharField(label=_("计量单位"), max_length=20, required=False)
    kind = forms.ChoiceField(label=_("类型"))
    direction = forms.ChoiceField(label=_("方向"))
    attribute = forms.ChoiceField(label=_("属性"), required=False)
    composite = forms.CharField(
        label=_("所属复合指标"), max_length=120, required=False, help_text=_("几个分项写同一个名字，就合成一项、分别判断。")
    )
    scope_note = forms.CharField(label=_("口径说明"), max_length=200, required=False)
    owner = forms.CharField(
        label=_("责任单位"),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"list": "units", "autocomplete": "off"}),
        help_text=_("输入全称、简称或别名。"),
    )
    metric = forms.ChoiceField(label=_("绑定口径"), required=False, help_text=_("绑定后系统自己算，并能打开到每一条记录。"))

    def __init__(self, *args: Any, choices: dict[str, Choices], metrics: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("kind", "direction", "attribute"):
            self.fields[name].choices = choices[name]  # type: ignore[attr-defined]
        self.fields["metric"].choices = [("", _("不绑定，只靠填报")), *metrics]  # type: ignore[attr-defined]


class MentionForm(forms.Form):
    """One value of an indicator in one year."""

    mention = forms.ChoiceField(label=_("性质"))
    year = forms.IntegerField(label=_("年份"), min_value=1990, max_value=2100)
    comparator = forms.ChoiceField(label=_("比较"))
    value = forms.CharField(label=_("值"), max_length=40, required=False, help_text=_("没有数就留空，并选原因；系统不会当作零。"))
    number_state = forms.ChoiceField(label=_("数的状态"))
    commitment = forms.CharField(label=_("力度"), max_length=20, required=False, help_text=_("原文写了“确保”或“力争”时填。"))
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, choices: dict[str, Choices], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("mention", "comparator", "number_state"):
            self.fields[name].choices = choices[name]  # type: ignore[attr-defined]


class TaskForm(forms.Form):
    """A task as read."""

    number = forms.CharField(label=_("编号"), max_length=40, required=False)
    title = forms.CharField(label=_("任务标题"), max_length=200)
    section = forms.CharField(label=_("所在章节"), max_length=200, required=False)
    level = forms.IntegerField(label=_("层级"), min_value=1, max_value=9)
    version = forms.IntegerField(widget=forms.HiddenInput)


class AddForm(forms.Form):
    """Something that the reader missed: its words in the text, and what they say."""

    what = forms.ChoiceField(label=_("加成"), choices=[("indicator", _("指标")), ("task", _("任务"))])
    quote = forms.CharField(label=_("原文"), widget=forms.Textarea(attrs={"rows": 3}), help_text=_("照抄原文里的一段，系统按它找到位置。"))
    start = forms.IntegerField(required=False, widget=forms.HiddenInput)
    name = forms.CharField(label=_("指标名称或任务标题"), max_length=200)
    value = forms.CharField(label=_("值"), max_length=40, required=False)
    unit = forms.CharField(label=_("计量单位"), max_length=20, required=False)
    year = forms.IntegerField(label=_("年份"), min_value=1990, max_value=2100, required=False)
    mention = forms.ChoiceField(label=_("性质"), required=False)
    comparator = forms.ChoiceField(label=_("比较"), required=False)

    def __init__(self, *args: Any, choices: dict[str, Choices], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("mention", "comparator"):
            self.fields[name].choices = choices[name]  # type: ignore[attr-defined]


class SplitForm(forms.Form):
    """The name under which a mention becomes an indicator of its own."""

    name = forms.CharField(label=_("新名称"), max_length=120)
    version = forms.IntegerField(widget=forms.HiddenInput)


class ReasonForm(forms.Form):
    """A reason, for acts that need one."""

    reason = forms.CharField(label=_("理由"), widget=forms.Textarea(attrs={"rows": 3}))
