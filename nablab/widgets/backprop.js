import { choice, listeners, make, short, slider, unique } from "./draw.js";

const SIZE = { width: 480, height: 470 };
const RADIUS = 27;
const PLACES = {
  x0: { x: 34, y: 122 }, x1: { x: 34, y: 338 }, h0: { x: 228, y: 60 }, h1: { x: 228, y: 230 }, h2: { x: 228, y: 400 },
  out: { x: 360, y: 230 }, loss: { x: 448, y: 230 },
};

/** A number as a factor: brackets where it is negative. */
export const factor = (v) => (v < 0 ? `(${short(v)})` : short(v));

/** A number in two digits, where there is little room. */
export const brief = (v) => short(Number(v.toPrecision(2)));

/** The weighted sum of `numbers`, then + b, as a reader would write it. */
const sum = (numbers, weights, b) => `${numbers.map((v, i) => `${factor(v)} · ${factor(weights[i])}`).join(" + ")} + ${factor(b)}`;

/** Column j of W1, which is stored row after row. */
const column = (W1, j) => [W1[j], W1[3 + j]];

/** All steps of a recording: what is computed, the rule in words, the rule with its numbers, what becomes known. */
export function steps(r) {
  const s = short, units = [0, 1, 2], x = `${r.x.map(s).join(", ")}`;
  const [yHat, y, dyHat, dz2] = [r.y_hat[0], r.y[0], r.dy_hat[0], r.dz2[0]];
  const forward = units.map((j) => ({
    phase: "forward", title: `hidden unit ${j}`, at: `h${j}`, known: [`a${j}`],
    words: "Weigh the inputs, add the bias, bend the sum by the sigmoid σ.",
    rules: [
      `z1[${j}] = ${sum(r.x, column(r.W1, j), r.b1[j])} = ${s(r.z1[j])}`,
      `a1[${j}] = σ(${s(r.z1[j])}) = ${s(r.a1[j])}`,
    ],
  }));
  const back = units.map((j) => ({
    phase: "backward", title: `through W2[${j}] to hidden unit ${j}`, at: `h${j}`, along: [`v${j}`], known: [`hidden dz${j}`],
    words: "Blame comes back by the weight it went out by, then is scaled by the slope of this unit's sigmoid.",
    rules: [
      `da1[${j}] = dz2 · W2[${j}] = ${factor(dz2)} · ${factor(r.W2[j])} = ${s(r.da1[j])}`,
      `dz1[${j}] = da1[${j}] · a1[${j}] · (1 − a1[${j}]) = ${factor(r.da1[j])} · ${s(r.a1[j])} · ${s(1 - r.a1[j])} = ${s(r.dz1[j])}`,
    ],
  }));
  const first = units.map((j) => ({
    phase: "backward", title: `the weights into hidden unit ${j}`, at: `h${j}`, along: [`w0${j}`, `w1${j}`], known: [`dw0${j}`, `dw1${j}`, `hidden db${j}`],
    words: "The slope of a weight: what came in by it, times the slope of the sum it feeds. A bias has the input 1.",
    rules: [
      ...[0, 1].map((i) => `dW1[${i},${j}] = x[${i}] · dz1[${j}] = ${factor(r.x[i])} · ${factor(r.dz1[j])} = ${s(r.dW1[3 * i + j])}`),
      `db1[${j}] = dz1[${j}] = ${s(r.db1[j])}`,
    ],
  }));
  return [
    { phase: "start", title: "inputs and weights", known: [], words: "The numbers on the lines are weights; b is a bias. Nothing is computed yet.", rules: [`x = (${x}), wanted: y = ${s(y)}`] },
    ...forward,
    {
      phase: "forward", title: "the output", at: "out", known: ["out"], words: "The same rule, with the hidden units as inputs.",
      rules: [`z2 = ${sum(r.a1, r.W2, r.b2[0])} = ${s(r.z2[0])}`, `ŷ = σ(${s(r.z2[0])}) = ${s(yHat)}`],
    },
    { phase: "forward", title: "the loss", at: "loss", known: ["loss"], words: "How wrong is it? The squared error of this one sample.", rules: [`loss = (ŷ − y)² = (${s(yHat)} − ${s(y)})² = ${s(r.loss[0])}`] },
    {
      phase: "backward", title: "the slope at the loss", at: "loss", known: ["dyhat"], words: `${yHat < y ? "A larger" : "A smaller"} ŷ would lower the loss: the slope is ${yHat < y ? "negative" : "positive"}.`,
      rules: [`dŷ = 2 · (ŷ − y) = 2 · (${s(yHat)} − ${s(y)}) = ${s(dyHat)}`],
    },
    {
      phase: "backward", title: "through the sigmoid of the output", at: "out", along: ["last"], known: ["dz2"], words: "Times the slope of the sigmoid here, ŷ(1 − ŷ), which is never above 1/4.",
      rules: [`dz2 = dŷ · ŷ · (1 − ŷ) = ${factor(dyHat)} · ${s(yHat)} · ${s(1 - yHat)} = ${s(dz2)}`],
    },
    {
      phase: "backward", title: "the weights into the output", at: "out", along: units.map((j) => `v${j}`), known: [...units.map((j) => `dv${j}`), "db2"],
      words: "The slope of a weight: what came in by it, times the slope of the sum it feeds. A bias has the input 1.",
      rules: [...units.map((j) => `dW2[${j}] = a1[${j}] · dz2 = ${s(r.a1[j])} · ${factor(dz2)} = ${s(r.dW2[j])}`), `db2 = dz2 = ${s(r.db2[0])}`],
    },
    ...back,
    ...first,
  ];
}

