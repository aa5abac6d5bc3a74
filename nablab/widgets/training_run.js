import {
  axes, choice, contour, hatch, listeners, locate, make, numbers, recorded, region, short, slider, speech, unique,
} from "./draw.js";

const SIZE = { width: 330, height: 270 };
const VIEW = { x: [-2.1, 3.5], y: [-2.7, 2.8] }; // holds all 300 points
const GRID = { rows: 29, columns: 33 };
const ROW = 15; // 13 weights, training loss, validation loss

const sigmoid = (z) => 1 / (1 + Math.exp(-z));

/** The answer of the 2-3-1 network of sigmoids to (x1, x2); the weights are W1 (2, 3), b1, W2 (3, 1), b2 in a row. */
export function answer(w, x1, x2) {
  let z = w[12];
  for (let h = 0; h < 3; h++) z += w[9 + h] * sigmoid(w[h] * x1 + w[3 + h] * x2 + w[6 + h]);
  return sigmoid(z);
}

/** The epoch with the lowest loss so far, and the one that training stops after: null where the budget ends it. */
export function earlyStopping(losses, patience) {
  let kept = 0;
  for (let epoch = 1; epoch < losses.length; epoch++) {
    if (losses[epoch] < losses[kept]) kept = epoch;
    else if (epoch - kept >= patience) return { kept, stopped: epoch };
  }
  return { kept, stopped: null };
}

/** A packed run: for each epoch its weights, and the losses by epoch. */
export function unpack(run) {
  const weights = [], training = [], validation = [];
  for (let at = 0; at < run.length; at += ROW) {
    weights.push(run.subarray(at, at + 13));
    training.push(run[at + 13]);
    validation.push(run[at + 14]);
  }
  return { weights, training, validation };
}

/** The range of an axis that holds all of these losses. */
export const span = (losses) => (Math.max(...losses) < 0.3 ? [0.05, 0.3] : [0, 0.5]);

/** What a network answers to points (rows of x1, x2, and 1 for a five): for each whether it says five, and is right. */
export function judge(w, points) {
  return Array.from({ length: points.length / 3 }, (_, n) => {
    const five = answer(w, points[3 * n], points[3 * n + 1]) > 0.5;
    return { five, right: five === (points[3 * n + 2] === 1) };
  });
}

/** How many of the points so judged are wrong, and how many are called fives. */
export const count = (judged) => ({
  wrong: judged.filter((point) => !point.right).length, fives: judged.filter((point) => point.five).length,
});

/** What is to be seen, in words: a headline, and the numbers. `of` is all that stays the same in a run. */
export function explain({ epoch, training, validation, wrong, fives }, of) {
  const { lr, size, samples, patience, epochs, kept, stopped } = of;
  const updates = epoch * Math.ceil(samples / size);
  const alike = (kind) => `All ${samples} training points are called ${kind}`;
  const sides = `${wrong} of ${samples} training points on the wrong side`;
  const later = stopped !== null && epoch > stopped ? "after the stop" : "after the epoch that is kept";
  const place = epoch === kept ? "the epoch that is kept" : epoch < kept ? "before the epoch that is kept" : later;
  const stop = stopped === null
    ? `Within ${epochs} epochs the validation loss never goes ${patience} epochs without a new low: ` +
      `the budget ends the run, and epoch ${kept} is kept.`
    : `Early stopping ends this run after epoch ${stopped}, ${patience} epochs without a new low, ` +
      `and keeps epoch ${kept}.`;
  const each = size === samples ? "all samples" : `${size} samples`;
  return {
    word: fives === samples ? alike("fives") : fives === 0 ? alike("ones") : sides,
    why: `Epoch ${epoch}, ${place}: ${updates} update${updates === 1 ? "" : "s"} ` +
      `with the learning rate ${short(lr)}, ${each} an update. ` +
      `Training loss ${short(training)}, validation loss ${short(validation)}. ${stop}`,
  };
}

const frame = (name, title, kind = "") =>
  make("svg", { viewBox: `0 0 ${SIZE.width} ${SIZE.height}`, role: "img", "aria-labelledby": name, class: kind },
    make("title", { id: name }, title));

