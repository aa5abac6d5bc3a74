import {
  axes, choice, contour, listeners, locate, make, nearest, numbers, powerOfTen, region, short, slider, unique,
} from "./draw.js";

const SIZE = { width: 330, height: 270 };
const BANDS = 9;

/** Where a recorded run lies among all of them. */
export function placeOf({ scenes, momenta }, scene, start, rate, momentum) {
  const before = scenes.slice(0, scene).reduce((sum, s) => sum + s.starts.length * s.rates.length, 0);
  return (before + start * scenes[scene].rates.length + rate) * momenta.length + momentum;
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

/** What the run does: one word, and why. */
export function explain({ kind, lr, momentum, edge, behaviour, steps, loss }) {
  const formula = momentum > 0 ? "2(1 + β)/L" : "2/L";
  const compared = lr < edge ? "below" : lr > edge ? "above" : "just at";
  const where = kind === "bends" ? " at the minimum, and elsewhere this valley bends more or less" : "";
  const why = `The learning rate ${short(lr)} is ${compared} the edge ${formula} = ${short(edge)}${where}.`;
  const words = {
    diverging: ["Diverging", `${why} The steps grow.`],
    escaping: ["Escaping", `On the falling side of the saddle the loss has no lowest value, at any learning rate.${lr > edge ? " This one is above the edge as well: across the ridge the steps grow, too." : ""}`],
    oscillating: ["Oscillating", `${why} The run overshoots and turns back again and again.`],
    converging: ["Converging", kind === "saddle" ? `${why} But this point is no minimum: beside the ridge the loss falls.` : why],
    creeping: ["Creeping", `${why} ${kind === "bowl" ? "It is stable, and slow" : "The steps are short"} along the flattest direction.`],
  };
  const end = loss === null ? "0 or below" : loss >= 15 ? "beyond 10¹⁵" : loss <= -15 ? "at most 10⁻¹⁵" : short(10 ** loss);
  return { word: words[behaviour][0], why: `${words[behaviour][1]} Loss after ${steps} steps: ${end}.` };
}

function render({ model, el }) {
  const [scenes, momenta, behaviours, steps] = ["scenes", "momenta", "behaviours", "steps"].map((k) => model.get(k));
  const [rows, columns] = model.get("surface_shape"), length = 3 * (steps + 1);
  const runs = numbers(Int16Array, model.get("runs")), surfaces = numbers(Float32Array, model.get("surfaces"));
  const { listen, undo } = listeners();
  const state = { scene: model.get("first"), start: [], live: false, asked: 0 };

  const landscape = choice("Landscape", scenes.map((s) => s.name), state.scene);
  const begin = choice("Start", []);
  const fields = ["p₁", "p₂"].map((label) => {
    const id = unique(), input = make("input", { id, type: "number", step: "any", "data-lm-suppress-shortcuts": "true" });
    return { input, label: make("label", { for: id }, label, input) };
  });
  const anywhere = make("div", { class: "nablab-answer", hidden: "" }, "or start anywhere:", ...fields.map((field) => field.label));
  const lr = slider("Learning rate", { min: 0, max: 1, step: 0.1, value: 0 });
  const momentum = slider("Momentum β", { min: 0, max: momenta.at(-1), step: momenta[1], value: 0 });
  const status = make("p", { role: "status", class: "nablab-status" });
  const names = { map: unique(), chart: unique() };
  const map = make("svg", { viewBox: `0 0 ${SIZE.width} ${SIZE.height}`, role: "img", "aria-labelledby": names.map, class: "nablab-click" });
  const chart = make("svg", { viewBox: `0 0 ${SIZE.width} ${SIZE.height}`, role: "img", "aria-labelledby": names.chart });
  el.append(
    make("div", { class: "nablab-widget" },
      make("div", { class: "nablab-controls" }, landscape.row, begin.row), anywhere, lr.row, momentum.row,
      make("div", { class: "nablab-pictures" }, map, chart), status),
  );

  const trail = make("polyline", { class: "nablab-trail" }), dots = make("g", { class: "nablab-dots" });
  let ground;
  const scene = () => scenes[state.scene];

  function setScene() {
    const { x, y, rates, starts, name, edges } = scene(), logs = rates.map(Math.log10);
    Object.assign(lr.input, { min: logs[0].toFixed(3), max: logs.at(-1).toFixed(3), step: state.live ? 0.001 : 0.1 });
    lr.input.value = Math.log10(edges[0] / 4);
    begin.select.replaceChildren(...starts.map((p, i) => make("option", { value: i }, `(${p.map(short).join(", ")})`)));
    place(starts[0]);
    ground = axes(SIZE, { x, y, xlabel: "p₁", ylabel: "p₂" });
    const values = surfaces.subarray(state.scene * rows * columns, (state.scene + 1) * rows * columns);
    const low = Math.min(...values), high = Math.max(...values), { box } = ground, levels = make("g", { class: "nablab-levels" });
    const stretch = `translate(${box.x} ${box.y + box.height}) scale(${box.width / (columns - 1)} ${-box.height / (rows - 1)})`;
    for (let k = BANDS; k >= 1; k--) {
      const level = low + (high - low) * (k / (BANDS + 1)) ** 3;
      levels.append(
        make("path", { d: region(values, rows, columns, level), transform: stretch, class: "nablab-band" }),
        make("path", { d: contour(values, rows, columns, level), transform: stretch }));
    }
    ground.inside.append(levels, trail, dots);
    map.replaceChildren(make("title", { id: names.map }, `Lines of equal loss of the ${name}, and the path of the run`), ground.group, ground.inside);
    update();
  }

  function place(point) {
    state.start = point;
    begin.select.value = scene().starts.indexOf(point); // blank for a point of the reader's own
    fields.forEach(({ input }, i) => { input.value = Number(point[i].toFixed(3)); });
  }

  function draw({ points, losses }, rate, behaviour, edge) {
    const path = points.map(([a, b]) => [ground.sx(a).toFixed(1), ground.sy(b).toFixed(1)]);
    trail.setAttribute("points", path.join(" "));
    dots.replaceChildren(...path.map(([cx, cy], t) => make("circle", { cx, cy, r: t ? 2.6 : 6, class: t ? "" : "nablab-first" })));
    const above = losses.slice(0, losses.includes(null) ? losses.indexOf(null) : undefined);
    const low = Math.floor(Math.min(...above)), y = [low, Math.max(Math.ceil(Math.max(...above)), low + 1)];
    const every = Math.ceil((y[1] - y[0]) / 6), yticks = [];
    for (let k = Math.ceil(y[0] / every) * every; k <= y[1]; k += every) yticks.push(k);
    const plot = axes(SIZE, { x: [0, steps], y, xlabel: "step", ylabel: "loss, logarithmic", yticks, name: powerOfTen });
    const curve = above.map((v, t) => [plot.sx(t).toFixed(1), plot.sy(v).toFixed(1)]);
    chart.replaceChildren(make("title", { id: names.chart }, "The loss at each step, on a logarithmic scale"), plot.group,
      make("polyline", { class: "nablab-trail", points: curve.join(" ") }),
      ...(above.length < losses.length ? [make("text", { x: plot.sx(steps), y: plot.box.y + 14, "text-anchor": "end", class: "nablab-note" }, "then 0 or below: no logarithm")] : []));
    lr.mark(Math.log10(edge), "edge");
    const said = explain({ kind: scene().kind, lr: rate, momentum: Number(momentum.input.value), edge, behaviour: behaviours[behaviour], steps, loss: losses.at(-1) });
    if (status.textContent !== `${said.word}. ${said.why}`) status.replaceChildren(make("strong", {}, `${said.word}.`), ` ${said.why}`);
    el.dataset.painted = performance.now();
  }

  function update() {
    const beta = Number(momentum.input.value), log = Number(lr.input.value), { rates, starts } = scene();
    const i = nearest(rates.map(Math.log10), log), j = nearest(momenta, beta), k = starts.indexOf(state.start);
    lr.show(short(state.live ? 10 ** log : rates[i]));
    momentum.show(short(beta));
    if (state.live) {
      model.send({ kind: "run", id: ++state.asked, scene: state.scene, lr: 10 ** log, momentum: beta, start: state.start });
    } else {
      const at = placeOf({ scenes, momenta }, state.scene, k, i, j);
      const within = (k * rates.length + i) * momenta.length + j;
      draw(unpack(runs.subarray(at * length, (at + 1) * length), scene()), rates[i], scene().behaviours[within], scene().edges[j]);
    }
  }

  function hear(message, buffers) {
    if (message.kind === "hello" && !state.live) {
      state.live = true;
      anywhere.hidden = false;
      lr.input.step = 0.001;
      momentum.input.step = 0.01;
      el.dataset.live = "yes";
      update();
    }
    if (message.kind === "run" && message.id === state.asked) {
      draw(unpack(numbers(Int16Array, buffers[0]), scene()), 10 ** Number(lr.input.value), message.behaviour, message.edge);
      el.dataset.answered = message.id;
    }
  }

  function pick(event) {
    const { x, y, starts } = scene(), p = locate(event, map, ground, x, y);
    const k = nearest(starts.map((s) => Math.hypot(s[0] - p[0], s[1] - p[1])), 0);
    place(state.live ? p : starts[k]);
    update();
  }

  function type() {
    const point = fields.map(({ input }) => input.valueAsNumber);
    if (!point.every(Number.isFinite)) return;
    state.start = point;
    begin.select.value = -1;
    update();
  }

  listen(landscape.select, "change", () => { state.scene = Number(landscape.select.value); setScene(); });
  listen(begin.select, "change", () => { place(scene().starts[Number(begin.select.value)]); update(); });
  fields.forEach(({ input }) => listen(input, "input", type));
  listen(lr.input, "input", update);
  listen(momentum.input, "input", update);
  listen(map, "click", pick);
  model.on("msg:custom", hear);
  setScene();
  model.send({ kind: "hello" });
  return () => { undo(); model.off("msg:custom", hear); };
}

export default { render };
