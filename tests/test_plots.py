"""Figures carry their description, follow the page's colours, and share a page."""

import re

import numpy as np
import pytest

from nablab import plots


def example(alt="A falling line"):
    fig, ax = plots.figure("step", "loss")
    for colour, _, marker in plots.LINES:
        ax.plot([3, 2, 1], marker=marker, color=plots.COLOURS[colour], label=colour)
    ax.legend()
    return plots.svg(fig, alt)


def test_the_description_is_there_and_escaped():
    svg = example('Loss < 1 & "falling"')
    assert svg.startswith('<svg class="plot" role="img" aria-label="Loss &lt; 1 &amp; &quot;falling&quot;"')


@pytest.mark.parametrize("alt", ["", "  ", None, 3])
def test_no_figure_without_description(alt):
    fig, _ = plots.figure("x", "y")
    with pytest.raises(ValueError, match="alt must say in words what the figure shows"):
        plots.show(fig, alt)


def test_axes_are_labelled():
    _, axes = plots.figure("step", "loss", rows=2, columns=2)
    assert {(ax.get_xlabel(), ax.get_ylabel()) for ax in axes.flat} == {("step", "loss")}


def test_every_colour_is_a_variable_of_the_page():
    svg = re.sub(r"var\(--book-\w+, #[0-9a-f]{6}\)", "", example())
    assert set(re.findall(r"#[0-9a-fA-F]{6}\b", svg)) == set()


def test_two_figures_share_no_ids_and_refer_to_their_own():
    first = example()
    fig, ax = plots.figure("x", "y")
    ax.plot([1, 2])
    second = plots.svg(fig, "A rising line")
    ids = [set(re.findall(r' id="([^"]+)"', svg)) for svg in (first, second)]
    assert not ids[0] & ids[1]
    for svg, own in zip((first, second), ids):
        assert set(re.findall(r'(?:href="#|url\(#)([^")]+)', svg)) <= own


def test_the_same_figure_is_the_same_text():
    assert example() == example()


def test_lines_differ_without_colour():
    assert len({str(dash) for _, dash, _ in plots.LINES}) == len({marker for *_, marker in plots.LINES}) == 5


def test_a_path_and_contours():
    fig, ax = plots.figure("p1", "p2")
    plots.contours(ax, lambda p: (p**2).sum(-1), (-1, 1), (-1, 1), [0.5])
    plots.path(ax, [[1, 1], [0, 0]], "blue")
    assert ax.get_xlim() == (-1, 1)
    assert "<path" in plots.svg(fig, "A path to the minimum")


def test_images_are_titled():
    fig = plots.images(np.zeros((3, 28, 28)), ["a", "b", "c"], columns=2)
    assert [ax.get_title() for ax in fig.axes] == ["a", "b", "c", ""]
