import { choice, contour, listeners, make, nearest, numbers, scale, short, slider, ticks, unique } from "./draw.js";

const MAP = { width: 330, height: 270, left: 26, bottom: 22 };
const CHART = { width: 330, height: 270, left: 46, bottom: 40 };

/** Where a recorded run lies among all of them. */
export function place({ scenes, momenta }, scene, start, rate, momentum) {
  let before = 0;
  for (let s = 0; s < scene; s++) before += scenes[s].starts.length * scenes[s].rates.length;
  return (before + start * scenes[scene].rates.length + rate) * momenta.length + momentum;
}

/** A packed run as points and log10 of the losses. */
export function unpack(packed, scene) {
  const count = packed.length / 3, half = (r) => 2 * (r[1] - r[0]), points = [], losses = [];
  for (let t = 0; t < count; t++) {
    points.push([(packed[t] / 32767) * half(scene.x), (packed[count + t] / 32767) * half(scene.y)]);
    losses.push((packed[2 * count + t] / 32767) * 15);
  }
  return { points, losses };
}

/** What the run does and why, in words. */
export function explain({ scene, lr, momentum, edge, behaviour, steps, loss }) {
  const end = `Loss ${loss >= 15 ? "beyond 1e15" : loss <= -15 ? "0 or below" : short(10 ** loss)} after ${steps} steps.`;
  const compared = lr < edge ? "below" : "above";
  const formula = momentum > 0 ? "2(1 + momentum)/L" : "2/L";
  const why = `The learning rate ${short(lr)} is ${compared} the edge ${formula} = ${short(edge)}`;
  const local = scene.startsWith("Rosen") ? ", taken at the minimum; elsewhere this valley bends more or less" : "";
  const words = {
    diverging: `Diverging. ${why}${local}: steps grow.`,
    escaping: "Escaping. Down the falling side of the saddle the loss has no lowest value, at any learning rate.",
    oscillating: `Oscillating. ${why}${local}, but the steps overshoot: the run turns back again and again.`,
    converging: `Converging. ${why}${local}.`,
    creeping: `Creeping. ${why}${local}: stable, but slow along the flattest direction.`,
  };
  return `${words[behaviour]} ${end}`;
}

function frame(box, x, y, xlabel, ylabel, ytext = short) {
  const { width, height, left, bottom } = box, group = make("g", { class: "nablab-axes" });
  const sx = scale(...x, left, width - 8), sy = scale(...y, height - bottom, 8);
  for (const v of ticks(...x)) group.append(make("text", { x: sx(v), y: height - bottom + 14, "text-anchor": "middle" }, short(v)));
  for (const v of ticks(...y)) {
    group.append(make("line", { x1: left, x2: width - 8, y1: sy(v), y2: sy(v) }));
    group.append(make("text", { x: left - 5, y: sy(v) + 4, "text-anchor": "end" }, ytext(v)));
  }
  if (xlabel) group.append(make("text", { x: (left + width) / 2, y: height - 4, "text-anchor": "middle" }, xlabel));
  if (ylabel) group.append(make("text", { x: 4, y: 10, class: "nablab-ylabel" }, ylabel));
  return { group, sx, sy };
}

