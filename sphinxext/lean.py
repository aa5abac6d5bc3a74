"""What no page can use leaves the built site: scripts, rules of style sheets, glyphs; figures lose what no eye sees."""

import base64
import html
import io
import logging
import re
from pathlib import Path

import tinycss2
from fontTools import subset
from PIL import Image

# Not needed: the icons come from the web fonts, the search has a page of its own, and not each page has code to copy.
ICONS, SEARCH, COPY = r"fontawesome", r"searchtools|language_data|searchindex", r"copybutton|clipboard\.min"

FIGURE = re.compile(r'<svg class="plot".*?</svg>', re.DOTALL)
LENGTHS = re.compile(r'(?:(?<= [dxy]=")|(?<=translate\())[^")]+')
OUTLINE = re.compile(r'<path id="([^"]+)" (d="[^"]*" transform="scale\(0\.015625\)")/>')  # of a letter
ITALIC = re.compile(r'class="[^"]*(?:mathnormal|boldsymbol)[^>]*>([^<]*)')  # letters in a formula
PICTURE = re.compile(r'(?<="data:image/png;base64,)[^"]+')


def without_unused_scripts(page, text):
    """Return the page without the scripts that it would load for nothing."""
    needed = {SEARCH: page.name == "search.html", COPY: 'class="highlight' in text}
    unused = "|".join([ICONS, *(scripts for scripts, used in needed.items() if not used)])
    return re.sub(rf"\s*<script[^>]*(?:{unused})\.js[^>]*></script>", "", text)


def rounded(lengths):
    """Round the lengths in a figure to a hundredth of a point."""
    decimals = re.sub(r"-?\d+\.\d{3,}", lambda number: f"{float(number[0]):.2f}".rstrip("0").rstrip("."), lengths[0])
    return re.sub(r"\s+", " ", decimals)


def grey(picture):
    """Return a picture of greys with one channel instead of four; others as they are."""
    image = Image.open(io.BytesIO(base64.b64decode(picture[0])))
    light = image.convert("L")
    if light.convert("RGBA").tobytes() != image.convert("RGBA").tobytes():
        return picture[0]
    png = io.BytesIO()
    light.save(png, "PNG", optimize=True)
    return base64.b64encode(png.getvalue()).decode()


def share_outlines(text):
    """Let the figures of a page draw a letter by the outline that the first of them brings."""
    first, names = {}, {}

    def once(path):
        names[path[1]] = first.setdefault(path[2], path[1])
        return path[0] if names[path[1]] == path[1] else ""

    text = OUTLINE.sub(once, text)
    return re.sub(r'(?<=href="#)[^"]+', lambda name: names.get(name[0], name[0]), text)


def lean_page(page, text):
    """Return the page without the scripts it would load for nothing, and with figures as exact as eyes are."""
    text = without_unused_scripts(page, text)
    text = FIGURE.sub(lambda figure: PICTURE.sub(grey, LENGTHS.sub(rounded, figure[0])), text)
    return share_outlines(text)


def formulas(text):
    """Yield the HTML of each formula of a page."""
    for start in re.finditer(r'<span class="katex-html"', text):
        depth = 0
        for tag in re.compile(r"<(/?)span").finditer(text, start.start()):
            depth += -1 if tag[1] else 1
            if depth == 0:
                yield text[start.start() : tag.start()]
                break


def characters(pages, styles):
    """Return what may be written in each family of web fonts, by the beginning of its files' names."""
    mathematics = "".join(formulas(pages))
    return {
        "": pages,
        "fa-": "".join(re.findall(r'(?:content|--[\w-]+):\s*"([^"]+)"', styles)),
        "KaTeX_": re.sub("<[^>]*>", "", ITALIC.sub("", mathematics)),
        "KaTeX_Math": "".join(ITALIC.findall(mathematics)),
    }


def names(pages, scripts):
    """Return the tags, classes and ids of the pages, and each word of a script: it may be the name of one."""
    found = set()
    for text in pages:
        found.update(re.findall(r"<([\w-]+)", text))
        found.update(" ".join(re.findall(r'\s(?:class|id)="([^"]*)"', text)).split())
        for script in re.findall(r"<script[^>]*>(.*?)</script>", text, re.DOTALL):
            found.update(re.findall(r"[\w-]+", script))
    return found.union(*(re.findall(r"[\w-]+", script) for script in scripts))


def split(tokens):
    """Return the selectors of a list of them."""
    selectors = [[]]
    for token in tokens:
        if token == ",":
            selectors.append([])
        else:
            selectors[-1].append(token)
    return selectors


def can_match(selector, known):
    """Return whether each tag, class and id that a selector asks for is known, be it by a beginning such as `run-`.

    A script may add an end to that; and states and attributes may come to be.
    """
    before = None
    for token in selector:
        if token.type == "hash" or (token.type == "ident" and before != ":"):
            beginnings = [token.value[: dash.end()] for dash in re.finditer("-|$", token.value)]
            possible = not known.isdisjoint(beginnings)
        elif token.type == "function" and token.lower_name in ("has", "is", "where"):
            possible = any(can_match(inner, known) for inner in split(token.arguments))
        else:
            possible = True
        if not possible:
            return False
        before = token
    return True


def trimmed(rules, known):
    """Return the rules of a style sheet that some page can use, as text, with the notices of their licences."""
    kept = []
    for rule in rules:
        if rule.type == "comment":
            used = rule.value.startswith("!")
        elif rule.type == "qualified-rule":
            used = any(can_match(selector, known) for selector in split(rule.prelude))
        elif rule.lower_at_keyword in ("container", "media", "supports"):
            inner = trimmed(tinycss2.parse_rule_list(rule.content, skip_whitespace=True), known)
            if inner:
                kept.append(f"@{rule.at_keyword}{tinycss2.serialize(rule.prelude)}{{{inner}}}")
            continue
        else:
            used = True
        if used:
            kept.append(rule.serialize())
    return "\n".join(kept)


def keep_glyphs(path, characters):
    """Reduce a web font to these characters. Its names go, as a changed font must not bear them; its licence stays."""
    options = subset.Options(flavor="woff2", hinting=True, name_IDs=[0, 13, 14])
    subsetter = subset.Subsetter(options)
    subsetter.populate(text=characters)
    with subset.load_font(path, options) as font:
        subsetter.subset(font)
        subset.save_font(font, path, options)


def make_lean(app, error):
    """Reduce what the build wrote to what its pages use."""
    if error or app.builder.format != "html":
        return
    static = Path(app.outdir, "_static")
    (static / "scripts/fontawesome.js").unlink(missing_ok=True)
    pages = []
    for path in Path(app.outdir).rglob("*.html"):
        pages.append(lean_page(path, path.read_text(encoding="utf8")))
        path.write_text(pages[-1], encoding="utf8")
    whole = "".join(pages)
    scripts = [path.read_text(encoding="utf8") for path in static.rglob("*.js") if f"/{path.name}" in whole]
    known, styles = names(pages, scripts), []
    for path in static.rglob("*.css"):
        rules = tinycss2.parse_stylesheet(path.read_text(encoding="utf8"), skip_whitespace=True)
        styles.append(trimmed(rules, known))
        path.write_text(styles[-1], encoding="utf8")
    written = characters(whole, "".join(styles))
    for path in static.rglob("*.woff2"):
        family = max((name for name in written if path.name.startswith(name)), key=len)
        keep_glyphs(path, html.unescape(written[family]))


def setup(app):
    logging.getLogger("fontTools").setLevel(logging.WARNING)  # it tells each step
    app.connect("build-finished", make_lean, priority=900)  # when all that is copied is there
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
