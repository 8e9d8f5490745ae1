"""Finds the tests' own support, and this folder's modules."""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
for folder in ("tests_shops", "tests_shops/vendure", "tests", "functions", "cli"):
    sys.path.insert(0, str(ROOT / folder))
