import {
  axes, choice, contour, hatch, listeners, make, numbers, region, scale, short, slider, speech, unique,
} from "./draw.js";

const SIZE = { width: 330, height: 270 };
const GRID = 31, COARSE = 13; // points along each axis: of the large picture, and of those in the units
const SPAN = 52; // of the picture in a unit
const SHADES = [0.5, 0.75, 0.9]; // where a darker shade begins, on both sides of 0.5
const SUB = ["₁", "₂", "₃"];
const MOVES = [-6, -3, -1, 1, 3, 6]; // what a hint tries on each slider

/** The sigmoid, exact for every finite z. */
export function sigmoid(z) {
  const e = Math.exp(-Math.abs(z));
  return (z >= 0 ? 1 : e) / (1 + e);
}

/** What the network computes for points x, rows of two numbers: hidden sums and activations, logits and outputs. */
export function forward({ W1, b1, W2, b2 }, x) {
  const sums = [], hidden = [], logits = [], outputs = [];
  for (const point of x) {
    const z1 = [], a1 = [];
    let z = b2[0];
    for (let h = 0; h < b1.length; h++) {
      z1.push(point[0] * W1[0][h] + point[1] * W1[1][h] + b1[h]);
      a1.push(sigmoid(z1[h]));
      z += a1[h] * W2[h][0];
    }
    sums.push(z1);
    hidden.push(a1);
    logits.push(z);
    outputs.push(sigmoid(z));
  }
  return { sums, hidden, logits, outputs };
}

/** How many outputs are on the right side of 0.5, and the mean squared error. */
export function measure(outputs, y) {
  let right = 0, sum = 0;
  outputs.forEach((v, n) => {
    right += v > 0.5 === (y[n] === 1);
    sum += (v - y[n]) ** 2;
  });
  return { right, mse: sum / y.length };
}

/** Every weight and bias in the order of its unit: its name, its unit (the output comes last), and its place. */
export function knobs(hidden) {
  const units = [...Array(hidden).keys()];
  return [
    ...units.flatMap((h) => [
      ...[0, 1].map((i) => ({ name: `x${SUB[i]} → h${SUB[h]}`, unit: h, at: ["W1", i, h] })),
      { name: `bias h${SUB[h]}`, unit: h, at: ["b1", h] },
    ]),
    ...units.map((h) => ({ name: `h${SUB[h]} → ŷ`, unit: hidden, at: ["W2", h, 0] })),
    { name: "bias ŷ", unit: hidden, at: ["b2", 0] },
  ];
}

/** The number at a place, and a copy of the weights with another number there. */
export const valueAt = (weights, at) => at.reduce((part, key) => part[key], weights);
export function withValue(weights, at, value) {
  const copy = structuredClone(weights);
  at.slice(0, -1).reduce((part, key) => part[key], copy)[at.at(-1)] = value;
  return copy;
}

/** The same network with one hidden unit more, which does nothing yet, or without its last one. */
export function resized({ W1, b1, W2, b2 }, hidden) {
  const fit = (list, filler) => [...list, ...Array(hidden).fill(filler)].slice(0, hidden);
  return { W1: W1.map((row) => fit(row, 0)), b1: fit(b1, 0), W2: fit(W2, [0]).map((row) => [...row]), b2: [...b2] };
}

/** The one knob whose move lowers the error most: its index and new value; null where none does. */
export function bestMove(weights, { x, y }, limit) {
  const start = measure(forward(weights, x).outputs, y).mse;
  let best = { gain: 1e-4 };
  knobs(weights.b1.length).forEach(({ at }, index) => {
    const now = valueAt(weights, at), tried = withValue(weights, at, now);
    const part = at.slice(0, -1).reduce((inner, key) => inner[key], tried);
    for (const move of MOVES) {
      const value = part[at.at(-1)] = Math.min(Math.max(Math.round((now + move) * 10) / 10, -limit), limit);
      const gain = start - measure(forward(tried, x).outputs, y).mse;
      if (gain > best.gain) best = { gain, index, value, up: value > now };
    }
  });
  return best.index === undefined ? null : best;
}

