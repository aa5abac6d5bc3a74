import assert from "node:assert/strict";
import { test } from "node:test";
import { curve, decayText, errorText, explain, height, place, smooth } from "../../../nablab/widgets/capacity_and_data.js";

test("recorded fits are found where Python put them", () => {
  const seen = [];
  for (let s = 0; s < 3; s++)
    for (let d = 0; d < 2; d++)
      for (let g = 0; g < 4; g++) seen.push(place({ decays: [0, 1], degrees: 4 }, s, d) + g);
  assert.deepEqual(seen, seen.map((_, i) => i));
});

test("a curve is unpacked for its degree and draw", () => {
  const packed = Int16Array.from({ length: 2 * 3 * 2 }, (_, i) => i * 1000);
  assert.deepEqual(curve(packed, { shown: 3, places: [-1, 1] }, 1, 2),
    [[-1, (10000 / 32767) * 4], [1, (11000 / 32767) * 4]]);
});

test("errors outside of the picture leave it, and no more", () => {
  assert.equal(height(0.1), -1);
  assert.ok(height(0) < -2 && height(0) > -3);
  assert.ok(height(1e9) > 1 && height(1e9) < 2);
});

test("numbers in words", () => {
  assert.deepEqual([0.0012, 0.05349, 132456, 1e9].map(errorText), ["0.0012", "0.0535", "1.32·10⁵", "over 10⁹"]);
  assert.deepEqual([0, 1e-4, 0.1, 2.5e-4].map(decayText), ["none", "10⁻⁴", "0.1", "2.5·10⁻⁴"]);
});

const fit = {
  verdict: "overfits", degree: 12, samples: 20, decay: 0, floor: 0.09, train: 0.03, validation: 66, own: [0.02, 5],
  draw: 0, draws: 40,
};

test("the status says what the fit does, and why", () => {
  const said = explain(fit), why = (changes) => explain({ ...fit, ...changes }).why;
  assert.equal(said.word, "Overfits");
  assert.equal(said.why, "Degree 12 on 20 samples, medians of 40 sets. The training error, 0.03, looks fine, " +
    "but new points cost 66. The noise alone would cost 0.09. Set 1 alone: training 0.02, validation 5.");
  assert.match(why({ verdict: "underfits", train: 0.5 }), /0\.5, is above the noise 0\.09: the curve is too stiff/);
  assert.match(why({ verdict: "underfits", decay: 0.1 }), /weight decay 0\.1, .*: with decay or without it, the curve/);
  assert.match(why({ verdict: "held back", decay: 0.1 }), /without the decay it is not: the decay is too strong/);
  assert.equal(explain({ ...fit, verdict: "held back" }).word, "Underfits");
  assert.match(why({ verdict: "about right", validation: 0.1 }), /0\.1, is not far above the noise 0\.09\. The training/);
});

test("a smooth curve passes through its points, and is exact for a parabola", () => {
  const data = smooth([0, 1, 3, 4, 6].map((x) => [x, x * x]));
  const numbers = data.match(/-?[\d.]+/g).map(Number);
  assert.deepEqual(numbers.slice(0, 2), [0, 0]);
  const cubics = Array.from({ length: 4 }, (_, i) => numbers.slice(2 + 6 * i, 8 + 6 * i));
  assert.deepEqual(cubics.map((c) => c.slice(4)), [[1, 1], [3, 9], [4, 16], [6, 36]]);
  assert.deepEqual(cubics[1].slice(0, 4), [1.7, 2.3, 2.3, 5]); // slopes 2 at 1 and 6 at 3, in thirds
  assert.ok(!data.includes("NaN"));
});
