import assert from "node:assert/strict";
import { test } from "node:test";
import { agree, judge, listed, pieces, summarise } from "../../../nablab/widgets/diagnostic.js";

test("code is set off by backticks", () => {
  assert.deepEqual(pieces("What is `x @ W` here?"), [
    { part: "What is ", code: false }, { part: "x @ W", code: true }, { part: " here?", code: false }]);
  assert.deepEqual(pieces("`(2,)`"), [{ part: "(2,)", code: true }]);
});

test("numbers agree within the tolerance, options word for word", () => {
  assert.ok(agree(0.73, 0.729, 0.01));
  assert.ok(!agree(0.7, 0.729, 0.01));
  assert.ok(agree(0, 0, 0.01));
  assert.ok(!agree(-0.006, 0.006, 0.01));
  assert.ok(agree("an error", "an error", 0.01));
  assert.ok(!agree("0", "0.0", 0.01));
});

const number = {
  answer: 12, wrong: [[6, "That is the outer rate."]], why: "Rates multiply.", tolerance: 0.01, section: "The chain rule",
};
const option = {
  answer: "`(2,)`", wrong: [["`()`", "That is one number."]], why: "One mean each.", tolerance: 0.01, section: "Arrays",
};

test("a wrong answer is told what it means, then the answer and why", () => {
  assert.deepEqual(judge(number, 12.01), { verdict: "right", word: "Right.", says: "Rates multiply." });
  assert.equal(judge(number, 6).says, "That is the outer rate. The answer is 12. Rates multiply.");
  assert.equal(judge(number, 77).says, "The answer is 12. Rates multiply.");
  assert.equal(judge(option, "`()`").verdict, "wrong");
  assert.deepEqual(judge(option, null),
    { verdict: "unsure", word: "Good to know.", says: "The answer is `(2,)`. One mean each." });
});

test("the summary sends readers where they need to go", () => {
  const questions = [number, { ...number }, option];
  assert.deepEqual(summarise(questions, [undefined, undefined, undefined]),
    { opening: "No question is answered yet.", read: [], skip: [], open: [1, 2, 3], done: false });
  const some = summarise(questions, [12, undefined, null]);
  assert.deepEqual([some.opening, some.read, some.skip, some.open],
    ["So far 1 of 2 right.", ["Arrays"], ["The chain rule"], [2]]);
  const mixed = summarise(questions, [12, 6, "`(2,)`"]);
  assert.deepEqual([mixed.opening, mixed.read, mixed.skip, mixed.done],
    ["2 of 3 right.", ["The chain rule"], ["Arrays"], true]);
  assert.equal(summarise(questions, [12, 12, "`(2,)`"]).opening, "All 3 right.");
  assert.equal(summarise(questions, [null, 6, null]).opening, "None of 3 right.");
  assert.equal(summarise(questions, [null, undefined, null]).opening, "So far none of 2 right.");
});

test("lists are written in words", () => {
  assert.equal(listed(["4"]).join(""), "4");
  assert.equal(listed(["4", "7"]).join(""), "4 and 7");
  assert.equal(listed(["4", "7", "9"]).join(""), "4, 7 and 9");
});
