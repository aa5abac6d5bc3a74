"""The book's colours: named once, for the site, the widgets and the figures, in light and in dark.

Each name is a CSS variable, `--book-NAME`. Text may stand in all but `line` and `edge`, on `paper` and on `panel`;
`edge` outlines what can be pressed, `line` only separates.
"""

LIGHT = {
    "paper": "#fefefe",
    "panel": "#f1f5fa",
    "ink": "#1c2430",
    "muted": "#5b6676",
    "line": "#d9dee6",
    "edge": "#7c8797",
    "blue": "#1f5fbf",
    "orange": "#a84d06",
    "green": "#1b7f5c",
    "red": "#c0243c",
    "violet": "#6d3fc0",
}
DARK = {
    "paper": "#14181f",
    "panel": "#1e2530",
    "ink": "#dfe5ee",
    "muted": "#a3afc0",
    "line": "#37414f",
    "edge": "#748297",
    "blue": "#8ab8ff",
    "orange": "#f0a468",
    "green": "#62cda5",
    "red": "#ff8a97",
    "violet": "#c3a6ff",
}
TINT = {"light": 0.18, "dark": 0.28}  # how much of a colour a filled plane has

# The site, JupyterLab, Colab and VS Code each say in their own way that they are dark.
IS_DARK = 'html[data-theme="dark"], [data-jp-theme-light="false"], html[theme="dark"], body.vscode-dark'


def css():
    """Return the style sheet that sets the variables; paper is light always."""
    light, dark = (
        " ".join(f"--book-{name}: {value};" for name, value in {**colours, "tint": tint}.items())
        for colours, tint in ((LIGHT, TINT["light"]), (DARK, TINT["dark"]))
    )
    return f":root {{ {light} }}\n@media screen {{ {IS_DARK} {{ {dark} }} }}"


def variable(name):
    """Return the CSS value of a colour: the page's own, or the light one where the page has none."""
    return f"var(--book-{name}, {LIGHT[name]})"
