"""One WordPress on this machine: installed, with the plugin from its zip and the stand-in for
WooCommerce, served by PHP's own web server."""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.parse
import urllib.request
import zipfile
from collections.abc import Mapping
from http.cookiejar import CookieJar, DefaultCookiePolicy
from pathlib import Path
from typing import Any

from wordpress_package import MYSQL, unpacked

HERE = Path(__file__).resolve().parent
CONFIG = """<?php
define('DB_NAME', '%(database)s'); define('DB_USER', 'root'); define('DB_PASSWORD', '');
define('DB_HOST', '%(host)s');
define('DB_CHARSET', 'utf8mb4'); define('DB_COLLATE', '');
foreach (['AUTH_KEY', 'SECURE_AUTH_KEY', 'LOGGED_IN_KEY', 'NONCE_KEY', 'AUTH_SALT',
    'SECURE_AUTH_SALT',
    'LOGGED_IN_SALT', 'NONCE_SALT'] as $name) { define($name, "only for tests $name"); }
$table_prefix = 'wp_';
define('WP_HOME', '%(url)s'); define('WP_SITEURL', '%(url)s');
$_SERVER['HTTPS'] = 'on'; // as behind a proxy that speaks https with the browser
define('DISABLE_WP_CRON', true); define('AUTOMATIC_UPDATER_DISABLED', true);
define('WP_HTTP_BLOCK_EXTERNAL', true); define('WP_ACCESSIBLE_HOSTS', '127.0.0.1,localhost');
define('WP_DEBUG', true); define('WP_DEBUG_DISPLAY', false); define('WP_DEBUG_LOG',
    __DIR__ . '/debug.log');
if (!defined('ABSPATH')) { define('ABSPATH', __DIR__ . '/'); }
require_once ABSPATH . 'wp-settings.php';
"""
URL = "https://kubek.example"
CREATE = """
[$host, $at] = explode(':', '%s');
$isPort = ctype_digit($at);
$link = mysqli_connect($host, 'root', '', '', $isPort ? (int) $at : 0, $isPort ? null : $at);
mysqli_query($link, 'CREATE DATABASE %s CHARACTER SET utf8mb4');
"""
INSTALL = """
define('WP_INSTALLING', true);
$_SERVER['HTTP_HOST'] = 'localhost';
require 'wp-load.php';
require_once ABSPATH . 'wp-admin/includes/upgrade.php';
wp_install('Kubek i Spółka', 'admin', 'admin@kubek.example', true, '', 'password', 'pl_PL');
update_option('permalink_structure', ''); $wpdb->replace($wpdb->options,
    ['option_name' => 'WPLANG', 'option_value' => 'pl_PL', 'autoload' => 'yes']);
"""


class Site:
    """A running WordPress. `php` runs code inside it, `visitor` begins a browser's session."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = _free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        shutil.copytree(unpacked(), folder)
        shutil.rmtree(folder / "wp-content" / "database", ignore_errors=True)
        plugins = folder / "wp-content" / "plugins"
        database = f"wordpress_{self.port}"
        if MYSQL:
            _run_php(folder, CREATE % (MYSQL, database))
        else:
            drop_in = plugins / "sqlite-database-integration" / "db.copy"
            shutil.copy(drop_in, folder / "wp-content" / "db.php")
        (folder / "wp-config.php").write_text(
            CONFIG % {"url": URL, "database": database, "host": MYSQL}, encoding="utf-8"
        )
        shutil.copytree(HERE / "woocommerce", plugins / "woocommerce")
        self._php(INSTALL)
        self.server = subprocess.Popen(
            [
                "php",
                "-d",
                "max_execution_time=60",
                "-S",
                f"127.0.0.1:{self.port}",
                "-t",
                str(folder),
            ],
            env={**os.environ, "PHP_CLI_SERVER_WORKERS": "3"},
            start_new_session=True,  # its workers outlive it, unless all are ended together
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        _wait_for(self.port)

    def install(self, archive: Path) -> None:
        """Unpack a plugin's zip, as WordPress does with an upload, and activate it."""
        with zipfile.ZipFile(archive) as packed:
            packed.extractall(self.folder / "wp-content" / "plugins")
        self.activate("wracaj/wracaj.php")

    def activate(self, plugin: str) -> None:
        answer = self.php(
            "require_once ABSPATH . 'wp-admin/includes/plugin.php';"
            f"$e = activate_plugin('{plugin}'); return is_wp_error($e) ?"
            f" $e->get_error_message() : null;"
        )
        assert answer is None, answer

    def php(self, code: str) -> Any:
        """Run code in a process of its own with WordPress loaded, and return what it returns."""
        script = (
            "$_SERVER['HTTP_HOST'] = 'localhost'; require 'wp-load.php';"
            f"$answer = (static function () {{ {code} }})();"
            "echo chr(10) . '=====' . json_encode($answer);"
        )
        return json.loads(self._php(script).rsplit("=====", 1)[1])

    def run_actions(self) -> list[str]:
        """Run what is planned, as Action Scheduler does in a process of its own."""
        return list(self.php("return stand_in_run_actions();"))

    def visitor(self) -> "Visitor":
        return Visitor(self)

    def log(self) -> str:
        file = self.folder / "debug.log"
        return file.read_text(encoding="utf-8") if file.exists() else ""

    def close(self) -> None:
        os.killpg(self.server.pid, signal.SIGTERM)
        self.server.wait(10)

    def _php(self, script: str) -> str:
        return _run_php(self.folder, script)


