import assert from "node:assert/strict";
import { test } from "node:test";
import { distance, explain, outcome, pace, reach, swing } from "../../../nablab/widgets/two_rates.js";

test("the run begins slowly, never turns back, and takes six seconds and a half", () => {
  const seconds = pace(100), shown = Array.from({ length: 651 }, (_, i) => seconds(i / 100));
  assert.equal(shown[0], 0);
  assert.ok(shown[45] < 1.2, "a first step takes near half a second");
  assert.ok(Math.abs(shown[650] - 100) < 1e-6);
  assert.equal(seconds(60), 100);
  assert.ok(shown.every((s, i) => i === 0 || s > shown[i - 1]));
  assert.ok(seconds(6.5) - seconds(6) > 10 * seconds(0.5));
  for (const steps of [10, 500]) assert.equal(pace(steps)(7), steps);
});

test("a ball swings through all points of its run", () => {
  const points = [1, -0.5, 0.25, -0.125];
  points.forEach((x, k) => assert.ok(Math.abs(swing(points, k) - x) < 1e-12));
  assert.ok(Math.abs(swing(points, 0.5) - 0.25) < 1e-12);
  assert.deepEqual([0, 0.5, 1, 3].map((s) => reach(points, s)), [1, 0.75, 0.5, 0.125]);
});

test("a distance keeps its width", () => {
  assert.deepEqual([3, -71.067, 131.5, 82820000].map(distance), ["3.0", "71.1", "132", "8.28·10⁷"]);
});

test("what happened to the two", () => {
  const both = { pair: [0.39, 0.41], start: 1, steps: 100, ends: [0.005921, 131.5], edge: 0.4 };
  assert.deepEqual(outcome(both), {
    word: "Both began 1 from the bottom. After 100 steps: 0.39 is 0.00592 away, 0.41 is 132 away.",
    rest: " Between them lies an edge.",
  });
  assert.equal(outcome({ ...both, edge: 0.5 }).rest, "");
});

test("what a rate does", () => {
  const of = { edge: 0.4, start: 1, steps: 100, near: -1, out: -1, end: 0.133 };
  const said = (changes) => { const { word, rest } = explain({ ...of, ...changes }); return word + rest; };
  assert.equal(said({ lr: 0.05, near: 17 }),
    "0.05 comes to rest. It goes down on its own side: it is within 0.01 of the bottom from step 17 on.");
  assert.equal(said({ lr: 0.2, near: 1 }), "0.2 is home in one step.");
  assert.equal(said({ lr: 0.39, near: 90 }), "0.39 comes to rest. It jumps from side to side, each time nearer: " +
    "it is within 0.01 of the bottom from step 90 on.");
  assert.equal(said({ lr: 0.396 }), "0.396 comes to rest. It jumps from side to side, each time nearer: " +
    "after 100 steps it is 0.133 from the bottom.");
  assert.equal(said({ lr: 0.4 }), "0.4 is the edge. It jumps between 1 and −1 for ever, no nearer and no farther.");
  assert.equal(said({ lr: 0.41, out: 14, end: 131.5 }),
    "0.41 leaves. Each jump goes farther: out of the picture at step 14; after 100 steps it is 132 away.");
  assert.equal(said({ lr: 0.401, end: 1.65 }), "0.401 leaves. Each jump goes farther: after 100 steps it is 1.65 away.");
});
