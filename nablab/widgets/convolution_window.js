import { choice, listeners, make, numbers, short, slider, speech, unique } from "./draw.js";

const SIDE = 28, WINDOW = 3, PLACES = SIDE - WINDOW + 1, CELL = 10;
const MOVES = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

/** The nine products under a window whose upper left pixel is at (row, column), and their sum. */
export function products(image, weights, row, column) {
  const cells = weights.flatMap((line, u) => line.map((weight, v) => {
    const pixel = image[(row + u) * SIDE + column + v];
    return { pixel, weight, product: pixel * weight || 0 }; // never -0
  }));
  return { cells, sum: cells.reduce((sum, { product }) => sum + product, 0) };
}

/** The place nearest to where a pointer is, as shares of the picture: the window's middle goes there. */
export const placeAt = (x, y) =>
  [y, x].map((share) => Math.min(Math.max(Math.floor(share * SIDE) - 1, 0), PLACES - 1));

/** What to say of a window. */
export function explain({ row, column, cells, sum }) {
  const inked = cells.filter(({ pixel }) => pixel > 0).length;
  const under = inked === 0 ? "All 9 pixels are paper." : `${inked} of 9 pixels have ink.`;
  return { word: `The sum is ${short(sum)}.`, rest: `It stands in row ${row + 1}, column ${column + 1} of the map. ${under}` };
}

/** Small squares for numbers, from `offset` on: full ones above 0, small ones below, the darker the larger. */
function squares(values, side, offset) {
  const most = Math.max(...values.map(Math.abs)), group = make("g");
  values.forEach((value, k) => {
    if (value === 0) return;
    const inset = value < 0 ? 2.5 : 0, x = CELL * (offset + (k % side)), y = CELL * (offset + Math.floor(k / side));
    group.append(make("rect", {
      x: x + inset, y: y + inset, width: CELL - 2 * inset, height: CELL - 2 * inset,
      class: value < 0 ? "nablab-conv-below" : "nablab-conv-above", "fill-opacity": Math.abs(value / most).toFixed(2),
    }));
  });
  return group;
}

function render({ model, el }) {
  const kernels = model.get("kernels"), maps = numbers(Int16Array, model.get("maps"));
  const image = [...numbers(Uint8Array, model.get("image"))], label = model.get("label");
  const { listen, undo } = listeners(), { seen, spoken, say, hush } = speech();
  let [row, column] = model.get("start");

  const kernel = choice("Weights", kernels.map((k) => k.name));
  const sliders = ["Row", "Column"].map((name, k) => slider(name, { min: 1, max: PLACES, step: 1, value: [row, column][k] + 1 }));
  function picture(title, ...parts) {
    const name = unique();
    return make("svg", { viewBox: `0 0 ${SIDE * CELL} ${SIDE * CELL}`, role: "img", "aria-labelledby": name, class: "nablab-click nablab-conv-picture" },
      make("title", { id: name }, title), ...parts);
  }
  const frame = make("rect", { class: "nablab-conv-window", width: WINDOW * CELL, height: WINDOW * CELL });
  const mark = make("rect", { class: "nablab-conv-window", width: CELL, height: CELL });
  const edge = make("rect", { class: "nablab-conv-edge", x: CELL, y: CELL, width: PLACES * CELL, height: PLACES * CELL });
  const digit = picture(`A ${label}, ${SIDE} by ${SIDE} pixels, under a window of ${WINDOW} by ${WINDOW}`, squares(image, SIDE, 0), frame);
  let filled = make("g");
  const map = picture(`The map of the sums at all ${PLACES} by ${PLACES} places`, filled, edge, mark);
  const table = make("table", { class: "nablab-conv-products" });
  // JupyterLab takes the arrow keys unless the element itself says no.
  const pad = make("div", { class: "nablab-pictures nablab-stays", tabindex: "0", role: "group", "aria-label": "The window: arrow keys move it", "data-lm-suppress-shortcuts": "true" }, digit, map);
  el.append(make("div", { class: "nablab-widget nablab-conv" },
    pad,
    make("p", { class: "nablab-legend" }, "Left the digit, right the map: full squares are sums above 0, small ones below. The window's middle cannot leave the dashed line."),
    make("div", { class: "nablab-controls" }, kernel.row, ...sliders.map((s) => s.row)),
    table, seen, spoken));

  function paint() {
    const { cells, sum } = products(image, kernels[kernel.select.value].weights, row, column);
    for (const [box, offset] of [[frame, 0], [mark, 1]]) {
      box.setAttribute("x", CELL * (column + offset));
      box.setAttribute("y", CELL * (row + offset));
    }
    [row, column].forEach((value, k) => {
      sliders[k].input.value = value + 1;
      sliders[k].show(`${value + 1} of ${PLACES}`);
    });
    const line = (u) => cells.slice(u * WINDOW, (u + 1) * WINDOW).map(({ pixel, weight, product }) =>
      make("td", {}, `${pixel} · ${short(weight)}`, make("strong", {}, ` = ${short(product)}`)));
    table.replaceChildren(...[0, 1, 2].map((u) => make("tr", {}, ...line(u))));
    const { word, rest } = explain({ row, column, cells, sum });
    say([make("strong", {}, word), ` ${rest}`]);
    el.dataset.painted = performance.now();
  }

  function fill() {
    const size = PLACES * PLACES, from = kernel.select.value * size;
    const fresh = squares([...maps.subarray(from, from + size)], PLACES, 1);
    filled.replaceWith(fresh);
    filled = fresh;
    paint();
  }

  function go(r, c) {
    [row, column] = [r, c].map((v) => Math.min(Math.max(v, 0), PLACES - 1));
    paint();
  }

  for (const svg of [digit, map]) {
    const follow = (event) => {
      const box = svg.getBoundingClientRect();
      go(...placeAt((event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height));
    };
    listen(svg, "pointerdown", (event) => {
      svg.setPointerCapture(event.pointerId);
      follow(event);
    });
    listen(svg, "pointermove", (event) => event.buttons && follow(event));
  }
  listen(pad, "keydown", (event) => {
    const move = MOVES[event.key];
    if (!move || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    go(row + move[0], column + move[1]);
  });
  sliders.forEach(({ input }, k) => listen(input, "input", () => go(...[row, column].with(k, Number(input.value) - 1))));
  listen(kernel.select, "change", fill);
  fill();
  return () => { undo(); hush(); };
}

export default { render };
