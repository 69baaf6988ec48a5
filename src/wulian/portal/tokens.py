"""Design tokens, read from the stylesheet so that pages, charts and reports share one source of colour."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Literal

Theme = Literal["light", "dark"]
STYLESHEET = Path(__file__).resolve().parent / "static" / "wulian" / "tokens.css"
_BLOCK = {
    "light": re.compile(r"^:root \{(.*?)^\}", re.S | re.M),
    "auto-dark": re.compile(r":root:not\(\[data-theme=light\]\) \{(.*?)\}", re.S),
    "dark": re.compile(r":root\[data-theme=dark\] \{(.*?)\}", re.S),
}
_TOKEN = re.compile(r"--([a-z0-9-]+):\s*([^;]+);")


def declared(block: Literal["light", "dark", "auto-dark"]) -> dict[str, str]:
    """Token name -> value as written in one block of the stylesheet."""
    match = _BLOCK[block].search(STYLESHEET.read_text(encoding="utf-8"))
    if match is None:
        raise ValueError(f"tokens.css has no block {block!r}")
    return {name: value.strip() for name, value in _TOKEN.findall(match.group(1))}


@cache
def tokens(theme: Theme = "light") -> dict[str, str]:
    """All tokens of a theme; dark overrides light."""
    return declared("light") if theme == "light" else {**declared("light"), **declared("dark")}