/** Two hidden units with the same weights and bias, as a pair of numbers; null where there are none. */
export function copies({ W1, b1 }) {
  for (let h = 1; h < b1.length; h++)
    for (let g = 0; g < h; g++)
      if (b1[g] === b1[h] && W1.every((row) => row[g] === row[h])) return [g, h];
  return null;
}

/** What to say: how good the network is, and what would help. `best` is the error of the solution. */
export function explain(weights, { x, y, many }, { limit, best }) {
  const { right, mse } = measure(forward(weights, x).outputs, y), all = right === y.length;
  const count = `${right} of ${y.length} points are right. Mean squared error ${mse.toFixed(3)}.`;
  const pair = copies(weights), tip = all ? null : bestMove(weights, { x, y }, limit);
  const say = (word, why, shown = null) => ({ word, rest: `${count} ${why}`, tip: shown });
  if (all) return say("Solved", "The output joins the lines that the hidden units draw.");
  if (many && mse < best + 0.002)
    return say("As good as trained", "Training such a network reached about this error: the two digits overlap.");
  if (pair) {
    const both = `Hidden units ${pair[0] + 1} and ${pair[1] + 1} have equal weights`;
    return say("Copies", `${both}: two that do the work of one. Make them different.`);
  }
  if (!tip) return say("Stuck", "No single slider, moved by 1, 3 or 6, lowers the error much. Move two, or start elsewhere.");
  const { name } = knobs(weights.b1.length)[tip.index], way = tip.up ? "up" : "down";
  return say("Not yet", `What would help most: move “${name}” ${way}, to about ${short(tip.value)}.`, tip);
}

/** The points of a grid over the view, row by row from below. */
function gridOver({ view }, size) {
  const sx = scale(0, size - 1, ...view[0]), sy = scale(0, size - 1, ...view[1]);
  return Array.from({ length: size * size }, (_, k) => [sx(k % size), sy(Math.floor(k / size))]);
}

/** Shades on both sides of 0.5, the low one hatched, and the line between; from sums, which bend less than sigmoids. */
function bands(sums, size, { x, y, width, height }, fill) {
  const transform = `translate(${x} ${y + height}) scale(${width / (size - 1)} ${-height / (size - 1)})`;
  const turned = sums.map((z) => -z), levels = SHADES.map((p) => Math.log(p / (1 - p)));
  return [
    ...levels.map((z) => make("path", { d: region(sums, size, size, -z), transform, class: "nablab-low" })),
    make("path", { d: region(sums, size, size, 0), transform, fill }),
    ...levels.map((z) => make("path", { d: region(turned, size, size, -z), transform, class: "nablab-high" })),
    make("path", { d: contour(sums, size, size, 0), transform, class: "nablab-half" }),
  ];
}