/** The plane of the data: what it is drawn in, and a function that draws what a network answers, and where wrongly. */
function planePicture(points) {
  const labels = { xlabel: "ink, standardised", ylabel: "asymmetry, standardised" };
  const { group, inside, sx, sy, box } = axes(SIZE, { ...VIEW, ...labels });
  const svg = frame(unique(), "The training points, and the network's answer over the plane: where it says five, " +
    "where one, and the boundary between", "nablab-stays");
  const plane = make("g"), edge = make("g"), { rows, columns } = GRID;
  const stretch = [box.width / (columns - 1), box.height / (rows - 1)], lines = hatch(...stretch);
  const transform = `translate(${box.x} ${box.y + box.height}) scale(${stretch[0]} ${-stretch[1]})`;
  const marks = Array.from({ length: points.length / 3 }, (_, n) =>
    mark(points[3 * n + 2] === 1, sx(points[3 * n]), sy(points[3 * n + 1])));
  inside.append(lines.pattern, plane, make("g", { class: "nablab-run-points" }, ...marks), edge);
  svg.append(group, inside);
  const place = ([low, high], k, count) => low + ((high - low) * k) / (count - 1);
  const tint = (d, kind) => make("path", { d, class: `nablab-run-${kind}`, transform });
  function paint(w, judged) {
    const values = [];
    for (let r = 0; r < rows; r++)
      for (let c = 0; c < columns; c++) values.push(answer(w, place(VIEW.x, c, columns), place(VIEW.y, r, rows)));
    const turned = values.map((v) => -v);
    plane.replaceChildren(
      ...[0.1, 0.3, 0.5].map((level) => tint(region(values, rows, columns, level), "one")),
      make("path", { d: region(values, rows, columns, 0.5), transform, fill: lines.fill }),
      ...[0.5, 0.7, 0.9].map((level) => tint(region(turned, rows, columns, -level), "five")));
    edge.replaceChildren(tint(contour(values, rows, columns, 0.5), "edge"));
    marks.forEach((element, n) => element.classList.toggle("nablab-run-wrong", !judged[n].right));
  }
  return { svg, paint };
}

/** The losses by epoch: what they are drawn in, and functions that draw a run, draw an epoch, and find a click's. */
function lossPicture(epochs) {
  const svg = frame(unique(), "Training and validation loss by epoch, the current epoch, " +
    "and the epoch that early stopping keeps", "nablab-click");
  const curves = make("g"), now = make("g", { class: "nablab-run-now" });
  let plot, y;
  const upright = (t, kind) =>
    make("line", { x1: plot.sx(t), x2: plot.sx(t), y1: plot.sy(y[0]), y2: plot.sy(y[1]), class: kind });
  const line = (losses, kind) => make("polyline", { class: `nablab-trail nablab-run-${kind}`,
    points: losses.map((v, t) => `${plot.sx(t).toFixed(1)},${plot.sy(v).toFixed(1)}`).join(" ") });
  /** A label beside an upright line, on the side where there is room. */
  function label(t, row, text) {
    const left = plot.sx(t) + 5 + 6.5 * text.length > plot.box.x + plot.box.width;
    const x = plot.sx(t) + (left ? -5 : 5), anchor = left ? "end" : "start";
    return make("text", { x, y: plot.box.y - 1 + 14 * row, "text-anchor": anchor, class: "nablab-run-label" }, text);
  }
  function show({ training, validation, kept, stopped }) {
    y = span([...training, ...validation]);
    plot = axes(SIZE, { x: [0, epochs], y, xlabel: "epoch", ylabel: "loss" });
    plot.inside.append(curves, now);
    svg.replaceChildren(svg.firstChild, plot.group, plot.inside);
    const { box } = plot, x = stopped === null ? 0 : plot.sx(stopped);
    const late = { x, y: box.y, width: box.x + box.width - x, height: box.height, class: "nablab-run-late" };
    curves.replaceChildren(...(stopped === null ? [] : [make("rect", late)]), upright(kept, "nablab-run-kept"),
      line(training, "training"), line(validation, "validation"), label(kept, 1, `epoch ${kept} kept`),
      ...(stopped === null ? [] : [label(stopped, 2, "stopped")]));
  }
  function paint({ training, validation }, t) {
    const dot = (v, kind) => make("circle", { cx: plot.sx(t), cy: plot.sy(v), r: 4.5, class: `nablab-run-${kind}` });
    now.replaceChildren(upright(t, ""), dot(training[t], "training"), dot(validation[t], "validation"));
  }
  return { svg, show, paint, epochAt: (event) => Math.round(locate(event, svg, plot, [0, epochs], y)[0]) };
}

