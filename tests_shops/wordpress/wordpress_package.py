"""A real WordPress from npm, with SQLite as its database: no server, no account, no network at test
time once the package is there.

`WORDPRESS=wp-nightly` takes another of the package's versions. `WORDPRESS_MYSQL=127.0.0.1:3306`, or
`localhost:/path/to/socket`, takes MySQL or MariaDB instead of SQLite, as root without a password.
"""

import os
import shutil
import tarfile
import zipfile
from pathlib import Path

from node_here import npm

PACKAGE = "@wp-playground/wordpress-builds@0.9.19"
VERSION = os.environ.get("WORDPRESS", "wp-6.5")
MYSQL = os.environ.get("WORDPRESS_MYSQL", "")
WORDPRESS = f"package/src/wordpress/{VERSION}.zip"
SQLITE = "package/src/sqlite-database-integration/sqlite-database-integration.zip"
BUILD = Path(__file__).resolve().parents[2] / "build" / "wordpress"


def unpacked() -> Path:
    """Return a folder with WordPress, ready to be copied. Downloads the package the first time."""
    folder = BUILD / VERSION
    if not (folder / "wp-load.php").exists():
        BUILD.mkdir(parents=True, exist_ok=True)
        with tarfile.open(_packed()) as package:
            for name in (WORDPRESS, SQLITE):
                found = package.extractfile(name)
                assert found
                (BUILD / name).parent.mkdir(parents=True, exist_ok=True)
                (BUILD / name).write_bytes(found.read())
        shutil.rmtree(folder, ignore_errors=True)
        _unzip(BUILD / WORDPRESS, folder)
        _unzip(BUILD / SQLITE, BUILD / "sqlite")
        plugin = folder / "wp-content" / "plugins" / "sqlite-database-integration"
        shutil.copytree(next((BUILD / "sqlite").iterdir()), plugin, dirs_exist_ok=True)
        (folder / "wp-content" / "mu-plugins").mkdir(exist_ok=True)
    return folder


def _packed() -> Path:
    found = sorted(BUILD.glob("wp-playground-wordpress-builds-*.tgz"))
    if not found:
        npm("pack", "--silent", PACKAGE, folder=BUILD)
        found = sorted(BUILD.glob("wp-playground-wordpress-builds-*.tgz"))
    return found[0]


def _unzip(archive: Path, folder: Path) -> None:
    with zipfile.ZipFile(archive) as packed:
        packed.extractall(folder)