/** Every line of the graph: its name, its ends, its weight and its gradient, and where their numbers stand. */
export function lines(r) {
  const line = (name, from, to, weight, gradient, t) => {
    const [a, b] = [PLACES[from], PLACES[to]];
    return { name, from, to, weight, gradient, label: { x: a.x + t * (b.x - a.x), y: a.y + t * (b.y - a.y) } };
  };
  return [
    ...[0, 1].flatMap((i) => [0, 1, 2].map((j) => line(`w${i}${j}`, `x${i}`, `h${j}`, r.W1[3 * i + j], r.dW1[3 * i + j], 0.64))),
    ...[0, 1, 2].map((j) => line(`v${j}`, `h${j}`, "out", r.W2[j], r.dW2[j], 0.5)),
    line("last", "out", "loss", undefined, undefined, 0.5),
  ];
}

/** Every node: its place, name and value, its bias and its slope, and what has to be known before each is shown. */
export function nodes(r) {
  return [
    ...[0, 1].map((i) => ({ at: `x${i}`, name: `x[${i}]`, value: r.x[i] })),
    ...[0, 1, 2].map((j) => ({
      at: `h${j}`, name: `a1[${j}]`, value: r.a1[j], needs: `a${j}`, bias: r.b1[j], slope: r.dz1[j], slopeName: "dz1", slopeNeeds: `hidden dz${j}`,
      biasSlope: "db1", biasNeeds: `hidden db${j}`,
    })),
    {
      at: "out", name: "ŷ", value: r.y_hat[0], needs: "out", bias: r.b2[0], slope: r.dz2[0], slopeName: "dz2", slopeNeeds: "dz2",
      biasSlope: "db2", biasNeeds: "db2",
    },
    { at: "loss", name: "loss", value: r.loss[0], needs: "loss", slope: r.dy_hat[0], slopeName: "dŷ", slopeNeeds: "dyhat" },
  ].map((node) => ({ ...node, ...PLACES[node.at] }));
}

