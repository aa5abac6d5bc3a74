import assert from "node:assert/strict";
import { test } from "node:test";
import {
  bestMove, copies, explain, forward, knobs, measure, resized, sigmoid, valueAt, withValue,
} from "../../nablab/widgets/network_by_hand.js";

const xor = { x: [[0, 0], [0, 1], [1, 0], [1, 1]], y: [0, 1, 1, 0], many: false };
const start = { W1: [[0.8, -0.4], [0.2, 0.9]], b1: [0.1, -0.2], W2: [[1.1], [-0.7]], b2: [0.2] };
const solution = { W1: [[6, 6], [6, 6]], b1: [-3, -9], W2: [[8], [-8]], b2: [-4] };
const limits = { limit: 10, best: 0 };

test("the sigmoid neither overflows nor loses the small", () => {
  assert.deepEqual([-1000, 0, 1000].map(sigmoid), [0, 0.5, 1]);
  assert.ok(Math.abs(sigmoid(-30) / Math.exp(-30) - 1) < 1e-12);
});

test("a network computed by hand", () => {
  const { sums, hidden, logits, outputs } = forward({ W1: [[1, 0], [0, 1]], b1: [0, -2], W2: [[2], [4]], b2: [-3] }, [[0, 2]]);
  assert.deepEqual([sums, hidden, logits, outputs], [[[0, 0]], [[0.5, 0.5]], [0], [0.5]]);
});

test("an output of exactly 0.5 says 0", () => {
  assert.deepEqual(measure([0.5, 0.5, 0.6], [0, 1, 1]), { right: 2, mse: (0.25 + 0.25 + 0.16) / 3 });
});

test("every weight and bias has one knob, of a name of its own", () => {
  for (const [hidden, count] of [[2, 9], [3, 13]]) {
    const all = knobs(hidden);
    assert.equal(new Set(all.map((k) => k.name)).size, count);
    assert.equal(new Set(all.map((k) => String(k.at))).size, count);
    assert.deepEqual(all.filter((k) => k.unit === hidden).length, hidden + 1);
  }
  const changed = withValue(start, ["W1", 1, 0], 7);
  assert.equal(valueAt(changed, ["W1", 1, 0]), 7);
  assert.equal(start.W1[1][0], 0.2, "the old weights stay as they were");
});

test("a unit more changes nothing, and goes again", () => {
  const more = resized(start, 3);
  assert.deepEqual(forward(more, xor.x).logits, forward(start, xor.x).logits);
  assert.deepEqual(resized(more, 2), start);
});

test("a hint is the best single move there is", () => {
  const tip = bestMove(start, xor, 10), before = measure(forward(start, xor.x).outputs, xor.y).mse;
  const after = measure(forward(withValue(start, knobs(2)[tip.index].at, tip.value), xor.x).outputs, xor.y).mse;
  assert.ok(tip.gain > 0 && Math.abs(before - after - tip.gain) < 1e-12);
  assert.equal(bestMove({ ...solution, b2: [0], W2: [[0], [0]] }, { x: [[0, 0], [0, 0]], y: [0, 1] }, 10), null);
});

test("following the hints solves the four points", () => {
  for (const first of [start, { W1: [[0.8, -0.4, 0.3], [0.2, 0.9, -0.6]], b1: [0.1, -0.2, 0.4], W2: [[1.1], [-0.7], [0.5]], b2: [0.2] }]) {
    let weights = first, moves = 0;
    for (let tip; (tip = explain(weights, xor, limits).tip); moves++) {
      weights = withValue(weights, knobs(weights.b1.length)[tip.index].at, tip.value);
      assert.ok(moves < 20);
    }
    assert.equal(explain(weights, xor, limits).word, "Solved");
  }
});

test("the status says what is the matter", () => {
  assert.deepEqual(explain(solution, xor, limits).word, "Solved");
  assert.match(explain(solution, xor, limits).rest, /^4 of 4 points are right\. Mean squared error 0\.00\d\./);
  const equal = { W1: [[1, 1], [1, 1]], b1: [0, 0], W2: [[1], [1]], b2: [0] };
  assert.deepEqual(copies(equal), [0, 1]);
  assert.equal(copies(start), null);
  assert.match(explain(equal, xor, limits).rest, /units 1 and 2 have equal weights/);
  assert.match(explain(start, xor, limits).rest, /What would help most: move “.+” (up|down), to about /);
  assert.equal(explain(start, { ...xor, many: true }, { limit: 10, best: 1 }).word, "As good as trained");
  const far = { W1: [[10, -10], [10, 10]], b1: [10, -10], W2: [[0], [0]], b2: [0] };
  assert.equal(explain(far, { x: [[0, 0], [0, 0]], y: [0, 1] }, limits).word, "Stuck");
});
