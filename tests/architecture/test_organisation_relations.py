"""Every relation to an organisation says what becomes of its rows when two ids become one."""

from __future__ import annotations

from django.apps import apps

from wulian.directory.identity import movers, staying
from wulian.directory.models import Organisation

HELP = """
These relations to Organisation are not covered by merging, so a merge would leave their rows with an id that only forwards.
In the package that owns the model, in its `identity.py` (of the directory: `following.py`), either declare
    declare_moving("app.Model", "field", _("what a person calls the rows"))      they go where the organisation goes, or
    declare_staying("app.Model", "field", _("…"), _("why they keep the old id"))  they say what was.
If ids of organisations stand in the model in other ways (JSON, number columns), write a Mover (see registers/identity.py)."""


def relations() -> set[str]:
    """app.model.field of every foreign key to Organisation, those of many-to-many tables included."""
    found = set()
    for model in apps.get_models(include_auto_created=True):
        if model._meta.proxy:
            continue
        for field in model._meta.concrete_fields:
            if field.is_relation and field.related_model is Organisation:
                found.add(f"{model._meta.label_lower}.{field.name}")
    return found


def test_every_relation_to_an_organisation_moves_or_stays() -> None:
    declared = {one.key for one in movers()} | {one.key for one in staying()}
    missing = relations() - declared
    assert not missing, "\n".join([*sorted(missing), HELP])
    assert not declared - relations(), f"declared, but no such relation: {sorted(declared - relations())}"
    for one in (*movers(), *staying()):
        assert str(one.label)
