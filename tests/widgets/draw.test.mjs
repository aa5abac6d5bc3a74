import assert from "node:assert/strict";
import { test } from "node:test";
import {
  amid, contour, nearest, numbers, placeIn, powerOfTen, readNumber, region, scale, short, ticks,
} from "../../nablab/widgets/draw.js";

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
  const written = [
    [0, "0"], [-0, "0"], [1, "1"], [-4.5, "−4.5"], [0.1 + 0.2, "0.3"], [0.12345, "0.123"], [999.6, "1000"],
    [1234, "1234"],
    [1234.5, "1235"], [9999, "9999"], [9999.4, "9999"], [9999.6, "10⁴"], [10000, "10⁴"], [60000, "6·10⁴"],
    [12345, "1.23·10⁴"], [1.24e12, "1.24·10¹²"], [-1e15, "−10¹⁵"], [0.001, "0.001"], [0.0009996, "0.001"],
    [0.00050212, "5.02·10⁻⁴"], [1.02e-9, "1.02·10⁻⁹"], [-1.5e-8, "−1.5·10⁻⁸"], [9.999e-7, "10⁻⁶"], [9.999e22, "10²³"],
    [5e-324, "4.94·10⁻³²⁴"], [1e300, "10³⁰⁰"], [Infinity, "∞"], [-Infinity, "−∞"], [NaN, "not a number"],
  ];
  for (const [v, text] of written) assert.equal(short(v), text);
  assert.deepEqual([0, 1, -3, 12].map(powerOfTen), ["10⁰", "10¹", "10⁻³", "10¹²"]);
});

