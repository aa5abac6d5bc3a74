import assert from "node:assert/strict";
import { test } from "node:test";
import { bracket, compare, explain, found, narrowed, placeOf, runAt, unpack } from "../../../nablab/widgets/learning_rate.js";

test("runs are found where Python put them", () => {
  const scenes = [{ starts: [1, 2], rates: [1, 2, 3] }, { starts: [1], rates: [1, 2] }], momenta = [0, 0.5];
  const seen = [], note = (i, k, r, m) => seen.push(placeOf({ scenes, momenta }, i, k, r, m));
  scenes.forEach(({ starts, rates }, i) =>
    starts.forEach((_, k) => rates.forEach((_, r) => momenta.forEach((_, m) => note(i, k, r, m)))));
  assert.deepEqual(seen, seen.map((_, i) => i));
});

test("a run is picked out of all x, all y and all losses", () => {
  const runs = Int16Array.from({ length: 18 }, (_, k) => k); // three runs of two steps
  assert.deepEqual(runAt(runs, 1, 2), [2, 3, 8, 9, 14, 15]);
});

test("a run is unpacked in the view's own numbers", () => {
  const { points, losses } = unpack(Int16Array.of(0, 32767, 0, -32767, 32767, 0), { x: [-5, 5], y: [-1, 1] });
  assert.deepEqual(points, [[0, 0], [20, -4]]);
  assert.deepEqual(losses, [15, 0]);
  assert.deepEqual(unpack(Int16Array.of(0, 0, -32768), { x: [0, 1], y: [0, 1] }).losses, [null]);
});

test("a rate and the edge are written in the digits that tell them apart", () => {
  assert.deepEqual(compare(0.1, 0.2), { rate: "0.1", limit: "0.2", word: "below" });
  assert.deepEqual(compare(0.002, 0.0019968), { rate: "0.002", limit: "0.001997", word: "above" });
  assert.deepEqual(compare(0.50001, 0.5), { rate: "0.50001", limit: "0.5", word: "above" });
  assert.deepEqual(compare(0.5 + 1e-8, 0.5), { rate: "0.5", limit: "0.5", word: "just above" });
  assert.deepEqual(compare(0.5, 0.5), { rate: "0.5", limit: "0.5", word: "at" });
  assert.deepEqual(compare(3.1901e-5, 3.1902e-5).word, "just below");
});

const run = { kind: "bowl", lr: 0.1, momentum: 0, edge: 0.2, behaviour: "converging", turns: 0, steps: 30, loss: -1 };
const told = (change) => explain({ ...run, ...change });

test("the words say what the run does, and where its rate lies", () => {
  assert.deepEqual(told({}), {
    word: "Converging",
    why: "It comes in without turning back. Loss after 30 steps: 0.1. " +
      "The learning rate 0.1 is below the edge 2/L = 0.2.",
  });
  const beyond = told({ lr: 0.3, behaviour: "diverging", loss: 15 });
  assert.deepEqual(beyond, {
    word: "Diverging",
    why: "The steps grow. Loss after 30 steps: beyond 10¹⁵. The learning rate 0.3 is above the edge 2/L = 0.2.",
  });
  assert.match(told({ behaviour: "swinging", turns: 7 }).why, /turns back, 7 times, and the steps shrink/);
  assert.match(told({ momentum: 0.9 }).why, /2\(1 \+ β\)\/L = 0.2/);
  assert.match(told({ lr: 0.2, behaviour: "staying" }).why, /The learning rate 0.2 is the edge 2\/L itself\.$/);
  assert.match(told({ loss: null }).why, /30 steps: 0\. /);
  assert.match(told({ kind: "bends" }).why, /the edge at the minimum, 2\/L = 0.2; elsewhere this valley bends/);
});

test("where a few steps do not show the edge, this is said", () => {
  const near = told({ lr: 0.201, behaviour: "staying" }).why;
  assert.match(near, /0.201 is above the edge .*, but 30 steps do not show it\./);
  assert.match(told({ behaviour: "diverging" }).why, /below the edge .*, but 30 steps do not show it\./);
});

test("of a saddle only what is true of it", () => {
  const saddle = (change) => told({ kind: "saddle", ...change }).why;
  assert.match(saddle({}), /no minimum.*Along the ridge the edge is 2\/L = 0.2; the learning rate 0.1 is below it\.$/);
  assert.match(saddle({ behaviour: "escaping", loss: null }), /no lowest value\. Loss after 30 steps: 0 or below/);
  assert.match(saddle({ lr: 0.2 }), /the learning rate 0.2 is there\.$/);
});

test("trying rates narrows the edge", () => {
  const falls = [[0.1, "creeping"], [0.5, "staying"], [0.05, "zigzag"]], grows = [[0.9, "diverging"], [2, "diverging"]];
  const tries = [...falls, ...grows, [0.49, "zigzag"]];
  const steps = [];
  tries.reduce((known, [lr, behaviour]) => (steps.push(narrowed(known, { lr, behaviour })), steps.at(-1)), {});
  assert.deepEqual(steps.map(({ fell, grew }) => [fell, grew]), [
    [0.1, undefined], [0.1, undefined], [0.1, undefined], [0.1, 0.9], [0.1, 0.9], [0.49, 0.9],
  ]);
  assert.deepEqual(steps.map(found), [false, false, false, false, false, false]);
  assert.ok(found(narrowed(steps.at(-1), { lr: 0.51, behaviour: "diverging" })));
  assert.deepEqual(narrowed({ fell: 1, grew: 2 }, { lr: 1.5, behaviour: "wide zigzag" }), { fell: 1, grew: 2 });
});

test("a hidden edge is not named before it is found, and its formula not at all", () => {
  const hidden = (known, change) => told({ known, ...change }).why;
  for (const known of [{}, { fell: 0.1 }, { grew: 0.3 }, { fell: 0.1, grew: 0.3 }])
    for (const behaviour of ["diverging", "converging", "staying"]) {
      const why = hidden(known, { behaviour, lr: 0.15, loss: 3 });
      assert.doesNotMatch(why, /0\.2|2\/L|above|Well done/);
      assert.ok(why.endsWith(bracket(known)));
    }
  assert.match(bracket({ fell: 0.06, grew: 0.1 }), /the loss fell at 0.06 and grew at 0.1\. The edge lies between\./);
  const known = { fell: 0.198, grew: 0.202 };
  const after = hidden(known, { lr: 0.202, behaviour: "diverging", news: true });
  assert.match(after, /0.202 is above the edge 0.2\. Well done, you have found it: the loss falls at 0.198 and/);
  assert.match(after, /The edge between them, 0.2, is marked on the slider now\.$/);
  assert.match(hidden(known), /The learning rate 0.1 is below the edge 0.2\.$/);
  assert.match(hidden(known, { lr: 0.2, behaviour: "staying" }), /0.2 is the edge itself\.$/);
  assert.doesNotMatch(after + hidden(known), /2\/L/);
});
