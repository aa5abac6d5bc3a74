import assert from "node:assert/strict";
import { test } from "node:test";
import { explain, placeOf, unpack } from "../../nablab/widgets/learning_rate.js";
import { compare } from "../../nablab/widgets/predict.js";

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

test("an answer is compared kindly", () => {
  assert.equal(compare(null, null), "Skipped. Run the next cell.");
  assert.equal(compare(3, null, { unit: "steps" }), "You said 3 steps. Run the next cell.");
  assert.equal(compare(null, 5), "The run gave 5.");
  assert.match(compare(9.5, 10), /Close/);
  assert.match(compare(1, 10), /surprise/);
  assert.equal(compare(10, 10), "You said 10; the run gave 10. Right. Can you say why?");
  assert.match(compare(50.5, 50.4999), /the run gave 50\.5\. Right/); // as shown
  assert.match(compare(0, -0), /said 0; the run gave 0\. Right/);
  assert.match(compare(60000, 60000), /said 60000; the run gave 60000\. Right/); // whole numbers as they were typed
  assert.match(compare(0.97, 0.9, { within: [0, 1] }), /Close/); // 10 % of the outcome
  assert.match(compare(0.05, 0.02, { within: [0, 1] }), /Close/); // 5 % of what is possible
  assert.match(compare(0.05, 0.02), /surprise/);
  assert.match(compare(3, 4, { within: [0, 4] }), /surprise/);
  assert.match(compare(0, 1e-17), /the run gave 10⁻¹⁷\. Close/);
  assert.match(compare(0.001, 1e-17), /surprise/);
  assert.match(compare(-5, 5, { within: [-100, 100] }), /Close/);
  assert.match(compare(-9, 5, { within: [-100, 100] }), /surprise/);
  assert.match(compare("loss", "loss"), /Right/);
  assert.match(compare("loss", "parameter"), /“loss”; the run gave “parameter”\. What did you expect/);
  assert.equal(compare([1, 0.1], [1.2, 1e-13], { span: [6, 2] }),
    "You said (1, 0.1), the ring; the run gave (1.2, 0), the dot. Close. Can you say why?");
  assert.match(compare([1, 1], [1.2, 0], { span: [6, 2] }), /surprise/);
  assert.match(compare([1.2, 0], [1.2, 1e-13], { span: [6, 2] }), /Right/);
});
