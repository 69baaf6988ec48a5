from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from wulian.directory.selectors.organisations import facet_labels


class OrganisationForm(forms.Form):
    """Corrections by hand. What they mean is checked by the service."""

    name = forms.CharField(label=_("名称"), max_length=200)
    uscc = forms.CharField(label=_("统一社会信用代码"), max_length=40, required=False)
    kind = forms.ChoiceField(label=_("类别"))
    status = forms.ChoiceField(label=_("状态"))
    region_id = forms.ChoiceField(label=_("区域"), required=False)
    industry = forms.CharField(
        label=_("行业"),
        max_length=60,
        required=False,
        help_text=_("国民经济行业的代码或名称，例如 C39 或 计算机、通信和其他电子设备制造业"),
    )
    address = forms.CharField(label=_("地址"), max_length=300, required=False)
    short_name = forms.CharField(label=_("简称"), max_length=60, required=False)
    reason = forms.CharField(label=_("理由"), max_length=200, help_text=_("例如：企业更名，按营业执照"))
    version = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        labels = facet_labels()
        for name in ("kind", "status"):
            self.fields[name].choices = list(labels[name].items())  # type: ignore[attr-defined]
        self.fields["region_id"].choices = [("", _("不详")), *labels["region"].items()]  # type: ignore[attr-defined]