function render({ model, el }) {
  const scenes = model.get("scenes"), limit = model.get("limit");
  const packed = numbers(Float32Array, model.get("points"));
  let from = 0;
  const sets = scenes.map((scene) => {
    const rows = Array.from({ length: scene.count }, (_, n) => packed.subarray(from + 3 * n, from + 3 * n + 3));
    from += 3 * scene.count;
    return { ...scene, x: rows.map(([p, q]) => [p, q]), y: rows.map((row) => row[2]), many: scene.count > 20 };
  });
  const { listen, undo } = listeners(), words = speech();
  const state = { moved: "", set: scenes.findIndex((s) => s.name === model.get("data")), weights: model.get("weights") };
  const set = () => sets[state.set], hidden = () => state.weights.b1.length;

  const data = choice("Data", scenes.map((s) => s.name), state.set);
  const size = choice("Network", ["2-2-1", "2-3-1"], hidden() - 2);
  const preset = choice("Weights", []);
  const legend = make("p", { class: "nablab-legend" });
  const names = { map: unique(), net: unique() };
  const viewBox = `0 0 ${SIZE.width} ${SIZE.height}`;
  const picture = (name, kind) => make("svg", { viewBox, role: "img", "aria-labelledby": name, class: kind });
  const map = picture(names.map, "nablab-plane nablab-stays"), net = picture(names.net, "nablab-net");
  const groups = make("div", { class: "nablab-units" });
  el.append(make("div", { class: "nablab-widget nablab-hand" },
    make("div", { class: "nablab-controls" }, data.row, size.row, preset.row),
    make("div", { class: "nablab-pictures" }, map, net), legend, words.seen, words.spoken, groups));

  let ground, lines, sliders = [], crosses = [];
  const small = hatch(SPAN / (COARSE - 1), SPAN / (COARSE - 1));
  const surface = make("g"), marks = make("g", { class: "nablab-marks" });

  function setScene() {
    const { name, view, labels, classes } = set();
    ground = axes(SIZE, { x: view[0], y: view[1], xlabel: labels[0], ylabel: labels[1] });
    lines = hatch(ground.box.width / (GRID - 1), ground.box.height / (GRID - 1));
    ground.inside.append(lines.pattern, surface, marks);
    makePoints();
    const title = make("title", { id: names.map }, `The network's output over the plane, and the points of ${name}`);
    map.replaceChildren(title, ground.group, ground.inside);
    legend.textContent = `■ ${classes[1]}, wanted 1. ○ ${classes[0]}, wanted 0. A cross marks a wrong one. `
      + "The line is where the output is 0.5.";
  }

  /** Sliders for the units there are, in groups. */
  function setSize() {
    const titles = [...Array(hidden()).keys()].map((h) => `Hidden unit ${h + 1}`).concat("Output");
    const sets = titles.map((title) => make("fieldset", {}, make("legend", {}, title)));
    sliders = knobs(hidden()).map(({ name, unit, at }) => {
      const made = slider(name, { min: -limit, max: limit, step: 0.1, value: 0 });
      sets[unit].append(made.row);
      listen(made.input, "input", () => {
        state.weights = withValue(state.weights, at, Number(made.input.value));
        preset.select.value = 0;
        state.moved = ` Now “${name}” is ${short(valueAt(state.weights, at))}.`;
        update();
      });
      return { ...made, at };
    });
    groups.dataset.units = titles.length;
    groups.replaceChildren(...sets);
  }

  function setPresets() {
    const shown = ["yours", ...presets().map((p) => p.name)];
    preset.select.replaceChildren(...shown.map((name, i) => make("option", { value: i }, name)));
    const same = presets().findIndex((p) => JSON.stringify(p.weights) === JSON.stringify(state.weights));
    preset.select.value = same + 1;
  }
  const presets = () => set().presets.filter((p) => p.weights.b1.length === hidden());

  function makePoints() {
    const { x, y, many } = set(), r = many ? 2.4 : 7, c = many ? 3.2 : 10;
    crosses = [];
    marks.replaceChildren(...x.flatMap(([p, q], n) => {
      const cx = Number(ground.sx(p).toFixed(1)), cy = Number(ground.sy(q).toFixed(1));
      const square = { x: cx - r, y: cy - r, width: 2 * r, height: 2 * r, class: "nablab-one" };
      const mark = y[n] === 1 ? make("rect", square) : make("circle", { cx, cy, r, class: "nablab-zero" });
      const d = `M${cx - c} ${cy - c}L${cx + c} ${cy + c}M${cx - c} ${cy + c}L${cx + c} ${cy - c}`;
      crosses.push(make("path", { d, class: "nablab-cross" }));
      return [mark, crosses[n]];
    }));
  }

  function drawNetwork(coarse) {
    const { W1, b1, W2, b2 } = state.weights, H = hidden();
    const inputs = [[26, H === 2 ? 75 : 90], [26, H === 2 ? 195 : 180]];
    const units = b1.map((_, h) => [158, H === 2 ? 75 + 120 * h : 42 + 90 * h]), out = [292, H === 2 ? 135 : 132];
    const wires = make("g", { class: "nablab-wires" }), numbersOn = make("g", { class: "nablab-wires" });
    const wire = (a, b, w, share) => {
      const [x1, x2] = [a[0] + (a === inputs[0] || a === inputs[1] ? 14 : SPAN / 2), b[0] - SPAN / 2];
      const line = { x1, y1: a[1], x2, y2: b[1], class: w < 0 ? "nablab-minus" : "nablab-plus" };
      wires.append(make("line", { ...line, "stroke-width": (0.6 + Math.min(Math.abs(w), limit) * 0.45).toFixed(2) }));
      const at = { x: x1 + share * (x2 - x1), y: a[1] + share * (b[1] - a[1]) + 4 };
      numbersOn.append(make("text", { ...at, "text-anchor": "middle" }, short(w)));
    };
    units.forEach((unit, h) => {
      inputs.forEach((input, i) => wire(input, unit, W1[i][h], 2 / 3));
      wire(unit, out, W2[h][0], 0.42);
    });
    const node = ([x, y], name) => [
      make("circle", { cx: x, cy: y, r: 14, class: "nablab-node" }),
      make("text", { x, y: y + 4, "text-anchor": "middle", class: "nablab-name" }, name),
    ];
    const unit = ([x, y], sums, name, bias) => {
      const box = { x: x - SPAN / 2, y: y - SPAN / 2, width: SPAN, height: SPAN };
      const inside = make("svg", { ...box, viewBox: `${box.x} ${box.y} ${SPAN} ${SPAN}` });
      inside.append(make("rect", { ...box, class: "nablab-back" }), ...bands(sums, COARSE, box, small.fill));
      return [inside, make("rect", { ...box, rx: 5, class: "nablab-node nablab-open" }),
        make("text", { x: x - SPAN / 2 + 4, y: y - SPAN / 2 + 13, class: "nablab-name" }, name),
        make("text", { x, y: y + SPAN / 2 + 13, "text-anchor": "middle", class: "nablab-bias" },
          `bias ${short(bias)}`)];
    };
    const title = `The network: ${H} hidden units, their weights on the wires, what each unit says over the plane`;
    net.replaceChildren(make("title", { id: names.net }, title), small.pattern, wires,
      ...inputs.flatMap((p, i) => node(p, `x${SUB[i]}`)),
      ...units.flatMap((p, h) => unit(p, coarse.sums.map((z) => z[h]), `h${SUB[h]}`, b1[h])),
      ...unit(out, coarse.logits, "ŷ", b2[0]), numbersOn);
  }

  function update({ save = true } = {}) {
    const { weights } = state;
    sliders.forEach(({ input, show, at }) => {
      input.value = valueAt(weights, at);
      show(short(valueAt(weights, at)));
    });
    surface.replaceChildren(...bands(forward(weights, gridOver(set(), GRID)).logits, GRID, ground.box, lines.fill));
    forward(weights, set().x).outputs.forEach((v, n) => {
      const visibility = v > 0.5 === (set().y[n] === 1) ? "hidden" : "visible";
      if (crosses[n].getAttribute("visibility") !== visibility) crosses[n].setAttribute("visibility", visibility);
    });
    drawNetwork(forward(weights, gridOver(set(), COARSE)));
    const solution = set().presets.find((p) => p.solves && p.weights.b1.length === hidden());
    const best = measure(forward(solution.weights, set().x).outputs, set().y).mse;
    const said = explain(weights, set(), { limit, best });
    sliders.forEach(({ mark }, i) => (said.tip?.index === i ? mark(said.tip.value, "try") : mark(Infinity, "")));
    words.say([make("strong", {}, `${said.word}.`), ` ${said.rest}${state.moved}`]);
    if (save) {
      model.set("weights", weights);
      model.save_changes();
    }
    el.dataset.painted = performance.now();
  }

  function take(weights, options) {
    state.moved = "";
    const grown = weights.b1.length !== sliders.filter((s) => s.at[0] === "b1").length;
    state.weights = weights;
    size.select.value = hidden() - 2;
    if (grown) setSize();
    setPresets();
    update(options);
  }
  const hear = () => {
    const weights = model.get("weights");
    if (JSON.stringify(weights) !== JSON.stringify(state.weights)) take(weights, { save: false });
  };

  listen(data.select, "change", () => { state.set = Number(data.select.value); state.moved = ""; setScene(); setPresets(); update(); });
  listen(size.select, "change", () => take(resized(state.weights, Number(size.select.value) + 2)));
  listen(preset.select, "change", () => {
    const chosen = presets()[Number(preset.select.value) - 1];
    if (chosen) take(structuredClone(chosen.weights));
  });
  model.on("change:weights", hear);
  setScene();
  setSize();
  setPresets();
  update({ save: false });
  return () => { undo(); words.hush(); model.off("change:weights", hear); };
}

export default { render };
