"""Run every benchmark in a process of its own, so that one does not warm up or weigh down another."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

folder = Path(__file__).parent
names = sys.argv[1:] or sorted(path.stem for path in folder.glob("*.py") if not path.stem.startswith("_"))
failed = []
for name in names:
    print(f"\n## {name}", flush=True)
    if subprocess.run([sys.executable, "-m", f"benchmarks.{name}"], cwd=folder.parent, check=False).returncode:
        failed.append(name)
if failed:
    sys.exit(f"benchmarks that did not finish: {', '.join(failed)}")
