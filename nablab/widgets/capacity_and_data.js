import { axes, listeners, make, numbers, recorded, short, slider, speech, unique } from "./draw.js";

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
export function height(error) {
  return Math.min(Math.max(Math.log10(Math.max(error, 1e-12)), DECADES[0] - 0.4), DECADES[1] + 0.4);
}

/** An error as a reader would write it; Python cuts off what is larger. */
export const errorText = (error) => (error >= 1e9 ? "over 10⁹" : short(error));

export const decayText = (decay) => (decay ? short(decay) : "none");

/** What fits to many sets of samples do, one word and why; and the errors of the set that is shown. */
export function explain({ verdict, degree, samples, decay, floor, train, validation, own, draw, draws }) {
  const [below, above, noise] = [train, validation, floor].map(errorText);
  const asked = `Degree ${degree} on ${samples} samples${decay ? `, weight decay ${decayText(decay)}` : ""}`;
  const stiff = `${decay ? "with decay or without it, " : ""}the curve is too stiff for the truth`;
  const why = {
    underfits: `Even the training error, ${below}, is above the noise ${noise}: ${stiff}. New points cost ${above}.`,
    "held back": `Even the training error, ${below}, is above the noise ${noise}, and without the decay it is not: ` +
      `the decay is too strong. New points cost ${above}.`,
    "about right": `The validation error, ${above}, is not far above the noise ${noise}. ` +
      `The training error is ${below}.`,
    overfits: `The training error, ${below}, looks fine, but new points cost ${above}. ` +
      `The noise alone would cost ${noise}.`,
  }[verdict];
  const mine = `Set ${draw + 1} alone: training ${errorText(own[0])}, validation ${errorText(own[1])}.`;
  const word = verdict === "held back" ? "Underfits" : verdict[0].toUpperCase() + verdict.slice(1);
  return { word, why: `${asked}, medians of ${draws} sets. ${why} ${mine}` };
}

function key(...entries) {
  const row = make("p", { class: "nablab-cad-key" });
  for (const [mark, text] of entries) {
    const swatch = make("svg", { viewBox: "0 0 26 12", width: 26, height: 12, "aria-hidden": "true" });
    const kind = { class: `nablab-cad-${mark}` };
    if (mark.includes("dot")) swatch.append(make("circle", { cx: 13, cy: 6, r: 3.2, ...kind }));
    else swatch.append(make("line", { x1: 1, x2: 25, y1: 6, y2: 6, ...kind }));
    if (mark === "validation")
      swatch.append(make("rect", { x: 10, y: 3, width: 6, height: 6, class: "nablab-cad-square" }));
    if (mark === "training") swatch.append(make("circle", { cx: 13, cy: 6, r: 3, class: "nablab-cad-round" }));
    row.append(make("span", {}, swatch, ` ${text}`));
  }
  return row;
}

/** The picture of the fits: what it is drawn in, and a function that draws a run's fits at a degree, one set first. */
function fitPicture({ places, truth, points, shown }) {
  const most = points.length / shown / 2, name = unique();
  const plot = axes(SIZE, { x: [-1, 1], y: HEIGHT, xlabel: "x", ylabel: "y" });
  const drawn = (list) => smooth(list.map(([x, y]) => [plot.sx(x), plot.sy(y)]));
  const faint = make("g"), dots = make("g"), own = make("path", { class: "nablab-cad-this" });
  const true_ = make("path", { class: "nablab-cad-truth", d: drawn(places.map((x, i) => [x, truth[i]])) });
  plot.inside.append(dots, faint, true_, own);
  const title = "Samples, the truth, the polynomial fitted to the samples, and those fitted to other sets of samples";
  const svg = frame(name, title, plot);
  function dot(i, k, r) {
    const [x, y] = points.subarray(2 * (k * most + i));
    return make("circle", { class: "nablab-cad-dot", cx: plot.sx(x).toFixed(1), cy: plot.sy(y).toFixed(1), r });
  }
  function paint(curves, degree, k, samples) {
    const paths = Array.from({ length: shown }, (_, i) => drawn(curve(curves, { shown, places }, degree, i)));
    own.setAttribute("d", paths[k]);
    faint.replaceChildren(...paths.toSpliced(k, 1).map((d) => make("path", { class: "nablab-cad-others", d })));
    dots.replaceChildren(...Array.from({ length: samples }, (_, i) => dot(i, k, samples > 60 ? 2 : 3.2)));
  }
  return { svg, paint };
}

