import { axes, listeners, locate, make, short, unique } from "./draw.js";

const SIZE = { width: 420, height: 250 };

/** What to say to a reader who answered `answer` where the run gave `outcome`; `span` is the range of a sketch. */
export function compare(answer, outcome, { unit = "", span } = {}) {
  const point = (v) => `(${v.map((w, i) => short(Math.abs(w) < span[i] / 1000 ? 0 : w)).join(", ")})`;
  const say = (v) => (Array.isArray(v) ? point(v) : typeof v === "number" ? `${short(v)}${unit && ` ${unit}`}` : `“${v}”`);
  const [yours, runs] = span ? [", the ring", ", the dot"] : ["", ""];
  if (outcome === null) return answer === null ? "Skipped. Run the next cell." : `You said ${say(answer)}. Run the next cell.`;
  if (answer === null) return `The run gave ${say(outcome)}${runs}.`;
  const both = `You said ${say(answer)}${yours}; the run gave ${say(outcome)}${runs}.`;
  if (typeof answer === "string") return `${both} ${answer === outcome ? "Right. Can you say why?" : "What did you expect that did not happen?"}`;
  const close = span ? answer.every((v, i) => Math.abs(v - outcome[i]) <= 0.1 * span[i]) : Math.abs(answer - outcome) <= 0.1 * Math.abs(outcome);
  return `${both} ${close ? "Close. Can you say why?" : "That is a surprise worth a minute: what did you expect to happen?"}`;
}

/**
 * What to fold: the outputs of the first cell after the widget's own that has any, and what explains them, up to the
 * next heading or widget. Code that is still to be run, in Jupyter, stays in sight.
 */
function spoilers(el) {
  const found = [];
  for (let next = el.closest(".cell, .jp-Cell")?.nextElementSibling; next; next = next.nextElementSibling) {
    if (next.matches("section") || next.querySelector("h2, .nablab-widget, script[type*='widget-view']")) break;
    if (!found.length || next.matches(".jp-CodeCell")) found.push(...next.querySelectorAll(".cell_output, .jp-Cell-outputWrapper"));
    else found.push(next);
  }
  return found;
}

// Each kind of answer: what to show, how to read it (null is no answer), and what to draw once the outcome is known.

function chosen({ options }) {
  const name = unique(), radios = options.map((value) => make("input", { type: "radio", name, value, id: unique() }));
  const labels = radios.map((radio, i) => make("label", { for: radio.id }, radio, options[i]));
  return { parts: labels, read: () => radios.find((radio) => radio.checked)?.value ?? null };
}

function number({ label, unit, step = "any", min, max }) {
  const id = unique(), input = make("input", { type: "number", step, id, "data-lm-suppress-shortcuts": "true" });
  Object.assign(input, min === undefined ? {} : { min, max });
  return { input, parts: [make("label", { for: id }, label, input, unit ?? "")], read: () => (input.value === "" ? null : Number(input.value)) };
}

function marked({ sketch, listen }) {
  const { x, y, xlabel, ylabel, lines } = sketch, name = unique();
  const plot = axes(SIZE, { x, y, xlabel, ylabel });
  const at = ([a, b]) => ({ cx: plot.sx(a), cy: plot.sy(b) });
  const yours = make("circle", { r: 6, class: "nablab-yours", visibility: "hidden" });
  const svg = make("svg", { viewBox: `0 0 ${SIZE.width} ${SIZE.height}`, role: "img", "aria-labelledby": name, class: "nablab-click nablab-sketch" },
    make("title", { id: name }, `Axes to mark a point on: ${xlabel} from ${short(x[0])} to ${short(x[1])}, ${ylabel} from ${short(y[0])} to ${short(y[1])}`),
    plot.group, plot.inside);
  const corner = ([a, b]) => `${plot.sx(a).toFixed(1)},${plot.sy(b).toFixed(1)}`;
  plot.inside.append(...lines.map((line) => make("polyline", { class: "nablab-line", points: line.map(corner).join(" ") })), yours);
  const fields = [[xlabel, x], [ylabel, y]].map(([label, [min, max]]) => number({ label, min, max, step: Number(((max - min) / 100).toPrecision(1)) }));
  const read = () => {
    const point = fields.map((field) => field.read());
    return point.includes(null) ? null : point;
  };
  const move = () => {
    const point = read();
    yours.setAttribute("visibility", point ? "visible" : "hidden");
    for (const [key, value] of Object.entries(point ? at(point) : {})) yours.setAttribute(key, value);
  };
  listen(svg, "click", (event) => {
    locate(event, svg, plot, x, y).forEach((value, i) => {
      const [low, high] = [x, y][i], { input } = fields[i];
      input.value = Number((Math.round(Math.min(Math.max(value, low), high) / input.step) * input.step).toPrecision(6));
    });
    move();
  });
  fields.forEach((field) => listen(field.input, "input", move));
  return {
    picture: svg,
    outside: (point) => point.some((v, i) => v < [x, y][i][0] || v > [x, y][i][1]),
    parts: fields.flatMap((field) => field.parts),
    read,
    reveal: (outcome) => plot.inside.append(make("circle", { ...at(outcome), r: 5, class: "nablab-outcome" })),
  };
}

function render({ model, el }) {
  const { listen, undo } = listeners();
  const [question, options, unit, sketch] = ["question", "options", "unit", "sketch"].map((k) => model.get(k));
  const field = sketch ? marked({ sketch, listen }) : options.length ? chosen({ options }) : number({ label: "Your number", unit });
  const status = make("p", { role: "status", class: "nablab-status" }), heading = unique();
  const skip = make("button", { type: "button" }, "Skip and show");
  const buttons = [make("button", { type: "submit", class: "nablab-main" }, "Compare"), skip];
  const form = make("form", { class: "nablab-widget nablab-predict", "aria-labelledby": heading, novalidate: "" },
    make("p", { class: "nablab-question", id: heading }, question),
    ...(field.picture ? [field.picture] : []), make("div", { class: "nablab-answer" }, ...field.parts, ...buttons), status);
  el.append(form);

  let done = model.get("answer") !== null, folded = [], revealed = false;
  function fold(yes) {
    folded.forEach((output) => output.style.removeProperty("display"));
    folded = yes ? spoilers(el) : [];
    // JupyterLab's style overrules the attribute `hidden`.
    folded.forEach((output) => output.style.setProperty("display", "none", "important"));
    el.dataset.folded = folded.length;
  }
  function show() {
    const outcome = model.get("outcome");
    fold(!done);
    if (done) status.textContent = compare(model.get("answer"), outcome, { unit, span: sketch && [sketch.x, sketch.y].map(([a, b]) => b - a) });
    else status.textContent = folded.length ? "What follows is folded until you answer or skip." : "Answer before you run the next cell.";
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
  listen(form, "submit", (event) => {
    event.preventDefault();
    const answer = field.read();
    if (answer === null) status.textContent = "Give an answer first, or skip.";
    else if (field.outside?.(answer)) status.textContent = "That point lies outside the picture.";
    else finish(answer);
  });
  listen(skip, "click", () => finish(null));
  // Paper has no button.
  listen(window, "beforeprint", () => fold(false));
  listen(window, "afterprint", show);
  model.on("change:outcome", show);
  // The cells around a widget may come after it.
  const timer = setTimeout(show);
  show();
  return () => { clearTimeout(timer); undo(); model.off("change:outcome", show); fold(false); };
}

export default { render };
