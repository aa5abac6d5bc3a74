"""What the back-propagation widget records is what the engine computes and finite differences measure, and says so."""

import itertools
import json
import re
import subprocess
from pathlib import Path

import numpy as np
import playwright
import pytest

from nablab.data import carried_weights
from nablab.engine.gradcheck import numeric_gradient
from nablab.engine.losses import mse
from nablab.widgets import Backprop, backprop
from nablab.widgets.backprop import CHANGES, STEPS, changed, network

NODE = Path(playwright.__file__).parent / "driver" / "node"
ASK = f"""
import {{ steps }} from "{Path(backprop.__file__).with_suffix(".js").as_uri()}";
console.log(JSON.stringify(JSON.parse(await new Response(process.stdin).text()).map(steps)));
"""
NUMBER = re.compile(r"−?(?<![\w.])\d+(?:\.\d+)?(?:·10[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)?(?![\w\]])|−?10[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+")
SIGNS = str.maketrans("−⁻⁰¹²³⁴⁵⁶⁷⁸⁹·", "--0123456789*")


@pytest.mark.parametrize("sample", [0, 1])
@pytest.mark.parametrize("change", range(len(CHANGES)))
def test_every_recorded_slope_is_the_measured_one(sample, change):
    r = Backprop().recordings[sample][change]
    x, y = np.array([r["x"]]), np.array([r["y"]])
    weights = [w.copy() for w in changed(list(CHANGES.values())[change])]

    def loss(*weights):
        return mse(network(weights).forward(x), y)

    for k, name in enumerate(("dW1", "db1", "dW2", "db2")):
        np.testing.assert_allclose(r[name], numeric_gradient(loss, weights, k).ravel(), rtol=1e-6, atol=1e-10)
    np.testing.assert_allclose(r["da1"], r["dz2"] * weights[2].ravel())
    np.testing.assert_allclose(r["dz1"], r["db1"])
    assert r["loss"] == [pytest.approx((r["y_hat"][0] - r["y"][0]) ** 2)]


def test_the_carried_numbers_and_what_the_changes_do():
    first, second = Backprop().recordings
    assert [round(r[0]["y_hat"][0], 3) for r in (first, second)] == [0.695, 0.635]
    assert np.round(first[0]["x"] + second[0]["x"], 3).tolist() == [0.97, 1.302, -0.349, 0.534]
    assert first[1]["dz1"][0] == 0  # no blame passes a weight of 0
    assert first[1]["dW2"][0] != 0  # but that weight itself has a slope
    assert abs(first[2]["dz1"][1]) < 0.01 * abs(first[0]["dz1"][1])  # a saturated unit lets little through


def test_the_carried_weights_stay_as_they_are():
    before = carried_weights()
    Backprop()
    for ours, kept in zip(carried_weights(), before):
        assert np.array_equal(ours, kept)


@pytest.mark.parametrize("step", [None, 1.0, True, "3"])
def test_a_step_of_the_wrong_kind(step):
    with pytest.raises(TypeError, match="step must be a whole number; got "):
        Backprop(step=step)


@pytest.mark.parametrize("step", [-1, 15])
def test_a_step_there_is_not(step):
    with pytest.raises(ValueError, match=f"step must be from 0 to 14; got {step}"):
        Backprop(step=step)


@pytest.mark.parametrize("sample", [None, 1.0, True, "2"])
def test_a_sample_of_the_wrong_kind(sample):
    with pytest.raises(TypeError, match="sample must be a whole number; got "):
        Backprop(sample=sample)


def test_the_sample_shown_first():
    assert Backprop().sample == 2  # the one, which the chapter does by hand
    assert Backprop(sample=1).sample == 1
    for sample in (0, 3, -1):
        with pytest.raises(ValueError, match=f"sample must be 1 or 2; got {sample}"):
            Backprop(sample=sample)


@pytest.fixture(scope="module")
def told():
    """Every recording, with the steps that the page makes of it."""
    recordings = [r for of_a_sample in Backprop().recordings for r in of_a_sample]
    result = subprocess.run(
        [NODE, "--input-type=module", "--eval", ASK], input=json.dumps(recordings), capture_output=True, text=True
    )
    assert result.returncode == 0, result.stderr
    return list(zip(recordings, json.loads(result.stdout), strict=True))


def bounds(text):
    """The least and the largest number that is written so, in three digits."""
    digits, _, power = text.translate(SIGNS).partition("*10")
    if re.fullmatch("−?10[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+", text):
        digits, power = ("-1" if text[0] == "−" else "1"), text.lstrip("−")[2:].translate(SIGNS)
    value = float(digits) * 10.0 ** int(power or 0)
    spare = 0 if value == 0 else 0.5001 * 10.0 ** (np.floor(np.log10(abs(value))) - 2)
    return value - spare, value + spare


def test_every_rule_is_right_to_the_digits_that_are_shown(told):
    """Some numbers that are written as the rule's factors are, give one that is written as its result is."""
    rules = [(r, rule) for r, steps in told for step in steps[1:] for rule in step["rules"]]
    assert len(rules) == 6 * 30
    for r, rule in rules:
        name, *_, formula, result = rule.split(" = ")
        low, high = bounds(result)
        known = re.fullmatch(r"(\w+?|ŷ|dŷ)(?:\[(?:(\d),)?(\d)\])?", name)
        key = {"ŷ": "y_hat", "dŷ": "dy_hat"}.get(known[1], known[1])
        assert low <= r[key][3 * int(known[2] or 0) + int(known[3] or 0)] <= high, rule
        found = NUMBER.findall(formula)
        if not found:
            assert re.fullmatch(r"dz[12](\[\d\])?", formula), rule
            continue
        code = (
            NUMBER.sub("{}", formula).replace("²", "**2").replace(" · ", "*").replace("−", "-").replace("σ", "sigmoid")
        )
        values = [
            eval(code.format(*(f"({v!r})" for v in corner)), {"sigmoid": lambda z: 1 / (1 + np.exp(-z))})
            for corner in itertools.product(*([float(v) for v in bounds(text)] for text in found))
        ]
        assert min(values) <= high, rule
        assert max(values) >= low, rule


def test_the_words_are_true_of_the_numbers(told):
    said = set()
    for r, steps in told:
        assert len(steps) == STEPS + 1
        for step in steps:
            words, unit = step["words"], int(step["at"][1]) if step.get("at", "")[:1] == "h" else None
            if "would lower the loss" in words:
                closer = mse(np.array([r["y_hat"]]) + (0.01 if "larger" in words else -0.01), np.array([r["y"]]))
                assert closer < r["loss"][0]
                assert ("negative" in words) == (r["dy_hat"][0] < 0)
            if unit is not None:
                assert f"hidden unit {unit + 1}, h{'₁₂₃'[unit]}" in step["title"]
            if "blame comes back" in words.lower():
                size, passed = abs(r["da1"][unit]), abs(r["dz1"][unit])
                assert ("weight is 0" in words) == (r["W2"][unit] == 0) == (size == 0)
                assert ("next to nothing passes" in words) == (size > 0 and passed < 0.01 * size)
                said.add(words)
            if "times the slope of the sum it feeds" in words and unit is not None:
                assert r["dW1"][unit::3] == pytest.approx(np.array(r["x"]) * r["dz1"][unit])
                assert r["db1"][unit] == pytest.approx(r["dz1"][unit])
        assert r["y_hat"][0] * (1 - r["y_hat"][0]) <= 0.25
    assert len(said) == 3
