"""What every widget shares: its front end is one module with `draw.js` in front, as notebooks load it from memory.

On the built book both are files of the site, as `sphinxext/front_ends.py` writes them.
"""

import re
from pathlib import Path

import anywidget

from nablab import colours

HERE = Path(__file__).parent
IMPORT = re.compile(r'^import \{([^}]*)\} from "\./draw\.js";\n', re.MULTILINE)
COMMENT = re.compile(r"^ *(?:/\*.*?\*/|//[^\n]*)\n", re.MULTILINE | re.DOTALL)
EXPORT = re.compile(r"^export (?=(?:const|function\*?) (\w+))", re.MULTILINE)
RENDER = "export default { render };\n"


def read(name):
    """Return the source of a front end or style without comments; "" where a widget has no style of its own."""
    path = HERE / name
    return COMMENT.sub("", path.read_text(encoding="utf8")) if path.exists() or path.suffix != ".css" else ""


def taken(name):
    """Return the names that a front end imports from `draw.js`, as it writes them. Raises ValueError for others."""
    imports = IMPORT.findall(read(name))
    if len(imports) != 1:
        raise ValueError(f'{name} must import from "./draw.js" once, on lines of its own; found {len(imports)} times')
    missing = sorted(set(re.findall(r"\w+", imports[0])) - set(EXPORT.findall(read("draw.js"))))
    if missing:
        raise ValueError(f"{name} imports {', '.join(missing)}, which draw.js does not have")
    return " ".join(imports[0].split()).rstrip(",")


def drawing():
    """Return `draw.js` as an expression: a function's call, with a scope of its own, that gives what it exports."""
    source = read("draw.js")
    return f"(() => {{\n{EXPORT.sub('', source)}return {{ {', '.join(EXPORT.findall(source))} }};\n}})()"


def front_end(name):
    """Return the front end `name` as one module, with `draw.js` in front."""
    return f"const {{ {taken(name)} }} = {drawing()};\n{IMPORT.sub('', read(name))}"


def style(name):
    """Return the style of the widget module `name`: its own comes with more weight than what all share.

    Another widget of the page brings what all share once more, after it; so the order must not decide.
    """
    own = read(f"{name}.css")
    return read("widgets.css") + (own and f":root {{\n{own}}}\n")


class Widget(anywidget.AnyWidget):
    """An anywidget with the book's style and a name that is the same in every run."""

    def __init_subclass__(cls, **options):
        if "_css" not in cls.__dict__:  # traitlets makes a class of each widget, where it is a trait
            cls._css = colours.css() + "\n" + style(cls.__module__.rpartition(".")[2])
        super().__init_subclass__(**options)

    def __repr__(self):
        return f"{type(self).__name__}()"
