"""A relation given as a string is no import, so import-linter does not see it; here it is held to the layers as well."""

from __future__ import annotations

from django.apps import apps
from django.db.models import Model

LAYERS = ("foundation", "directory", "registers", "chains", "fusion", "demo")


def place_of(model: type[Model]) -> tuple[int, str] | None:
    """(layer, package) of one of our models."""
    parts = model.__module__.split(".")
    if parts[0] != "wulian" or parts[1] not in LAYERS:
        return None
    return LAYERS.index(parts[1]), ".".join(parts[:3] if parts[1] == "chains" else parts[:2])


def test_no_relation_points_upwards_or_to_another_chain() -> None:
    wrong = []
    for model in apps.get_models(include_auto_created=True):
        place = place_of(model)
        if place is None:
            continue
        for field in model._meta.get_fields():
            if not field.is_relation or field.auto_created or field.related_model is None or isinstance(field.related_model, str):
                continue
            other = place_of(field.related_model)
            if other is None:
                continue
            if other[0] > place[0] or (other[0] == place[0] and other[1] != place[1]):
                wrong.append(f"{model._meta.label}.{field.name} points to {field.related_model._meta.label}")
    assert not wrong, "\n".join(wrong)


def test_every_model_of_ours_is_in_a_known_layer() -> None:
    unknown = [model._meta.label for model in apps.get_models() if model.__module__.startswith("wulian.") and place_of(model) is None]
    assert not unknown, unknown
