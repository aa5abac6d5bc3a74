"""Pictures that move: each computes its runs with the engine, and moves on a plain page without a kernel.

A widget is found by its name: `LearningRate` is the class of that name in `learning_rate.py`.
"""

import re
from importlib import import_module
from pathlib import Path

_FRONT_ENDS = sorted(path.stem for path in Path(__file__).parent.glob("*.js") if path.stem != "draw")
__all__ = [stem.title().replace("_", "") for stem in _FRONT_ENDS]


def __getattr__(name):
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}; its widgets are {', '.join(__all__)}")
    module = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()
    return getattr(import_module(f"{__name__}.{module}"), name)
