"""The house rules that import-linter cannot say."""

from __future__ import annotations

import ast
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[2] / "src" / "wulian"
CLOCKS = {("timezone", "now"), ("timezone", "localdate"), ("datetime", "now"), ("datetime", "today"), ("date", "today"), ("time", "time")}
# The edge, where "now" and "today" enter; audit stamps the record itself.
EDGE = ("portal", "api", "cli", "demo/loading.py", "foundation/audit.py", "foundation/tokens.py")


def python_files() -> list[Path]:
    return [path for path in sorted(SOURCE.rglob("*.py")) if "migrations" not in path.parts]


def test_no_clock_below_the_edge() -> None:
    """Services take `on` or `at`; only pages, API, commands and jobs ask what time it is."""
    found = []
    for path in python_files():
        relative = path.relative_to(SOURCE).as_posix()
        if relative.startswith(EDGE) or path.stem.endswith(("jobs", "worker")):
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and isinstance(node.func.value, ast.Name)
                and (node.func.value.id, node.func.attr) in CLOCKS
                and not node.args  # with an argument it converts a time that was given
            ):
                found.append(f"{relative}:{node.lineno}")
    assert not found, "take the date or time as an argument:\n" + "\n".join(found)


def is_act(function: ast.FunctionDef) -> bool:
    """An act writes: it opens a transaction or records an audit event. Helpers of acts are no acts."""
    body = "\n".join(ast.dump(node) for node in (*function.decorator_list, *function.body))
    return "attr='atomic'" in body or ("id='audit'" in body and "attr='record'" in body)


def test_acts_are_keyword_only_and_take_by() -> None:
    """An act of a services module is keyword-only and takes `by`, so that nothing is written without a person."""
    found = []
    for path in python_files():
        if "services" not in path.parts and path.name != "services.py":
            continue
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if not isinstance(node, ast.FunctionDef) or node.name.startswith("_") or not is_act(node):
                continue
            where = f"{path.relative_to(SOURCE)}:{node.lineno} {node.name}"
            if node.args.args or node.args.posonlyargs:
                found.append(f"{where}: keyword-only arguments, please")
            elif "by" not in {argument.arg for argument in node.args.kwonlyargs}:
                found.append(f"{where}: takes no `by`")
    assert not found, "\n".join(found)


def test_no_file_grows_past_its_subject() -> None:
    """About 500 lines is where a file holds more than one subject (DESIGN section 2)."""
    long = {path.relative_to(SOURCE).as_posix(): len(path.read_text(encoding="utf-8").splitlines()) for path in python_files()}
    assert not {name: lines for name, lines in long.items() if lines > 550}
