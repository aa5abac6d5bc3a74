// Drawing that the widgets share: pure functions, and a few makers of elements. Plain functions only: Python puts this
// file in front of each widget's own, in one scope.

export const SVG = "http://www.w3.org/2000/svg";
let made = 0;

/** A name that no other element of the page has. */
export const unique = () => `nablab-${++made}`;

/** An element with attributes and children; strings become text. */
export function make(tag, attributes = {}, ...children) {
  const svg = ["svg", "path", "circle", "g", "text", "line", "title", "polyline", "rect"].includes(tag);
  const element = svg ? document.createElementNS(SVG, tag) : document.createElement(tag);
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

/** Round numbers, at most `count` of them, that cover [low, high] evenly. */
export function ticks(low, high, count = 6) {
  const rough = (high - low) / count, power = 10 ** Math.floor(Math.log10(rough));
  const step = power * [1, 2, 5, 10].find((m) => m * power >= rough);
  const all = [];
  for (let k = Math.ceil(low / step); k * step <= high + step / 1e6; k++) all.push(Number((k * step).toPrecision(12)));
  return all;
}

/** SVG path data of one contour line of `values` (rows x columns), by marching squares, in columns and rows. */
export function contour(values, rows, columns, level) {
  const at = (r, c) => values[r * columns + c] - level;
  const cut = (a, b) => a / (a - b);
  let data = "";
  for (let r = 0; r < rows - 1; r++)
    for (let c = 0; c < columns - 1; c++) {
      const [a, b, d, e] = [at(r, c), at(r, c + 1), at(r + 1, c), at(r + 1, c + 1)];
      const points = [];
      if (a < 0 !== b < 0) points.push([c + cut(a, b), r]);
      if (a < 0 !== d < 0) points.push([c, r + cut(a, d)]);
      if (b < 0 !== e < 0) points.push([c + 1, r + cut(b, e)]);
      if (d < 0 !== e < 0) points.push([c + cut(d, e), r + 1]);
      for (let k = 0; k + 1 < points.length; k += 2)
        data += `M${points[k].map((v) => v.toFixed(2))}L${points[k + 1].map((v) => v.toFixed(2))}`;
    }
  return data;
}

/** The index of the number in `list` nearest to `value`. */
export const nearest = (list, value) =>
  list.reduce((best, v, i) => (Math.abs(v - value) < Math.abs(list[best] - value) ? i : best), 0);

/** A number in at most three digits, as a reader would write it. */
export const short = (v) => (v === 0 ? "0" : String(Number(v.toPrecision(3))));

/** A labelled slider: its row, its input, and a function that shows a value beside it. */
export function slider(label, { min, max, step, value }) {
  const id = unique(), output = make("output", { for: id });
  // JupyterLab takes the arrow keys unless the input itself says no.
  const input = make("input", { id, type: "range", min, max, step, value, "data-lm-suppress-shortcuts": "true" });
  const row = make("div", { class: "nablab-control" }, make("label", { for: id }, label), input, output);
  const show = (text) => {
    output.textContent = text;
    input.setAttribute("aria-valuetext", text);
  };
  return { row, input, show };
}

/** A labelled choice: its row and its select. */
export function choice(label, options, selected = 0) {
  const id = unique(), select = make("select", { id });
  options.forEach((text, i) => select.append(make("option", { value: i }, text)));
  select.value = selected;
  return { row: make("div", { class: "nablab-control" }, make("label", { for: id }, label), select), select };
}

/** Calls `listen(target, event, handler)`, each undone by `undo()`. */
export function listeners() {
  const controller = new AbortController();
  return {
    listen: (target, event, handler) => target.addEventListener(event, handler, { signal: controller.signal }),
    undo: () => controller.abort(),
  };
}
