import {
  axes, choice, contour, listeners, locate, make, nearest, numbers, powerOfTen, readNumber, recorded, region, short,
  speech, unique,
} from "./draw.js";

const SIZE = { width: 336, height: 260 }; // inside the axes 270 by 216: 5 to 4, as the views are
const BANDS = 9;
const CLOSE = 1.05; // the edge is found between two rates of a smaller ratio

/** Where a recorded run lies among all of them. */
export function placeOf({ scenes, momenta }, scene, start, rate, momentum) {
  const before = scenes.slice(0, scene).reduce((sum, s) => sum + s.starts.length * s.rates.length, 0);
  return (before + start * scenes[scene].rates.length + rate) * momenta.length + momentum;
}

/** A packed run out of all of them: first stand the x of all, then the y, then the losses. */
export function runAt(runs, at, length) {
  const part = runs.length / 3;
  return [0, 1, 2].flatMap((k) => [...runs.subarray(k * part + at * length, k * part + (at + 1) * length)]);
}

/** A packed run as points and log10 of the losses, null where a loss is not above 0. */
export function unpack(packed, { x, y }) {
  const count = packed.length / 3, points = [], losses = [];
  for (let t = 0; t < count; t++) {
    points.push([(packed[t] / 32767) * 2 * (x[1] - x[0]), (packed[count + t] / 32767) * 2 * (y[1] - y[0])]);
    const packedLoss = packed[2 * count + t];
    losses.push(packedLoss === -32768 ? null : (packedLoss / 32767) * 15);
  }
  return { points, losses };
}

/** A number in so many digits. */
const digits = (v, count) => (v >= 0.001 && v < 10_000 ? String(Number(v.toPrecision(count))) : short(v));

/** How a rate compares with the edge: both written in as many digits as tell them apart, and the words between. */
export function compare(lr, edge) {
  if (Math.abs(lr / edge - 1) < 1e-9) return { rate: short(lr), limit: short(edge), word: "at" };
  const word = lr < edge ? "below" : "above";
  const pairs = [short, ...[4, 5, 6].map((count) => (v) => digits(v, count))].map((name) => [name(lr), name(edge)]);
  const [rate, limit] = pairs.find(([a, b]) => a !== b) ?? pairs[0];
  return { rate, limit, word: rate === limit ? `just ${word}` : word };
}

const ARRIVES = [
  "It comes in without turning back.", "It turns back once, and comes in.", "It turns back twice, and comes in.",
];
const WORDS = {
  diverging: ["Diverging", "The steps grow."],
  escaping: ["Escaping", "The steps grow, and the loss falls: beside the ridge of the saddle it has no lowest value."],
  staying: ["Neither", "In the end it goes back and forth between two points, no nearer and no farther."],
  zigzag: ["Oscillating", "It overshoots and turns back at nearly every step, and the steps shrink."],
  "wide zigzag": ["Oscillating", "It overshoots and turns back at nearly every step, and the steps do not shrink."],
  swinging: ["Oscillating", (turns) => `It overshoots and turns back, ${turns} times, and the steps shrink.`],
  "wide swinging": ["Oscillating", (turns) =>
    `It overshoots and turns back, ${turns} times, and the steps do not shrink.`],
  converging: ["Converging", (turns) => ARRIVES[turns]],
  creeping: ["Creeping", "The last steps are short, and it is not there yet."],
  moving: ["Under way", "It is still moving, and not there yet."],
};
const BESIDE_A_SADDLE = {
  converging: " But this point is no minimum: beside the ridge the loss falls.",
  creeping: " Beside the ridge the loss falls without end.",
  moving: " Beside the ridge the loss falls without end.",
};

