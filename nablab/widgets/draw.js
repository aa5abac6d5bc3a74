// Drawing that the widgets share: pure functions, and a few makers of elements. Plain functions only: Python puts this
// file in front of each widget's own, in one scope.

const SVG = "http://www.w3.org/2000/svg";
const SVG_TAGS = ["circle", "g", "line", "path", "polyline", "rect", "svg", "text", "title"];

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
  for (let k = Math.ceil(low / step - 1e-9); k * step <= high + step * 1e-9; k++) all.push(Number((k * step).toPrecision(12)));
  return all;
}

/** The index of the number in `list` nearest to `value`. */
export const nearest = (list, value) =>
  list.reduce((best, v, i) => (Math.abs(v - value) < Math.abs(list[best] - value) ? i : best), 0);

/** A number in at most three digits, with a true minus sign. */
export const short = (v) => String(Number(v.toPrecision(3))).replace("-", "−");

/** Ten to a whole power, as a reader would write it: 10⁻³. */
export const powerOfTen = (k) => `10${[...String(k)].map((c) => "⁰¹²³⁴⁵⁶⁷⁸⁹"[c] ?? "⁻").join("")}`;

/** SVG path data of the line where `values` (rows x columns) equal `level`, by marching squares, in columns and rows. */
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
    const below = ring.filter((p) => p.cut || p.below);
    if (below.length > 2) data += `M${below.map(pair).join("L")}Z`;
  });
  return data;
}

const pair = ({ x, y }) => `${Number(x.toFixed(2))} ${Number(y.toFixed(2))}`;

/** Calls `visit` with the ring of each cell: its corners, and between them the points where the level is crossed. */
function eachCell(values, rows, columns, level, visit) {
  for (let r = 0; r < rows - 1; r++)
    for (let c = 0; c < columns - 1; c++) {
      const corners = [[c, r], [c + 1, r], [c + 1, r + 1], [c, r + 1]].map(([x, y]) => {
        const height = values[y * columns + x] - level;
        return { x, y, height, below: height < 0 };
      });
      visit(corners.flatMap((a, i) => {
        const b = corners[(i + 1) % 4], t = a.height / (a.height - b.height);
        return a.below === b.below ? [a] : [a, { x: a.x + t * (b.x - a.x), y: a.y + t * (b.y - a.y), cut: true }];
      }));
    }
}

/** Axes for a picture: their group, the frame that cuts off what is drawn inside, and the maps from data to picture. */
export function axes({ width, height }, { x, y, xlabel, ylabel, xticks = ticks(...x), yticks = ticks(...y), name = short }) {
  const [left, right, top, bottom] = [48, width - 8, 8, height - 36];
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
    make("text", { x: 10, y: middle, "text-anchor": "middle", transform: `rotate(-90 10 ${middle})` }, ylabel),
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
  const id = unique(), output = make("output", { for: id }), mark = make("span", { class: "nablab-mark", "aria-hidden": "true" });
  // JupyterLab takes the arrow keys unless the input itself says no.
  const input = make("input", { id, type: "range", min, max, step, value, "data-lm-suppress-shortcuts": "true" });
  const row = make("div", { class: "nablab-control nablab-slider" },
    make("label", { for: id }, label), make("div", { class: "nablab-track" }, input, mark), output);
  return {
    row,
    input,
    show(text) {
      output.textContent = text;
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

/** A labelled choice: its row and its select. */
export function choice(label, options, selected = 0) {
  const id = unique(), select = make("select", { id });
  options.forEach((text, i) => select.append(make("option", { value: i }, text)));
  select.value = selected;
  return { row: make("div", { class: "nablab-control" }, make("label", { for: id }, label), select), select };
}

/** Calls `listen(target, event, handler)`, all undone by `undo()`. */
export function listeners() {
  const controller = new AbortController();
  return {
    listen: (target, event, handler) => target.addEventListener(event, handler, { signal: controller.signal }),
    undo: () => controller.abort(),
  };
}
