import { headingText, listeners, make, readNumber, short, unique } from "./draw.js";

/** A text with `code` in it, as pieces. */
export const pieces = (text) =>
  text.split("`").map((part, i) => ({ part, code: i % 2 === 1 })).filter(({ part }) => part !== "");

/** Whether a reader's answer is the one meant: the same option, or a number near enough. */
export const agree = (given, meant, tolerance) =>
  typeof meant === "string" ? given === meant : Math.abs(given - meant) <= tolerance * Math.abs(meant) + 1e-12;

const name = (answer) => (typeof answer === "string" ? answer : short(answer));

/** What to say to an answer; null is "I am not sure". */
export function judge({ answer, wrong, why, tolerance }, given) {
  const truth = `The answer is ${name(answer)}. ${why}`;
  if (given === null) return { verdict: "unsure", word: "Good to know.", says: truth };
  if (agree(given, answer, tolerance)) return { verdict: "right", word: "Right.", says: why };
  const meaning = wrong.find(([usual]) => agree(given, usual, tolerance));
  return { verdict: "wrong", word: "Not this one.", says: `${meaning ? `${meaning[1]} ` : ""}${truth}` };
}

/** Where all answers lead: `given[i]` is undefined where question i has no answer yet. */
export function summarise(questions, given) {
  const sections = [...new Set(questions.map((q) => q.section))], open = [];
  const results = new Map(sections.map((s) => [s, []]));
  questions.forEach((question, i) => {
    if (given[i] === undefined) open.push(i + 1);
    else results.get(question.section).push(judge(question, given[i]).verdict);
  });
  const all = [...results.values()].flat(), count = (verdict) => all.filter((v) => v === verdict).length;
  const read = sections.filter((s) => results.get(s).some((v) => v !== "right"));
  const skip = sections.filter((s) => !read.includes(s) && results.get(s).length > 0);
  const right = count("right"), total = questions.length, soFar = open.length ? "So far " : "";
  const few = right || (soFar ? "none" : "None");
  const some = right === total ? `All ${total} right.` : `${soFar}${few} of ${all.length} right.`;
  const opening = open.length === total ? "No question is answered yet." : some;
  return { opening, read, skip, open, done: open.length === 0 };
}

/** A list in words: "4", "4 and 7", "4, 7 and 9". */
export const listed = (all) =>
  all.flatMap((item, i) => (i === 0 ? [item] : [i === all.length - 1 ? " and " : ", ", item]));

const spell = (text) => pieces(text).map(({ part, code }) => (code ? make("code", {}, part) : part));

/** A link to the page's section with these words, or the words alone where the page has no such place to go to. */
function lead(words) {
  const headings = [...document.querySelectorAll("section[id] > h2")];
  const id = headings.find((heading) => headingText(heading) === words)?.parentElement.id;
  return id ? make("a", { href: `#${id}` }, words) : make("strong", {}, `“${words}”`);
}

const MARKS = { right: "✓", wrong: "→", unsure: "→" };
const SAID = { right: "right", wrong: "a section to read", unsure: "a section to read", open: "not answered yet" };

