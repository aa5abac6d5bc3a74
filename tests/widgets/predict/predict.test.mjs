import assert from "node:assert/strict";
import { test } from "node:test";
import { compare } from "../../../nablab/widgets/predict.js";

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