/** Where the rate lies beside the edge. Without `formula` the edge is a number alone. */
function beside({ kind, lr, momentum, edge, behaviour, steps }, formula) {
  const { limit, rate, word } = compare(lr, edge), name = momentum > 0 ? "2(1 + β)/L" : "2/L";
  const named = formula ? `${name} = ${limit}` : limit, is = `The learning rate ${rate} is`, at = word === "at";
  if (kind === "saddle")
    return `Along the ridge the edge is ${named}; the learning rate ${rate} is ${at ? "there" : `${word} it`}.`;
  if (kind === "bends")
    return `${is} ${word} the edge at the minimum, ${named}; elsewhere this valley bends more or less.`;
  if (at) return `${is} the edge${formula ? ` ${name}` : ""} itself.`;
  const shows = word.endsWith("above") === (behaviour === "diverging");
  return `${is} ${word} the edge ${named}${shows ? "" : `, but ${steps} steps do not show it`}.`;
}

/** What trying rates has shown: the largest at which the loss fell, and the smallest at which it grew. */
export function narrowed({ fell, grew } = {}, { lr, behaviour }) {
  if (behaviour === "diverging") return { fell, grew: Math.min(lr, grew ?? lr) };
  if (behaviour === "staying" || behaviour.startsWith("wide")) return { fell, grew };
  return { fell: Math.max(lr, fell ?? lr), grew };
}

/** Is the edge found, between a rate at which the loss fell and one a little larger at which it grew? */
export const found = ({ fell, grew } = {}) => grew / fell < CLOSE;

/** What is known of an edge that is not found yet. */
export function bracket({ fell, grew }) {
  const [low, high] = [fell, grew].map((v) => v && short(v)), it = "That learning rate is the edge; find it.";
  if (low && high) return `So far: the loss fell at ${low} and grew at ${high}. The edge lies between.`;
  if (low) return `The loss fell at ${low}. Go up: from some learning rate on it grows. ${it}`;
  if (high) return `The loss grew at ${high}. Go down: below some learning rate it falls. ${it}`;
  return "Try a smaller learning rate, and a larger one.";
}

/** What is said of a run. `known` is what was tried of a hidden edge; without it, the edge is named by its formula. */
export function explain({ known, news, ...run }) {
  const { kind, behaviour, turns, steps, loss, edge } = run, [word, sentence] = WORDS[behaviour];
  const said = typeof sentence === "string" ? sentence : sentence(turns);
  const more = kind === "saddle" ? BESIDE_A_SADDLE[behaviour] ?? "" : "";
  const within = loss <= -15 ? "at most 10⁻¹⁵" : loss >= 15 ? "beyond 10¹⁵" : short(10 ** loss);
  const none = kind === "saddle" ? "0 or below" : "0"; // that has no logarithm
  const end = loss === null ? none : within;
  const place = known && !found(known) ? bracket(known) : beside(run, !known);
  const praise = news ? ` Well done, you have found it: the loss falls at ${short(known.fell)} and grows at ${
    short(known.grew)}. The edge between them, ${short(edge)}, is marked on the slider now.` : "";
  return { word, why: `${said}${more} Loss after ${steps} steps: ${end}. ${place}${praise}` };
}

