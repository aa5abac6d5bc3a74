import { choice, listeners, make, short, slider, speech, unique } from "./draw.js";

// Two layouts: the loss stands beside the output, or below it where there is little room.
const WIDE = {
  size: { width: 520, height: 476 }, radius: 34,
  places: {
    x0: { x: 38, y: 48 }, x1: { x: 38, y: 428 }, h0: { x: 232, y: 88 }, h1: { x: 232, y: 238 }, h2: { x: 232, y: 388 },
    out: { x: 390, y: 238 }, loss: { x: 484, y: 238 },
  },
};
const NARROW = {
  size: { width: 340, height: 476 }, radius: 28,
  places: {
    x0: { x: 30, y: 48 }, x1: { x: 30, y: 428 }, h0: { x: 172, y: 88 }, h1: { x: 172, y: 238 }, h2: { x: 172, y: 388 },
    out: { x: 300, y: 238 }, loss: { x: 300, y: 388 },
  },
};
const ROOM = 560; // pixels: below this width of the widget, the narrow layout
const SUB = ["₁", "₂", "₃"];

/** A number as a factor: brackets where it is negative. */
export const factor = (v) => (v < 0 ? `(${short(v)})` : short(v));

/** A number in two digits, where there is little room. */
export const brief = (v) => short(Number(v.toPrecision(2)));

/** The weighted sum of `numbers`, then + b, as a reader would write it. */
const sum = (numbers, weights, b) =>
  `${numbers.map((v, i) => `${factor(v)} · ${factor(weights[i])}`).join(" + ")} + ${factor(b)}`;

/** Column j of W1, which is stored row after row. */
const column = (W1, j) => [W1[j], W1[3 + j]];

/** A hidden unit by its name; what code calls it is counted from 0. */
const unit = (j) => `hidden unit ${j + 1}, h${SUB[j]}`;

const OF_A_WEIGHT =
  "The slope of a weight: what came in by it, times the slope of the sum it feeds. A bias has the input 1.";

/** Why blame passes a hidden unit, or does not. */
function passing(r, j) {
  if (r.W2[j] === 0) return "This weight is 0, so no blame comes back by it.";
  const way = "Blame comes back by the weight it went out by, then is scaled by the slope of this unit's sigmoid";
  const flat = r.a1[j] * (1 - r.a1[j]) < 0.01;
  return flat ? `${way}. The sigmoid is flat here, so next to nothing passes.` : `${way}.`;
}

/** The step at which a hidden unit is computed, and the two at which it is blamed. */
function forwardTo(r, j) {
  return {
    phase: "forward", title: `${unit(j)}: a1[${j}]`, at: `h${j}`, known: [`a${j}`],
    words: "Weigh the inputs, add the bias, bend the sum by the sigmoid σ.",
    rules: [
      `z1[${j}] = ${sum(r.x, column(r.W1, j), r.b1[j])} = ${short(r.z1[j])}`,
      `a1[${j}] = σ(${short(r.z1[j])}) = ${short(r.a1[j])}`,
    ],
  };
}
function backTo(r, j) {
  const through = [factor(r.da1[j]), short(r.a1[j]), short(1 - r.a1[j])].join(" · ");
  return {
    phase: "backward", title: `through W2[${j}] to ${unit(j)}`, at: `h${j}`, along: [`v${j}`],
    known: [`hidden dz${j}`], words: passing(r, j),
    rules: [
      `da1[${j}] = dz2 · W2[${j}] = ${factor(r.dz2[0])} · ${factor(r.W2[j])} = ${short(r.da1[j])}`,
      `dz1[${j}] = da1[${j}] · a1[${j}] · (1 − a1[${j}]) = ${through} = ${short(r.dz1[j])}`,
    ],
  };
}
function weightsInto(r, j) {
  return {
    phase: "backward", title: `the weights into ${unit(j)}`, at: `h${j}`, along: [`w0${j}`, `w1${j}`],
    known: [`dw0${j}`, `dw1${j}`, `hidden db${j}`], words: OF_A_WEIGHT,
    rules: [
      ...[0, 1].map((i) => `dW1[${i},${j}] = x[${i}] · dz1[${j}] = ${
        [r.x[i], r.dz1[j]].map(factor).join(" · ")} = ${short(r.dW1[3 * i + j])}`),
      `db1[${j}] = dz1[${j}] = ${short(r.db1[j])}`,
    ],
  };
}

