"""Where the files are that are made from the short files."""

from pathlib import Path

MADE = ".asl.json"
PICTURE = Path("docs/timeline.svg")
PICTURED = "abandoned_cart"


def made_name(timeline: str) -> str:
    return f"{timeline}{MADE}"
