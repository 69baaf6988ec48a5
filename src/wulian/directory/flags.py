"""What a person should look at in an organisation's record. A flag never changes a value; it says why it is in doubt."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext_lazy as _

from wulian.kernel.errors import N_
from wulian.kernel.problems import Problem

from .models import Organisation

USCC_MISSING = N_("来源没有给出统一社会信用代码（原文“%(text)s”）")
DISTRICT_DIFFERS = N_("地区列写的是%(column)s，地址里是%(address)s：按地区列记")
DISTRICT_MISSING = N_("来源没有写明地区，地址里也认不出")
DISTRICT_UNKNOWN = N_("地区列的“%(text)s”不在区划表里")
INDUSTRY_UNKNOWN = N_("行业“%(text)s”不在国民经济行业分类里，没有采用")
SAME_ORGANISATION_CODE = N_("组织机构代码（第 9–17 位）与%(others)s相同，多半是同一主体")
VANISHED = N_("%(source)s %(on)s 的整份登记里没有它了：可能注销、迁出或改了代码，请核对")

# Code -> short label, for filters and lists. Every flag that an importer may set is here; a test holds it.
LABELS: dict[str, Any] = {
    "uscc_missing": _("没有信用代码"),
    "uscc_length": _("信用代码位数不对"),
    "uscc_character": _("信用代码有非法字符"),
    "uscc_check": _("信用代码校验不符"),
    "uscc_organisation": _("组织机构代码校验不符"),
    "capital_unit": _("注册资本单位存疑"),
    "capital_no_unit": _("注册资本没有单位"),
    "capital_no_currency": _("注册资本没有币种"),
    "capital_unreadable": _("注册资本读不出"),
    "capital_too_fine": _("注册资本过细"),
    "district_differs": _("地区与地址不一致"),
    "district_missing": _("没有地区"),
    "district_unknown": _("地区不在区划表"),
    "industry_unknown": _("行业不在分类表"),
    "vanished": _("登记库里没有了"),
    "same_organisation_code": _("组织机构代码重复"),
}


def flags_of(organisation: Organisation) -> list[Problem]:
    return [Problem.from_json(item) for item in organisation.flags]


def as_json(problems: Iterable[Problem]) -> list[dict[str, Any]]:
    return [problem.as_json() for problem in problems]
