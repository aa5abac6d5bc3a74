import { axes, choice, contour, listeners, locate, make, nearest, numbers, region, short, slider, unique } from "./draw.js";

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

/** What is to be seen, in words: a headline, and the numbers. */
export function explain({ epoch, lr, size, samples, training, validation, wrong, fives, patience, epochs, kept, stopped }) {
  const updates = epoch * Math.ceil(samples / size), count = (n, word) => `${n} ${word}${n === 1 ? "" : "s"}`;
  const alike = fives === samples ? "Everything is called a five" : fives === 0 ? "Everything is called a one" : null;
  const place = epoch === kept ? "the epoch that is kept" : epoch < kept ? "before the epoch that is kept" : stopped !== null && epoch > stopped ? "after the stop" : "after the epoch that is kept";
  const stop = stopped === null
    ? `Within ${epochs} epochs the validation loss never goes ${patience} epochs without a new low: the budget ends the run, and epoch ${kept} is kept.`
    : `Early stopping ends this run after epoch ${stopped}, ${patience} epochs without a new low, and keeps epoch ${kept}.`;
  return {
    word: alike ?? `${wrong} of ${samples} training points on the wrong side`,
    why: `Epoch ${epoch}, ${place}: ${count(updates, "update")} with the learning rate ${short(lr)}, ${size === samples ? "all samples" : `${size} samples`} an update. ` +
      `Training loss ${training.toFixed(3)}, validation loss ${validation.toFixed(3)}. ${stop}`,
  };
}

