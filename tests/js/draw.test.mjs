import assert from "node:assert/strict";
import { test } from "node:test";
import { contour, nearest, numbers, powerOfTen, region, scale, short, ticks } from "../../nablab/widgets/draw.js";

test("scale maps one range onto another, reversed ones too", () => {
  assert.deepEqual([0, 5, 10].map(scale(0, 10, 100, 0)), [100, 50, 0]);
});

test("ticks are round, cover the range, and keep within it", () => {
  assert.deepEqual(ticks(-5, 5), [-4, -2, 0, 2, 4]);
  assert.deepEqual(ticks(0, 30, 3), [0, 10, 20, 30]);
  assert.deepEqual(ticks(0, 0.3, 3), [0, 0.1, 0.2, 0.3]);
  for (const [low, high] of [[0, 1], [-0.9, 1.74], [1e-7, 3e-6], [-1e5, 7]]) {
    const all = ticks(low, high);
    assert.ok(all.length >= 2 && all.length <= 6, String(all));
    assert.ok(all[0] >= low - 1e-9 && all.at(-1) <= high + 1e-9);
  }
});

test("numbers are written as a reader would", () => {
  assert.deepEqual([0, -4.5, 0.00050212, 1234.5].map(short), ["0", "−4.5", "0.000502", "1230"]);
  assert.deepEqual([0, 1, -3, 12].map(powerOfTen), ["10⁰", "10¹", "10⁻³", "10¹²"]);
});

test("the nearest of a list", () => {
  assert.equal(nearest([0, 1, 4], 2.4), 1);
  assert.equal(nearest([0, 1, 4], 100), 2);
});

test("binary traits are read from a view into a larger buffer", () => {
  const bytes = new Uint8Array(12);
  new DataView(bytes.buffer).setInt16(4, -7, true);
  assert.deepEqual([...numbers(Int16Array, new DataView(bytes.buffer, 4, 4))], [-7, 0]);
  assert.deepEqual([...numbers(Int16Array, bytes.buffer)], [0, 0, -7, 0, 0, 0]);
});

const coordinates = (data) => [...data.matchAll(/([\d.-]+) ([\d.-]+)/g)].map(([, x, y]) => [Number(x), Number(y)]);

test("a contour line lies where the surface has the level", () => {
  const size = 21, f = (x, y) => (x - 10) ** 2 + (y - 10) ** 2;
  const values = Float32Array.from({ length: size * size }, (_, i) => f(i % size, Math.floor(i / size)));
  const points = coordinates(contour(values, size, size, 36));
  assert.ok(points.length > 20);
  for (const [x, y] of points) assert.ok(Math.abs(Math.sqrt(f(x, y)) - 6) < 0.1);
  assert.equal(contour(values, size, size, 1e6), "");
});

test("a region has the area below the level", () => {
  const size = 41, values = Float32Array.from({ length: size * size }, (_, i) => (i % size) - 20.5);
  const area = region(values, size, size, 0).split("Z").filter(Boolean).reduce((sum, ring) => {
    const p = coordinates(ring);
    return sum + Math.abs(p.reduce((s, [x, y], i) => s + x * p[(i + 1) % p.length][1] - y * p[(i + 1) % p.length][0], 0)) / 2;
  }, 0);
  assert.ok(Math.abs(area - 20.5 * 40) < 0.5, String(area));
});
