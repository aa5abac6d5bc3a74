import { listeners, make, numbers, recorded, scale, short, speech, unique } from "./draw.js";

const MARGIN = { side: 48, top: 28, bottom: 34 }; // room for the labels, in pixels
const WIDEST = 640, HIGHEST = 300;
const SECONDS = 6.5, FIRST = 2.2; // how long the run is shown, and how many steps a second at its beginning

/** The step that is shown after `t` seconds: slow at first, and faster by the same factor each second. */
export function pace(steps) {
  let [low, high] = [1e-6, 5];
  const after = (k, t) => (FIRST / k) * Math.expm1(k * t);
  for (let i = 0; i < 50; i++) {
    const k = (low + high) / 2;
    if (after(k, SECONDS) < steps) low = k;
    else high = k;
  }
  return (t) => Math.min(after(high, t), steps);
}

/** How far away a ball is, in a width that does not flicker while it goes. */
export const distance = (x) => (Math.abs(x) < 100 ? Math.abs(x).toFixed(1) : short(Math.abs(x)));

/** The two points beside a step such as 12.3, and how far it is between them. */
function beside(points, s) {
  const k = Math.min(Math.floor(s), points.length - 2);
  return [points[k], points[k + 1], s - k];
}

/** Where a ball is at a step such as 12.3: it swings from the 12th point to the 13th. */
export function swing(points, s) {
  const [a, b, t] = beside(points, s);
  return b + ((a - b) * (1 + Math.cos(Math.PI * t))) / 2;
}

/** How far from the bottom its points are by then. */
export function reach(points, s) {
  const [a, b, t] = beside(points, s);
  return Math.abs(a) + t * (Math.abs(b) - Math.abs(a));
}

/** What happened to the two. */
export function outcome({ pair, start, steps, ends, edge }) {
  const [below, above] = pair.map((lr, i) => `${short(lr)} is ${short(ends[i])} away`);
  const begun = `Both began ${short(Math.abs(start))} from the bottom.`;
  const between = pair[0] < edge && pair[1] > edge;
  return { word: `${begun} After ${steps} steps: ${below}, ${above}.`, rest: between ? " Between them lies an edge." : "" };
}

/** What a ball does with a learning rate. */
export function explain({ lr, edge, start, steps, near, out, end }) {
  const name = short(lr), after = `after ${steps} steps it is ${short(end)}`;
  if (lr === edge) {
    const between = `It jumps between ${short(start)} and ${short(-start)} for ever, no nearer and no farther.`;
    return { word: `${name} is the edge.`, rest: ` ${between}` };
  }
  if (lr > edge) {
    const gone = out < 0 ? "" : `out of the picture at step ${out}; `;
    return { word: `${name} leaves.`, rest: ` Each jump goes farther: ${gone}${after} away.` };
  }
  if (lr === edge / 2) return { word: `${name} is home in one step.`, rest: "" };
  const way = lr < edge / 2 ? "It goes down on its own side" : "It jumps from side to side, each time nearer";
  const home = `it is within ${short(0.01 * Math.abs(start))} of the bottom from step ${near} on`;
  return { word: `${name} comes to rest.`, rest: ` ${way}: ${near < 0 ? `${after} from the bottom` : home}.` };
}