/** All steps of a recording: what is computed, the rule in words, the rule with its numbers, what becomes known. */
export function steps(r) {
  const s = short, units = [0, 1, 2], up = r.y_hat[0] < r.y[0];
  const [yHat, y, dyHat, dz2] = [r.y_hat[0], r.y[0], r.dy_hat[0], r.dz2[0]];
  return [
    {
      phase: "start", title: "inputs and weights", known: [],
      words: "The numbers on the lines are weights; b is a bias. Nothing is computed yet. Numbers are shown rounded.",
      rules: [`x = (${r.x.map(s).join(", ")}), wanted: y = ${s(y)}`],
    },
    ...units.map((j) => forwardTo(r, j)),
    {
      phase: "forward", title: "the output, ŷ", at: "out", known: ["out"],
      words: "The same rule, with the hidden units as inputs.",
      rules: [`z2 = ${sum(r.a1, r.W2, r.b2[0])} = ${s(r.z2[0])}`, `ŷ = σ(${s(r.z2[0])}) = ${s(yHat)}`],
    },
    {
      phase: "forward", title: "the loss", at: "loss", known: ["loss"],
      words: "How wrong is it? The squared error of this one sample.",
      rules: [`loss = (ŷ − y)² = (${s(yHat)} − ${s(y)})² = ${s(r.loss[0])}`],
    },
    {
      phase: "backward", title: "the slope at the loss", at: "loss", known: ["dyhat"],
      words: `A ${up ? "larger" : "smaller"} ŷ would lower the loss: the slope is ${up ? "negative" : "positive"}.`,
      rules: [`dŷ = 2 · (ŷ − y) = 2 · (${s(yHat)} − ${s(y)}) = ${s(dyHat)}`],
    },
    {
      phase: "backward", title: "through the sigmoid of the output", at: "out", along: ["last"], known: ["dz2"],
      words: "Times the slope of the sigmoid here, ŷ(1 − ŷ), which is never above 1/4.",
      rules: [`dz2 = dŷ · ŷ · (1 − ŷ) = ${factor(dyHat)} · ${s(yHat)} · ${s(1 - yHat)} = ${s(dz2)}`],
    },
    {
      phase: "backward", title: "the weights into the output", at: "out", along: units.map((j) => `v${j}`),
      known: [...units.map((j) => `dv${j}`), "db2"], words: OF_A_WEIGHT,
      rules: [
        ...units.map((j) => `dW2[${j}] = a1[${j}] · dz2 = ${s(r.a1[j])} · ${factor(dz2)} = ${s(r.dW2[j])}`),
        `db2 = dz2 = ${s(r.db2[0])}`,
      ],
    },
    ...units.map((j) => backTo(r, j)),
    ...units.map((j) => weightsInto(r, j)),
  ];
}

/** Every line of the graph: its name, its ends, its weight and its gradient, and where their numbers stand. */
export function lines(r, { places } = WIDE) {
  // Numbers stand half-way; on the four lines that cross they stand before the crossing.
  const line = (name, from, to, weight, gradient) => {
    const [a, b] = [places[from], places[to]], t = /^w(01|02|10|11)$/.test(name) ? 0.38 : 0.5;
    return { name, from, to, weight, gradient, label: { x: a.x + t * (b.x - a.x), y: a.y + t * (b.y - a.y) } };
  };
  return [
    ...[0, 1].flatMap((i) => [0, 1, 2].map((j) =>
      line(`w${i}${j}`, `x${i}`, `h${j}`, r.W1[3 * i + j], r.dW1[3 * i + j]))),
    ...[0, 1, 2].map((j) => line(`v${j}`, `h${j}`, "out", r.W2[j], r.dW2[j])),
    line("last", "out", "loss"),
  ];
}

/** Every node: its place, name and value, its bias and its slope, and what has to be known before each is shown. */
export function nodes(r, { places } = WIDE) {
  return [
    ...[0, 1].map((i) => ({ at: `x${i}`, name: `x${SUB[i]}`, value: r.x[i] })),
    ...[0, 1, 2].map((j) => ({
      at: `h${j}`, name: `h${SUB[j]}`, value: r.a1[j], needs: `a${j}`, bias: r.b1[j],
      slope: r.dz1[j], slopeName: "dz1", slopeNeeds: `hidden dz${j}`, biasSlope: "db1", biasNeeds: `hidden db${j}`,
    })),
    {
      at: "out", name: "ŷ", value: r.y_hat[0], needs: "out", bias: r.b2[0],
      slope: r.dz2[0], slopeName: "dz2", slopeNeeds: "dz2", biasSlope: "db2", biasNeeds: "db2",
    },
    {
      at: "loss", name: "loss", value: r.loss[0], needs: "loss",
      slope: r.dy_hat[0], slopeName: "dŷ", slopeNeeds: "dyhat",
    },
  ].map((node) => ({ ...node, ...places[node.at] }));
}

const text = (x, y, content, kind) => make("text", { x, y, "text-anchor": "middle", class: kind }, content);

