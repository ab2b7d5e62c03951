"""The system's Chromium, and what pages are found to be when it shows them as wide as a phone."""

import json
import re
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
NEEDED = pytest.mark.skipif(CHROMIUM is None, reason="Chromium is absent")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
DARK = "--blink-settings=preferredColorScheme=0"

_MEASURE = """
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
  return [255, 255, 255, 1];
}
function contrast(document) {
  const ratios = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || element.closest("script, style, UNSEEN")) continue;
    const [a, b] = [light(rgba(getComputedStyle(element).color)), light(behind(element))];
    ratios.push([(Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05), walker.currentNode.data.trim()]);
  }
  return ratios.sort((one, other) => one[0] - other[0])[0];
}
function wide(document) {
  const width = document.documentElement.clientWidth;
  return [...document.querySelectorAll("body *")]
    .filter((e) => !e.closest("UNSEEN, pre, table") && e.getBoundingClientRect().width > 0)
    .filter((e) => e.getBoundingClientRect().right > width + 1 || e.getBoundingClientRect().left < -1)
    .map((e) => e.tagName + "." + e.className);
}
Promise.all(Object.entries(pages).map(([name, source]) => new Promise((done) => {
  const frame = document.createElement("iframe");
  frame.style = "width:360px;height:800px;border:0";
  frame.onload = () => {
    const page = frame.contentDocument, root = page.documentElement;
    const style = (selector) => getComputedStyle(page.querySelector(selector));
    found[name] = {
      inner: root.clientWidth, scroll: root.scrollWidth, wide: wide(page), contrast: contrast(page), MORE
    };
    done();
  };
  frame.srcdoc = source;
  document.body.append(frame);
}))).then(() => { document.getElementById("found").textContent = JSON.stringify(found); });
</script>
"""


def browse(folder: Path, page: str, *flags: str) -> str:
    """Show a page, and give what has become of it."""
    file = folder / "page.html"
    file.write_text(page, encoding="utf-8")
    profile = f"--user-data-dir={folder / 'profile'}"
    shown = ["--headless", "--hide-scrollbars", "--dump-dom", file.as_uri()]
    command = [str(CHROMIUM), *FLAGS, profile, *flags, *shown]
    done = subprocess.run(command, capture_output=True, check=True, timeout=120)
    return done.stdout.decode()


def measure(
    folder: Path, pages: Mapping[str, str], *flags: str, unseen: str, more: str = ""
) -> dict[str, dict[str, Any]]:
    """Say of each page how wide it is, what is wider, and its lowest contrast with the words that have it.

    `unseen` selects what nobody sees. `more` are further fields in JavaScript, by the `page` and `style(selector)`.
    """
    sources = json.dumps(pages).replace("<", "\\u003c")
    script = _MEASURE.replace("UNSEEN", unseen).replace("MORE", more).replace("PAGES", sources)
    shown = browse(folder, script, "--virtual-time-budget=20000", *flags)
    found = re.search(r'<pre id="found">(.*?)</pre>', shown, re.DOTALL)
    assert found is not None
    written = found[1].replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    measured: dict[str, dict[str, Any]] = json.loads(written)
    assert measured.keys() == pages.keys()
    return measured
