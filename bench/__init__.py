"""Measurements: `make bench`. Counts are the same on every run; times are this machine's and are
never judged."""

import sys

from wracaj_cli.house import ROOT

sys.path.insert(0, str(ROOT / "functions"))  # what Lambda puts on its path
sys.path.append(str(ROOT / "tests"))  # a bare emulator, and the table as the template defines it
