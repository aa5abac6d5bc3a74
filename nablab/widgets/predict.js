import { axes, headingText, listeners, locate, make, readNumber, short, speech, unique } from "./draw.js";

const SIZE = { width: 330, height: 210 };

/** A number in words: whole ones in full, as they were typed. */
const spell = (v) => (Number.isInteger(v) && Math.abs(v) < 1e6 ? String(v).replace("-", "−") : short(v));

/** Whether a number is near what the run gave: by a tenth of it, by 5 % of what is possible, or both as good as 0. */
const near = (answer, outcome, [low, high] = [0, 2e-8]) =>
  Math.abs(answer - outcome) <= Math.max(0.1 * Math.abs(outcome), 0.05 * (high - low)) * (1 + 1e-9);

/** What to say to a reader who answered `answer` where the run gave `outcome`; `span` is the range of a sketch. */
export function compare(answer, outcome, { unit = "", span, within } = {}) {
  const say = (v) => {
    if (Array.isArray(v)) return `(${v.map((w, i) => short(Math.abs(w) < span[i] / 1000 ? 0 : w)).join(", ")})`;
    return typeof v === "number" ? `${spell(v)}${unit && ` ${unit}`}` : `“${v}”`;
  };
  const [yours, runs] = span ? [", the ring", ", the dot"] : ["", ""];
  if (outcome === null)
    return answer === null ? "Skipped. Run the next cell." : `You said ${say(answer)}. Run the next cell.`;
  if (answer === null) return `The run gave ${say(outcome)}${runs}.`;
  const both = `You said ${say(answer)}${yours}; the run gave ${say(outcome)}${runs}.`;
  if (say(answer) === say(outcome)) return `${both} Right. Can you say why?`;
  if (typeof answer === "string") return `${both} What did you expect that did not happen?`;
  const close = span
    ? answer.every((v, i) => Math.abs(v - outcome[i]) <= 0.1 * span[i])
    : near(answer, outcome, within);
  if (close) return `${both} Close. Can you say why?`;
  return `${both} That is a surprise worth a minute: what did you expect to happen?`;
}

/** What follows an element in the order of reading: its siblings, then those of the sections that it stands in. */
export function* following(element) {
  for (let at = element; at; ) {
    let next = at.nextElementSibling;
    while (!next) {
      at = at.parentElement;
      if (!at?.matches("section section")) return;
      next = at.nextElementSibling;
    }
    while (next.matches("section") && next.firstElementChild) next = next.firstElementChild;
    yield next;
    at = next;
  }
}

/** The heading that an element of the built page is, or that a cell of a notebook begins with. */
function headingOf(element) {
  if (element.matches("h1, h2, h3")) return element;
  if (!element.matches(".jp-MarkdownCell")) return null;
  return element.querySelector(".jp-RenderedMarkdown > :is(h1, h2, h3):first-child");
}

/**
 * What to fold: all that follows the widget's cell, up to the next heading, or to the one with the text `until`; and
 * whether that is past the next heading. Code that is still to be run, in Jupyter, stays in sight.
 */
function spoilers(el, until) {
  const found = [], cell = el.closest(".cell, .jp-Cell");
  let first = null; // how much there is up to the next heading
  for (const next of cell ? following(cell) : []) {
    const heading = headingOf(next);
    if (heading) {
      first ??= found.length;
      if (!until || headingText(heading) === until) return { found, past: found.length > first };
    }
    if (next.matches(".jp-CodeCell")) found.push(...next.querySelectorAll(".jp-Cell-outputWrapper"));
    else if (!next.matches("span:empty")) found.push(next); // but not a place that links lead to
  }
  return { found: until && first !== null ? found.slice(0, first) : found, past: false }; // no such heading
}

/** Folds an element for a question, or no longer: it is seen again when no question folds it. */
function setFolded(element, name, yes) {
  const names = new Set((element.dataset.nablabFolded ?? "").split(" ").filter(Boolean));
  names[yes ? "add" : "delete"](name);
  if (names.size) element.dataset.nablabFolded = [...names].join(" ");
  else delete element.dataset.nablabFolded;
}

// Each kind of answer: what to show, how to read it, as `readNumber` does, and what to draw once the outcome is known.

function chosen(options) {
  const name = unique(), radios = options.map((value) => make("input", { type: "radio", name, value, id: unique() }));
  const labels = radios.map((radio, i) => make("label", { for: radio.id }, radio, options[i]));
  const read = () => {
    const radio = radios.find(({ checked }) => checked);
    return radio ? { value: radio.value } : null;
  };
  // Wide enough for the options in a line, in letters and boxes; each takes its part of what is left.
  labels.forEach((label, i) => { label.style.flexGrow = options[i].length + 8; });
  const room = options.reduce((sum, option) => sum + 0.56 * option.length + 4, 0);
  const above = make("div", { class: "nablab-picks", style: `--room: ${room.toFixed(1)}em` }, ...labels);
  return { above, parts: [], read };
}

function number(label, unit, within) {
  const [low, high] = within ?? [-Infinity, Infinity], name = { id: unique(), autocomplete: "off" };
  const input = make("input", { ...name, type: "text", inputmode: "decimal", "data-lm-suppress-shortcuts": "true" });
  const read = () => {
    const given = readNumber(input.value, unit);
    if (!(given?.value < low || given?.value > high)) return given;
    return { problem: `It can only lie between ${spell(low)} and ${spell(high)}.` };
  };
  const after = unit ? [make("span", {}, unit)] : [];
  return { input, parts: [make("label", { for: name.id }, label, input, ...after)], read };
}