function render({ model, el }) {
  const [curvature, start, steps, view, pair, rates] =
    ["curvature", "start", "steps", "view", "pair", "rates"].map((k) => model.get(k));
  const [ends, near, out] = ["ends", "near", "out"].map((k) => model.get(k));
  const edge = 2 / curvature, length = steps + 1, f = (x) => (curvature * x * x) / 2;
  const exact = numbers(Float32Array, model.get("exact")), packed = numbers(Int16Array, model.get("runs"));
  const balls = pair.map((lr, i) => ({ lr, k: rates.indexOf(lr), points: exact.subarray(i * length, (i + 1) * length) }));
  const single = (k) => Array.from(packed.subarray(k * length, (k + 1) * length), (v) => (v / 32767) * 2 * view);
  const { listen, undo } = listeners(), words = speech(), seconds = pace(steps);
  const state = { step: 0, alone: false, timer: null };

  const name = unique(), title = make("title", { id: name }), scene = make("g");
  const svg = make("svg", { role: "img", "aria-labelledby": name }, title, scene);
  const picture = make("div", { class: "nablab-two-picture" }, svg);
  const button = make("button", { type: "button", class: "nablab-main" }, "Let them go");
  const lr = recorded("Learning rate", rates, { first: balls[0].k });
  lr.row.style.visibility = "hidden"; // it keeps its room
  const root = make("div", { class: "nablab-widget nablab-bare nablab-two" },
    words.seen, picture, make("div", { class: "nablab-two-bar" }, button, lr.row), words.spoken);
  el.append(root);

  let sx, sy, size, marks;

  /** The valley, in as many pixels as there is room for. */
  function lay() {
    const width = Math.min(picture.clientWidth || 358, WIDEST), height = Math.round(Math.min(0.75 * width, HIGHEST));
    size = { width, height };
    sx = scale(-view, view, MARGIN.side, width - MARGIN.side);
    sy = scale(0, f(view), height - MARGIN.bottom, MARGIN.top);
    root.style.setProperty("--lines", width > 510 ? 2 : width > 345 ? 3 : 4); // of words: nothing jumps when they change
    svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
    // A parabola is a quadratic Bézier curve: its control point lies as far below the bottom as its ends lie above.
    const far = 1.3 * view, [left, right, high] = [sx(-far), sx(far), sy(f(far))];
    const curve = `${left} ${high}Q${sx(0)} ${sy(-f(far))} ${right} ${high}`;
    const ground = `M0 ${height}V${high}L${curve}H${width}V${height}Z`;
    marks = make("g");
    scene.replaceChildren(make("path", { d: ground, class: "nablab-two-ground" }),
      make("path", { d: `M${curve}`, class: "nablab-two-curve" }), marks);
  }

  const spot = (x) => `${sx(x).toFixed(1)} ${sy(f(x)).toFixed(1)}`;
  const inside = (x) => Math.abs(x) <= view;

  /** The points of a run so far, as dots; rings for a ball that is a ring. */
  function trail(points, s, ring) {
    const d = Array.from(points.slice(0, Math.floor(s) + 1)).filter(inside).map((x) => `M${spot(x)}h0`).join("");
    const kind = ring ? "nablab-two-rings" : "nablab-two-dots";
    return [make("path", { d, class: kind }), ...(ring ? [make("path", { d, class: "nablab-two-holes" })] : [])];
  }

  function ball(x, ring) {
    const at = { cx: sx(x).toFixed(1), cy: sy(f(x)).toFixed(1) };
    return make("circle", { ...at, r: ring ? 10 : 6, class: ring ? "nablab-two-ring" : "nablab-two-disk" });
  }

  /** A ball's name beside the curve, above it or below. */
  function label(text, x, above, ring) {
    const slope = (curvature * x * (sy(1) - sy(0))) / (sx(1) - sx(0));
    const norm = Math.hypot(1, slope), [a, b] = [slope / norm, -1 / norm]; // straight away from the curve
    const off = (above ? 1 : -1) * (15 + 15 * Math.abs(a) + 6 * Math.abs(b));
    const at = { x: sx(x) + off * a, y: sy(f(x)) + off * b + 5, "text-anchor": "middle" };
    return make("text", { ...at, class: ring ? "nablab-two-orange" : "nablab-two-blue" }, text);
  }

  /** An arrow where a ball left, and beside it what became of it. */
  function gone(x, text) {
    const side = Math.sign(x), at = sx(side * view), y = MARGIN.top;
    const arrow = `M${at - side * 4} ${y + 14}L${at + side * 5} ${y - 18}m${-side * 8.5} ${5}l${side * 8.5} -5l${side * 4.5} 9`;
    const note = { x: at - side * 18, y: y - 10, "text-anchor": side > 0 ? "end" : "start" };
    return [make("path", { d: arrow, class: "nablab-two-gone" }), make("text", { ...note, class: "nablab-two-orange" }, text)];
  }

  /** The two balls, at a step such as 12.3. */
  function two() {
    const s = state.step, trails = [], parts = [];
    balls.forEach(({ lr: rate, k, points }, i) => {
      const away = out[k] >= 0 && s >= out[k];
      trails.push(...trail(points, s, i));
      if (away) return parts.push(...gone(points[out[k]], `${short(rate)} is ${distance(points[Math.floor(s)])} away`));
      parts.push(label(short(rate), Math.sign(start) * Math.min(reach(points, s), view), !i, i), ball(swing(points, s), i));
    });
    const count = { x: sx(0), y: Math.round(0.36 * size.height), "text-anchor": "middle", class: "nablab-two-count" };
    marks.replaceChildren(...trails, ...(s > 0 ? [make("text", count, `step ${Math.floor(s)}`)] : []), ...parts);
    const where = s >= steps ? `after ${steps} steps` : "at their start";
    title.textContent = `A valley, the parabola f(x) = ${short(curvature / 2)}x², and two balls ${where}, ` +
      `with the learning rates ${pair.map(short).join(" and ")}`;
  }

  /** One ball with the rate of the slider, all its steps. */
  function one() {
    const k = lr.index(), rate = rates[k], points = single(k), last = out[k] < 0 ? steps : out[k] - 1;
    const ring = rate > edge, run = points.slice(0, last + 1);
    const path = make("path", { d: `M${run.map(spot).join("L")}`, class: `nablab-two-path${ring ? " nablab-two-out" : ""}` });
    const end = out[k] < 0 ? [ball(points[steps], ring), label(short(rate), points[steps], false, ring)]
      : gone(points[out[k]], `${short(rate)} leaves at step ${out[k]}`);
    const begin = make("circle", { cx: sx(start), cy: sy(f(start)), r: 5.5, class: "nablab-two-begin" });
    marks.replaceChildren(path, begin, ...trail(run.slice(1), last, ring), ...end);
    title.textContent = `The valley, and the points of a ball with the learning rate ${short(rate)}`;
  }

  function draw() {
    if (state.alone) one();
    else two();
  }

  const say = ({ word, rest }, options) => words.say([make("strong", {}, word), rest], options);

  function halt() {
    cancelAnimationFrame(state.timer);
    state.timer = null;
    root.dataset.phase = "after";
    button.textContent = "Again";
    button.classList.remove("nablab-main"); // also where the run was not shown
    lr.row.style.visibility = "";
  }

  function finish() {
    halt();
    state.step = steps;
    draw();
    say(outcome({ pair, start, steps, edge, ends: balls.map(({ k }) => ends[k]) }));
  }

  function ask(options) {
    const [one, other] = pair.map(short);
    say({ word: `Two balls in one valley step downhill: one by ${one} times the slope, the ` +
      `other by ${other} times. Where do they end?`, rest: "" }, options);
  }

  function go() {
    if (state.timer !== null) return finish(); // the button says Skip
    state.alone = false;
    lr.input.value = balls[0].k;
    lr.show();
    if (matchMedia("(prefers-reduced-motion: reduce)").matches) return finish();
    root.dataset.phase = "during";
    button.textContent = "Skip";
    button.classList.remove("nablab-main");
    ask({ silent: true });
    let begun;
    const frame = (now) => {
      begun ??= now;
      state.step = seconds((now - begun) / 1000);
      if (state.step >= steps) return finish();
      draw();
      state.timer = requestAnimationFrame(frame);
    };
    state.timer = requestAnimationFrame(frame);
  }

  function choose() {
    if (state.timer !== null) halt();
    state.alone = true;
    const k = lr.index();
    lr.show();
    draw();
    say(explain({ lr: rates[k], edge, start, steps, near: near[k], out: out[k], end: ends[k] }));
  }

  const watch = new ResizeObserver(() => {
    if (size.width === Math.min(picture.clientWidth || size.width, WIDEST)) return;
    lay();
    draw();
  });
  root.dataset.phase = "before";
  lay();
  draw();
  ask();
  lr.show();
  lr.mark(edge, `edge ${short(edge)}`);
  watch.observe(picture);
  listen(button, "click", go);
  listen(lr.input, "input", choose);
  return () => { cancelAnimationFrame(state.timer); watch.disconnect(); undo(); words.hush(); };
}

export default { render };