/** The lines, as thick as slopes are steep once these are known, and their numbers. */
function drawLines(r, { known, here, layout }) {
  const steepest = Math.max(...r.dW1.map(Math.abs), ...r.dW2.map(Math.abs)) || 1, parts = [], labels = [];
  for (const { name, from, to, weight, gradient, label } of lines(r, layout)) {
    const active = here.phase === "forward" ? to === here.at : here.along?.includes(name);
    const [a, b] = [layout.places[from], layout.places[to]], ends = { x1: a.x, y1: a.y, x2: b.x, y2: b.y };
    const slope = known.has(`d${name}`), width = (1 + (8 * Math.abs(gradient)) / steepest).toFixed(2);
    parts.push(make("line", { ...ends, class: "nablab-edge" }));
    if (slope) parts.push(make("line", { ...ends, class: "nablab-blame", "stroke-width": width }));
    if (active) parts.push(make("line", { ...ends, class: `nablab-active nablab-${here.phase}` }));
    if (weight === undefined) continue;
    labels.push(text(label.x, label.y + (slope ? -4 : 5), short(weight), "nablab-weight"));
    if (slope) labels.push(text(label.x, label.y + 14, `d ${brief(gradient)}`, "nablab-slope"));
  }
  return { parts, labels };
}

function drawNodes(r, { known, here, layout }) {
  const { radius } = layout, parts = [], labels = [];
  for (const node of nodes(r, layout)) {
    const { x, y } = node, seen = !node.needs || known.has(node.needs), at = here.at === node.at;
    const kind = `nablab-node${seen ? "" : " nablab-unknown"}${at ? ` nablab-${here.phase}` : ""}`;
    const square = { x: x - radius, y: y - radius, width: 2 * radius, height: 2 * radius, rx: 6, class: kind };
    parts.push(node.at === "loss" ? make("rect", square) : make("circle", { cx: x, cy: y, r: radius, class: kind }));
    const value = seen ? short(node.value) : "?";
    labels.push(text(x, y - 6, node.name, "nablab-name"), text(x, y + 12, value, "nablab-value"));
    if (node.bias !== undefined) labels.push(text(x, y - radius - 7, `b ${short(node.bias)}`, "nablab-weight"));
    if (!known.has(node.slopeNeeds)) continue;
    const slopes = known.has(node.biasNeeds) ? `${node.slopeName} = ${node.biasSlope}` : node.slopeName;
    const below = [slopes, brief(node.slope)];
    labels.push(...below.map((line, i) => text(x, y + radius + 16 + 17 * i, line, "nablab-slope")));
  }
  return { parts, labels };
}

function render({ model, el }) {
  const [samples, networks, recordings] = ["samples", "networks", "recordings"].map((k) => model.get(k));
  const { listen, undo } = listeners(), words = speech();
  const last = steps(recordings[0][0]).length - 1, picture = unique();
  const sample = choice("Sample", samples, model.get("sample") - 1), network = choice("Network", networks);
  const step = slider("Step", { min: 0, max: last, step: 1, value: model.get("step") });
  const [back, next] = ["Back", "Next"].map((name) => make("button", { type: "button" }, name));
  next.classList.add("nablab-main");
  const title = make("title", { id: picture }, ""), drawing = make("g");
  const svg = make("svg", { role: "img", "aria-labelledby": picture }, title, drawing);
  el.append(make("div", { class: "nablab-widget nablab-backprop" },
    make("div", { class: "nablab-stepper" }, step.row, make("div", { class: "nablab-buttons" }, back, next)),
    make("div", { class: "nablab-pictures" }, svg, words.seen), words.spoken,
    make("div", { class: "nablab-controls" }, sample.row, network.row)));

  function draw(r, all, now) {
    const layout = el.clientWidth && el.clientWidth < ROOM ? NARROW : WIDE, { width, height } = layout.size;
    svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
    svg.setAttribute("class", `nablab-graph nablab-stays${layout === NARROW ? " nablab-narrow" : ""}`);
    const seen = { known: new Set(all.slice(0, now + 1).flatMap((s) => s.known)), here: all[now], layout };
    const drawn = [drawLines(r, seen), drawNodes(r, seen)];
    drawing.replaceChildren(...drawn.flatMap((d) => d.parts), ...drawn.flatMap((d) => d.labels));
  }

  function update() {
    const r = recordings[sample.select.value][network.select.value], all = steps(r);
    const now = Number(step.input.value), here = all[now];
    draw(r, all, now);
    const place = `Step ${now} of ${last}${here.phase === "start" ? "" : `, ${here.phase}`}`;
    step.show(`${now} of ${last}`);
    step.input.setAttribute("aria-valuetext", `${now} of ${last}: ${here.title}`);
    [back.disabled, next.disabled] = [now === 0, now === last];
    title.textContent = `The network of two inputs, three hidden units and an output. ${place}: ${here.title}`;
    words.say([
      make("span", { class: `nablab-phase nablab-${here.phase}` }, place), make("strong", {}, here.title),
      make("span", { class: "nablab-words" }, here.words), ...here.rules.map((rule) => make("code", {}, rule)),
    ]);
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
  const watch = new ResizeObserver(update);
  update();
  watch.observe(el);
  return () => { undo(); words.hush(); watch.disconnect(); model.off("change:step", follow); };
}

export default { render };
