import assert from "node:assert/strict";
import { test } from "node:test";
import { explain, placeOf, unpack } from "../../nablab/widgets/learning_rate.js";

test("runs are found where Python put them", () => {
  const scenes = [{ starts: [1, 2], rates: [1, 2, 3] }, { starts: [1], rates: [1, 2] }], momenta = [0, 0.5];
  const seen = [];
  scenes.forEach((s, i) => s.starts.forEach((_, k) => s.rates.forEach((_, r) => momenta.forEach((_, m) => seen.push(placeOf({ scenes, momenta }, i, k, r, m))))));
  assert.deepEqual(seen, seen.map((_, i) => i));
});

test("a run is unpacked in the view's own numbers", () => {
  const { points, losses } = unpack(Int16Array.of(0, 32767, 0, -32767, 32767, 0), { x: [-5, 5], y: [-1, 1] });
  assert.deepEqual(points, [[0, 0], [20, -4]]);
  assert.deepEqual(losses, [15, 0]);
  assert.deepEqual(unpack(Int16Array.of(0, 0, -32768), { x: [0, 1], y: [0, 1] }).losses, [null]);
});

const run = { kind: "bowl", lr: 0.1, momentum: 0, edge: 0.2, behaviour: "converging", steps: 30, loss: -1 };

test("the status says what the run does, and why", () => {
  assert.deepEqual(explain(run), { word: "Converging", why: "The learning rate 0.1 is below the edge 2/L = 0.2. Loss after 30 steps: 0.1." });
  assert.match(explain({ ...run, lr: 0.3, behaviour: "diverging", loss: 15 }).why, /0.3 is above the edge .* The steps grow\. .*beyond 10¹⁵/);
  assert.match(explain({ ...run, momentum: 0.9 }).why, /2\(1 \+ β\)\/L/);
  assert.match(explain({ ...run, lr: 0.2 }).why, /just at the edge/);
  assert.match(explain({ ...run, kind: "saddle" }).why, /no minimum/);
  assert.match(explain({ ...run, kind: "saddle", behaviour: "escaping", loss: null }).why, /no lowest value, at any learning rate\. Loss after 30 steps: 0 or below/);
  assert.match(explain({ ...run, kind: "saddle", behaviour: "escaping", lr: 0.3 }).why, /above the edge as well/);
  assert.doesNotMatch(explain({ ...run, kind: "bends", behaviour: "creeping", lr: 0.3 }).why, /stable/);
  assert.match(explain({ ...run, kind: "bends" }).why, /elsewhere this valley bends/);
});
