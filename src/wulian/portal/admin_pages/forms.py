"""Forms of the administration pages."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from wulian.directory.selectors.figures import region_name
from wulian.directory.selectors.people import UNIT_KINDS
from wulian.foundation.access import Role


def date_input() -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


def choices_of(regions: list[Any]) -> list[tuple[str, str]]:
    """Regions as choices, districts set in below their city."""
    return [(region.code, ("　" if region.parent_id else "") + region_name(region)) for region in regions]


class PersonForm(forms.Form):
    name = forms.CharField(label=_("姓名"), max_length=60)
    username = forms.CharField(label=_("用户名"), max_length=60, help_text=_("登录用，建议用工号或拼音"))
    email = forms.EmailField(label=_("邮箱"), required=False)


class MembershipForm(forms.Form):
    unit = forms.CharField(
        label=_("单位"), max_length=200, help_text=_("写名称的一部分，从列表里选；没有时先到“单位”里添加"),
        widget=forms.TextInput(attrs={"list": "unit-options", "autocomplete": "off"}),
    )  # fmt: skip
    role = forms.ChoiceField(label=_("角色"), choices=Role.choices)
    region = forms.ChoiceField(label=_("管辖区域"), required=False, help_text=_("工作人员、审计和管理员要选；其他角色不用"))
    valid_from = forms.DateField(label=_("起"), widget=date_input())
    valid_to = forms.DateField(label=_("止（不含）"), required=False, widget=date_input())

    def __init__(self, *args: Any, regions: list[Any], today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        region = self.fields["region"]
        assert isinstance(region, forms.ChoiceField)
        region.choices = [("", "—"), *choices_of(regions)]
        self.fields["valid_from"].initial = today


class EndForm(forms.Form):
    valid_to = forms.DateField(label=_("从哪天起不再任职"), widget=date_input())
    reason = forms.CharField(label=_("理由"), max_length=300)


class ActiveForm(forms.Form):
    active = forms.BooleanField(required=False)
    reason = forms.CharField(label=_("理由"), max_length=300)


class UnitForm(forms.Form):
    name = forms.CharField(label=_("单位名称"), max_length=200, help_text=_("用全称，如“红桥区科学技术局”"))
    kind = forms.ChoiceField(label=_("类别"), choices=[(kind.value, kind.label) for kind in UNIT_KINDS])
    region = forms.ChoiceField(label=_("区域"))

    def __init__(self, *args: Any, regions: list[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        region = self.fields["region"]
        assert isinstance(region, forms.ChoiceField)
        region.choices = choices_of(regions)


class AuditFilter(forms.Form):
    q = forms.CharField(label=_("人、对象或理由"), required=False, max_length=80, widget=forms.TextInput(attrs={"type": "search"}))
    first = forms.DateField(label=_("从"), required=False, widget=date_input())
    last = forms.DateField(label=_("到"), required=False, widget=date_input())
    object = forms.CharField(required=False, max_length=80, widget=forms.HiddenInput)
    id = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)
