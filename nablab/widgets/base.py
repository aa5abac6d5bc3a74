"""What every widget shares: its front end is one file, with what it needs of `draw.js`, as pages load it from memory.

A page holds the source and the style of each of its widgets anew. So both are cut down to what the widget needs: two
that follow each other then lie within the 32 KB that a compressed page can refer back to.
"""

import re
from pathlib import Path

import anywidget

from nablab import colours

HERE = Path(__file__).parent
IMPORT = re.compile(r'^import \{([^}]*)\} from "\./draw\.js";\n', re.MULTILINE)
COMMENT = re.compile(r"^ *(?:/\*.*?\*/|//[^\n]*)\n", re.MULTILINE | re.DOTALL)
PART = re.compile(r"^(?=(?:const|function) (\w+))", re.MULTILINE)
SECTION = re.compile(r"^/\* ([A-Z]\w+)(?=:| \*/)", re.MULTILINE)  # of the style: it begins with a widget's name


def front_end(name):
    """Return the source of the front end `name`, without comments, with what it needs of `draw.js` in front."""
    source = (HERE / name).read_text(encoding="utf8")
    imports = IMPORT.findall(source)
    if len(imports) != 1:
        raise ValueError(f'{name} must import from "./draw.js" once, on lines of its own; found {len(imports)} times')
    drawing = COMMENT.sub("", (HERE / "draw.js").read_text(encoding="utf8"))
    _, *parts = PART.split(re.sub(r"^export ", "", drawing, flags=re.MULTILINE))
    parts = dict(zip(parts[::2], parts[1::2]))
    needed, asked = set(), set(re.findall(r"\w+", imports[0]))
    if missing := asked - parts.keys():
        raise ValueError(f"{name} imports {', '.join(sorted(missing))}, which draw.js does not have")
    while asked:
        needed |= asked
        words = {word for part in asked for word in re.findall(r"\w+", parts[part])}
        asked = (words & parts.keys()) - needed
    return "".join(text for part, text in parts.items() if part in needed) + COMMENT.sub("", IMPORT.sub("", source))


def style(name):
    """Return the style of the widget `name`: colours, what all share, and its own section, first by its weight.

    Another widget of the page brings what all share once more, after it; so the order must not decide.
    """
    shared, *sections = SECTION.split((HERE / "widgets.css").read_text(encoding="utf8"))
    own = dict(zip(sections[::2], sections[1::2])).get(name, "").partition("*/\n")[2]
    return colours.css() + "\n" + COMMENT.sub("", shared + (own and f":root {{\n{own}}}\n"))


class Widget(anywidget.AnyWidget):
    """An anywidget with the book's style and a name that is the same in every run."""

    def __init_subclass__(cls, **options):
        if "_css" not in cls.__dict__:  # traitlets makes a class of each widget, where it is a trait
            cls._css = style(cls.__name__)
        super().__init_subclass__(**options)

    def __repr__(self):
        return f"{type(self).__name__}()"
