"""Runs parts of the WooCommerce plugin in PHP, with a stand-in for WordPress."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from wracaj_cli.house import ROOT

HERE = Path(__file__).resolve().parent
INTEGRATION = ROOT / "integrations" / "woocommerce"
PLUGIN = INTEGRATION / "wracaj"
needs_php = pytest.mark.skipif(not shutil.which("php"), reason="php is not installed")

_BEFORE = f"""
namespace Wracaj\\WooCommerce;
require '{HERE / "wordpress_stand_in.php"}';
require '{PLUGIN / "src" / "autoload.php"}';
error_reporting(E_ALL);
set_error_handler(function ($level, $text) {{ throw new \\ErrorException($text); }});
$given = json_decode(stream_get_contents(STDIN), true);
"""


def php(code: str, given: Any = None) -> Any:
    """Run code in the plugin's namespace, with `$given`, and return what it returns."""
    script = f"{_BEFORE} echo json_encode((function ($given) {{ {code} }})($given));"
    ran = subprocess.run(
        ["php", "-d", "display_errors=stderr", "-r", script],
        input=json.dumps(given),
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return json.loads(ran.stdout)
