import assert from "node:assert/strict";
import { test } from "node:test";
import { explain, placeAt, products } from "../../../nablab/widgets/convolution_window.js";

const image = Array(28 * 28).fill(0);
[[1, 154, 253], [0, 139, 253], [0, 11, 190]].forEach((line, u) => line.forEach((pixel, v) => { image[(10 + u) * 28 + 10 + v] = pixel; }));
const edges = [[-1, 0, 1], [-1, 0, 1], [-1, 0, 1]];

test("nine products and their sum, worked by hand", () => {
  const { cells, sum } = products(image, edges, 10, 10);
  assert.deepEqual(cells.map((c) => c.product), [-1, 0, 253, 0, 0, 253, 0, 0, 190]);
  assert.equal(sum, 695);
  assert.ok(cells.every(({ product }) => !Object.is(product, -0)));
  assert.equal(products(image, edges, 0, 0).sum, 0);
  assert.equal(products(image, edges, 10, 11).sum, 0 - 154 - 139 - 11, "one to the right, other pixels meet other weights");
});

test("a pointer's place is that of the window's middle, and stays on the map", () => {
  assert.deepEqual(placeAt(11.5 / 28, 5.5 / 28), [4, 10]);
  assert.deepEqual(placeAt(0, 0), [0, 0]);
  assert.deepEqual(placeAt(1, 0.999), [25, 25]);
  assert.deepEqual(placeAt(-3, 7), [25, 0]);
});

test("what is said of a window", () => {
  const { word, rest } = explain({ row: 10, column: 10, ...products(image, edges, 10, 10) });
  assert.equal(word, "The sum is 695.");
  assert.equal(rest, "It stands in row 11, column 11 of the map. 7 of 9 pixels have ink.");
  assert.match(explain({ row: 0, column: 0, ...products(image, edges, 0, 0) }).rest, /All 9 pixels are paper\.$/);
  assert.equal(explain({ row: 10, column: 11, ...products(image, edges, 10, 11) }).word, "The sum is −304.");
});
