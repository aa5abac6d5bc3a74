// Drawing that the widgets share: pure functions, and a few makers of elements. Plain functions only: Python puts this
// file in front of each widget's own, in one scope.

const SVG = "http://www.w3.org/2000/svg";
const SVG_TAGS = ["circle", "g", "line", "path", "pattern", "polyline", "rect", "svg", "text", "title"];

/** A name that no other element of the page has. Each widget has its own copy of this file, so the page counts. */
export const unique = () => `nablab-${(globalThis.nablabNames = (globalThis.nablabNames ?? 0) + 1)}`;

/** An element with attributes and children; strings become text. */
export function make(tag, attributes = {}, ...children) {
  const element = SVG_TAGS.includes(tag) ? document.createElementNS(SVG, tag) : document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

/** Typed array over a binary trait, which arrives as a DataView or a buffer. */
export function numbers(Type, binary) {
  const view = ArrayBuffer.isView(binary) ? binary : new DataView(binary);
  return new Type(view.buffer.slice(view.byteOffset, view.byteOffset + view.byteLength));
}

/** The linear map of [a, b] onto [c, d]. */
export const scale = (a, b, c, d) => (v) => c + ((v - a) / (b - a)) * (d - c);

/** Round numbers, at most `count` + 1 of them, spread evenly over [low, high]. */
export function ticks(low, high, count = 5) {
  const rough = (high - low) / count, power = 10 ** Math.floor(Math.log10(rough));
  const step = power * [1, 2, 5, 10].find((m) => m * power >= rough * (1 - 1e-9));
  const all = [];
  for (let k = Math.ceil(low / step - 1e-9); k * step <= high + step * 1e-9; k++)
    all.push(Number((k * step).toPrecision(12)));
  return all;
}

/** The index of the number in `list` nearest to `value`. */
export const nearest = (list, value) =>
  list.reduce((best, v, i) => (Math.abs(v - value) < Math.abs(list[best] - value) ? i : best), 0);

/** Ten to a whole power, as a reader would write it: 10⁻³. */
export const powerOfTen = (k) => `10${[...String(k)].map((c) => RAISED[c] ?? "⁻").join("")}`;
const RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹";

/**
 * A number as a reader would write it, everywhere: three digits, 0.00123 to 9999, thousands to the whole; below 0.001
 * and from 10,000 on with a power of ten, 1.24·10¹². The minus is a true one, and 0 has none.
 */
export function short(v) {
  if (Number.isNaN(v)) return "not a number";
  const sign = v < 0 ? "−" : "", size = Math.abs(v);
  if (size === Infinity) return `${sign}∞`;
  const rounded = size < 1000 ? Number(size.toPrecision(3)) : Math.round(size);
  if (rounded === 0 || (rounded >= 0.001 && rounded < 10_000)) return sign + rounded;
  const [digits, power] = size.toExponential(2).split("e").map(Number);
  return `${sign}${digits === 1 ? "" : `${digits}·`}${powerOfTen(power)}`;
}

/**
 * The number that a reader wrote, 50.5, 50,5, 1/4, 25 %, 10⁻³, as `{ value }`; or `{ problem }`, a sentence, where it
 * is no number, or could be two. Null where nothing is written.
 */
export function readNumber(written, unit = "") {
  let text = written.trim().toLowerCase().replaceAll("−", "-");
  if (unit && text.endsWith(unit.toLowerCase())) text = text.slice(0, -unit.length).trim();
  if (!text) return null;
  const [doubt] = text.match(/(?<![\d.,])[1-9]\d{0,2},\d{3}(?![\d.,])/) ?? [];
  if (doubt) {
    const thousands = doubt.replace(",", ""), decimal = Number(doubt.replace(",", "."));
    const point = Number.isInteger(decimal) ? `${decimal}.0` : decimal;
    return { problem: `Is “${doubt}” ${thousands} or ${point}? Please write it without the comma.` };
  }
  const value = text.endsWith("%") ? valueOf(text.slice(0, -1)) / 100 : valueOf(text);
  return Number.isFinite(value) ? { value } : { problem: "Please write one number, such as 12, 0.5 or 1/4." };
}

// Three digits a group, where commas or points cannot be meant as a decimal one.
const THOUSANDS = /^([+-]?\d{1,3})(([ \u00a0\u202f]\d{3})+|(,\d{3})+(?=\.)|(,\d{3}){2,}|(\.\d{3})+(?=,))/;

const lowered = (c) => (c === "⁻" ? "-" : RAISED.indexOf(c));

/** A decimal number with point or comma, a power of ten with a factor or without, or a fraction of such; else NaN. */
function valueOf(text) {
  const [top, bottom, ...more] = text.split("/");
  if (bottom !== undefined) return more.length ? NaN : valueOf(top) / valueOf(bottom);
  const plain = text.trim().replace(THOUSANDS, (number) => number.replace(/[^\d+-]/g, "")).replace(/,(?=\d+(e|$))/, ".")
    .replace(/(?<=10)[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+$/, (power) => `^${[...power].map(lowered).join("")}`);
  const [, sign, factor = 1, power] =
    plain.match(/^([+-]?)(?:(\d*\.?\d+) ?[·*×] ?)?10(?:\^|\*\*)\(?([+-]?\d+)\)?$/) ?? [];
  if (power) return Number(`${sign}${factor}e${power}`);
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/.test(plain) ? Number(plain) : NaN;
}

/** SVG path data, in columns and rows, of the line where `values` (rows x columns) equal `level`: marching squares. */
export function contour(values, rows, columns, level) {
  let data = "";
  eachCell(values, rows, columns, level, (ring) => {
    const cuts = ring.filter((p) => p.cut);
    for (let k = 0; k + 1 < cuts.length; k += 2) data += `M${pair(cuts[k])}L${pair(cuts[k + 1])}`;
  });
  return data;
}

/** SVG path data of the region where `values` are below `level`. */
export function region(values, rows, columns, level) {
  let data = "";
  eachCell(values, rows, columns, level, (ring) => {
    const below = ring.filter((p) => p.cut || p.below), apart = below.length === 6 && below[0].cut;
    for (const part of apart ? [below.slice(0, 3), below.slice(3)] : [below])
      if (part.length > 2) data += `M${part.map(pair).join("L")}Z`;
  });
  return data;
}

const pair = ({ x, y }) => `${Number(x.toFixed(2))} ${Number(y.toFixed(2))}`;

/**
 * Calls `visit` with the ring of each cell: its corners, and between them the points where the level is crossed. At a
 * saddle, with four crossings, the cell's mean says which two corners are joined; the ring begins with one of them.
 */
function eachCell(values, rows, columns, level, visit) {
  for (let r = 0; r < rows - 1; r++)
    for (let c = 0; c < columns - 1; c++) {
      const corners = [[c, r], [c + 1, r], [c + 1, r + 1], [c, r + 1]].map(([x, y]) => {
        const height = values[y * columns + x] - level;
        return { x, y, height, below: height < 0 };
      });
      const joinsBelow = corners.reduce((sum, corner) => sum + corner.height, 0) < 0;
      if (corners[0].below !== joinsBelow) corners.push(corners.shift());
      visit(corners.flatMap((a, i) => {
        const b = corners[(i + 1) % 4], t = a.height / (a.height - b.height);
        return a.below === b.below ? [a] : [a, { x: a.x + t * (b.x - a.x), y: a.y + t * (b.y - a.y), cut: true }];
      }));
    }
}

/** Thin lines at 45 degrees to fill a side with, which is then told apart without colour: for what is stretched so. */
export function hatch(x, y) {
  const id = unique(), unstretched = `scale(${1 / x} ${1 / y}) rotate(45)`;
  const tile = { id, width: 6, height: 6, patternUnits: "userSpaceOnUse", patternTransform: unstretched };
  const pattern = make("pattern", tile, make("line", { x1: 3, x2: 3, y2: 6, class: "nablab-hatch" }));
  return { pattern, fill: `url(#${id})` };
}

/** Axes for a picture: their group, the frame that cuts off what is drawn inside, and the maps from data to picture. */
export function axes({ width, height }, { x, y, xlabel, ylabel, name = short, ...own }) {
  const { xticks = ticks(...x), yticks = ticks(...y) } = own;
  const [left, right, top, bottom] = [54, width - 12, 8, height - 36];
  const sx = scale(...x, left, right), sy = scale(...y, bottom, top), group = make("g", { class: "nablab-axes" });
  for (const v of xticks)
    group.append(make("text", { x: sx(v), y: bottom + 15, "text-anchor": "middle" }, short(v)));
  for (const v of yticks) {
    group.append(make("line", { x1: left, x2: right, y1: sy(v), y2: sy(v) }));
    group.append(make("text", { x: left - 6, y: sy(v) + 4, "text-anchor": "end" }, name(v)));
  }
  const middle = (top + bottom) / 2;
  group.append(
    make("text", { x: (left + right) / 2, y: height - 4, "text-anchor": "middle" }, xlabel),
    make("text", { x: 12, y: middle, "text-anchor": "middle", transform: `rotate(-90 12 ${middle})` }, ylabel),
  );
  const box = { x: left, y: top, width: right - left, height: bottom - top };
  const inside = make("svg", { ...box, viewBox: `${left} ${top} ${box.width} ${box.height}` });
  return { group, inside, sx, sy, box };
}

/** Where a pointer is, in the numbers of a picture's axes. */
export function locate(event, svg, { sx, sy }, x, y) {
  const point = new DOMPoint(event.clientX, event.clientY).matrixTransform(svg.getScreenCTM().inverse());
  return [scale(sx(x[0]), sx(x[1]), ...x)(point.x), scale(sy(y[0]), sy(y[1]), ...y)(point.y)];
}

/** A labelled slider: its row, its input, a function that shows a value beside it, and one that marks a place on it. */
export function slider(label, { min, max, step, value }) {
  const id = unique(), mark = make("span", { class: "nablab-mark", "aria-hidden": "true" });
  // The value is spoken as the input's own; an <output> would be spoken once more.
  const shown = make("span", { class: "nablab-shown", "aria-hidden": "true" });
  // JupyterLab takes the arrow keys unless the input itself says no.
  const input = make("input", { id, type: "range", min, max, step, value, "data-lm-suppress-shortcuts": "true" });
  const row = make("div", { class: "nablab-control nablab-slider" },
    make("label", { for: id }, label), make("div", { class: "nablab-track" }, input, mark), shown);
  return {
    row,
    input,
    show(text) {
      shown.textContent = text;
      input.setAttribute("aria-valuetext", text);
    },
    mark(place, text) {
      const share = (place - input.min) / (input.max - input.min);
      mark.hidden = !(share >= 0 && share <= 1);
      mark.style.setProperty("--share", share);
      mark.textContent = text;
    },
  };
}

/** The value at a place in an ascending list: 1.5 is half-way from the second to the third, in ratio if asked for. */
export function amid(list, place, ratio = false) {
  const i = Math.floor(place), t = place - i, [a, b] = [list[i], list[i + 1]];
  if (Number.isInteger(place)) return list[place];
  return ratio && a > 0 ? a * (b / a) ** t : a + t * (b - a);
}

/** The place of a value in an ascending list, which `amid` undoes: below 0 or beyond the end where it lies outside. */
export function placeIn(list, value, ratio = false) {
  if (list.includes(value)) return list.indexOf(value);
  const i = Math.min(Math.max(list.findLastIndex((v) => v <= value), 0), list.length - 2);
  const [a, b] = [list[i], list[i + 1]];
  return i + (ratio && a > 0 ? Math.log(value / a) / Math.log(b / a) : (value - a) / (b - a));
}

/**
 * A slider over recorded values, ascending. Each of its steps is one of them, until `free()`: with a kernel, what lies
 * between can be computed. `name` writes a value; `ratio` spaces what lies between evenly by ratio.
 */
export function recorded(label, values, { first = 0, name = short, ratio = false } = {}) {
  let list = values;
  const made = slider(label, { min: 0, max: values.length - 1, step: 1, value: first }), { input } = made;
  const value = () => amid(list, Number(input.value), ratio);
  return {
    ...made,
    value,
    index: () => Math.round(Number(input.value)), // of the recorded value nearest to the slider
    show: (text = name(value())) => made.show(text),
    mark: (v, text) => made.mark(placeIn(list, v, ratio), text),
    put: (v) => { input.value = placeIn(list, v, ratio); }, // the nearest recorded one, while it is not free
    refill(others, at = 0) {
      list = others;
      input.max = others.length - 1;
      input.value = at;
    },
    free: (step = 0.05) => { input.step = step; },
  };
}

/**
 * The words beside a picture. They are seen at once, in `seen`; the status region `spoken`, which nobody sees, has them
 * half a second after they came to rest, and empties itself. Not spoken: the first words, and what is said `silent`.
 * Undo by `hush`.
 */
export function speech() {
  const seen = make("p", { class: "nablab-status" }), spoken = make("p", { role: "status", class: "nablab-spoken" });
  let timer, shown, heard;
  function speak(text) {
    spoken.textContent = heard = text;
    timer = setTimeout(() => spoken.replaceChildren(), 5000);
  }
  return {
    seen,
    spoken,
    hush: () => clearTimeout(timer),
    say(parts, { silent = false } = {}) {
      const text = parts.map((part) => part.textContent ?? part).join(" ").replace(/\s+/g, " ").trim();
      heard ??= text;
      if (shown !== text) seen.replaceChildren(...parts);
      shown = text;
      spoken.replaceChildren();
      clearTimeout(timer);
      if (!silent && text !== heard) timer = setTimeout(speak, 500, text);
    },
  };
}

/** A labelled choice: its row and its select. */
export function choice(label, options, selected = 0) {
  const id = unique(), select = make("select", { id });
  options.forEach((text, i) => select.append(make("option", { value: i }, text)));
  select.value = selected;
  return { row: make("div", { class: "nablab-control" }, make("label", { for: id }, label), select), select };
}

/** The words of a heading, without the link beside them. */
export const headingText = (heading) => heading.textContent.replace(/[#¶\s]+$/, "").trim();

/** Calls `listen(target, event, handler)`, all undone by `undo()`. */
export function listeners() {
  const controller = new AbortController();
  return {
    listen: (target, event, handler) => target.addEventListener(event, handler, { signal: controller.signal }),
    undo: () => controller.abort(),
  };
}
