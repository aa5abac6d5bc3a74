import { axes, listeners, make, numbers, powerOfTen, short, slider, unique } from "./draw.js";

const SIZE = { width: 330, height: 270 };
const HEIGHT = [-2.2, 2.2]; // of the picture of the fit
const DECADES = [-2, 1]; // of the errors that are drawn

/** Where the recorded fits for a number of samples and a decay begin, in fits. */
export const place = ({ decays, degrees }, samples, decay) => (samples * decays.length + decay) * degrees;

/** The curve of one draw at one degree, from 16-bit numbers over 4. */
export function curve(packed, { shown, places }, degree, draw) {
  const start = (degree * shown + draw) * places.length;
  return places.map((x, i) => [x, (packed[start + i] / 32767) * 4]);
}

/** SVG path data of a smooth curve through points: cubics whose slopes are those of the parabola through neighbours. */
export function smooth(points) {
  const at = (i) => points[Math.min(Math.max(i, 0), points.length - 1)];
  const chord = ([x0, y0], [x1, y1]) => (x1 === x0 ? 0 : (y1 - y0) / (x1 - x0));
  const slope = (i) => {
    const [a, b, c] = [at(i - 1), at(i), at(i + 1)], before = chord(a, b), after = chord(b, c);
    if (a === b) return after;
    return b === c ? before : (before * (c[0] - b[0]) + after * (b[0] - a[0])) / (c[0] - a[0]);
  };
  const text = (...numbers) => numbers.map((v) => Number(v.toFixed(1))).join(" ");
  return points.reduce((data, [x, y], i) => {
    if (!i) return `M${text(x, y)}`;
    const [x0, y0] = points[i - 1], third = (x - x0) / 3;
    return `${data}C${text(x0 + third, y0 + third * slope(i - 1), x - third, y - third * slope(i), x, y)}`;
  }, "");
}

/** An error's height in the picture: log10, held a little outside of it so that lines leave it upright. */
export const height = (error) => Math.min(Math.max(Math.log10(Math.max(error, 1e-12)), DECADES[0] - 0.4), DECADES[1] + 0.4);

/** A number in at most two digits, and without a row of zeros. */
export function brief(error) {
  if (error >= 1e9) return "over 10⁹";
  if (error >= 1e4) return `about ${powerOfTen(Math.round(Math.log10(error)))}`;
  return error >= 10 ? String(Math.round(error)) : error < 0.005 ? "below 0.005" : short(Number(error.toPrecision(2)));
}

/** A number of weight decay as a reader would write it. */
export function decayText(decay) {
  if (!decay) return "none";
  const k = Math.floor(Math.log10(decay) + 1e-9), m = decay / 10 ** k;
  return Math.abs(m - 1) < 0.05 ? powerOfTen(k) : `${m.toFixed(1)} · ${powerOfTen(k)}`;
}

/** What the fit does: one word, and why. */
export function explain({ verdict, degree, samples, decay, floor, train, validation, own, draw }) {
  const gap = validation - train, asked = `degree ${degree} on ${samples} samples${decay ? `, weight decay ${decayText(decay)}` : ""}`;
  const cause = decay > 3e-3 && degree > 4 ? "the decay holds the weights too tightly" : "the curve is too stiff for the truth";
  const why = {
    underfits: `Even the training error, ${brief(train)}, is above the noise ${brief(floor)}: ${cause}.`,
    "about right": `The validation error, ${brief(validation)}, is not far above the noise ${brief(floor)}, which no curve can beat.`,
    overfits: `The training error, ${brief(train)}, looks fine, but new points cost ${brief(validation)}. The gap, ${brief(gap)}, is noise that the curve has learnt by heart.`,
  }[verdict];
  const mine = `Set ${draw + 1} alone: training ${brief(own[0])}, validation ${brief(own[1])}.`;
  return { word: verdict[0].toUpperCase() + verdict.slice(1), why: `${asked[0].toUpperCase()}${asked.slice(1)}. ${why} ${mine}` };
}

function key(...entries) {
  const row = make("p", { class: "nablab-cad-key" });
  for (const [mark, text] of entries) {
    const swatch = make("svg", { viewBox: "0 0 26 12", width: 26, height: 12, "aria-hidden": "true" });
    if (mark.includes("dot")) swatch.append(make("circle", { cx: 13, cy: 6, r: 3.2, class: `nablab-cad-${mark}` }));
    else swatch.append(make("line", { x1: 1, x2: 25, y1: 6, y2: 6, class: `nablab-cad-${mark}` }));
    if (mark === "validation") swatch.append(make("rect", { x: 10, y: 3, width: 6, height: 6, class: "nablab-cad-square" }));
    if (mark === "training") swatch.append(make("circle", { cx: 13, cy: 6, r: 3, class: "nablab-cad-round" }));
    row.append(make("span", {}, swatch, ` ${text}`));
  }
  return row;
}

