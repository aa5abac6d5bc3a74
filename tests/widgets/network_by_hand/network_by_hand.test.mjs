import assert from "node:assert/strict";
import { test } from "node:test";
import {
  bestMove, copies, explain, forward, knobs, measure, resized, sigmoid, valueAt, withValue,
} from "../../../nablab/widgets/network_by_hand.js";

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

test("the words are true of any weights", () => {
  let seed = 1;
  const draw = () => (seed = (seed * 16807) % 2147483647) / 2147483647;
  const some = () => Math.round(200 * draw() - 100) / 10;
  const seen = new Set();
  for (let trial = 0; trial < 400; trial++) {
    const unit = () => [some(), some(), some(), some()], [u, v] = [unit(), draw() < 0.1 ? null : unit()];
    const other = v ?? u;
    const weights = { W1: [[u[0], other[0]], [u[1], other[1]]], b1: [u[2], other[2]], W2: [[u[3]], [other[3]]], b2: [some()] };
    const logit = ([p, q]) => weights.b1.reduce((sum, b, h) =>
      sum + weights.W2[h][0] / (1 + Math.exp(-(p * weights.W1[0][h] + q * weights.W1[1][h] + b))), weights.b2[0]);
    const right = xor.x.filter((point, n) => logit(point) > 0 === (xor.y[n] === 1)).length;
    const said = explain(weights, xor, limits);
    seen.add(said.word);
    assert.ok(said.rest.startsWith(`${right} of 4 points are right.`));
    assert.equal(said.word === "Solved", right === 4);
    if (said.word === "Copies") assert.equal(v, null);
    if (said.word === "Not yet") {
      const moved = withValue(weights, knobs(2)[said.tip.index].at, said.tip.value);
      assert.ok(measure(forward(moved, xor.x).outputs, xor.y).mse < measure(forward(weights, xor.x).outputs, xor.y).mse);
    }
  }
  assert.ok(["Copies", "Not yet", "Stuck"].every((word) => seen.has(word)), [...seen].join());
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
