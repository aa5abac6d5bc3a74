"""Figures for the book: arrays in, Axes out, drawn as SVG that follows the page's light or dark colours.

    fig, ax = plots.figure("step", "loss")
    ax.plot(losses)
    plots.show(fig, alt="The loss falls by half at each step.", caption="Equal steps, equal shares.")

Colours come by name from `COLOURS`; on the built page each is a CSS variable, elsewhere its light value on white.
Importing this module gives every figure of the session the book's style.
"""

import hashlib
import html
import io
import re
from itertools import chain

import matplotlib as mpl
import numpy as np
from IPython.display import HTML, display
from matplotlib.figure import Figure

from nablab.colours import LIGHT as COLOURS
from nablab.colours import variable

# Told apart without colour, too: by dash and marker.
LINES = [
    ("blue", "-", "o"),
    ("orange", "--", "s"),
    ("green", "-.", "^"),
    ("violet", ":", "D"),
    ("red", (0, (5, 1)), "v"),
]

STYLE = {
    "axes.edgecolor": COLOURS["muted"],
    "axes.facecolor": "none",
    "axes.formatter.min_exponent": 5,  # 0.001 rather than 10 with a small exponent
    "axes.grid": True,
    "axes.labelcolor": COLOURS["ink"],
    "axes.prop_cycle": mpl.cycler(color=[COLOURS[c] for c, _, _ in LINES])
    + mpl.cycler(linestyle=[s for _, s, _ in LINES]),
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.titlecolor": COLOURS["ink"],
    "axes.titlesize": "medium",
    "figure.facecolor": "none",
    "figure.figsize": (5.6, 3.3),
    "figure.constrained_layout.use": True,
    "figure.constrained_layout.h_pad": 0.08,
    "figure.constrained_layout.w_pad": 0.1,  # a phone shows figures from edge to edge
    "font.size": 12.5,  # on a phone a figure of 5.6 inches is 390 px wide, and its text then 12
    "grid.color": COLOURS["line"],
    "grid.linewidth": 0.8,
    "image.cmap": "gray",
    "legend.frameon": False,
    "lines.linewidth": 2,
    "lines.markersize": 5,
    "svg.fonttype": "path",
    "svg.hashsalt": "nablab",
    "text.color": COLOURS["ink"],
    "xtick.color": COLOURS["muted"],
    "xtick.labelcolor": COLOURS["ink"],
    "ytick.color": COLOURS["muted"],
    "ytick.labelcolor": COLOURS["ink"],
}
mpl.rcParams.update(STYLE)


def figure(xlabel, ylabel, columns=1, rows=1, size=None, **kwargs):
    """Return a figure in the book's style and its Axes, one or an array of them, with labelled axes.

    `size` is (width, height) in inches, the width at most 5.6: a phone shows all figures equally wide, and the text of
    a wider one becomes too small to read. Other keywords go to `Figure.subplots`.
    """
    fig = Figure(figsize=size)
    axes = fig.subplots(rows, columns, **kwargs)
    for ax in np.atleast_1d(axes).flat:
        ax.set(xlabel=xlabel, ylabel=ylabel)
    return fig, axes


def contours(ax, value, x, y, levels):
    """Draw the lines of equal loss of `value`, which takes points of shape (..., 2), over the ranges `x` and `y`."""
    grid = np.stack(np.meshgrid(np.linspace(*x, 201), np.linspace(*y, 201)), axis=-1)  # (201, 201, 2)
    ax.contour(grid[..., 0], grid[..., 1], value(grid), levels=levels, colors=COLOURS["muted"], linewidths=0.8)
    ax.grid(False)
    ax.set(xlim=x, ylim=y)
    return ax


def path(ax, points, colour):
    """Draw the points that an optimiser visited, shape (steps + 1, 2), joined in order; the first is ringed."""
    points = np.asarray(points)
    ax.plot(*points.T, "o-", markersize=4, linewidth=1.4, color=COLOURS[colour])
    ax.plot(*points[0], "o", markersize=10, markerfacecolor="none", markeredgecolor=COLOURS["ink"])
    return ax