function render({ model, el }) {
  const [rates, sizes, epochs, patience] = ["rates", "sizes", "epochs", "patience"].map((k) => model.get(k));
  const runs = numbers(Float32Array, model.get("runs")), points = numbers(Float32Array, model.get("points"));
  const samples = points.length / 3, length = ROW * (epochs + 1), logs = rates.map(Math.log10);
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const { listen, undo } = listeners();
  const state = { live: false, asked: 0, timer: null, run: null };

  const lr = slider("Learning rate", { min: logs[0], max: logs.at(-1), step: 0.01, value: Math.log10(5) });
  const batch = choice("Batch size", sizes.map((size) => (size === samples ? `${size} (all)` : String(size))));
  const epoch = slider("Epoch", { min: 0, max: epochs, step: 1, value: 1 });
  const play = make("button", { type: "button" }, "Play");
  play.hidden = calm;
  const status = make("p", { role: "status", class: "nablab-status" });
  const names = { map: unique(), chart: unique() };
  const map = make("svg", { viewBox: `0 0 ${SIZE.width} ${SIZE.height}`, role: "img", "aria-labelledby": names.map });
  const chart = make("svg", { viewBox: `0 0 ${SIZE.width} ${SIZE.height}`, role: "img", "aria-labelledby": names.chart, class: "nablab-click" });
  el.append(
    make("div", { class: "nablab-widget" },
      make("div", { class: "nablab-controls" }, batch.row, make("div", { class: "nablab-run-play" }, play)),
      lr.row, epoch.row, legend(), make("div", { class: "nablab-pictures" }, map, chart), status),
  );

  const ground = axes(SIZE, { ...VIEW, xlabel: "ink, standardised", ylabel: "asymmetry, standardised" });
  const plane = make("g"), edge = make("g"), { box } = ground;
  const stretch = `translate(${box.x} ${box.y + box.height}) scale(${box.width / (GRID.columns - 1)} ${-box.height / (GRID.rows - 1)})`;
  const marks = Array.from({ length: samples }, (_, n) => {
    const [a, b, five] = points.subarray(3 * n, 3 * n + 3);
    return mark(five === 1, ground.sx(a), ground.sy(b));
  });
  ground.inside.append(plane, make("g", { class: "nablab-run-points" }, ...marks), edge);
  map.append(make("title", { id: names.map }, "The training points, and the network's answer over the plane: where it says five, where one, and the boundary between"), ground.group, ground.inside);

  const curves = make("g"), now = make("g", { class: "nablab-run-now" });
  let plot, low, high;

  const recorded = (i, j) => {
    const at = i * sizes.length + j;
    return { lr: rates[i], size: j, ...unpack(runs.subarray(at * length, (at + 1) * length)) };
  };

  /** Another run: its curves, and what early stopping would do. */
  function show(run) {
    const { kept, stopped } = earlyStopping(run.validation, patience);
    state.run = { ...run, kept, stopped };
    [low, high] = span([...run.training, ...run.validation]);
    plot = axes(SIZE, { x: [0, epochs], y: [low, high], xlabel: "epoch", ylabel: "loss" });
    plot.inside.append(curves, now);
    chart.replaceChildren(make("title", { id: names.chart }, "Training and validation loss by epoch, the current epoch, and the epoch that early stopping keeps"), plot.group, plot.inside);
    const line = (losses, name) => make("polyline", { class: `nablab-trail ${name}`, points: losses.map((v, t) => `${plot.sx(t).toFixed(1)},${plot.sy(v).toFixed(1)}`).join(" ") });
    const upright = (t, name) => make("line", { x1: plot.sx(t), x2: plot.sx(t), y1: plot.sy(low), y2: plot.sy(high), class: name });
    const late = stopped === null ? [] : [
      make("rect", { x: plot.sx(stopped), y: plot.sy(high), width: plot.sx(epochs) - plot.sx(stopped), height: plot.sy(low) - plot.sy(high), class: "nablab-run-late" }),
      make("text", { x: plot.sx(stopped) + 5, y: plot.sy(high) + 27, class: "nablab-run-label" }, "stopped")];
    const left = kept > 0.8 * epochs;
    curves.replaceChildren(...late, upright(kept, "nablab-run-kept"),
      make("text", { x: plot.sx(kept) + (left ? -5 : 5), y: plot.sy(high) + 13, "text-anchor": left ? "end" : "start", class: "nablab-run-label" }, `epoch ${kept} kept`),
      line(run.training, "nablab-run-training"), line(run.validation, "nablab-run-validation"));
    epoch.mark(kept, "kept");
    update();
  }

  /** Another epoch of the run that is shown. */
  function update() {
    const { run } = state, t = Number(epoch.input.value), w = run.weights[t], values = [];
    for (let r = 0; r < GRID.rows; r++)
      for (let c = 0; c < GRID.columns; c++)
        values.push(answer(w, VIEW.x[0] + ((VIEW.x[1] - VIEW.x[0]) * c) / (GRID.columns - 1), VIEW.y[0] + ((VIEW.y[1] - VIEW.y[0]) * r) / (GRID.rows - 1)));
    const turned = values.map((v) => -v), { rows, columns } = GRID;
    const tint = (d, name) => make("path", { d, class: name, transform: stretch });
    plane.replaceChildren(
      ...[0.1, 0.3, 0.5].map((level) => tint(region(values, rows, columns, level), "nablab-run-one")),
      ...[0.5, 0.7, 0.9].map((level) => tint(region(turned, rows, columns, -level), "nablab-run-five")));
    edge.replaceChildren(tint(contour(values, rows, columns, 0.5), "nablab-run-edge"));
    let wrong = 0, fives = 0;
    marks.forEach((element, n) => {
      const says = answer(w, points[3 * n], points[3 * n + 1]) > 0.5, right = says === (points[3 * n + 2] === 1);
      element.classList.toggle("nablab-run-wrong", !right);
      wrong += !right;
      fives += says;
    });
    const dot = (v, name) => make("circle", { cx: plot.sx(t), cy: plot.sy(v), r: 4.5, class: name });
    now.replaceChildren(make("line", { x1: plot.sx(t), x2: plot.sx(t), y1: plot.sy(low), y2: plot.sy(high) }),
      dot(run.training[t], "nablab-run-training"), dot(run.validation[t], "nablab-run-validation"));
    epoch.show(`${t} of ${epochs}`);
    lr.show(short(run.lr));
    const said = explain({ epoch: t, lr: run.lr, size: sizes[run.size], samples, training: run.training[t], validation: run.validation[t], wrong, fives, patience, epochs, kept: run.kept, stopped: run.stopped });
    if (status.textContent !== `${said.word}. ${said.why}`) status.replaceChildren(make("strong", {}, `${said.word}.`), ` ${said.why}`);
    el.dataset.painted = performance.now();
  }

  const choose = () => show(recorded(nearest(logs, Number(lr.input.value)), Number(batch.select.value)));

  function ask() {
    if (state.live) model.send({ kind: "run", id: ++state.asked, lr: 10 ** Number(lr.input.value), size: Number(batch.select.value) });
  }

  function rest() {
    clearInterval(state.timer);
    state.timer = null;
    play.textContent = "Play";
  }

  function start() {
    if (state.timer) return rest();
    if (Number(epoch.input.value) === epochs) epoch.input.value = 0;
    play.textContent = "Pause";
    state.timer = setInterval(() => {
      epoch.input.value = Number(epoch.input.value) + 1;
      update();
      if (Number(epoch.input.value) === epochs) rest();
    }, 120);
  }

  function hear(message, buffers) {
    if (message.kind === "hello" && !state.live) {
      state.live = true;
      el.dataset.live = "yes";
    }
    if (message.kind === "run" && message.id === state.asked) {
      show({ lr: message.lr, size: message.size, ...unpack(numbers(Float32Array, buffers[0])) });
      el.dataset.answered = message.id;
    }
  }

  listen(lr.input, "input", () => { state.asked++; choose(); });
  listen(lr.input, "change", ask);
  listen(batch.select, "change", () => { choose(); ask(); });
  listen(epoch.input, "input", () => { rest(); update(); });
  listen(play, "click", start);
  listen(chart, "click", (event) => {
    rest();
    epoch.input.value = Math.round(locate(event, chart, plot, [0, epochs], [low, high])[0]);
    update();
  });
  model.on("msg:custom", hear);
  choose();
  model.send({ kind: "hello" });
  return () => { rest(); undo(); model.off("msg:custom", hear); };
}

/** A training point: fives are discs, ones are squares. */
function mark(five, x, y) {
  if (five) return make("circle", { cx: x.toFixed(1), cy: y.toFixed(1), r: 3, class: "nablab-run-is-five" });
  return make("rect", { x: (x - 2.6).toFixed(1), y: (y - 2.6).toFixed(1), width: 5.2, height: 5.2, class: "nablab-run-is-one" });
}

function legend() {
  const key = (text, ...shapes) => make("span", {}, make("svg", { viewBox: "0 0 26 14", "aria-hidden": "true" }, ...shapes), text);
  const line = (name) => make("line", { x1: 1, x2: 25, y1: 7, y2: 7, class: name });
  const wrong = mark(true, 13, 7);
  wrong.classList.add("nablab-run-wrong");
  return make("p", { class: "nablab-run-legend" },
    key("a five", mark(true, 13, 7)), key("a one", mark(false, 13, 7)), key("ringed: wrong side", wrong),
    key("boundary", line("nablab-run-edge")),
    key("training loss", line("nablab-trail nablab-run-training")), key("validation loss", line("nablab-trail nablab-run-validation")));
}

export default { render };
