"""Say what this Python lacks to set the book up. Runs on any Python 3, with nothing installed."""

import platform
import sys

problems = []
if sys.version_info < (3, 11):
    problems.append(
        "Python 3.11 or newer is needed; {} is {}.{}. Install a newer one, then: make PYTHON=python3.12 ...".format(
            sys.executable, *sys.version_info
        )
    )
if (sys.platform, platform.machine()) == ("darwin", "x86_64"):
    problems.append(
        "PyTorch is no longer published for Intel Macs. Take Linux, or Apple silicon with a Python made for it"
    )
for module in ("venv", "ensurepip"):
    try:
        __import__(module)
    except ImportError:
        problems.append(
            "Python's module '{}' is missing. On Debian and Ubuntu: sudo apt install python3-venv".format(module)
        )
if problems:
    sys.exit("Cannot set up the book:\n" + "\n".join("- " + p for p in problems))
