"""What no page can use leaves the built site: scripts, rules of the style sheets, glyphs of the fonts."""

import html
import re
from pathlib import Path

import tinycss2
from fontTools import subset

# Not needed: the icons come from the web fonts, the search has a page of its own, and not each page has code to copy.
ICONS, SEARCH, COPY = r"fontawesome", r"searchtools|language_data|searchindex", r"copybutton|clipboard\.min"


def without_unused_scripts(page, text):
    """Return the page without the scripts that it would load for nothing."""
    needed = {SEARCH: page.name == "search.html", COPY: 'class="highlight' in text}
    unused = "|".join([ICONS, *(scripts for scripts, used in needed.items() if not used)])
    return re.sub(rf"\s*<script[^>]*(?:{unused})\.js[^>]*></script>", "", text)


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
    """Return whether each tag, class and id that a selector asks for is known. States and attributes may come to be."""
    before = None
    for token in selector:
        if token.type == "hash" or (token.type == "ident" and before != ":"):
            possible = token.value in known
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
    font = subset.load_font(path, options)
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=characters)
    subsetter.subset(font)
    subset.save_font(font, path, options)


def make_lean(app, error):
    """Reduce what the build wrote to what its pages use."""
    if error or app.builder.format != "html":
        return
    static = Path(app.outdir, "_static")
    (static / "scripts/fontawesome.js").unlink(missing_ok=True)
    pages = {}
    for page in Path(app.outdir).rglob("*.html"):
        text = page.read_text(encoding="utf8")
        pages[page] = without_unused_scripts(page, text)
        if pages[page] != text:
            page.write_text(pages[page], encoding="utf8")
    loaded = "".join(pages.values())
    scripts = [p.read_text(encoding="utf8") for p in static.rglob("*.js") if f"/{p.name}" in loaded]
    known = names(pages.values(), scripts)
    characters = set(map(ord, html.unescape(loaded)))
    for path in static.rglob("*.css"):
        style = trimmed(tinycss2.parse_stylesheet(path.read_text(encoding="utf8"), skip_whitespace=True), known)
        path.write_text(style, encoding="utf8")
        characters.update(int(code, 16) for code in re.findall(r"\\([0-9a-f]{4})", style))  # of icons
    for path in static.rglob("*.woff2"):
        keep_glyphs(path, characters)


def setup(app):
    app.connect("build-finished", make_lean, priority=900)  # when all that is copied is there
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
