"""Run every benchmark in a process of its own, so that one does not warm up or weigh down another.

python -m benchmarks [--large] [NAME …]        --large: the sizes of a city and beyond, which take many minutes to generate
"""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

LARGE = {
    "linkage": ["10000", "100000", "1000000"],
    "matching": ["45000", "450000"],
    "figures": ["70000", "300000"],
    "search": ["70000", "1000000"],
    "register_import": ["300000"],
}

folder = Path(__file__).parent
asked = [word for word in sys.argv[1:] if word != "--large"]
large = len(asked) < len(sys.argv) - 1
names = asked or sorted(path.stem for path in folder.glob("*.py") if not path.stem.startswith("_"))
failed = []
for name in names:
    print(f"\n## {name}", flush=True)
    started = time.monotonic()
    command = [sys.executable, "-m", f"benchmarks.{name}", *(LARGE.get(name, []) if large else [])]
    if subprocess.run(command, cwd=folder.parent, check=False).returncode:
        failed.append(name)
    print(f"({name} took {time.monotonic() - started:.0f} s)", flush=True)
if failed:
    sys.exit(f"benchmarks that did not finish: {', '.join(failed)}")
