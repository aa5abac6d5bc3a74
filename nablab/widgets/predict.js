import { listeners, make, short, unique } from "./draw.js";

/** What to say to a reader who answered `answer` where the run gave `outcome`. */
export function compare(answer, outcome, unit = "") {
  const with_unit = (v) => (typeof v === "number" ? `${short(v)}${unit && ` ${unit}`}` : `“${v}”`);
  if (outcome === null) return answer === null ? "Skipped. Run the next cell." : `You said ${with_unit(answer)}. Run the next cell.`;
  if (answer === null) return `The run gave ${with_unit(outcome)}.`;
  const both = `You said ${with_unit(answer)}; the run gave ${with_unit(outcome)}.`;
  if (answer === outcome) return `${both} Right. Can you say why?`;
  if (typeof answer !== "number") return `${both} What did you expect that did not happen?`;
  const close = Math.abs(answer - outcome) <= 0.1 * Math.abs(outcome);
  return `${both} ${close ? "Close. Can you say why?" : "That is a surprise worth a minute: what did you expect to happen?"}`;
}

/** The outputs to fold: those of the first cell after the widget's own that has any. */
function outputs(el) {
  for (let cell = el.closest(".cell, .jp-Cell")?.nextElementSibling; cell; cell = cell.nextElementSibling) {
    const found = cell.querySelectorAll(".cell_output, .jp-Cell-outputWrapper");
    if (found.length) return [...found];
  }
  return [];
}

function render({ model, el }) {
  const { listen, undo } = listeners();
  const [question, options, unit] = ["question", "options", "unit"].map((k) => model.get(k));
  const name = unique(), fields = make("div", { class: "nablab-answer" });
  const status = make("p", { role: "status", class: "nablab-status" });
  const send = make("button", { type: "submit", class: "nablab-main" }, "Compare");
  const skip = make("button", { type: "button" }, "Skip and show");
  let read;
  if (options.length) {
    const radios = options.map((value, i) => make("input", { type: "radio", name, value, id: `${name}-${i}` }));
    radios.forEach((radio, i) => fields.append(make("label", { for: radio.id }, radio, options[i])));
    read = () => radios.find((radio) => radio.checked)?.value ?? null;
  } else {
    const number = make("input", { type: "number", step: "any", id: name, "data-lm-suppress-shortcuts": "true" });
    fields.append(make("label", { for: name }, "Your number", number, unit));
    read = () => (number.value === "" ? null : Number(number.value));
  }
  fields.append(send, skip);
  const form = make("form", { class: "nablab-widget nablab-predict" },
    make("p", { class: "nablab-question", id: `${name}-question` }, question), fields, status);
  form.setAttribute("role", "group");
  form.setAttribute("aria-labelledby", `${name}-question`);
  el.append(form);

  let done = model.get("answer") !== null, folded = [];
  function fold(yes) {
    folded.forEach((output) => { output.hidden = false; });
    folded = yes ? outputs(el) : [];
    folded.forEach((output) => { output.hidden = true; });
    el.dataset.folded = yes ? folded.length : 0;
  }
  function show() {
    fold(!done);
    status.textContent = done ? compare(model.get("answer"), model.get("outcome"), unit)
      : "The next result is folded until you answer or skip.";
  }
  function finish(answer) {
    done = true;
    model.set("answer", answer);
    model.save_changes();
    show();
  }
  listen(form, "submit", (event) => {
    event.preventDefault();
    const answer = read();
    if (answer === null) status.textContent = "Give an answer first, or skip.";
    else finish(answer);
  });
  listen(skip, "click", () => finish(null));
  model.on("change:outcome", show);
  // The cells around a widget may come after it.
  const timer = setTimeout(show);
  show();
  return () => { clearTimeout(timer); undo(); model.off("change:outcome", show); fold(false); };
}

export default { render };
