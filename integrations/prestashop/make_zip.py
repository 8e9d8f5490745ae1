"""Makes the zip that a shop's owner uploads to PrestaShop: `make prestashop-module`.

The same files make the same zip, byte for byte.
"""

import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

HERE = Path(__file__).resolve().parent
MODULE = HERE / "wracaj"
ZIP = HERE.parents[1] / "build" / "wracaj-prestashop.zip"
LICENSE = HERE.parents[1] / "LICENSE"
OLDEST = (1980, 1, 1, 0, 0, 0)  # the first moment that a zip can name


def make_zip(target: Path = ZIP) -> Path:
    """Write the module's zip, and return its path."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, path in sorted(contents()):
            entry = zipfile.ZipInfo(f"wracaj/{name}", OLDEST)
            entry.external_attr = 0o100644 << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, path.read_bytes())
    return target


def contents() -> Iterator[tuple[str, Path]]:
    """Yield every file of the module by its name in the module's folder."""
    for path in MODULE.rglob("*"):
        if path.is_file():
            yield path.relative_to(MODULE).as_posix(), path
    yield "LICENSE", LICENSE


if __name__ == "__main__":
    sys.stdout.write(f"{make_zip(*map(Path, sys.argv[1:2]))}\n")