function render({ model, el }) {
  const [rates, sizes, epochs, patience] = ["rates", "sizes", "epochs", "patience"].map((k) => model.get(k));
  const runs = numbers(Float32Array, model.get("runs")), points = numbers(Float32Array, model.get("points"));
  const samples = points.length / 3, length = ROW * (epochs + 1);
  const { listen, undo } = listeners(), words = speech();
  const state = { live: false, asked: 0, timer: null, run: null };

  const lr = recorded("Learning rate", rates, { first: rates.indexOf(5), ratio: true });
  const batch = choice("Batch size", sizes.map((size) => (size === samples ? `${size} (all)` : String(size))));
  const epoch = slider("Epoch", { min: 0, max: epochs, step: 1, value: 1 });
  const play = make("button", { type: "button", class: "nablab-main" }, "Play");
  play.hidden = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const plane = planePicture(points), losses = lossPicture(epochs);
  el.append(
    make("div", { class: "nablab-widget" },
      make("div", { class: "nablab-controls" }, batch.row, make("div", { class: "nablab-run-play" }, play)),
      lr.row, epoch.row, legend(), make("div", { class: "nablab-pictures" }, plane.svg, losses.svg),
      words.seen, words.spoken),
  );

  /** Another run: its curves, and what early stopping would do. */
  function show(run) {
    state.run = { ...run, ...earlyStopping(run.validation, patience) };
    losses.show(state.run);
    epoch.mark(state.run.kept, "kept");
    update();
  }

  /** Another epoch of the run that is shown. */
  function update() {
    const { run } = state, t = Number(epoch.input.value), judged = judge(run.weights[t], points);
    plane.paint(run.weights[t], judged);
    losses.paint(run, t);
    epoch.show(`${t} of ${epochs}`);
    lr.show(short(run.lr));
    const now = { epoch: t, training: run.training[t], validation: run.validation[t], ...count(judged) };
    const said = explain(now, { ...run, size: sizes[run.size], samples, patience, epochs });
    words.say([make("strong", {}, `${said.word}.`), ` ${said.why}`], { silent: state.timer !== null });
    el.dataset.painted = performance.now();
  }

  /** The recorded run that is nearest to what the controls ask for. */
  function choose() {
    const i = lr.index(), size = Number(batch.select.value), at = i * sizes.length + size;
    show({ lr: rates[i], size, ...unpack(runs.subarray(at * length, (at + 1) * length)) });
  }

  function ask() {
    if (state.live && lr.value() !== rates[lr.index()])
      model.send({ kind: "run", id: ++state.asked, lr: lr.value(), size: Number(batch.select.value) });
  }

  function rest() {
    if (!state.timer) return;
    clearInterval(state.timer);
    state.timer = null;
    play.textContent = "Play";
    update();
  }

  function start() {
    if (state.timer) return rest();
    if (Number(epoch.input.value) === epochs) epoch.input.value = 0;
    play.textContent = "Pause";
    state.timer = setInterval(() => {
      epoch.input.value = Number(epoch.input.value) + 1;
      if (Number(epoch.input.value) === epochs) rest();
      else update();
    }, 120);
  }

  function hear(message, buffers) {
    if (message.kind === "hello" && !state.live) {
      state.live = true;
      lr.free();
      el.dataset.live = "yes";
    }
    if (message.kind === "run" && message.id === state.asked) {
      show({ lr: message.lr, size: message.size, ...unpack(numbers(Float32Array, buffers[0])) });
      el.dataset.answered = message.id;
    }
  }

  listen(lr.input, "input", () => { state.asked++; choose(); });
  listen(lr.input, "change", ask);
  listen(batch.select, "change", () => { state.asked++; choose(); ask(); });
  listen(epoch.input, "input", () => { rest(); update(); });
  listen(play, "click", start);
  listen(losses.svg, "click", (event) => {
    rest();
    epoch.input.value = losses.epochAt(event);
    update();
  });
  model.on("msg:custom", hear);
  choose();
  model.send({ kind: "hello" });
  return () => { clearInterval(state.timer); undo(); words.hush(); model.off("msg:custom", hear); };
}

/** A training point: fives are discs, ones are squares. */
function mark(five, x, y) {
  if (five) return make("circle", { cx: x.toFixed(1), cy: y.toFixed(1), r: 3, class: "nablab-run-is-five" });
  const corner = { x: (x - 2.6).toFixed(1), y: (y - 2.6).toFixed(1) };
  return make("rect", { ...corner, width: 5.2, height: 5.2, class: "nablab-run-is-one" });
}

function legend() {
  const key = (text, ...shapes) =>
    make("span", {}, make("svg", { viewBox: "0 0 26 14", "aria-hidden": "true" }, ...shapes), text);
  const line = (name) => make("line", { x1: 1, x2: 25, y1: 7, y2: 7, class: name });
  const wrong = mark(true, 13, 7);
  wrong.classList.add("nablab-run-wrong");
  return make("p", { class: "nablab-run-legend" },
    key("a five", mark(true, 13, 7)), key("a one", mark(false, 13, 7)), key("ringed: wrong side", wrong),
    key("boundary", line("nablab-run-edge")), key("training loss", line("nablab-trail nablab-run-training")),
    key("validation loss", line("nablab-trail nablab-run-validation")));
}

export default { render };