def network(ax, units, weights):
    """Draw a network with its weights on the wires, which are thick where a weight is large and dashed below 0.

    `units` holds a list of texts for each layer, one for each of its units; `weights` the arrays (in, out)
    between the layers. Inputs are on the left, the first unit of a layer on top.
    """
    ax.axis("off")
    ax.set(xlim=(-0.3, len(units) - 0.7), ylim=(-0.6, max(map(len, units)) - 0.4))
    middle = (max(map(len, units)) - 1) / 2
    places = [[(k, middle + (len(layer) - 1) / 2 - i) for i in range(len(layer))] for k, layer in enumerate(units)]
    for left, right, W in zip(places[:-1], places[1:], weights, strict=True):
        share = 0.6 if len(right) >= len(left) else 0.4  # where the wires lie apart
        for (i, j), w in np.ndenumerate(W):
            start, end = np.array(left[i]), np.array(right[j])
            colour, dash = ("orange", (0, (4, 2))) if w < 0 else ("blue", "-")
            ax.plot(*zip(start, end), zorder=1, linewidth=0.8 + 2 * abs(w), color=COLOURS[colour], linestyle=dash)
            ax.text(*(start + share * (end - start)), f"{w:g}".replace("-", "−"), **_LABEL, zorder=2)
    for place, text in zip(chain.from_iterable(places), chain.from_iterable(units)):
        frame = dict(boxstyle="round,pad=0.45", facecolor=COLOURS["paper"], edgecolor=COLOURS["muted"])
        ax.text(*place, text, ha="center", va="center", linespacing=1.3, bbox=frame, zorder=3)
    return ax


_LABEL = dict(
    ha="center", va="center", bbox=dict(boxstyle="round,pad=0.12", facecolor=COLOURS["paper"], edgecolor="none")
)


def images(pictures, titles, columns=8):
    """Return a figure of grey pictures, shape (N, H, W), each under its title; ink is dark on light paper.

    A dark page shows them as negatives.
    """
    rows = -(-len(pictures) // columns)
    fig = Figure(figsize=(5.6, (0.3 + 5.2 / columns) * rows))
    axes = fig.subplots(rows, columns, squeeze=False)
    for ax in axes.flat:
        ax.axis("off")
    for ax, picture, title in zip(axes.flat, pictures, titles):
        ax.imshow(255 - picture, cmap="gray", vmin=0, vmax=255).set_gid("ink")
        ax.set_title(title)
    return fig


def show(fig, alt, caption=""):
    """Display the figure as SVG, with `alt` for those who do not see it and `caption` below it for all.

    `alt` says what the figure shows, not how it looks; `caption` what there is to see in it. The book numbers the
    figures that have one. Raises ValueError where `alt` is empty.
    """
    if not (isinstance(alt, str) and alt.strip()):
        raise ValueError(f"alt must say in words what the figure shows; got {alt!r}")
    below = f"<figcaption>{html.escape(caption)}</figcaption>" if caption else ""
    display(HTML(f'<figure class="plot">{svg(fig, alt)}{below}</figure>'))


def svg(fig, alt):
    """Return the figure as an SVG element whose colours are CSS variables with the light values to fall back on."""
    buffer = io.StringIO()
    fig.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
    text = buffer.getvalue()
    body = text[text.index(">", text.index("<svg")) + 1 :]
    body = re.sub(r"<metadata>.*?</metadata>", "", body, flags=re.DOTALL)
    body = re.sub(r"(?<=\n)\s+|<!--.*?-->", "", body, flags=re.DOTALL)
    body = _own_ids(body)
    for name, colour in COLOURS.items():
        body = body.replace(colour, variable(name))
    width, height = fig.get_size_inches() * 72
    return (
        f'<svg class="plot" role="img" aria-label="{html.escape(alt)}" viewBox="0 0 {width:g} {height:g}" '
        f'style="width: 100%; max-width: {width * 1.4:.0f}px; background: {variable("paper")}" '
        f'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink">{body}'
    )


def _own_ids(body):
    """Drop the ids nobody refers to and make the others this figure's own, as several figures share a page."""
    body = body.replace('id="ink"', 'class="ink"')
    used = set(re.findall(r'(?:href="#|url\(#)([^")]+)', body))
    own = hashlib.sha256(body.encode()).hexdigest()[:8]
    body = re.sub(r' id="([^"]+)"', lambda m: f' id="{own}-{m[1]}"' if m[1] in used else "", body)
    return re.sub(r'(href="#|url\(#)', rf"\g<1>{own}-", body)