def _run_php(folder: Path, script: str) -> str:
    ran = subprocess.run(
        ["php", "-d", "display_errors=stderr", "-r", script],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert ran.returncode == 0, ran.stdout[-2000:] + ran.stderr[-2000:]
    return ran.stdout


class Page:
    def __init__(self, status: int, url: str, text: str, headers: Mapping[str, str]) -> None:
        self.status, self.url, self.text, self.headers = status, url, text, headers

    def json(self) -> Any:
        return json.loads(self.text)

    def find(self, pattern: str) -> str:
        found = re.search(pattern, self.text)
        assert found, f"{pattern} is not in {self.text[:3000]}"
        return found[1]


class Visitor:
    """A browser: it keeps cookies and follows redirects."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.cookies = CookieJar(DefaultCookiePolicy(secure_protocols=("http", "https")))
        self.nonce = ""
        self._opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}),
            urllib.request.HTTPCookieProcessor(self.cookies),
            _HomeAgain(site.address),
        )

    def get(self, path: str) -> Page:
        return self._open(urllib.request.Request(self._url(path)))

    def post(self, path: str, form: Mapping[str, Any]) -> Page:
        body = urllib.parse.urlencode(form).encode()
        return self._open(urllib.request.Request(self._url(path), body))

    def store(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Page:
        """Call the Store API as the blocks do, with the nonce of the answer before."""
        if not self.nonce and method != "GET":
            self.store("GET", "cart")
        request = urllib.request.Request(
            self._url(f"/?rest_route=/wc/store/v1/{path}"),
            None if body is None else json.dumps(body).encode(),
            {"Content-Type": "application/json", "Nonce": self.nonce},
            method=method,
        )
        page = self._open(request)
        self.nonce = page.headers.get("Nonce") or self.nonce
        return page

    def log_in(self, name: str = "admin") -> None:
        self.get("/wp-login.php")
        form = {"log": name, "pwd": "password", "testcookie": "1", "wp-submit": "Log In"}
        page = self.post("/wp-login.php", form)
        assert any("logged_in" in cookie.name for cookie in self.cookies), page.text[:2000]

    def _url(self, path: str) -> str:
        return self.site.address + path.removeprefix(URL)

    def _open(self, request: urllib.request.Request) -> Page:
        request.add_header("Host", urllib.parse.urlsplit(URL).netloc)
        try:
            with self._opener.open(request, timeout=60) as answer:
                return Page(answer.status, answer.url, answer.read().decode(), dict(answer.headers))
        except urllib.error.HTTPError as error:
            return Page(error.code, error.url or "", error.read().decode(), dict(error.headers))


class _HomeAgain(urllib.request.HTTPRedirectHandler):
    """The shop's public address leads to PHP's server here."""

    def __init__(self, address: str) -> None:
        self.address = address

    def redirect_request(
        self, req: Any, fp: Any, code: int, msg: str, headers: Any, newurl: str
    ) -> urllib.request.Request | None:
        # urllib has already resolved what was relative
        path = newurl.removeprefix(URL).removeprefix(self.address)
        request = super().redirect_request(req, fp, code, msg, headers, self.address + path)
        if request:
            request.add_header("Host", urllib.parse.urlsplit(URL).netloc)
        return request


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def _wait_for(port: int) -> None:
    for _ in range(100):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise TimeoutError(f"PHP's server did not begin to listen on {port}")