function render({ model, el }) {
  const [samples, networks, recordings] = ["samples", "networks", "recordings"].map((k) => model.get(k));
  const { listen, undo } = listeners();
  const last = steps(recordings[0][0]).length - 1, picture = unique();
  const sample = choice("Sample", samples), network = choice("Network", networks);
  const step = slider("Step", { min: 0, max: last, step: 1, value: model.get("step") });
  const [back, next] = ["Back", "Next"].map((text) => make("button", { type: "button" }, text));
  next.classList.add("nablab-main");
  const title = make("title", { id: picture }, ""), drawing = make("g");
  const svg = make("svg", { viewBox: `0 0 ${SIZE.width} ${SIZE.height}`, role: "img", "aria-labelledby": picture, class: "nablab-graph" }, title, drawing);
  const status = make("p", { role: "status", class: "nablab-status" });
  el.append(make("div", { class: "nablab-widget nablab-backprop" },
    make("div", { class: "nablab-controls" }, sample.row, network.row),
    make("div", { class: "nablab-stepper" }, step.row, make("div", { class: "nablab-buttons" }, back, next)),
    make("div", { class: "nablab-pictures" }, svg, status)));

  const text = (x, y, content, kind) => make("text", { x, y, "text-anchor": "middle", class: kind }, content);

  function draw(r, all, now) {
    const known = new Set(all.slice(0, now + 1).flatMap((s) => s.known)), here = all[now];
    const steepest = Math.max(...r.dW1.map(Math.abs), ...r.dW2.map(Math.abs)) || 1;
    const parts = [], labels = [];
    for (const { name, from, to, weight, gradient, label } of lines(r)) {
      const slope = known.has(`d${name}`), active = here.phase === "forward" ? to === here.at : here.along?.includes(name);
      const [a, b] = [PLACES[from], PLACES[to]], ends = { x1: a.x, y1: a.y, x2: b.x, y2: b.y };
      parts.push(make("line", { ...ends, class: "nablab-edge" }));
      if (slope) parts.push(make("line", { ...ends, class: "nablab-blame", "stroke-width": (1 + (8 * Math.abs(gradient)) / steepest).toFixed(2) }));
      if (active) parts.push(make("line", { ...ends, class: `nablab-active nablab-${here.phase}` }));
      if (weight === undefined) continue;
      labels.push(text(label.x, label.y + (slope ? -2 : 5), short(weight), "nablab-weight"));
      if (slope) labels.push(text(label.x, label.y + 13, `d ${brief(gradient)}`, "nablab-slope"));
    }
    for (const node of nodes(r)) {
      const { x, y } = node, seen = !node.needs || known.has(node.needs);
      const kind = `nablab-node${seen ? "" : " nablab-unknown"}${here.at === node.at ? ` nablab-${here.phase}` : ""}`;
      const square = { x: x - RADIUS, y: y - RADIUS, width: 2 * RADIUS, height: 2 * RADIUS, rx: 6, class: kind };
      parts.push(node.at === "loss" ? make("rect", square) : make("circle", { cx: x, cy: y, r: RADIUS, class: kind }));
      labels.push(text(x, y - 6, node.name, "nablab-name"), text(x, y + 12, seen ? short(node.value) : "?", "nablab-value"));
      if (node.bias !== undefined) labels.push(text(x, y - RADIUS - 7, `b ${short(node.bias)}`, "nablab-weight"));
      if (!known.has(node.slopeNeeds)) continue;
      const slopes = known.has(node.biasNeeds) ? `${node.slopeName} = ${node.biasSlope}` : node.slopeName;
      labels.push(text(x, y + RADIUS + 16, slopes, "nablab-slope"), text(x, y + RADIUS + 31, brief(node.slope), "nablab-slope"));
    }
    drawing.replaceChildren(...parts, ...labels);
  }

  function update() {
    const r = recordings[sample.select.value][network.select.value], all = steps(r), now = Number(step.input.value), here = all[now];
    draw(r, all, now);
    const place = `Step ${now} of ${last}${here.phase === "start" ? "" : `, ${here.phase}`}`;
    step.show(`${now} of ${last}`);
    step.input.setAttribute("aria-valuetext", `${place}: ${here.title}`);
    [back.disabled, next.disabled] = [now === 0, now === last];
    title.textContent = `The network of two inputs, three hidden units and an output. ${place}: ${here.title}`;
    status.replaceChildren(make("span", { class: `nablab-phase nablab-${here.phase}` }, place), make("strong", {}, here.title),
      make("span", { class: "nablab-words" }, here.words), ...here.rules.map((rule) => make("code", {}, rule)));
    el.dataset.painted = performance.now();
  }

  function go(to) {
    step.input.value = to;
    moved();
  }
  function moved() {
    model.set("step", Number(step.input.value));
    model.save_changes();
    update();
  }
  function follow() {
    step.input.value = model.get("step");
    update();
  }
  listen(back, "click", () => go(Number(step.input.value) - 1));
  listen(next, "click", () => go(Number(step.input.value) + 1));
  listen(step.input, "input", moved);
  listen(sample.select, "change", update);
  listen(network.select, "change", update);
  model.on("change:step", follow);
  update();
  return () => { undo(); model.off("change:step", follow); };
}

export default { render };
