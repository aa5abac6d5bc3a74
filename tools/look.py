"""Photograph every page of the built book in four modes, and lay them side by side on one contact sheet.

    make look

writes `_build/look/sheet.png`, a row for each page (1280 and 390 px wide, light and dark, the first screens), and each
page whole, as far as a browser can: `_build/look/NAME-1280-light.png`.
"""

import argparse
import os
import shutil
from itertools import product
from pathlib import Path

import yaml
from PIL import Image, ImageDraw
from playwright.sync_api import sync_playwright
from tqdm import tqdm

ROOT = Path(__file__).resolve().parent.parent
MODES = list(product((1280, 390), ("light", "dark")))
THUMBNAIL = {1280: 560, 390: 280}  # pixels wide
SCREENS = 1100  # pixels of a thumbnail's height
TALLEST = 16_000  # pixels that Chromium puts into one picture
GAP, HEAD = 24, 40
# The first is the same browser without windows, and opens a page in half the time.
BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
NO_BROWSER = f"no browser: none of {', '.join(BROWSERS)} is on the PATH (Debian: apt install chromium-headless-shell)"


def photograph(page, address, width, path):
    """Save the page at `address` as a picture, from the top to the end, once its widgets are drawn."""
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(address, wait_until="networkidle")
    height = min(page.evaluate("document.documentElement.scrollHeight"), TALLEST)
    page.set_viewport_size({"width": width, "height": height})
    page.screenshot(path=path)


def sheet(names, folder):
    """Return the contact sheet of the pictures in `folder`: a row for each name, a column for each mode."""
    row = SCREENS + HEAD + GAP
    width = GAP + sum(THUMBNAIL[w] + GAP for w, _ in MODES)
    whole = Image.new("RGB", (width, row * len(names)), "#8a8f98")
    pen = ImageDraw.Draw(whole)
    for i, name in enumerate(names):
        left = GAP
        pen.text((left, i * row + 10), name, fill="black", font_size=20)
        for w, scheme in MODES:
            with Image.open(folder / f"{name}-{w}-{scheme}.png") as picture:
                scale = THUMBNAIL[w] / picture.width
                seen = picture.crop((0, 0, picture.width, min(picture.height, round(SCREENS / scale))))
                small = seen.resize((THUMBNAIL[w], round(seen.height * scale)), Image.Resampling.LANCZOS)
            whole.paste(small, (left, i * row + HEAD))
            left += THUMBNAIL[w] + GAP
    return whole


def documents():
    """Return the names of the book's pages in the order of the table of contents."""
    contents = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf8"))
    return [contents["root"]] + [chapter["file"] for part in contents["parts"] for chapter in part["chapters"]]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--html", type=Path, default=ROOT / "_build/html", help="the built book (_build/html)")
    parser.add_argument("--out", type=Path, default=ROOT / "_build/look", help="where the pictures go (_build/look)")
    options = parser.parse_args()
    if not (options.html / "book/index.html").is_file():
        parser.error(f"--html: {options.html} holds no built book; run: make book")
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    if not found:
        parser.error(NO_BROWSER)
    options.out.mkdir(parents=True, exist_ok=True)
    names = {name.replace("/", "-"): f"{options.html.resolve().as_uri()}/{name}.html" for name in documents()}
    with sync_playwright() as tools:
        browser = tools.chromium.launch(executable_path=found, chromium_sandbox=os.geteuid() != 0)
        for w, scheme in MODES:
            page = browser.new_page(color_scheme=scheme)
            for name, address in tqdm(names.items(), desc=f"{w} px, {scheme}", unit="page"):
                photograph(page, address, w, options.out / f"{name}-{w}-{scheme}.png")
            page.close()
        browser.close()
    sheet(list(names), options.out).save(options.out / "sheet.png")
    print(f"The contact sheet: {options.out / 'sheet.png'}")


if __name__ == "__main__":
    main()