function render({ model, el }) {
  const [scenes, momenta, behaviours, steps] = ["scenes", "momenta", "behaviours", "steps"].map((k) => model.get(k));
  const [rows, columns] = model.get("surface_shape"), length = steps + 1;
  const runs = numbers(Int16Array, model.get("runs")), surfaces = numbers(Float32Array, model.get("surfaces"));
  const hidden = model.get("edge") === "hidden"; // until the reader has found it
  const { listen, undo } = listeners();
  const state = { scene: model.get("first"), start: [], live: false, asked: 0, known: scenes.map(() => ({})) };

  const landscape = choice("Landscape", scenes.map((s) => s.name), state.scene);
  const begin = choice("Start", []);
  const fields = ["p₁", "p₂"].map((label) => {
    const id = unique(), own = { id, type: "text", inputmode: "decimal", "data-lm-suppress-shortcuts": "true" };
    const input = make("input", own);
    return { input, label: make("label", { for: id }, label, input) };
  });
  const anywhere = make("div", { class: "nablab-answer", hidden: "" },
    "or start anywhere:", ...fields.map((field) => field.label));
  const lr = recorded("Learning rate", scenes[0].rates, { ratio: true }), momentum = recorded("Momentum β", momenta);
  if (momenta.length === 1) momentum.row.hidden = true;
  const words = speech(), names = { map: unique(), chart: unique() };
  const picture = (name, kind = "") => make("svg",
    { viewBox: `0 0 ${SIZE.width} ${SIZE.height}`, role: "img", "aria-labelledby": name, class: kind });
  const map = picture(names.map, "nablab-click nablab-stays"), chart = picture(names.chart);
  el.append(make("div", { class: "nablab-widget nablab-rate" },
    make("div", { class: "nablab-controls" }, landscape.row, begin.row), anywhere, lr.row, momentum.row,
    make("div", { class: "nablab-pictures" }, map, chart), words.seen, words.spoken));

  const trail = make("polyline", { class: "nablab-trail" }), dots = make("g", { class: "nablab-dots" });
  let ground;
  const scene = () => scenes[state.scene];

  function setScene() {
    const { x, y, rates, starts, name, edges, kind, centre } = scene();
    lr.refill(rates, nearest(rates, edges[0] / 4));
    begin.select.replaceChildren(...starts.map((p, i) => make("option", { value: i }, `(${p.map(short).join(", ")})`)));
    place(starts[0]);
    ground = axes(SIZE, { x, y, xlabel: "p₁", ylabel: "p₂" });
    const [a, b] = [ground.sx(centre[0]), ground.sy(centre[1])];
    const cross = make("path", { d: `M${a - 5} ${b}h10M${a} ${b - 5}v10`, class: "nablab-centre" });
    ground.inside.append(levels(), cross, trail, dots);
    const at = kind === "saddle" ? "its flat point" : "its minimum";
    const title = make("title", { id: names.map },
      `Lines of equal loss of the ${name}, ${at} (a cross), and the path of the run from its start (a ring)`);
    map.replaceChildren(title, ground.group, ground.inside);
    update();
  }

  function levels() {
    const values = surfaces.subarray(state.scene * rows * columns, (state.scene + 1) * rows * columns);
    const low = Math.min(...values), high = Math.max(...values), { box } = ground;
    const all = make("g", { class: "nablab-levels" });
    const stretch = [box.width / (columns - 1), -box.height / (rows - 1)];
    const transform = `translate(${box.x} ${box.y + box.height}) scale(${stretch})`;
    for (let k = BANDS; k >= 1; k--) {
      const level = low + (high - low) * (k / (BANDS + 1)) ** 3;
      all.append(
        make("path", { d: region(values, rows, columns, level), transform, class: "nablab-band" }),
        make("path", { d: contour(values, rows, columns, level), transform }));
    }
    return all;
  }

  function place(point) {
    state.start = point;
    begin.select.value = scene().starts.indexOf(point); // blank for a point of the reader's own
    fields.forEach(({ input }, i) => { input.value = Number(point[i].toFixed(3)); });
  }

  function draw({ points, losses }, ran) {
    const path = points.map(([a, b]) => [ground.sx(a).toFixed(1), ground.sy(b).toFixed(1)]);
    trail.setAttribute("points", path.join(" "));
    dots.replaceChildren(...path.map(([cx, cy], t) =>
      make("circle", { cx, cy, r: t ? 2.6 : 6, class: t ? "" : "nablab-first" })));
    plot(losses);
    tell({ ...ran, loss: losses.at(-1) });
    el.dataset.painted = performance.now();
  }

  /** The loss at each step, up to the first that has no logarithm. */
  function plot(losses) {
    const above = losses.slice(0, losses.includes(null) ? losses.indexOf(null) : undefined);
    const low = Math.floor(Math.min(...above)), y = [low, Math.max(Math.ceil(Math.max(...above)), low + 1)];
    const every = Math.ceil((y[1] - y[0]) / 6), yticks = [];
    for (let k = Math.ceil(y[0] / every) * every; k <= y[1]; k += every) yticks.push(k);
    const own = { x: [0, steps], y, xlabel: "step", ylabel: "loss, logarithmic", yticks, name: powerOfTen };
    const { sx, sy, box, group } = axes(SIZE, own);
    const curve = above.map((v, t) => [sx(t).toFixed(1), sy(v).toFixed(1)]).join(" ");
    const corner = { x: sx(steps), y: box.y + 14, "text-anchor": "end", class: "nablab-note" };
    const none = scene().kind === "saddle" ? "0 or below" : "0";
    chart.replaceChildren(
      make("title", { id: names.chart }, "The loss at each step, on a logarithmic scale"), group,
      make("polyline", { class: "nablab-trail", points: curve }),
      ...(above.length < losses.length ? [make("text", corner, `then ${none}: no logarithm`)] : []));
  }

  /** Says what is seen of a run, and where the edge is, once that is known. */
  function tell(ran) {
    const run = { kind: scene().kind, steps, ...ran, behaviour: behaviours[ran.behaviour] };
    const before = state.known[state.scene];
    const known = hidden && state.rests ? narrowed(before, run) : before, open = hidden && !found(known);
    state.known[state.scene] = known;
    const { word, why } = explain({ ...run, ...(hidden && { known, news: found(known) && !found(before) }) });
    lr.show(open ? short(run.lr) : compare(run.lr, run.edge).rate);
    lr.mark(open ? Infinity : run.edge, "edge");
    words.say([make("strong", {}, `${word}.`), ` ${why}`]);
  }

  /** Shows the run of what is set. It counts as tried where the slider rests, not where it is drawn across. */
  function update({ type } = {}) {
    const { rates, starts, edges, behaviours: seen, turns } = scene();
    const asked = { lr: lr.value(), momentum: momentum.value() };
    const k = starts.indexOf(state.start), i = lr.index(), j = momentum.index();
    state.rests = type !== "input";
    momentum.show();
    if (state.live) {
      state.sent = asked;
      model.send({ kind: "run", id: ++state.asked, scene: state.scene, start: state.start, ...asked });
    } else {
      const at = placeOf({ scenes, momenta }, state.scene, k, i, j);
      const within = (k * rates.length + i) * momenta.length + j;
      const run = unpack(runAt(runs, at, length), scene());
      draw(run, { ...asked, behaviour: seen[within], turns: turns[within], edge: edges[j] });
    }
  }

  function hear(message, buffers) {
    if (message.kind === "hello" && !state.live) {
      state.live = true;
      anywhere.hidden = hidden;
      lr.free();
      momentum.free();
      el.dataset.live = "yes";
      update();
    }
    if (message.kind === "run" && message.id === state.asked) {
      draw(unpack(numbers(Int16Array, buffers[0]), scene()), { ...message, ...state.sent });
      el.dataset.answered = message.id;
    }
  }

  function pick(event) {
    const { x, y, starts } = scene(), p = locate(event, map, ground, x, y);
    const k = nearest(starts.map((s) => Math.hypot(s[0] - p[0], s[1] - p[1])), 0);
    place(state.live && !hidden ? p : starts[k]);
    update();
  }

  function type() {
    const given = fields.map(({ input }) => readNumber(input.value));
    if (!given.every((number) => number && !number.problem)) return;
    state.start = given.map(({ value }) => value);
    begin.select.value = -1;
    update();
  }

  listen(landscape.select, "change", () => { state.scene = Number(landscape.select.value); setScene(); });
  listen(begin.select, "change", () => { place(scene().starts[Number(begin.select.value)]); update(); });
  fields.forEach(({ input }) => {
    listen(input, "input", type);
    listen(input, "change", () => {
      const problem = readNumber(input.value)?.problem;
      if (problem) words.say([problem]);
    });
  });
  for (const { input } of [lr, momentum]) for (const event of ["input", "change"]) listen(input, event, update);
  listen(map, "click", pick);
  model.on("msg:custom", hear);
  setScene();
  model.send({ kind: "hello" });
  return () => { undo(); words.hush(); model.off("msg:custom", hear); };
}

export default { render };
