"""What every widget shares: its front end is one file, with `draw.js` inlined, because a page loads it from memory."""

import re
from pathlib import Path

import anywidget

HERE = Path(__file__).parent
IMPORT = re.compile(r'^import \{[^}]*\} from "\./draw\.js";\n', re.MULTILINE)


def front_end(name):
    """Return the source of the front end `name`, with the functions it imports from `draw.js` in front."""
    drawing = (HERE / "draw.js").read_text(encoding="utf8")
    source, count = IMPORT.subn("", (HERE / name).read_text(encoding="utf8"))
    if count != 1:
        raise ValueError(f'{name} must import from "./draw.js" once, on lines of its own; found {count} times')
    return re.sub(r"^export ", "", drawing, flags=re.MULTILINE) + source


class Widget(anywidget.AnyWidget):
    """An anywidget with the book's style and a name that is the same in every run."""

    _css = (HERE / "widgets.css").read_text(encoding="utf8")

    def __repr__(self):
        return f"{type(self).__name__}()"