function marked({ x, y, xlabel, ylabel, lines }, listen) {
  const name = unique(), plot = axes(SIZE, { x, y, xlabel, ylabel });
  const at = ([a, b]) => ({ cx: plot.sx(a), cy: plot.sy(b) });
  const yours = make("circle", { r: 6, class: "nablab-yours", visibility: "hidden" });
  const range = (label, [low, high]) => `${label} from ${short(low)} to ${short(high)}`;
  const title = make("title", { id: name }, `Axes to mark a point on: ${range(xlabel, x)}, ${range(ylabel, y)}`);
  const view = { viewBox: `0 0 ${SIZE.width} ${SIZE.height}`, class: "nablab-click nablab-sketch" };
  const svg = make("svg", { ...view, role: "img", "aria-labelledby": name }, title, plot.group, plot.inside);
  const corner = ([a, b]) => `${plot.sx(a).toFixed(1)},${plot.sy(b).toFixed(1)}`;
  const drawn = lines.map((line) => make("polyline", { class: "nablab-line", points: line.map(corner).join(" ") }));
  plot.inside.append(...drawn, yours);
  const fields = [number(xlabel, ""), number(ylabel, "")];
  const read = () => {
    const [a, b] = fields.map((field) => field.read());
    if (!a || !b) return null;
    if (a.problem ?? b.problem) return a.problem ? a : b;
    const inside = a.value >= x[0] && a.value <= x[1] && b.value >= y[0] && b.value <= y[1];
    return inside ? { value: [a.value, b.value] } : { problem: "That point lies outside the picture." };
  };
  const move = () => {
    const point = read()?.value;
    yours.setAttribute("visibility", point ? "visible" : "hidden");
    for (const [key, value] of Object.entries(point ? at(point) : {})) yours.setAttribute(key, value);
  };
  listen(svg, "click", (event) => {
    locate(event, svg, plot, x, y).forEach((value, i) => {
      const [low, high] = [x, y][i], step = Number(((high - low) / 100).toPrecision(1));
      const rounded = Math.round(Math.min(Math.max(value, low), high) / step) * step;
      fields[i].input.value = Number(rounded.toPrecision(6));
    });
    move();
  });
  fields.forEach((field) => listen(field.input, "input", move));
  return {
    above: svg,
    parts: fields.flatMap((field) => field.parts),
    read,
    reveal: (outcome) => plot.inside.append(make("circle", { ...at(outcome), r: 5, class: "nablab-outcome" })),
  };
}

function render({ model, el }) {
  const { listen, undo } = listeners(), words = speech(), name = unique(), heading = unique();
  const [question, options, unit, sketch, within, until] =
    ["question", "options", "unit", "sketch", "within", "until"].map((k) => model.get(k));
  const quantity = () => number("Your number", unit, within);
  const field = sketch ? marked(sketch, listen) : options.length ? chosen(options) : quantity();
  const compareButton = make("button", { type: "button", class: "nablab-main" }, "Compare");
  const skip = make("button", { type: "button" }, "Skip and show");
  const card = make("div", { class: "nablab-widget nablab-predict", role: "group", "aria-labelledby": heading },
    make("p", { class: "nablab-kicker" }, "Predict"), make("p", { class: "nablab-question", id: heading }, question),
    ...(field.above ? [field.above] : []),
    make("div", { class: "nablab-answer" }, ...field.parts, compareButton, skip), words.seen, words.spoken);
  el.append(card);

  let done = model.get("answer") !== null, folded = [], past = false, revealed = false;
  function fold(yes) {
    folded.forEach((element) => setFolded(element, name, false));
    ({ found: folded, past } = yes ? spoilers(el, until) : { found: [], past: false });
    folded.forEach((element) => setFolded(element, name, true));
    el.dataset.folded = folded.length;
  }
  function say(text, kind) {
    for (const name of ["hint", "done"]) words.seen.toggleAttribute(`data-${name}`, name === kind);
    words.say([text]);
  }
  function show() {
    const outcome = model.get("outcome"), span = sketch && [sketch.x, sketch.y].map(([a, b]) => b - a);
    fold(!done);
    card.toggleAttribute("data-done", done);
    if (done && document.activeElement === skip) compareButton.focus({ preventScroll: true });
    skip.hidden = done;
    const limits = { unit, span, within: within ?? undefined };
    const what = past ? `The result, and what follows up to “${until}”,` : "The result";
    const hint = folded.length ? `${what} is folded until you answer or skip.` : "Answer before you run the next cell.";
    say(done ? compare(model.get("answer"), outcome, limits) : hint, done ? "done" : "hint");
    if (done && outcome !== null && field.reveal && !revealed) {
      field.reveal(outcome);
      revealed = true;
    }
  }
  function finish(answer) {
    done = true;
    model.set("answer", answer);
    model.save_changes();
    show();
  }
  function answer() {
    const given = field.read();
    if (given && !given.problem) finish(given.value);
    else say(given?.problem ?? "Give an answer first, or skip.");
  }
  /** A link to what is folded leads to the question. */
  function reach() {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    const holds = (element) => target.contains(element) || element.contains(target);
    if (target && !target.offsetHeight && folded.some(holds)) card.scrollIntoView();
  }
  // No form: frames may forbid that one is submitted.
  listen(compareButton, "click", answer);
  listen(card, "keydown", (event) => {
    if (event.key !== "Enter" || !event.target.matches("input")) return;
    event.preventDefault();
    answer();
  });
  listen(skip, "click", () => finish(null));
  listen(window, "hashchange", reach);
  model.on("change:outcome", show);
  // The cells around a widget may come after it.
  const timer = setTimeout(() => { show(); reach(); });
  show();
  return () => { clearTimeout(timer); undo(); words.hush(); model.off("change:outcome", show); fold(false); };
}

export default { render };
