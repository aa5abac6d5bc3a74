import assert from "node:assert/strict";
import { test } from "node:test";
import { answer, count, earlyStopping, explain, judge, span, unpack } from "../../../nablab/widgets/training_run.js";

test("the carried network answers the two samples that every chapter computes", () => {
  const carried = [0.8, -0.4, 0.3, 0.2, 0.9, -0.6, 0.1, -0.2, 0.4, 1.1, -0.7, 0.5, 0.2];
  assert.equal(answer(carried, 0.97023631, 1.30207183).toFixed(3), "0.695");
  assert.equal(answer(carried, -0.348854, 0.53427163).toFixed(3), "0.635");
});

test("early stopping keeps the first lowest loss and ends after the patience", () => {
  assert.deepEqual(earlyStopping([3, 2, 1, 1, 1], 2), { kept: 2, stopped: 4 });
  assert.deepEqual(earlyStopping([3, 2, 2.5, 1, 1.5, 1.2, 0], 2), { kept: 3, stopped: 5 });
  assert.deepEqual(earlyStopping([3, 2, 1], 2), { kept: 2, stopped: null });
  assert.deepEqual(earlyStopping([1, 2, 3, 0], 3), { kept: 3, stopped: null });
  assert.deepEqual(earlyStopping([1, 2, 3, 4, 0], 3), { kept: 0, stopped: 3 });
});

test("the axis of the losses holds them all", () => {
  assert.deepEqual(span([0.09, 0.28]), [0.05, 0.3]);
  assert.deepEqual(span([0.09, 0.31]), [0, 0.5]);
});

test("a run is unpacked row by row", () => {
  const run = Float32Array.from({ length: 30 }, (_, i) => i);
  const { weights, training, validation } = unpack(run);
  assert.deepEqual([...weights[1]], [15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27]);
  assert.deepEqual([training, validation], [[13, 28], [14, 29]]);
});

test("each point is judged by the side of one half that it is on", () => {
  const carried = [0.8, -0.4, 0.3, 0.2, 0.9, -0.6, 0.1, -0.2, 0.4, 1.1, -0.7, 0.5, 0.2];
  const points = Float32Array.of(0.97023631, 1.30207183, 1, -0.348854, 0.53427163, 0);
  assert.deepEqual(judge(carried, points), [{ five: true, right: true }, { five: true, right: false }]);
  assert.deepEqual(count(judge(carried, points)), { wrong: 1, fives: 2 });
});

const now = { epoch: 12, training: 0.15, validation: 0.12, wrong: 57, fives: 140 };
const of = { lr: 2, size: 10, samples: 300, patience: 10, epochs: 60, kept: 16, stopped: 26 };

test("the status says where the run is, and where it would stop", () => {
  assert.deepEqual(explain(now, of), {
    word: "57 of 300 training points on the wrong side",
    why: "Epoch 12, before the epoch that is kept: 360 updates with the learning rate 2, 10 samples an update. " +
      "Training loss 0.15, validation loss 0.12. " +
      "Early stopping ends this run after epoch 26, 10 epochs without a new low, and keeps epoch 16.",
  });
  assert.match(explain({ ...now, epoch: 16 }, of).why, /^Epoch 16, the epoch that is kept:/);
  assert.match(explain({ ...now, epoch: 20 }, of).why, /^Epoch 20, after the epoch that is kept:/);
  assert.match(explain({ ...now, epoch: 27 }, of).why, /^Epoch 27, after the stop:/);
  assert.match(explain({ ...now, epoch: 1 }, { ...of, size: 300 }).why, /1 update with the learning rate 2, all samples an/);
  assert.match(explain(now, { ...of, kept: 60, stopped: null }).why, /the budget ends the run, and epoch 60 is kept/);
  assert.equal(explain({ ...now, fives: 300 }, of).word, "All 300 training points are called fives");
  assert.equal(explain({ ...now, fives: 0 }, of).word, "All 300 training points are called ones");
});
