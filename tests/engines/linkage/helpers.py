"""Short ways to make records."""

from __future__ import annotations

from itertools import count

from wulian.engines.linkage import Record

_number = count(1)
# Valid credit codes of made-up bodies.
CODE_A, CODE_B = "9112010429141777XE", "91120104631706691X"


def record(name: str, key: str = "", **more: object) -> Record:
    values: dict[str, object] = {"key": key or f"K{next(_number):05}", "source": "s", "name": name, **more}
    if isinstance(code := values.pop("code", None), str):
        values["codes"] = (code,)
    return Record(**values)  # type: ignore[arg-type]
