"""Every widget follows the pattern; questions are asked as they should be; the front ends pass Node's tests."""

import importlib
import inspect
import pkgutil
import re
import subprocess
from pathlib import Path

import numpy as np
import playwright
import pytest

from nablab import widgets
from nablab.widgets import Predict, base
from nablab.widgets.predict import Sketch

FOLDER = Path(widgets.__file__).parent
SHARED = {"base", "draw"}
MODULES = sorted(m.name for m in pkgutil.iter_modules([str(FOLDER)]) if m.name not in SHARED)
NODE = Path(playwright.__file__).parent / "driver" / "node"


def class_name(module):
    return module.title().replace("_", "")


def example(module):
    """A widget of the module: each can be made without arguments, but for the question of Predict."""
    return Predict("How many?") if module == "predict" else getattr(widgets, class_name(module))()


@pytest.mark.parametrize("name", MODULES)
class TestThePattern:
    def test_a_module_and_a_front_end_of_one_name(self, name):
        module = importlib.import_module(f"nablab.widgets.{name}")
        own = [m for _, m in inspect.getmembers(module, inspect.isclass) if m.__module__ == module.__name__]
        made = [m for m in own if issubclass(m, base.Widget)]
        assert len(made) == 1
        assert made[0].__name__ == class_name(name)
        assert getattr(widgets, class_name(name)) is made[0]
        assert made[0]._esm == base.front_end(f"{name}.js")

    def test_the_front_end_is_one_file_that_exports_render(self, name):
        esm = base.front_end(f"{name}.js")
        assert "import " not in esm
        assert esm.count("export default { render };") == 1
        assert "document.addEventListener" not in esm
        assert "innerHTML" not in esm

    def test_listens_by_what_can_be_undone(self, name):
        source = (FOLDER / f"{name}.js").read_text(encoding="utf8")
        assert "undo()" in source
        assert ".addEventListener" not in source, "use listeners() of draw.js, which can be undone"

    def test_shows_itself_the_same_in_every_run(self, name):
        assert repr(example(name)) == f"{class_name(name)}()"

    def test_is_small(self, name):
        state = example(name).get_state()
        assert sum(len(v) for v in state.values() if isinstance(v, (bytes, str))) < 500_000

    def test_brings_the_drawing_in_a_scope_of_its_own_and_no_comments(self, name):
        esm, css = base.front_end(f"{name}.js"), base.style(name)
        assert esm.count("const unique =") == 1
        assert ".nablab-status {" in css
        assert "/*" not in css
        assert not re.search(r"^ *(//|/\*)", esm, re.MULTILINE)


def test_no_style_leaks_from_one_widget_into_another():
    """Each rule of a widget's own style names a class that one front end alone uses."""
    sources = {m: (FOLDER / f"{m}.js").read_text(encoding="utf8") for m in MODULES}

    def users(name):
        stems = {m: re.findall(r"(nablab-\w[\w-]*-)\$\{", text) for m, text in sources.items()}
        return [m for m in MODULES if re.search(rf"{name}\b", sources[m]) or name.startswith(tuple(stems[m]))]

    own = "".join(base.read(f"{m}.css") for m in MODULES)
    own = re.sub(r"@media[^{]*\{(.*?)\}\s*\}", r"\1}", own, flags=re.DOTALL)
    rules = re.findall(r"([^{}]+)\{[^}]*\}", own)
    assert len(rules) > 100
    for selectors in rules:
        for selector in re.split(r",(?![^(]*\))", selectors.strip()):
            names = re.findall(r"nablab-[\w-]+", selector)
            assert any(len(users(name)) == 1 for name in names), f"{selector.strip()} styles more than one widget"


def test_all_widgets_are_found_by_their_names_and_nothing_else_is():
    assert widgets.__all__ == [class_name(module) for module in MODULES]
    with pytest.raises(ImportError, match="cannot import name 'Sketch'"):
        from nablab.widgets import Sketch  # noqa: F401
    with pytest.raises(AttributeError, match="no attribute 'Backrop'; its widgets are Backprop, "):
        widgets.Backrop  # noqa: B018


def test_a_front_end_without_the_import_is_refused(tmp_path, monkeypatch):
    (tmp_path / "draw.js").write_text("", encoding="utf8")
    (tmp_path / "bad.js").write_text("export default {}", encoding="utf8")
    monkeypatch.setattr(base, "HERE", tmp_path)
    with pytest.raises(ValueError, match=r'bad\.js must import from "\./draw\.js" once.*found 0 times'):
        base.front_end("bad.js")


def test_a_front_end_that_imports_what_is_not_there_is_refused(tmp_path, monkeypatch):
    (tmp_path / "draw.js").write_text("export const make = 1;\n", encoding="utf8")
    (tmp_path / "bad.js").write_text('import { make, mkae } from "./draw.js";\nexport default {}', encoding="utf8")
    monkeypatch.setattr(base, "HERE", tmp_path)
    with pytest.raises(ValueError, match=r"bad\.js imports mkae, which draw\.js does not have"):
        base.front_end("bad.js")


@pytest.mark.parametrize("file", sorted(Path(__file__).parent.rglob("*.test.mjs")), ids=lambda p: p.name)
def test_front_end_functions_in_node(file):
    result = subprocess.run([NODE, "--test", file], capture_output=True, text=True)
    assert result.returncode == 0, result.stdout + result.stderr


