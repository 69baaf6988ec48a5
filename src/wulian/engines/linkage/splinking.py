"""Blocking and scoring of many records through Splink 5, on DuckDB or Spark.

Splink joins records that share a key, asks one function for the levels of a pair, adds up the weights and keeps the pairs above the
threshold. The function is `levels_word` over `compare_prepared`, so a pair weighs the same here as in `Index` and `decide`.
"""

from __future__ import annotations

import logging
from typing import Any

from .comparing import Compared, compare_prepared
from .preparing import Prepared
from .weights import COMPARISONS, PRIOR

# One letter per comparison: the level that it reached, or "-" where nothing could be compared.
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_LETTER = {
    comparison.code: {level.code: letter for level, letter in zip(comparison.levels, _LETTERS, strict=False)} for comparison in COMPARISONS
}
FUNCTION = "wulian_levels"


def levels_word(compared: Compared) -> str:
    """The levels as a word of fixed length, in the order of COMPARISONS."""
    levels = compared.levels
    return "".join(letters[levels[code]] if code in levels else "-" for code, letters in _LETTER.items())


def word_of_pair(left: Prepared, right: Prepared) -> str:
    return levels_word(compare_prepared(left, right))


def settings() -> Any:
    """Splink's settings: our keys as blocking rule, our levels with m and u such that log2(m/u) is our weight."""
    from splink import SettingsCreator
    from splink.internals.blocking_rule_library import CustomRule

    return SettingsCreator(
        link_type="dedupe_only",
        unique_id_column_name="place",
        probability_two_random_records_match=_odds(PRIOR)[0],
        blocking_rules_to_generate_predictions=[
            CustomRule("l.keys = r.keys and not (l.settled and r.settled)", arrays_to_explode=["keys"])
        ],
        comparisons=[_comparison(at, comparison) for at, comparison in enumerate(COMPARISONS, 1)],
        retain_matching_columns=False,
        retain_intermediate_calculation_columns=False,
    )


def _odds(weight: float) -> tuple[float, float]:
    odds = 2.0**weight
    return odds / (1 + odds), 1 / (1 + odds)


def _comparison(at: int, comparison: Any) -> dict[str, Any]:
    letter = f"substr({FUNCTION}(record_l, record_r), {at}, 1)"
    levels: list[dict[str, Any]] = [{"sql_condition": f"{letter} = '-'", "label_for_charts": "-", "is_null_level": True}]
    for level in comparison.levels:
        m, u = _odds(level.weight)
        levels.append(
            {
                "sql_condition": f"{letter} = '{_LETTER[comparison.code][level.code]}'",
                "label_for_charts": level.en,
                "m_probability": m,
                "u_probability": u,
                "fix_m_probability": True,
                "fix_u_probability": True,
            }
        )
    return {"output_column_name": comparison.code, "comparison_description": comparison.en, "comparison_levels": levels}


def predict(api: Any, table: Any, least: float) -> Any:
    """Splink's data frame of pairs (place_l, place_r, match_weight) that weigh at least `least`."""
    from splink import Linker

    for name in ("splink", "splink.internals"):
        logging.getLogger(name).setLevel(logging.ERROR)
    linker = Linker(api.register(table, dataset_display_name="records"), settings())
    return linker.inference.predict(threshold_match_weight=least, warning_mode="never")
