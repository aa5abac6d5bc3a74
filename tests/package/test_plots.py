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


def test_pictures_in_ink_are_marked_for_the_dark_page_and_no_others_are():
    drawn = plots.svg(plots.images(np.zeros((3, 28, 28)), ["a", "b", "c"]), "Three digits")
    pictures = re.findall("<image[^>]*>", drawn)
    assert len(pictures) == 3
    assert all(' class="ink"' in picture for picture in pictures)
    fig, ax = plots.figure("x", "y")
    ax.imshow(np.eye(3))
    (heat,) = re.findall("<image[^>]*>", plots.svg(fig, "A heat map"))
    assert "class" not in heat


def phone_sizes(svg):
    """Return the size in pixels of each text of a figure that is 390 pixels wide.

    Matplotlib draws a text of n points as glyphs of 100 units in a group scaled by n/100, upside down.
    """
    width = float(re.search(r'viewBox="0 0 ([\d.]+)', svg)[1])
    return [100 * float(scale) * 390 / width for scale in re.findall(r"scale\(([\d.]+) -\1\)", svg)]


class TestOnAPhone:
    def test_texts_are_measured(self):
        fig, ax = plots.figure("x", "$p_1$", size=(5, 3), subplot_kw={"xticks": [], "yticks": []})
        ax.set_title("small", fontsize=9)
        assert phone_sizes(plots.svg(fig, "Nothing")) == pytest.approx(
            [12.5 * 390 / 360, 12.5 * 390 / 360, 9 * 390 / 360]
        )

    @pytest.mark.parametrize("columns", [2, 4, 8])
    def test_titles_of_pictures_can_be_read(self, columns):
        fig = plots.images(np.zeros((3, 28, 28)), ["a", "b", "c"], columns)
        assert min(phone_sizes(plots.svg(fig, "Three digits"))) >= 12
