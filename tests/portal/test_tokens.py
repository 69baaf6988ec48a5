"""The colours hold to WCAG 2.2 AA, in both themes, wherever they stand on one another."""

from __future__ import annotations

import pytest

from wulian.portal.tokens import Theme, declared, tokens

TEXT = ("ink", "ink-2", "ink-3", "brand", "act", "ok", "warn", "none")
GROUNDS = ("paper", "panel", "sunk")
CHAINS = ("innovation", "industry", "capital", "talent", "policy")


def luminance(colour: str) -> float:
    """Relative luminance, WCAG 2.2."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_contrast_is_that_of_the_standard() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_text_is_legible_on_every_ground(theme: Theme) -> None:
    names = tokens(theme)
    pairs = [(text, ground) for text in TEXT for ground in GROUNDS]
    pairs += [(name, f"{name}-soft") for name in ("brand", "act", "ok", "warn", "none")]
    pairs += [("on-brand", "brand"), ("on-act", "act"), ("ink", "brand-soft"), ("ink", "warn-soft"), ("ink-2", "line")]
    weak = {pair: round(contrast(names[pair[0]], names[pair[1]]), 2) for pair in pairs if contrast(names[pair[0]], names[pair[1]]) < 4.5}
    assert not weak


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_edges_of_fields_and_marks_of_chains_can_be_seen(theme: Theme) -> None:
    names = tokens(theme)
    pairs = [(mark, ground) for mark in ("edge", *CHAINS) for ground in GROUNDS]
    weak = {pair: round(contrast(names[pair[0]], names[pair[1]]), 2) for pair in pairs if contrast(names[pair[0]], names[pair[1]]) < 3}
    assert not weak


def test_dark_is_the_same_whether_chosen_or_from_the_system() -> None:
    assert declared("dark") == declared("auto-dark")


def test_dark_gives_every_colour_again() -> None:
    colours = {name for name, value in declared("light").items() if value.startswith(("#", "rgb"))}
    assert colours <= declared("dark").keys() | {"shadow"}
