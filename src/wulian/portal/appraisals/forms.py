"""Forms of appraisals. Weights and points are one field each; services decide."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from wulian.chains.governance import choices

HUNDRED = {"min_value": 0, "max_value": 100, "max_digits": 5, "decimal_places": 2}


def hundred_field(label: str, initial: Decimal) -> forms.DecimalField:
    widget = forms.NumberInput(attrs={"step": "0.01", "min": "0", "max": "100", "inputmode": "decimal", "class": "num"})
    return forms.DecimalField(label=label, initial=format(initial.normalize(), "f"), widget=widget, **HUNDRED)  # type: ignore[arg-type]


class ReasonMixin(forms.Form):
    reason = forms.CharField(label=_("修改理由"), max_length=300, help_text=_("保存后成为下一版；以前评的分不变。"))


class WeightsForm(ReasonMixin):
    """One field for each thing that the unit answers for, named by its code (`indicator-12`)."""

    def __init__(self, *args: Any, lines: Iterable[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.codes = {line.item.code: line.item.key for line in lines}
        for line in lines:
            self.fields[line.item.code] = hundred_field(line.item.label, line.weight)

    def weights(self) -> dict[tuple[str, int], Decimal]:
        return {key: self.cleaned_data[code] for code, key in self.codes.items()}

    def rows(self) -> list[forms.BoundField]:
        return [self[code] for code in self.codes]


class RulesForm(ReasonMixin):
    unknown_rule = forms.ChoiceField(label=_("无数的项"), choices=choices.UNKNOWN_RULES, widget=forms.RadioSelect)

    def __init__(self, *args: Any, points: dict[str, Decimal], words: dict[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.codes = list(points)
        for code, value in points.items():
            self.fields[code] = hundred_field(words[code], value)

    def points(self) -> dict[str, Decimal]:
        return {code: self.cleaned_data[code] for code in self.codes}

    def rows(self) -> list[forms.BoundField]:
        return [self[code] for code in self.codes]


class NewSchemeForm(forms.Form):
    plan = forms.TypedChoiceField(label=_("规划"), coerce=int)
    year = forms.IntegerField(label=_("考核年度"), min_value=1950, max_value=2150)

    def __init__(self, *args: Any, plans: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["plan"].choices = plans  # type: ignore[attr-defined]


class ScoreForm(forms.Form):
    on = forms.DateField(label=_("截至"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
