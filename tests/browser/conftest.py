"""Journeys run against the product as a person runs it: `wulian setup --demo`, `wulian serve`, a real Chromium."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

CHROMIUM_FLAGS = [
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@dataclass(frozen=True)
class Site:
    """A running installation with the demonstration region."""

    url: str
    home: Path
    accounts: dict[str, tuple[str, str]]  # role -> (username, password)


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    home = tmp_path_factory.mktemp("home")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {**os.environ, "WULIAN_HOME": str(home), "WULIAN_PORT": str(port), "DJANGO_SETTINGS_MODULE": "wulian.settings"}
    environment.pop("WULIAN_SECRET", None)
    command = [sys.executable, "-c", "from wulian.cli.main import main; main()"]
    subprocess.run([*command, "setup", "--demo"], env=environment, check=True)
    log = (home / "server.log").open("wb")
    server = subprocess.Popen([*command, "serve"], env=environment, stdout=log, stderr=subprocess.STDOUT)
    url = f"http://127.0.0.1:{port}"
    try:
        for _ in range(150):
            try:
                urllib.request.urlopen(url + "/", timeout=2)
                break
            except OSError:
                time.sleep(0.2)
        else:
            pytest.fail("the server did not answer:\n" + (home / "server.log").read_text())
        yield Site(url, home, demo_accounts(home))
    finally:
        server.terminate()
        server.wait(timeout=30)
        log.close()


def demo_accounts(home: Path) -> dict[str, tuple[str, str]]:
    """Role -> sign-in, as `make run` prints them."""
    text = (home / "demo-accounts.txt").read_text(encoding="utf-8")
    found = {}
    for match in re.finditer(r"^\s*(?P<user>[a-z][\w.-]+)\s+(?P<password>\S+)", text, re.MULTILINE):
        found[match["user"]] = (match["user"], match["password"])
    return found


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None:
        pytest.fail("browser tests need Chromium: sudo apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=[*CHROMIUM_FLAGS, *(["--no-sandbox"] if os.geteuid() == 0 else [])])
        yield browser
        browser.close()


@pytest.fixture
def context(chromium: Browser, site: Site) -> Iterator[BrowserContext]:
    context = chromium.new_context(base_url=site.url, viewport={"width": 1440, "height": 900}, locale="zh-CN")
    context.set_default_timeout(10_000)
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    """A page that fails the test when the browser reports a script error or a refused resource (CSP)."""
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(f"script error: {error}"))
    page.on(
        "console", lambda message: errors.append(message.text) if message.type == "error" and "Content Security" in message.text else None
    )
    yield page
    assert not errors, "\n".join(errors)


@pytest.fixture
def sign_in(page: Page, site: Site) -> Callable[[str], Page]:
    """Sign in as a demonstration account: sign_in("officer")."""

    def act(username: str) -> Page:
        user, password = site.accounts[username]
        page.goto("/account/login/")
        page.fill("input[name=login]", user)
        page.fill("input[name=password]", password)
        page.locator("main form button").last.click()
        page.wait_for_load_state()
        assert "/account/login" not in page.url, "sign-in was refused"
        return page

    return act