class TestPredict:
    def test_it_runs_unanswered(self):
        guess = Predict("How far?")
        guess.truth(np.float64(3))
        assert (guess.answer, guess.outcome) == (None, 3.0)

    def test_a_choice(self):
        guess = Predict("Which?", options=["a", "b"])
        guess.truth("b")
        assert guess.outcome == "b"
        with pytest.raises(ValueError, match=r"value must be one of \['a', 'b'\]; got 'c'"):
            guess.truth("c")
        with pytest.raises(ValueError, match="value must be one of "):
            guess.truth(np.array(["a", "b"]))

    def test_a_point(self):
        guess = Predict("Where?", sketch=Sketch((0, 1), (0, 2), "x", "y", [np.ones((3, 2))]))
        assert guess.sketch["lines"] == [[[1, 1]] * 3]
        guess.truth(np.array([0.5, 1]))
        assert guess.outcome == [0.5, 1.0]

    def test_what_is_possible(self):
        guess = Predict("How many?", unit="of 4", within=(0, np.int64(4)), until=" The next part ")
        assert (guess.within, guess.until) == ([0, 4], "The next part")
        for value in (0, 4, 2.5):
            guess.truth(value)
            assert guess.outcome == value
        for value in (-1, 4.01):
            with pytest.raises(ValueError, match=r"value must lie within \(0\.0, 4\.0\); got "):
                guess.truth(value)

    @pytest.mark.parametrize("within", [(4, 0), (1, 1), (0, np.inf), (0,), 3, "ab", (0, None), [0, 1, 2]])
    def test_what_cannot_be_a_range(self, within):
        with pytest.raises(ValueError, match="within must be two finite numbers, the lower first; got "):
            Predict("How many?", within=within)

    def test_a_range_is_for_numbers(self):
        for other in ({"options": ["a", "b"]}, {"sketch": Sketch((0, 1), (0, 1), "x", "y")}):
            with pytest.raises(ValueError, match="within is for questions whose answer is a number"):
                Predict("Which?", within=(0, 1), **other)

    @pytest.mark.parametrize("until", ["", "  ", 3, ["A heading"]])
    def test_a_heading_that_is_no_text(self, until):
        with pytest.raises(TypeError, match="until must be the text of a heading, or None; got "):
            Predict("How many?", until=until)

    @pytest.mark.parametrize("value", [np.nan, np.inf])
    def test_a_truth_that_is_not_finite(self, value):
        with pytest.raises(ValueError, match="value must be finite; got "):
            Predict("How far?").truth(value)

    @pytest.mark.parametrize("value", [None, "3", [1, 2], [[1], [1, 2]], True, 1j])
    def test_a_truth_of_the_wrong_kind(self, value):
        with pytest.raises(TypeError, match="value must be a number; got "):
            Predict("How far?").truth(value)
        with pytest.raises(TypeError, match=r"value must be a point \(x, y\); got "):
            Predict("Where?", sketch=Sketch((0, 1), (0, 2), "x", "y")).truth(3)

    @pytest.mark.parametrize("question", ["", "  ", None, 3])
    def test_no_question(self, question):
        with pytest.raises(TypeError, match="question must be a text; got "):
            Predict(question)

    @pytest.mark.parametrize("options", [["a"], ["a", "a"]])
    def test_options_to_choose_from(self, options):
        with pytest.raises(ValueError, match="options must be at least two different texts"):
            Predict("Which?", options=options)

    @pytest.mark.parametrize("options", ["ab", [1, 2], 3, None])
    def test_options_that_are_no_texts(self, options):
        with pytest.raises(TypeError, match="options must be a list of texts"):
            Predict("Which?", options=options)

    def test_sketches_that_cannot_be_drawn(self):
        with pytest.raises(TypeError, match="sketch must be a Sketch, or None"):
            Predict("Where?", sketch={"x": (0, 1)})
        for x in ((1, 0), (0, np.inf), (0,), None, ("a", "b"), 3):
            with pytest.raises(ValueError, match=r"sketch\.x must be two finite numbers, the lower first"):
                Predict("Where?", sketch=Sketch(x, (0, 1), "x", "y"))
        for line in (np.ones(3), "ab", [[1], [1, 2]], [[0, np.nan]]):
            with pytest.raises(ValueError, match=r"sketch\.lines\[0\] must hold finite points of shape \(points, 2\)"):
                Predict("Where?", sketch=Sketch((0, 1), (0, 1), "x", "y", [line]))
        with pytest.raises(TypeError, match=r"sketch\.lines must be a list of lines; got None"):
            Predict("Where?", sketch=Sketch((0, 1), (0, 1), "x", "y", None))
        with pytest.raises(TypeError, match=r"sketch\.xlabel must be a text; got None"):
            Predict("Where?", sketch=Sketch((0, 1), (0, 1), None, "y"))

    def test_one_kind_of_answer_and_a_unit_in_words(self):
        with pytest.raises(ValueError, match="options or a sketch, not both"):
            Predict("Where?", options=["a", "b"], sketch=Sketch((0, 1), (0, 1), "x", "y"))
        with pytest.raises(TypeError, match="unit must be a text; got 3"):
            Predict("How far?", unit=3)