test("a number that is written can be read back: three digits hold, and it has one kind of minus", () => {
  const lowered = (power) => [...power].map((c) => "⁰¹²³⁴⁵⁶⁷⁸⁹".indexOf(c)).map((d) => (d < 0 ? "-" : d)).join("");
  const plain = (text) => text.replaceAll("−", "-").replace(/(?:(.+)·|(-?))10([⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)$/,
    (_, digits, sign, power) => `${digits ?? `${sign}1`}e${lowered(power)}`);
  for (let k = 0; k < 20000; k++) {
    const v = (Math.random() - 0.5) * 10 ** (60 * Math.random() - 30), text = short(v);
    assert.match(text, /^−?(\d+(\.\d+)?(·10⁻?[⁰¹²³⁴⁵⁶⁷⁸⁹]+)?|10⁻?[⁰¹²³⁴⁵⁶⁷⁸⁹]+)$/);
    assert.ok(Math.abs(Number(plain(text)) - v) <= 0.00501 * Math.abs(v), `${v} as ${text}`);
    assert.ok(text.length <= 11, text);
  }
});

test("numbers are read as readers write them", () => {
  const read = [
    ["50,5", 50.5], ["50.5", 50.5], [" 1/4 ", 0.25], ["-1 / 4", -0.25], ["1,5/3", 0.5], ["50 %", 0.5], ["50%", 0.5],
    ["−3", -3], ["+3", 3], [".5", 0.5], [",5", 0.5], ["5.", 5], ["1e-3", 0.001], ["1E3", 1000], ["10⁻³", 0.001],
    ["1.02·10⁻⁹", 1.02e-9], ["−10¹²", -1e12], ["2*10^3", 2000], ["10**(-2)", 0.01], ["10 000", 10000],
    ["1,000,000", 1e6],
    ["1,000.5", 1000.5], ["1.000,5", 1000.5], ["0,125", 0.125], ["1,25", 1.25], ["1,2345", 1.2345], ["10000", 10000],
    ["1/10⁶", 1e-6],
  ];
  for (const [text, value] of read) assert.deepEqual(readNumber(text), { value }, text);
  for (const text of ["", "  "]) assert.equal(readNumber(text), null);
  const none = ["many", "1/0", "0/0", "1/2/3", "inf", "nan", "1 2", "1,2,3", "--1", "1e400", "0x10", "%", "/", "e5", "1..2"];
  for (const text of none)
    assert.match(readNumber(text).problem, /^Please write one number/, text);
  assert.equal(readNumber("10,000").problem, "Is “10,000” 10000 or 10.0? Please write it without the comma.");
  assert.equal(readNumber("-1,250").problem, "Is “1,250” 1250 or 1.25? Please write it without the comma.");
  assert.match(readNumber("10,000/3").problem, /10000 or 10\.0/);
  assert.deepEqual(readNumber("50 %", "%"), { value: 50 });
  assert.deepEqual(readNumber("93 steps", "steps"), { value: 93 });
  assert.deepEqual([readNumber("3 of 4", "of 4"), readNumber("of 4", "of 4")], [{ value: 3 }, null]);
  for (let k = 0; k < 5000; k++) {
    const v = Number(((Math.random() - 0.5) * 10 ** (24 * Math.random() - 12)).toPrecision(3));
    assert.equal(short(readNumber(short(v)).value), short(v)); // what is shown can be typed
  }
});

test("places and values of a recorded list undo each other", () => {
  const rates = [0.1, 0.2, 0.5, 1, 10], decays = [0, 1e-5, 1e-4];
  for (const ratio of [true, false])
    for (const list of [rates, decays, [3, 7]]) {
      list.forEach((v, i) => assert.deepEqual([amid(list, i, ratio), placeIn(list, v, ratio)], [v, i]));
      for (let p = 0; p <= list.length - 1; p += 0.05)
        assert.ok(Math.abs(placeIn(list, amid(list, p, ratio), ratio) - p) < 1e-9, `${list} at ${p}`);
      assert.ok(placeIn(list, list[0] - 0.01, false) < 0 && placeIn(list, 1e3, ratio) > list.length - 1);
    }
  assert.equal(amid([1, 100], 0.5, true), 10);
  assert.equal(amid([1, 100], 0.5), 50.5);
  assert.equal(amid(decays, 0.5, true), 5e-6); // no ratio begins at 0
  assert.deepEqual([amid([4], 0), placeIn([4], 4)], [4, 0]);
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

/** The area of SVG rings. */
const areaOf = (data) => data.split("Z").filter(Boolean).reduce((sum, ring) => {
  const p = coordinates(ring);
  const after = (i) => p[(i + 1) % p.length];
  return sum + Math.abs(p.reduce((s, [x, y], i) => s + x * after(i)[1] - y * after(i)[0], 0)) / 2;
}, 0);

test("a region has the area below the level", () => {
  const size = 41, values = Float32Array.from({ length: size * size }, (_, i) => (i % size) - 20.5);
  const area = areaOf(region(values, size, size, 0));
  assert.ok(Math.abs(area - 20.5 * 40) < 0.5, String(area));
});

test("at a saddle the region ends where the line is, and its mean says which corners are joined", () => {
  const separate = [1, -1, -1, 1], joined = [0.5, -1, -1, 0.5], other = [-1, 0.5, 0.5, -1];
  assert.equal(region(separate, 2, 2, 0).split("Z").length - 1, 2); // two triangles
  assert.ok(Math.abs(areaOf(region(separate, 2, 2, 0)) - 0.25) < 1e-9);
  for (const values of [joined, other, other.map((v) => -v), joined.map((v) => -v), separate]) {
    const turned = values.map((v) => -v), low = areaOf(region(values, 2, 2, 0)), high = areaOf(region(turned, 2, 2, 0));
    const mean = values.reduce((a, b) => a + b), pieces = region(values, 2, 2, 0).split("Z").length - 1;
    assert.equal(pieces, mean < 0 ? 1 : 2, String(values));
    if (mean) assert.ok(Math.abs(low + high - 1) < 0.02, `${values}: ${low} and ${high}`); // no gap, no overlap
    const ends = new Set(coordinates(contour(values, 2, 2, 0)).map(String));
    assert.equal(ends.size, 4);
    const corners = contour(values, 2, 2, 0).split("M").filter(Boolean).map((line) => {
      const [[x0, y0], [x1, y1]] = coordinates(line);
      return values[2 * Math.round((y0 + y1) / 2) + Math.round((x0 + x1) / 2)]; // the corner next to the line
    });
    assert.ok(corners.every((v) => v < 0 === mean >= 0), `${values}: the lines cut off ${corners}`);
  }
});