function render({ model, el }) {
  const { listen, undo } = listeners();
  const card = make("div", { class: "nablab-widget nablab-diagnostic", role: "group", "aria-label": "Questions" });
  const steps = make("ol", { class: "nablab-steps", "aria-label": "The questions" });
  const body = make("div", { class: "nablab-ask" });
  const status = make("div", { role: "status", class: "nablab-status nablab-verdict" });
  const buttons = make("div", { class: "nablab-answer" });
  card.append(steps, body, status, buttons);
  el.append(card);
  let questions, given, at;

  const verdict = (i) => (given[i] === undefined ? "open" : judge(questions[i], given[i]).verdict);
  const settled = () => given[at] !== undefined;
  const go = (text, step, main) =>
    make("button", { type: "button", "data-step": step, ...(main ? { class: "nablab-main" } : {}) }, text);

  function drawSteps() {
    steps.replaceChildren(...questions.map((_, i) => {
      const result = verdict(i), here = i === at ? { "aria-current": "step" } : {};
      const label = `Question ${i + 1}, ${SAID[result]}`;
      const names = { "data-step": i, "data-verdict": result, "aria-label": label, ...here };
      const mark = make("span", { "aria-hidden": "true" }, MARKS[result] ?? String(i + 1));
      return make("li", {}, make("button", { type: "button", ...names }, mark));
    }));
  }

  function option(text, i, group) {
    const id = unique(), mine = given[at] === text, right = settled() && text === questions[at].answer;
    const state = { ...(settled() ? { disabled: "" } : {}), ...(mine ? { checked: "" } : {}) };
    const radio = make("input", { type: "radio", name: group, value: i, id, ...state });
    const note = right ? "✓ the answer" : mine ? "your answer" : "";
    return make("label", { for: id, class: right ? "nablab-right" : "" }, radio, make("span", {}, ...spell(text)),
      ...(note ? [make("small", {}, note)] : []));
  }

  function drawQuestion() {
    const { text, code, options } = questions[at], id = unique(), heading = unique();
    const value = typeof given[at] === "number" ? { value: given[at] } : {};
    const state = { ...value, ...(settled() ? { disabled: "" } : {}) };
    const kind = { type: "text", inputmode: "decimal", autocomplete: "off", "data-lm-suppress-shortcuts": "true" };
    const number = () => make("label", { for: id }, "Your number", make("input", { id, ...kind, ...state }));
    const group = { role: options.length ? "radiogroup" : "group", "aria-labelledby": heading };
    body.replaceChildren(
      make("p", { class: "nablab-count" }, `Question ${at + 1} of ${questions.length}`),
      make("p", { class: "nablab-question", id: heading, tabindex: -1 }, ...spell(text)),
      ...(code ? [make("code", { class: "nablab-code" }, code)] : []),
      make("div", { class: options.length ? "nablab-options" : "nablab-answer", ...group },
        ...(options.length ? options.map((option_, i) => option(option_, i, heading)) : [number()])),
    );
    const last = at + 1 === questions.length;
    buttons.replaceChildren(...(settled()
      ? [go(last ? "Where to go" : "Next question", at + 1, true)]
      : [make("button", { type: "button", class: "nablab-main", "data-check": "" }, "Check"),
        make("button", { type: "button", "data-unsure": "" }, "I am not sure"),
        ...(given.some((g) => g !== undefined) ? [go("Where to go", questions.length)] : [])]));
    status.dataset.verdict = verdict(at);
    if (settled()) say();
    else status.replaceChildren();
  }

  function say() {
    const { word, says, verdict: result } = judge(questions[at], given[at]), { section } = questions[at];
    status.replaceChildren(make("p", {}, make("strong", {}, word), " ", ...spell(says)),
      make("p", {}, result === "right" ? "You may skip " : "Read: ", lead(section), "."));
  }

  function drawSummary() {
    const { opening, read, skip, open, done } = summarise(questions, given);
    const sections = (all) => make("ul", {}, ...all.map((section) => make("li", {}, lead(section))));
    const paragraph = (...parts) => make("p", {}, ...parts), some = open.length > 0 && open.length < questions.length;
    body.replaceChildren(
      make("p", { class: "nablab-count" }, "Where to go"),
      make("p", { class: "nablab-question", tabindex: -1 }, opening),
      ...(read.length ? [paragraph("Read these sections:"), sections(read)] : []),
      ...(skip.length && read.length
        ? [paragraph(done ? "The others you may skip: " : "You may skip: ", ...listed(skip.map(lead)), ".")] : []),
      ...(skip.length && !read.length ? [paragraph(done
        ? "You may skip this page and go on to the next. The traps under “Pitfalls” are worth a look all the same."
        : "So far you may skip every section that you were asked about.")] : []),
      ...(some
        ? [paragraph("Not answered yet: question", open.length > 1 ? "s " : " ", ...listed(open.map(String)), ".")] : []),
    );
    status.replaceChildren();
    buttons.replaceChildren(...(open.length ? [go("Go on", open[0] - 1, true)] : []),
      make("button", { type: "button", "data-again": "" }, "Start again"));
  }

  function show(focus) {
    drawSteps();
    if (at < questions.length) drawQuestion();
    else drawSummary();
    if (focus === "next") buttons.querySelector("button").focus();
    if (focus === "question") body.querySelector(".nablab-question").focus();
  }

  function settle(answer) {
    given[at] = answer;
    show("next");
  }

  function begin() {
    questions = model.get("questions");
    given = questions.map(() => undefined);
    at = 0;
    show();
  }

  // No form: frames may forbid that one is submitted.
  function check() {
    const { options } = questions[at] ?? {};
    if (!options || settled()) return;
    const field = body.querySelector(options.length ? "input:checked" : "input");
    const given = options.length ? field && { value: options[Number(field.value)] } : readNumber(field.value);
    if (given && !given.problem) return settle(given.value);
    const first = options.length ? "Choose one first" : "Give a number first";
    status.replaceChildren(make("p", {}, given?.problem ?? `${first}, or say that you are not sure.`));
  }
  listen(card, "keydown", (event) => {
    if (event.key !== "Enter" || !event.target.matches("input")) return;
    event.preventDefault(); // or the button that has the focus next is pressed, too
    check();
  });
  listen(card, "click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    if (button.dataset.step !== undefined) {
      at = Number(button.dataset.step);
      show("question");
    } else if (button.dataset.check !== undefined) check();
    else if (button.dataset.unsure !== undefined) settle(null);
    else if (button.dataset.again !== undefined) {
      begin();
      body.querySelector(".nablab-question").focus();
    }
  });
  model.on("change:questions", begin);
  begin();
  return () => { undo(); model.off("change:questions", begin); };
}

export default { render };