function render({ model, el }) {
  const [scenes, momenta, behaviours] = ["scenes", "momenta", "behaviours"].map((k) => model.get(k));
  const steps = model.get("steps"), count = 3 * (steps + 1), size = 41 * 61;
  const runs = numbers(Int16Array, model.get("runs")), surfaces = numbers(Float32Array, model.get("surfaces"));
  const { listen, undo } = listeners();
  const state = { scene: model.get("first"), start: scenes[model.get("first")].starts[0], live: false, asked: 0 };

  const landscape = choice("Landscape", scenes.map((s) => s.name), state.scene);
  const begin = choice("Start", []);
  const lr = slider("Learning rate", { min: 0, max: 1, step: 0.1, value: 0 });
  const momentum = slider("Momentum", { min: 0, max: momenta.at(-1), step: momenta[1], value: 0 });
  const status = make("p", { role: "status", class: "nablab-status" });
  const name = unique();
  const map = make("svg", { viewBox: `0 0 ${MAP.width} ${MAP.height}`, role: "img", "aria-labelledby": `${name}-map` });
  const chart = make("svg", { viewBox: `0 0 ${CHART.width} ${CHART.height}`, role: "img", "aria-labelledby": `${name}-chart` });
  el.append(
    make("div", { class: "nablab-widget" },
      make("div", { class: "nablab-controls" }, landscape.row, begin.row, lr.row, momentum.row),
      make("div", { class: "nablab-pictures" }, map, chart), status),
  );

  let axes, trail, dots, curve;
  const scene = () => scenes[state.scene];
  const rate = () => 10 ** Number(lr.input.value);

  function setScene() {
    const { x, y, rates, starts } = scene();
    const logs = rates.map(Math.log10);
    Object.assign(lr.input, { min: logs[0].toFixed(3), max: logs.at(-1).toFixed(3), step: state.live ? 0.001 : 0.1 });
    lr.input.value = logs[10];
    begin.select.replaceChildren(...starts.map((p, i) => make("option", { value: i }, `(${p.map(short).join(", ")})`)));
    state.start = starts[0];
    axes = frame(MAP, x, y);
    const values = surfaces.subarray(state.scene * size, (state.scene + 1) * size);
    const low = Math.min(...values), high = Math.max(...values), lines = make("g", { class: "nablab-contours" });
    const [x0, y0] = [axes.sx(x[0]), axes.sy(y[0])];
    const [dx, dy] = [(axes.sx(x[1]) - x0) / 60, (axes.sy(y[1]) - y0) / 40];
    for (let k = 1; k <= 12; k++) {
      const level = low + (high - low) * (k / 13) ** 3;
      lines.append(make("path", { d: contour(values, 41, 61, level), transform: `translate(${x0} ${y0}) scale(${dx} ${dy})` }));
    }
    trail = make("polyline", { class: "nablab-trail" });
    dots = make("g", { class: "nablab-dots" });
    map.replaceChildren(make("title", { id: `${name}-map` }, `Contour lines of a ${scene().name} and the path of the run`), axes.group, lines, trail, dots);
    update();
  }

  function draw({ points, losses }, lr, behaviour, edge) {
    const inside = points.map(([a, b]) => [axes.sx(a), axes.sy(b)]);
    trail.setAttribute("points", inside.map((p) => p.map((v) => v.toFixed(1)).join()).join(" "));
    dots.replaceChildren(...inside.map(([cx, cy], t) => make("circle", { cx, cy, r: t ? 3 : 6, class: t ? "" : "nablab-first" })));
    const y = [Math.max(-15, Math.min(...losses) - 0.3), Math.min(15, Math.max(...losses) + 0.3)];
    const plot = frame(CHART, [0, steps], y, "step", "loss", (v) => (Math.abs(v) < 4 ? short(10 ** v) : `1e${short(v)}`));
    curve = make("polyline", { class: "nablab-trail", points: losses.map((v, t) => `${plot.sx(t).toFixed(1)},${plot.sy(v).toFixed(1)}`).join(" ") });
    chart.replaceChildren(make("title", { id: `${name}-chart` }, "The loss by step, on a logarithmic scale"), plot.group, curve);
    const beta = Number(momentum.input.value);
    const text = explain({ scene: scene().name, lr, momentum: beta, edge, behaviour: behaviours[behaviour], steps, loss: losses.at(-1) });
    if (status.textContent !== text) status.textContent = text;
    el.dataset.painted = performance.now();
  }

  function update() {
    const beta = Number(momentum.input.value), { rates, starts } = scene();
    const i = nearest(rates.map(Math.log10), Number(lr.input.value)), j = nearest(momenta, beta);
    lr.show(short(state.live ? rate() : rates[i]));
    momentum.show(short(beta));
    const k = starts.indexOf(state.start);
    if (k >= 0) {
      const at = place({ scenes, momenta }, state.scene, k, i, j);
      const within = (k * rates.length + i) * momenta.length + j;
      draw(unpack(runs.subarray(at * count, (at + 1) * count), scene()), rates[i], scene().behaviours[within], scene().edges[j]);
    }
    if (state.live) model.send({ kind: "run", id: ++state.asked, scene: state.scene, lr: rate(), momentum: beta, start: state.start });
  }

  function hear(message, buffers) {
    if (message.kind === "hello" && !state.live) {
      state.live = true;
      lr.input.step = 0.001;
      momentum.input.step = 0.01;
      el.dataset.live = "yes";
      update();
    }
    if (message.kind === "run" && message.id === state.asked) {
      draw(unpack(numbers(Int16Array, buffers[0]), scene()), rate(), message.behaviour, message.edge);
      el.dataset.answered = message.id;
    }
  }

  function pick(event) {
    const point = new DOMPoint(event.clientX, event.clientY).matrixTransform(map.getScreenCTM().inverse());
    const { x, y, starts } = scene();
    const p = [scale(axes.sx(x[0]), axes.sx(x[1]), ...x)(point.x), scale(axes.sy(y[0]), axes.sy(y[1]), ...y)(point.y)];
    const k = nearest(starts.map((s) => Math.hypot(s[0] - p[0], s[1] - p[1])), 0);
    begin.select.value = k;
    state.start = state.live ? p : starts[k];
    update();
  }

  listen(landscape.select, "change", () => { state.scene = Number(landscape.select.value); setScene(); });
  listen(begin.select, "change", () => { state.start = scene().starts[Number(begin.select.value)]; update(); });
  listen(lr.input, "input", update);
  listen(momentum.input, "input", update);
  listen(map, "click", pick);
  model.on("msg:custom", hear);
  setScene();
  model.send({ kind: "hello" });
  return () => { undo(); model.off("msg:custom", hear); };
}

export default { render };
