from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from wulian.directory.selectors.figures import region_name
from wulian.directory.selectors.regions import list_regions
from wulian.foundation.access import Actor, Role
from wulian.foundation.imports.declare import Importer, Option, all_importers


def importing_regions(actor: Actor) -> list[tuple[str, str]]:
    """Regions that the person imports for, the widest first."""
    covered = actor.regions_as(Role.OFFICER, Role.ADMINISTRATOR)
    return [(region.code, region_name(region)) for region in list_regions() if region.code in covered]


class UploadForm(forms.Form):
    kind = forms.ChoiceField(label=_("导入什么"), widget=forms.RadioSelect)
    source = forms.CharField(
        label=_("数据源"), max_length=80, help_text=_("数据从哪里来，例如 市场监管登记。同一来源的记录再次导入时会对上，不会重复。")
    )
    region = forms.ChoiceField(label=_("为哪个区域导入"), help_text=_("批次归这个区域；不在您管辖区域的主体会进隔离区，不会写入。"))
    file = forms.FileField(label=_("文件"), help_text=_("CSV（UTF-8 或 GB18030）、XLSX、XLS，CSV 可压缩成 .gz。"), allow_empty_file=True)

    def __init__(self, *args: Any, actor: Actor, asked: str = "", **kwargs: Any) -> None:
        """asked: a kind that the person came for. A register is imported from its own page: only the one asked for is offered."""
        super().__init__(*args, **kwargs)
        kinds = all_importers()
        asked = self.data.get("kind", asked)
        self.register = next((item for item in kinds if item.kind == asked and item.subject == "entry"), None)
        shown = [self.register] if self.register else [item for item in kinds if item.subject != "entry"]
        field: Any = self.fields["kind"]
        field.choices = [(item.kind, item.label) for item in kinds]
        field.widget.choices = [(item.kind, f"{item.label}　{item.description}") for item in shown]
        field.initial = asked if asked in {item.kind for item in kinds} else "organisations"
        self.fields["region"].choices = importing_regions(actor)  # type: ignore[attr-defined]


class MappingForm(forms.Form):
    """One choice of column for every field, the options of the kind, and a name to save the mapping under."""

    def __init__(
        self, *args: Any, importer: Importer, header: list[str], columns: dict[str, str], options: dict[str, Any], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.importer = importer
        choices = [("", _("不导入")), *((column, column) for column in header)]
        for field in importer.fields():
            self.fields[f"column_{field.name}"] = forms.ChoiceField(
                label=field.label, choices=choices, required=field.required, initial=columns.get(field.name, ""), help_text=field.hint
            )
        for option in importer.options:
            self.fields[f"option_{option.name}"] = _option_field(option, options.get(option.name, ""))
        self.fields["save_as"] = forms.CharField(
            label=_("把列对照存为"), max_length=80, required=False, help_text=_("下次上传同样表头的文件，会自动用上。")
        )

    def mapping(self) -> list[forms.BoundField]:
        return [self[name] for name in self.fields if name.startswith("column_")]

    def extras(self) -> list[forms.BoundField]:
        return [self[name] for name in self.fields if not name.startswith("column_")]

    def chosen(self, prefix: str) -> dict[str, Any]:
        """Values of the fields whose names start with `prefix`, without blanks, dates as text."""
        found = {name.removeprefix(prefix): value for name, value in self.cleaned_data.items() if name.startswith(prefix)}
        return {name: str(value) for name, value in found.items() if value not in (None, "")}


def _option_field(option: Option, initial: Any) -> forms.Field:
    shared: dict[str, Any] = {"label": option.label, "help_text": option.hint, "required": False, "initial": initial}
    if option.kind == "date":
        return forms.DateField(widget=forms.DateInput(attrs={"type": "date"}), **shared)
    if option.kind == "integer":
        return forms.IntegerField(min_value=1, max_value=9999, **shared)
    if option.kind == "choice":
        return forms.ChoiceField(choices=[("", "—"), *option.choices], **shared)
    return forms.CharField(max_length=200, **shared)