/** The picture of the errors by degree: what it is drawn in, and a function that draws a run's, and one set's own. */
function errorPicture({ degrees, draws, floor }) {
  const name = unique(), every = [...Array(degrees).keys()], errors = make("g");
  const { sx, sy, ...plot } = axes(SIZE, {
    x: [-0.4, degrees - 0.6], y: DECADES, xlabel: "degree", ylabel: "mean squared error",
    xticks: every.filter((d) => d % 2 === 0), yticks: [-2, -1, 0, 1], name: (k) => short(10 ** k),
  });
  plot.inside.append(errors);
  const svg = frame(name, `Training and validation error by degree, medians and quartiles of ${draws} sets, ` +
    "on a logarithmic scale", plot);
  const line = (list) => list.map(([x, y]) => `${sx(x).toFixed(1)},${sy(y).toFixed(1)}`).join(" ");
  const straight = (kind, x1, x2, y1, y2) =>
    make("line", { class: `nablab-cad-${kind}`, x1: sx(x1), x2: sx(x2), y1: sy(y1), y2: sy(y2) });
  function mark(kind, d, y, r) {
    if (!kind) return make("circle", { class: "nablab-cad-round", cx: sx(d), cy: y, r });
    return make("rect", { class: "nablab-cad-square", x: sx(d) - r, y: y - r, width: 2 * r, height: 2 * r });
  }
  function paint(bands, degree, own) {
    const at = (d, kind, q) => height(bands[(d * 2 + kind) * 3 + q]);
    const noise = height(floor);
    const parts = [straight("here", degree, degree, ...DECADES), straight("floor", -0.4, degrees, noise, noise)];
    ["training", "validation"].forEach((name, kind) => {
      const band = [...every.map((d) => [d, at(d, kind, 0)]), ...every.toReversed().map((d) => [d, at(d, kind, 2)])];
      const median = every.map((d) => [d, at(d, kind, 1)]);
      parts.push(make("polyline", { class: `nablab-cad-band nablab-cad-${name}-band`, points: line(band) }),
        make("polyline", { class: `nablab-cad-${name}`, points: line(median) }),
        ...median.map(([d, y]) => mark(kind, d, sy(y), d === degree ? 5 : 3)));
    });
    const ring = (y) => make("circle", { class: "nablab-cad-own-dot", cx: sx(degree), cy: sy(y), r: 6 });
    errors.replaceChildren(...parts, ...own.map((error) => ring(Math.min(height(error), DECADES[1]))));
  }
  return { svg, paint };
}

const frame = (name, title, { group, inside }) =>
  make("svg", { viewBox: `0 0 ${SIZE.width} ${SIZE.height}`, role: "img", "aria-labelledby": name },
    make("title", { id: name }, title), group, inside);

function render({ model, el }) {
  const [samples, decays, degrees, places, verdicts, floor, truth] =
    ["samples", "decays", "degrees", "places", "verdicts", "floor", "truth"].map((k) => model.get(k));
  const [draws, shown] = model.get("draws"), points = numbers(Float32Array, model.get("points"));
  const all = {
    curves: numbers(Int16Array, model.get("curves")), own: numbers(Float32Array, model.get("own")),
    bands: numbers(Float32Array, model.get("bands")), judged: numbers(Uint8Array, model.get("judged")),
  };
  const sizes = { curves: shown * places.length, own: shown * 2, bands: 6, judged: 1 };
  const { listen, undo } = listeners(), words = speech(), state = { live: false, asked: 0 };

  const degree = slider("Degree", { min: 0, max: degrees - 1, step: 1, value: model.get("degree") });
  const size = recorded("Samples", samples, { first: 1, ratio: true, name: (n) => String(Math.round(n)) });
  const decay = recorded("Weight decay", decays, { ratio: true, name: decayText });
  const draw = slider("Sample set", { min: 1, max: shown, step: 1, value: 1 });
  const sliders = [degree, size, decay, draw];
  const fits = fitPicture({ places, truth, points, shown }), errors = errorPicture({ degrees, draws, floor });
  const fitKey = key(
    ["this", "this set's fit"], ["others", "fits to other sets"], ["truth", "truth"], ["dot", "samples"]);
  const errorKey = key(
    ["validation", "validation"], ["training", "training"], ["floor", "noise"], ["own-dot", "this set"]);
  el.append(
    make("div", { class: "nablab-widget" },
      make("div", { class: "nablab-cad-controls" }, ...sliders.map((s) => s.row)),
      make("div", { class: "nablab-pictures" },
        make("div", { class: "nablab-cad-picture nablab-stays" }, fits.svg, fitKey),
        make("div", { class: "nablab-cad-picture" }, errors.svg, errorKey)),
      words.seen, words.spoken),
  );

  const wanted = () => ({ samples: Math.round(size.value()), weight_decay: decay.value() });

  function paint(run, asked) {
    const g = Number(degree.input.value), k = Number(draw.input.value) - 1;
    const own = [0, 1].map((kind) => run.own[(g * shown + k) * 2 + kind]);
    fits.paint(run.curves, g, k, asked.samples);
    errors.paint(run.bands, g, own);
    const said = explain({
      verdict: verdicts[run.judged[g]], degree: g, samples: asked.samples, decay: asked.weight_decay, floor,
      train: run.bands[g * 6 + 1], validation: run.bands[g * 6 + 4], own, draw: k, draws,
    });
    words.say([make("strong", {}, `${said.word}.`), ` ${said.why}`]);
    el.dataset.painted = performance.now();
  }

  function onGrid() {
    const at = place({ decays, degrees }, size.index(), decay.index());
    const cut = ([k, list]) => [k, list.subarray(at * sizes[k], (at + degrees) * sizes[k])];
    return Object.fromEntries(Object.entries(all).map(cut));
  }

  function update() {
    const asked = wanted(), key = `${asked.samples} ${asked.weight_decay}`;
    degree.show(degree.input.value);
    size.show();
    decay.show();
    draw.show(`${draw.input.value} of ${shown}`);
    if (state.run?.key === key) return paint(state.run, asked); // only the degree or the set has moved
    if (!samples.includes(asked.samples) || !decays.includes(asked.weight_decay))
      return model.send({ kind: "fits", id: ++state.asked, ...asked });
    state.asked++; // an answer that is still under way comes too late
    state.run = { key, ...onGrid() };
    paint(state.run, asked);
  }

  function hear(message, buffers) {
    if (message.kind === "hello" && !state.live) {
      state.live = true;
      size.free(0.1);
      decay.free(0.1);
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
  return () => { undo(); words.hush(); model.off("msg:custom", hear); };
}

export default { render };
