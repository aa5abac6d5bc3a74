import assert from "node:assert/strict";
import { test } from "node:test";
import { brief, factor, lines, nodes, steps } from "../../../nablab/widgets/backprop.js";

const r = {
  x: [1, -2], y: [1], W1: [1, 2, 3, 4, 5, 6], b1: [0.1, 0.2, -0.3], W2: [7, -8, 9], b2: [0.4],
  z1: [-6.9, -7.8, -9.3], a1: [0.25, 0.5, 0.75], z2: [4.9], y_hat: [0.6], loss: [0.16],
  dy_hat: [-0.8], dz2: [-0.2], dW2: [0.01, 0.02, 0.03], db2: [-0.2], da1: [-1.4, 1.6, -1.8],
  dz1: [-0.26, 0.4, -0.34], dW1: [11, 12, 13, 14, 15, 16], db1: [-0.26, 0.4, -0.34],
};

test("negative factors stand in brackets", () => {
  assert.deepEqual([factor(0.25), factor(-0.25), factor(0)], ["0.25", "(−0.25)", "0"]);
  assert.deepEqual([brief(-0.02543), brief(0)], ["−0.025", "0"]);
});

test("fourteen steps: forward to the loss, then backward", () => {
  const all = steps(r);
  assert.equal(all.length, 15);
  assert.deepEqual(all.map((s) => s.phase), ["start", ...Array(5).fill("forward"), ...Array(9).fill("backward")]);
});

test("the rules carry the numbers of their own unit", () => {
  const all = steps(r);
  assert.deepEqual(all[2].rules, ["z1[1] = 1 · 2 + (−2) · 5 + 0.2 = −7.8", "a1[1] = σ(−7.8) = 0.5"]);
  assert.deepEqual(all[7].rules, ["dz2 = dŷ · ŷ · (1 − ŷ) = (−0.8) · 0.6 · 0.4 = −0.2"]);
  assert.equal(all[10].rules[0], "da1[1] = dz2 · W2[1] = (−0.2) · (−8) = 1.6");
  assert.equal(all[14].rules[1], "dW1[1,2] = x[1] · dz1[2] = (−2) · (−0.34) = 16");
});

test("at the end everything that can be shown is known, and at the start nothing", () => {
  const known = new Set(steps(r).flatMap((s) => s.known));
  for (const { name, weight } of lines(r)) if (weight !== undefined) assert.ok(known.has(`d${name}`), name);
  for (const node of nodes(r))
    for (const need of [node.needs, node.slopeNeeds, node.biasNeeds]) assert.ok(!need || known.has(need), need);
  assert.deepEqual(steps(r)[0].known, []);
});

test("lines carry the weight and the gradient of the same place", () => {
  const found = Object.fromEntries(lines(r).map((l) => [l.name, [l.from, l.to, l.weight, l.gradient]]));
  assert.deepEqual(found.w12, ["x1", "h2", 6, 16]);
  assert.deepEqual(found.v1, ["h1", "out", -8, 0.02]);
});

test("the words say which way the output should go", () => {
  assert.match(steps(r)[6].words, /A larger ŷ would lower the loss: the slope is negative/);
  assert.match(steps({ ...r, y: [0], dy_hat: [1.2] })[6].words, /A smaller ŷ .* positive/);
});

test("nothing becomes known twice, and a hidden unit only in its own turn", () => {
  const known = steps(r).flatMap((s) => s.known);
  assert.equal(new Set(known).size, known.length);
  const unit = nodes(r).find((node) => node.at === "h2");
  assert.ok(steps(r)[11].known.includes(unit.slopeNeeds));
  assert.ok(steps(r)[14].known.includes(unit.biasNeeds));
});

test("units are counted from 1 in words and in the picture, and from 0 in code", () => {
  const all = steps(r);
  assert.deepEqual([1, 10, 14].map((k) => all[k].title), [
    "hidden unit 1, h₁: a1[0]", "through W2[1] to hidden unit 2, h₂", "the weights into hidden unit 3, h₃",
  ]);
  assert.deepEqual(nodes(r).map((node) => node.name), ["x₁", "x₂", "h₁", "h₂", "h₃", "ŷ", "loss"]);
  for (const { title, words } of all) assert.doesNotMatch(title + words, /unit 0/);
});

test("the words say where no blame passes", () => {
  const cut = steps({ ...r, W2: [0, -8, 9], da1: [0, 1.6, -1.8] }), flat = steps({ ...r, a1: [0.25, 0.9995, 0.75] });
  assert.match(cut[9].words, /^This weight is 0, so no blame comes back/);
  assert.match(flat[10].words, /flat here, so next to nothing passes\.$/);
  assert.doesNotMatch(flat[9].words + flat[11].words, /flat/);
});
