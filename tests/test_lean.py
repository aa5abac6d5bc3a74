"""What no page can use leaves the site, and nothing else does."""

import base64
import io
import shutil
from pathlib import Path

import lean
import pytest
import tinycss2
from fontTools.ttLib import TTFont
from PIL import Image
from test_site import ROOT

PAGE = """<html><body class="wide dark"><p id="first">x</p><button class="btn">
<script>el.classList.add("show"); el.append(document.createElement("dialog"));</script>"""


def trimmed(style, page=PAGE, scripts=()):
    return lean.trimmed(tinycss2.parse_stylesheet(style, skip_whitespace=True), lean.names([page], scripts))


class TestStyle:
    @pytest.mark.parametrize(
        "rule",
        [
            "p{x:y}",
            ".btn:hover{x:y}",
            ".btn.show{x:y}",  # a script gives it
            "dialog::backdrop{x:y}",
            "#first>*{x:y}",
            ".gone,.btn{x:y}",
            '[data-theme="night"] p{x:y}',  # attributes may change
            "p:not(.gone){x:y}",
            ":is(.gone,.btn) p{x:y}",
            "body:has(>.btn){x:y}",
            "p:nth-child(2)::before{x:y}",
            "@font-face{font-family:x}",
            "@keyframes turn{from{x:y}to{x:z}}",
            "@media print{.btn{x:y}}",
            ":root{--x:y}",
            "/*! The licence. */",
        ],
    )
    def test_what_a_page_can_use_stays(self, rule):
        assert trimmed(rule + ".gone{x:y}") == rule

    @pytest.mark.parametrize(
        "rule",
        [
            ".gone{x:y}",
            "p .gone{x:y}",
            ".btn.gone:hover{x:y}",
            "table{x:y}",
            "#second{x:y}",
            ":is(.gone,table) p{x:y}",
            "body:has(>.gone){x:y}",
            "p:not(.btn) table{x:y}",
            "@media print{.gone{x:y}}",
            "/* A remark. */",
        ],
    )
    def test_what_none_can_use_goes(self, rule):
        assert trimmed(rule + "p{x:y}") == "p{x:y}"

    @pytest.mark.parametrize("name", ["late", "run-test", "run-test-band"])
    def test_scripts_of_their_own_give_names_too(self, name):
        script = "box.className = 'late'; line.className = `run-${kind}`"
        assert trimmed(f".{name}{{x:y}}.running,.lat{{x:y}}", scripts=[script]) == f".{name}{{x:y}}"


class TestFigures:
    def test_lengths_are_rounded_to_what_is_seen_and_factors_are_not(self):
        path = '<path d="M 1.23456 -0.001 \nL 2 3.5"/>'
        figure = f'<svg class="plot">{path}<g transform="translate(0.55555 1) scale(0.015625)"/></svg>'
        lean_figure = lean.lean_page(ROOT / "x.html", figure)
        assert lean_figure == figure.replace("1.23456 -0.001 \n", "1.23 -0 ").replace("0.55555", "0.56")

    def test_nothing_outside_a_figure_changes(self):
        page = '<p x="1.23456">1.23456</p><svg class="diagram"><path d="M 1.23456 2"/></svg>'
        assert lean.lean_page(ROOT / "x.html", page) == page

    def test_a_letter_is_outlined_once_on_a_page(self):
        letter = '<path id="{0}-A" d="M 1 2" transform="scale(0.015625)"/><use xlink:href="#{0}-A"/>'
        other = letter.replace("M 1 2", "M 3 4")
        page = letter.format("one") + letter.format("two") + other.format("three") + '<a href="#two-A-or-so">'
        assert lean.share_outlines(page) == (
            letter.format("one") + '<use xlink:href="#one-A"/>' + other.format("three") + '<a href="#two-A-or-so">'
        )

    @pytest.mark.parametrize(
        ("colour", "mode"), [((9, 9, 9, 255), "L"), ((9, 8, 9, 255), "RGBA"), ((9, 9, 9, 0), "RGBA")]
    )
    def test_a_grey_picture_has_one_channel_and_its_values(self, colour, mode):
        picture = Image.new("RGBA", (20, 20), colour)
        file = io.BytesIO()
        picture.save(file, "PNG")
        png = base64.b64encode(file.getvalue()).decode()
        figure = f'<svg class="plot"><image href="data:image/png;base64,{png}"/></svg>'
        page = lean.lean_page(ROOT / "x.html", figure)
        with Image.open(io.BytesIO(base64.b64decode(lean.PICTURE.search(page)[0]))) as after:
            assert after.mode == mode
            assert after.convert("RGBA").tobytes() == picture.tobytes()


class TestFonts:
    FORMULA = (
        '<p>Q<span class="katex-html"><span class="mord mathnormal">x</span><span><span>=</span></span></span>Z</p>'
    )

    def test_each_family_has_its_own_letters(self):
        style = '.fa-bars{--fa:"\uf0c9"}.x::after{content: "+"}'
        written = lean.characters(self.FORMULA, style)
        assert written == {"": self.FORMULA, "fa-": "\uf0c9+", "KaTeX_": "=", "KaTeX_Math": "x"}

    def test_a_font_keeps_its_letters_and_its_licence_but_no_name(self, tmp_path):
        source = ROOT / "assets/vendor/katex/fonts/KaTeX_Main-Regular.woff2"
        font = Path(shutil.copy(source, tmp_path))
        lean.keep_glyphs(font, "a=x")
        with TTFont(font) as after:
            assert set(after.getBestCmap()) == set(map(ord, "a=x"))
            assert {record.nameID for record in after["name"].names} == {0, 13, 14}
        assert font.stat().st_size < source.stat().st_size / 4
