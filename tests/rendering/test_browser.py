"""Pages as a browser shows them: they fit a phone, can be read in light and dark, and ask nobody for anything."""

import json
import re
import shutil
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from briefingkit.model import Publication
from briefingkit.rendering.html import html
from briefingkit.rendering.index import Index, entry, index_html
from briefingkit.rendering.view import view

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
pytestmark = [pytest.mark.peer, pytest.mark.skipif(CHROMIUM is None, reason="Chromium is absent")]

FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
]
ALTERNATES = {tag: f"imrf-2022.{tag}.html" for tag in ("en", "fr", "es", "ar")}

MEASURE = """
<!doctype html><meta charset="utf-8"><body style="margin:0"><pre id="found"></pre><script>
const pages = PAGES, found = {};
const channel = (v) => (v /= 255, v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
const rgba = (css) => { const n = css.match(/[\\d.]+/g).map(Number); return n.length < 4 ? [...n, 1] : n; };
const light = (c) => 0.2126 * channel(c[0]) + 0.7152 * channel(c[1]) + 0.0722 * channel(c[2]);
function behind(element) {
  for (let e = element; e; e = e.parentElement) {
    const colour = rgba(getComputedStyle(e).backgroundColor);
    if (colour[3] === 1) return colour;
  }
  return null;
}
function contrast(document) {
  const ratios = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || element.closest("script, style, .skip")) continue;
    const [a, b] = [light(rgba(getComputedStyle(element).color)), light(behind(element))];
    ratios.push([(Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05), walker.currentNode.data.trim()]);
  }
  return ratios.sort((one, other) => one[0] - other[0])[0];
}
function wide(document) {
  const width = document.documentElement.clientWidth;
  return [...document.querySelectorAll("body *")]
    .filter((e) => !e.closest(".skip, pre, table") && e.getBoundingClientRect().width > 0)
    .filter((e) => e.getBoundingClientRect().right > width + 1 || e.getBoundingClientRect().left < -1)
    .map((e) => e.tagName + "." + e.className);
}
Promise.all(Object.entries(pages).map(([name, source]) => new Promise((done) => {
  const frame = document.createElement("iframe");
  frame.style = "width:360px;height:800px;border:0";
  frame.onload = () => {
    const page = frame.contentDocument, root = page.documentElement;
    found[name] = {
      inner: root.clientWidth, scroll: root.scrollWidth, wide: wide(page), contrast: contrast(page),
      styled: getComputedStyle(page.querySelector("h1")).fontWeight, paper: getComputedStyle(page.body).backgroundColor,
    };
    done();
  };
  frame.srcdoc = source;
  document.body.append(frame);
}))).then(() => { document.getElementById("found").textContent = JSON.stringify(found); });
</script>
"""


def browse(folder: Path, page: str, *flags: str) -> str:
    file = folder / "page.html"
    file.write_text(page, encoding="utf-8")
    command = [
        str(CHROMIUM),
        *FLAGS,
        f"--user-data-dir={folder / 'profile'}",
        *flags,
        "--dump-dom",
        file.as_uri(),
    ]
    done = subprocess.run(command, capture_output=True, check=True, timeout=120)
    return done.stdout.decode()


def measure(folder: Path, pages: Mapping[str, str], *flags: str) -> dict[str, Any]:
    sources = json.dumps(pages).replace("<", "\\u003c")
    shown = browse(folder, MEASURE.replace("PAGES", sources), "--virtual-time-budget=10000", *flags)
    found = re.search(r'<pre id="found">(.*?)</pre>', shown, re.DOTALL)
    assert found is not None
    written = found[1].replace("&amp;", "&").replace("&lt;", "<").replace("&gt;", ">")
    measured: dict[str, Any] = json.loads(written)
    return measured


def asked_for(folder: Path, page: str) -> list[str]:
    log = folder / "net.json"
    browse(folder, page, f"--log-net-log={log}", "--net-log-capture-mode=Everything")
    return sorted(set(re.findall(r'"url":"(https?://[^"]*example[^"]*)"', log.read_text(encoding="utf-8"))))


@pytest.fixture
def pages(imrf: Publication, make: Callable[..., Publication]) -> dict[str, str]:
    long = make(
        title={"en": "Donaudampfschifffahrtsgesellschaft" * 8, "ar": "قصير"},
        background={"en": "| a | b |\n|---|---|\n| " + "x" * 200 + " | y |\n\n    code " + "y" * 200},
        links=[{"key": "l", "title": "https://example.org/" + "z" * 300, "url": "https://example.org/"}],
    )
    states = [make(status=status) for status in ("cancelled", "postponed", "tentative")]
    shown = {tag: view(imrf, tag) for tag in ALTERNATES}
    shown |= {f"long-{tag}": view(long, tag) for tag in ("en", "ar")}
    shown |= {seen.status: seen for seen in (view(one, "zh") for one in states)}
    made = {
        name: html(seen, alternates=ALTERNATES, calendar_href="x.ics", index_href="index.html").decode()
        for name, seen in shown.items()
    }
    line = entry(view(states[0], "fr"), "x.html")
    made["index"] = index_html(Index("Programme", "fr", (line,), "feed.ics"), alternates=ALTERNATES).decode()
    return made


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_fit_a_phone_and_have_enough_contrast(
    tmp_path: Path, pages: dict[str, str], scheme: str
) -> None:
    flags = ("--blink-settings=preferredColorScheme=0",) if scheme == "dark" else ()
    measured = measure(tmp_path, pages, *flags)
    assert measured.keys() == pages.keys()
    for name, found in measured.items():
        assert (name, found["inner"], found["scroll"], found["wide"]) == (name, 360, 360, [])
        assert found["styled"] == "600", "the page's own policy keeps its style out"
        assert found["contrast"][0] >= 4.5, (name, found["contrast"])
        assert (found["paper"] == "rgb(255, 255, 255)") is (scheme == "light")


def test_a_page_asks_nobody_for_anything(tmp_path: Path, pages: dict[str, str]) -> None:
    assert asked_for(tmp_path, pages["en"]) == []


def test_a_request_of_a_page_would_be_seen(tmp_path: Path) -> None:
    assert asked_for(tmp_path, '<img src="http://control.example/a.png">') != []
