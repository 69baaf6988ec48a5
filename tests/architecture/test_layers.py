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
        if relative.startswith(EDGE) or path.stem in {"jobs", "worker"}:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and isinstance(node.func.value, ast.Name)
                and (node.func.value.id, node.func.attr) in CLOCKS
            ):
                found.append(f"{relative}:{node.lineno}")
    assert not found, "take the date or time as an argument:\n" + "\n".join(found)


def test_services_are_keyword_only_and_take_by() -> None:
    """A public function of a services module is keyword-only and takes `by`, so that no act is without a person."""
    found = []
    for path in python_files():
        if path.parent.name != "services" and path.name != "services.py":
            continue
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if (
                not isinstance(node, ast.FunctionDef)
                or node.name.startswith("_")
                or (node.decorator_list
                and "task" in ast.dump(node.decorator_list[0]))
            ):
                continue
            if node.args.args or node.args.posonlyargs:
                found.append(f"{path.relative_to(SOURCE)}:{node.lineno} {node.name}: keyword-only arguments, please")
            elif "by" not in {argument.arg for argument in node.args.kwonlyargs}:
                found.append(f"{path.relative_to(SOURCE)}:{node.lineno} {node.name}: takes no `by`")
    assert not found, "\n".join(found)


def test_no_file_grows_past_its_subject() -> None:
    """About 500 lines is where a file holds more than one subject (DESIGN section 2)."""
    long = {path.relative_to(SOURCE).as_posix(): len(path.read_text(encoding="utf-8").splitlines()) for path in python_files()}
    assert not {name: lines for name, lines in long.items() if lines > 550}
