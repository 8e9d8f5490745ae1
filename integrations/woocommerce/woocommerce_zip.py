"""Makes the zip that a shop's owner uploads to WordPress: `make woocommerce-plugin`.

The same files make the same zip, byte for byte. Translations are compiled on the way: WordPress
reads `.mo`, people write `.po`.
"""

import ast
import re
import struct
import sys
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path

HERE = Path(__file__).resolve().parent
PLUGIN = HERE / "wracaj"
ZIP = HERE.parents[1] / "build" / "wracaj-woocommerce.zip"
LICENSE = HERE.parents[1] / "LICENSE"
OLDEST = (1980, 1, 1, 0, 0, 0)  # the first moment that a zip can name
MO_MAGIC = 0x950412DE


class TranslationError(Exception):
    """A `.po` file cannot be read."""


def make_zip(target: Path = ZIP) -> Path:
    """Write the plugin's zip, and return its path."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, body in sorted(contents()):
            entry = zipfile.ZipInfo(f"wracaj/{name}", OLDEST)
            entry.external_attr = 0o100644 << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, body)
    return target


def contents() -> Iterator[tuple[str, bytes]]:
    """Yield every file of the plugin by its name in the plugin's folder."""
    for path in PLUGIN.rglob("*"):
        if path.is_file():
            name = path.relative_to(PLUGIN).as_posix()
            yield name, path.read_bytes()
            if path.suffix == ".po":
                yield name.removesuffix(".po") + ".mo", compiled(path.read_text(encoding="utf-8"))
    yield "LICENSE", LICENSE.read_bytes()


def compiled(po: str) -> bytes:
    """Return a `.po` file's translations as GNU gettext's binary format."""
    pairs = [(key.encode(), text.encode()) for key, text in sorted(translations(po).items())]
    keys_at = 28
    texts_at = keys_at + 8 * len(pairs)
    at = texts_at + 8 * len(pairs)
    tables: list[bytes] = []
    body = b""
    for column in (0, 1):
        for pair in pairs:
            tables.append(struct.pack("<II", len(pair[column]), at + len(body)))
            body += pair[column] + b"\0"
    head = struct.pack("<7I", MO_MAGIC, 0, len(pairs), keys_at, texts_at, 0, at)
    return head + b"".join(tables) + body


def translations(po: str) -> Mapping[str, str]:
    """Return what a `.po` file translates, the header under "". The forms of a plural are joined by
    NUL, as in `.mo`. What is not translated is left out."""
    found: dict[str, str] = {}
    for block in re.split(r"\n\s*\n", po):
        fields = dict(_fields(block))
        if "msgid" not in fields:
            continue
        plural = fields.get("msgid_plural")
        key = fields["msgid"] if plural is None else f"{fields['msgid']}\0{plural}"
        forms = [text for name, text in fields.items() if name.startswith("msgstr")]
        if all(forms):
            found[key] = "\0".join(forms)
    return found


def _fields(block: str) -> Iterator[tuple[str, str]]:
    name, text = "", ""
    for line in block.splitlines():
        if line.startswith("#") or not line.strip():
            continue
        match = re.fullmatch(r'(?:(msgid|msgid_plural|msgstr(?:\[\d\])?)\s+)?(".*")\s*', line)
        if match is None:
            raise TranslationError(f"this line is no part of a translation: {line}")
        if match[1]:
            if name:
                yield name, text
            name, text = match[1], ""
        text += str(ast.literal_eval(match[2]))
    if name:
        yield name, text


if __name__ == "__main__":
    sys.stdout.write(f"{make_zip()}\n")