function render({ model, el }) {
  const [samples, decays, degrees, places, verdicts, floor] =
    ["samples", "decays", "degrees", "places", "verdicts", "floor"].map((k) => model.get(k));
  const [draws, shown] = model.get("draws"), truth = model.get("truth");
  const points = numbers(Float32Array, model.get("points")), most = points.length / shown / 2;
  const all = {
    curves: numbers(Int16Array, model.get("curves")), own: numbers(Float32Array, model.get("own")),
    bands: numbers(Float32Array, model.get("bands")), judged: numbers(Uint8Array, model.get("judged")),
  };
  const sizes = { curves: shown * places.length, own: shown * 2, bands: 6, judged: 1 };
  const { listen, undo } = listeners();
  const state = { live: false, asked: 0 };

  const degree = slider("Degree", { min: 0, max: degrees - 1, step: 1, value: model.get("degree") });
  const size = slider("Samples", { min: 0, max: samples.length - 1, step: 1, value: 1 });
  const decay = slider("Weight decay", { min: 0, max: decays.length - 1, step: 1, value: 0 });
  const draw = slider("Sample set", { min: 1, max: shown, step: 1, value: 1 });
  const sliders = [degree, size, decay, draw];
  sliders.forEach((s) => s.mark(NaN, ""));
  const status = make("p", { role: "status", class: "nablab-status" });
  const names = { fit: unique(), chart: unique() };
  const picture = (name) => make("svg", { viewBox: `0 0 ${SIZE.width} ${SIZE.height}`, role: "img", "aria-labelledby": name });
  const fit = picture(names.fit), chart = picture(names.chart);
  el.append(
    make("div", { class: "nablab-widget" },
      make("div", { class: "nablab-cad-controls" }, ...sliders.map((s) => s.row)),
      make("div", { class: "nablab-pictures" },
        make("div", { class: "nablab-cad-picture" }, fit,
          key(["this", "this set's fit"], ["others", "fits to other sets"], ["truth", "truth"], ["dot", "samples"])),
        make("div", { class: "nablab-cad-picture" }, chart,
          key(["validation", "validation"], ["training", "training"], ["floor", "noise"], ["own-dot", "this set"]))),
      status),
  );

  const left = axes(SIZE, { x: [-1, 1], y: HEIGHT, xlabel: "x", ylabel: "y" });
  const right = axes(SIZE, {
    x: [-0.4, degrees - 0.6], y: DECADES, xlabel: "degree", ylabel: "mean squared error",
    xticks: [...Array(degrees).keys()].filter((d) => d % 2 === 0), yticks: [-2, -1, 0, 1], name: (k) => short(10 ** k),
  });
  const line = (list, { sx, sy }) => list.map(([x, y]) => `${sx(x).toFixed(1)},${sy(y).toFixed(1)}`).join(" ");
  const drawn = (list) => smooth(list.map(([x, y]) => [left.sx(x), left.sy(y)]));
  const ink = { faint: make("g"), dots: make("g"), errors: make("g"),
    curve: make("path", { class: "nablab-cad-this" }) };
  left.inside.append(ink.dots, ink.faint, make("path", { class: "nablab-cad-truth", d: drawn(places.map((x, i) => [x, truth[i]])) }), ink.curve);
  right.inside.append(ink.errors);
  fit.append(make("title", { id: names.fit }, "Samples, the truth, the polynomial fitted to the samples, and those fitted to other sets of samples"), left.group, left.inside);
  chart.append(make("title", { id: names.chart }, `Training and validation error by degree, medians and quartiles over ${draws} draws, on a logarithmic scale`), right.group, right.inside);

  /** How many samples and how much decay the sliders ask for: between recorded ones, in even ratios. */
  function wanted() {
    const s = Number(size.input.value), d = Number(decay.input.value);
    const between = (list, v) => list[Math.floor(v)] * ((list[Math.ceil(v)] / list[Math.floor(v)]) ** (v % 1) || 1);
    return { samples: Math.round(between(samples, s)), weight_decay: d < 1 ? decays[1] * d : between(decays, d) };
  }

  function paint(run, asked) {
    const g = Number(degree.input.value), k = Number(draw.input.value) - 1, of = { shown, places };
    ink.curve.setAttribute("d", drawn(curve(run.curves, of, g, k)));
    ink.faint.replaceChildren(...[...Array(shown).keys()].filter((i) => i !== k).map((i) =>
      make("path", { class: "nablab-cad-others", d: drawn(curve(run.curves, of, g, i)) })));
    ink.dots.replaceChildren(...[...Array(asked.samples).keys()].map((i) => make("circle", { class: "nablab-cad-dot",
      cx: left.sx(points[2 * (k * most + i)]).toFixed(1), cy: left.sy(points[2 * (k * most + i) + 1]).toFixed(1), r: asked.samples > 60 ? 2 : 3.2 })));

    const of3 = (d, kind, q) => height(run.bands[(d * 2 + kind) * 3 + q]), every = [...Array(degrees).keys()];
    const parts = [make("line", { class: "nablab-cad-here", x1: right.sx(g), x2: right.sx(g), y1: right.sy(DECADES[0]), y2: right.sy(DECADES[1]) }),
      make("line", { class: "nablab-cad-floor", x1: right.sx(-0.4), x2: right.sx(degrees), y1: right.sy(height(floor)), y2: right.sy(height(floor)) })];
    ["training", "validation"].forEach((name, kind) => {
      const band = [...every.map((d) => [d, of3(d, kind, 0)]), ...every.toReversed().map((d) => [d, of3(d, kind, 2)])];
      parts.push(make("polyline", { class: `nablab-cad-band nablab-cad-${name}-band`, points: line(band, right) }),
        make("polyline", { class: `nablab-cad-${name}`, points: line(every.map((d) => [d, of3(d, kind, 1)]), right) }));
      for (const d of every) {
        const x = right.sx(d), y = right.sy(of3(d, kind, 1)), r = d === g ? 5 : 3;
        parts.push(kind ? make("rect", { class: "nablab-cad-square", x: x - r, y: y - r, width: 2 * r, height: 2 * r })
          : make("circle", { class: "nablab-cad-round", cx: x, cy: y, r }));
      }
    });
    const own = [0, 1].map((kind) => run.own[(g * shown + k) * 2 + kind]);
    for (const error of own) parts.push(make("circle", { class: "nablab-cad-own-dot", cx: right.sx(g), cy: right.sy(Math.min(height(error), DECADES[1])), r: 6 }));
    ink.errors.replaceChildren(...parts);

    const said = explain({ verdict: verdicts[run.judged[g]], degree: g, samples: asked.samples, decay: asked.weight_decay, floor,
      train: run.bands[g * 6 + 1], validation: run.bands[g * 6 + 4], own, draw: k });
    if (status.textContent !== `${said.word}. ${said.why}`) status.replaceChildren(make("strong", {}, `${said.word}.`), ` ${said.why}`);
    el.dataset.painted = performance.now();
  }

  function recorded() {
    const at = place({ decays, degrees }, Math.round(Number(size.input.value)), Math.round(Number(decay.input.value)));
    return Object.fromEntries(Object.entries(all).map(([k, list]) => [k, list.subarray(at * sizes[k], (at + degrees) * sizes[k])]));
  }

  function update() {
    const asked = wanted(), key = `${asked.samples} ${asked.weight_decay}`;
    degree.show(degree.input.value);
    size.show(String(asked.samples));
    decay.show(decayText(asked.weight_decay));
    draw.show(`${draw.input.value} of ${shown}`);
    if (state.run?.key === key) return paint(state.run, asked); // only the degree or the draw has moved
    const onGrid = [size, decay].every((s) => Number.isInteger(Number(s.input.value)));
    if (onGrid) {
      state.asked++; // an answer that is still under way comes too late
      state.run = { key, ...recorded() };
      return paint(state.run, asked);
    }
    model.send({ kind: "fits", id: ++state.asked, ...asked });
  }

  function hear(message, buffers) {
    if (message.kind === "hello" && !state.live) {
      state.live = true;
      size.input.step = decay.input.step = 0.1;
      el.dataset.live = "yes";
    }
    if (message.kind === "fits" && message.id === state.asked) {
      const asked = wanted();
      state.run = { key: `${asked.samples} ${asked.weight_decay}`, curves: numbers(Int16Array, buffers[0]),
        own: numbers(Float32Array, buffers[1]), bands: numbers(Float32Array, buffers[2]), judged: message.judged };
      paint(state.run, asked);
      el.dataset.answered = message.id;
    }
  }

  for (const { input } of sliders) listen(input, "input", update);
  model.on("msg:custom", hear);
  update();
  model.send({ kind: "hello" });
  return () => { undo(); model.off("msg:custom", hear); };
}

export default { render };
