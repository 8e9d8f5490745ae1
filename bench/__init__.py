"""Measurements: `make bench`. Counts are the same on every run. Times depend on the machine and are
never checked."""

import sys

from wracaj_cli.house import ROOT

sys.path.insert(0, str(ROOT / "functions"))  # Lambda has this folder on its path
sys.path.append(str(ROOT / "tests"))  # for a MiniStack with only our table
