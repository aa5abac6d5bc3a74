"""The colours: every pair that meets is told apart, by eyes of every kind, in light and in dark."""

from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from colorspacious import cspace_convert, deltaE

from nablab import colours, plots

ROOT = Path(__file__).parent.parent.parent
MODES = {"light": colours.LIGHT, "dark": colours.DARK}
TEXT = ["ink", "muted", "blue", "orange", "green", "red", "violet"]
CURVES = [name for name, _, _ in plots.LINES]
EYES = ["protanomaly", "deuteranomaly", "tritanomaly"]  # simulated at full strength, after Machado and others (2009)
each_mode = pytest.mark.parametrize("mode", MODES)
each_ground = pytest.mark.parametrize("ground", ["paper", "panel"])


def rgb(colour):
    return np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255


def contrast(a, b):
    """The ratio of WCAG 2.1 between two colours, from 1 to 21."""
    linear = [np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4) for c in (rgb(a), rgb(b))]
    low, high = sorted(float(c @ [0.2126, 0.7152, 0.0722]) for c in linear)
    return (high + 0.05) / (low + 0.05)


def seen(colour, eyes):
    """The colour as these eyes see it."""
    if eyes is None:
        return colour
    space = {"name": "sRGB1+CVD", "cvd_type": eyes, "severity": 100}
    return np.clip(cspace_convert(colour, space, "sRGB1"), 0, 1)


def apart(a, b, eyes):
    """How far two colours are apart for these eyes, in CAM02-UCS: 1 is about the least that is seen."""
    return deltaE(seen(a, eyes), seen(b, eyes), input_space="sRGB1")


def test_contrast_is_that_of_wcag():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)  # just misses 4.5, as is well known


@each_mode
@each_ground
@pytest.mark.parametrize("name", TEXT)
def test_text_is_read(mode, ground, name):
    assert contrast(MODES[mode][name], MODES[mode][ground]) >= 4.5


@each_mode
@each_ground
def test_edges_are_seen(mode, ground):
    assert contrast(MODES[mode]["edge"], MODES[mode][ground]) >= 3


@each_mode
@pytest.mark.parametrize("name", ["blue", "orange"])
def test_a_button_in_a_colour_is_read(mode, name):
    assert contrast(MODES[mode]["paper"], MODES[mode][name]) >= 4.5


@each_mode
@pytest.mark.parametrize("name", TEXT)
def test_text_is_read_on_a_filled_plane(mode, name):
    """What is written on planes is ink; other colours only draw there."""
    own = MODES[mode]
    for filling in ("blue", "orange"):
        mixed = (1 - colours.TINT[mode]) * rgb(own["paper"]) + colours.TINT[mode] * rgb(own[filling])
        plane = "#" + "".join(f"{round(255 * c):02x}" for c in mixed)
        assert contrast(own[name], plane) >= (4.5 if name == "ink" else 3)


@each_mode
@pytest.mark.parametrize("eyes", [None, *EYES])
def test_the_two_colours_of_the_book_differ_for_all_eyes(mode, eyes):
    """Blue and orange stand for two classes, for values and slopes: as curves, and as tints of a plane."""
    own, tint = MODES[mode], colours.TINT[mode]
    blue, orange, paper = (rgb(own[name]) for name in ("blue", "orange", "paper"))
    assert apart(blue, orange, eyes) >= 40
    planes = [(1 - tint) * paper + tint * colour for colour in (blue, orange)]
    assert apart(*planes, eyes) >= 12
    for plane in planes:
        assert apart(plane, paper, eyes) >= 8


@each_mode
@pytest.mark.parametrize("eyes", [None, *EYES])
def test_curves_that_some_eyes_confuse_differ_in_dash_and_mark(mode, eyes):
    look = {name: (str(dash), mark) for name, dash, mark in plots.LINES}
    for a, b in combinations(CURVES, 2):
        if apart(rgb(MODES[mode][a]), rgb(MODES[mode][b]), eyes) < 20:
            assert look[a][0] != look[b][0]
            assert look[a][1] != look[b][1]


def test_light_and_dark_have_the_same_names():
    assert colours.LIGHT.keys() == colours.DARK.keys()


def test_the_style_sheet_sets_each_variable_twice_and_paper_is_light():
    css = colours.css()
    for name in colours.LIGHT:
        assert css.count(f"--book-{name}: ") == 2
    assert css.index("@media screen") < css.index(colours.DARK["ink"])


@pytest.mark.parametrize("path", ["assets/css/book.css", "nablab/widgets/widgets.css"])
def test_no_other_place_names_a_colour(path):
    text = (ROOT / path).read_text(encoding="utf8")
    assert "#" not in text.replace("#pst-", "").replace("#jb-print", "").replace("#print-", "")
    used = {part.split(")")[0].split(",")[0] for part in text.split("var(--book-")[1:]}
    assert used <= colours.LIGHT.keys() | {"tint", "measure"}
