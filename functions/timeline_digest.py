"""Were the deployed timelines made from the short files as they are now? Standard library only.

`sam build` runs it (see Makefile) and fails where not. Each made file holds a digest of its short
files and of itself. `wracaj timeline check` compares the whole text, and tells lines.
"""

import hashlib
import re
import sys
from collections.abc import Iterable
from pathlib import Path

SHORT, MADE, OF_A_JOB = ".yaml", ".asl.json", ".asl.yaml"
TABLE = Path("functions/wracaj/timelines/table.py")
FOLDER = Path("statemachines")
MEND = "run `wracaj timeline write`, then build again"
NO_DIGEST = f"digest: {'0' * 64}"
_DIGEST = re.compile(r"digest: ([0-9a-f]{64})")


def short_files(root: Path) -> list[Path]:
    found = (root / FOLDER).glob(f"*{SHORT}")
    return sorted(path for path in found if not path.name.endswith(OF_A_JOB))


def made_name(timeline: str) -> str:
    return f"{timeline}{MADE}"


def made_of(short: Path) -> Path:
    return short.with_name(made_name(short.stem))


def digest(text: str, sources: Iterable[str]) -> str:
    """Of a made text, whatever digest stands in it, and of what it was made from."""
    blank = _DIGEST.sub(NO_DIGEST, text)
    return hashlib.sha256("\0".join([blank, *sources]).encode()).hexdigest()


def with_digest(text: str, sources: Iterable[str]) -> str:
    """The text, which has `digest: ` and 64 digits in it, with the right ones."""
    return _DIGEST.sub(f"digest: {digest(text, sources)}", text)


def is_current(made: Path, sources: Iterable[Path]) -> bool:
    try:
        text = made.read_text(encoding="utf-8")
    except OSError:
        return False
    found = _DIGEST.search(text)
    texts = [source.read_text(encoding="utf-8") for source in sources]
    return found is not None and found[1] == digest(text, texts)


def stale(root: Path) -> list[str]:
    """The made files that are not current, as people find them."""
    shorts = short_files(root)
    if not shorts:  # such as in a container that sees the functions alone
        return []
    made = [made_of(short) for short in shorts]
    wrong = [one for short, one in zip(shorts, made) if not is_current(one, [short])]  # noqa: B905
    wrong += [path for path in (root / FOLDER).glob(made_name("*")) if path not in made]
    if not is_current(root / TABLE, shorts):
        wrong.append(root / TABLE)
    return [str(path.relative_to(root)) for path in sorted(wrong)]


def main(root: Path) -> None:
    wrong = stale(root)
    if wrong:
        names = ", ".join(wrong)
        sys.exit(
            f"Not made from the short files in statemachines/ as they are now: {names}; {MEND}"
        )


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("Usage: python functions/timeline_digest.py FOLDER, the repository's")
    main(Path(sys.argv[1]))
