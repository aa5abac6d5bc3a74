import assert from "node:assert/strict";
import { test } from "node:test";
import { answer, earlyStopping, explain, span, unpack } from "../../nablab/widgets/training_run.js";

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

const seen = { epoch: 12, lr: 2, size: 10, samples: 300, training: 0.15, validation: 0.12, wrong: 57, fives: 140, patience: 10, epochs: 60, kept: 16, stopped: 26 };

test("the status says where the run is, and where it would stop", () => {
  assert.deepEqual(explain(seen), {
    word: "57 of 300 training points on the wrong side",
    why: "Epoch 12, before the epoch that is kept: 360 updates with the learning rate 2, 10 samples an update. " +
      "Training loss 0.150, validation loss 0.120. Early stopping ends this run after epoch 26, 10 epochs without a new low, and keeps epoch 16.",
  });
  assert.match(explain({ ...seen, epoch: 16 }).why, /^Epoch 16, the epoch that is kept:/);
  assert.match(explain({ ...seen, epoch: 20 }).why, /^Epoch 20, after the epoch that is kept:/);
  assert.match(explain({ ...seen, epoch: 27 }).why, /^Epoch 27, after the stop:/);
  assert.match(explain({ ...seen, epoch: 1, size: 300 }).why, /1 update with the learning rate 2, all samples an update/);
  assert.match(explain({ ...seen, kept: 60, stopped: null }).why, /the budget ends the run, and epoch 60 is kept/);
  assert.equal(explain({ ...seen, fives: 300 }).word, "Everything is called a five");
  assert.equal(explain({ ...seen, fives: 0 }).word, "Everything is called a one");
});
