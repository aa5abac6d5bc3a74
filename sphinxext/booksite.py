"""What the site adds to Jupyter Book: its look, buttons where there is an address, checks on figures."""

import re
from html.parser import HTMLParser
from pathlib import Path

from docutils import nodes
from sphinx.util import logging

from nablab import colours

logger = logging.getLogger(__name__)


def configure(app, config):
    generated = Path(app.outdir).parent / "static"
    generated.mkdir(parents=True, exist_ok=True)
    (generated / "colours.css").write_text(colours.css(), encoding="utf8")
    config.html_static_path.append(str(generated))
    config.html_theme_options |= {"logo": {"text": config.html_title}, "pygments_dark_style": "github-dark"}
    address = config.html_theme_options.get("repository_url", "")
    if address:
        owner, name = address.split("/")[-2:]
        config.ogp_site_url = f"https://{owner.lower()}.github.io/{name}/"
        config.notfound_urls_prefix = f"/{name}/"
        config.notfound_context["body"] = config.notfound_context["body"].replace('href="/', f'href="/{name}/')
        config.html_theme_options |= {
            "use_repository_button": True,
            "use_issues_button": True,
            "launch_buttons": {"colab_url": "https://colab.research.google.com"},
        }


class Pictures(HTMLParser):
    """Collects the pictures of an HTML fragment that have no text alternative."""

    def __init__(self):
        super().__init__()
        self.unnamed = []

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        if tag == "img" and not attrs.get("alt"):
            self.unnamed.append(self.get_starttag_text())
        named = attrs.get("aria-label") or attrs.get("aria-labelledby") or attrs.get("aria-hidden") == "true"
        if tag == "svg" and not named:
            self.unnamed.append(self.get_starttag_text())


def require_alt(app, doctree, docname):
    """Warn, which fails the build, of every picture without a text alternative."""
    for image in doctree.findall(nodes.image):
        if not image.get("alt"):
            logger.warning("picture without alt text: %s", image["uri"], location=(docname, image.line), type="site")
    for raw in doctree.findall(nodes.raw):
        pictures = Pictures()
        pictures.feed(raw.astext())
        for tag in pictures.unnamed:
            logger.warning("picture without alt text: %s", tag[:100], location=(docname, raw.line), type="site")


def ask_registry(app, uri):
    """Have a DOI looked up where it is registered: the publishers it leads to turn away whoever is no browser."""
    return re.sub(r"^https://doi\.org/(?=10\.)", "https://doi.org/api/handles/", uri)


def setup(app):
    app.add_css_file("colours.css")
    app.add_css_file("css/book.css")
    app.add_js_file("js/book.js", defer="defer")
    app.connect("config-inited", configure, priority=100)
    app.connect("doctree-resolved", require_alt)
    app.connect("linkcheck-process-uri", ask_registry)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
