// Where storage is denied, as in a sandboxed frame, what is stored lasts as long as the page is open.
for (const name of ["localStorage", "sessionStorage"]) {
  try {
    void window[name];
  } catch {
    const kept = new Map(), getItem = (key) => kept.get(key) ?? null;
    const setItem = (key, value) => { kept.set(key, String(value)); }, removeItem = (key) => { kept.delete(key); };
    Object.defineProperty(window, name, { value: { getItem, setItem, removeItem } });
  }
}

// What the theme leaves undone for keyboards, screen readers and paper.
addEventListener("DOMContentLoaded", () => {
  // WCAG 2.5.3: a button is called what it shows.
  for (const control of document.querySelectorAll(".search-button-field, .theme-switch-button, summary"))
    control.removeAttribute("aria-label");
  // The list of references has roles that contradict each other; as plain text it reads well.
  for (const entry of document.querySelectorAll(".citation-list, .citation")) entry.removeAttribute("role");
  // Every part of a page belongs to a landmark, and no heading is empty.
  for (const part of document.querySelectorAll(".sidebar-primary-items__start")) {
    part.setAttribute("role", "navigation");
    part.setAttribute("aria-label", "The book");
  }
  const printed = document.querySelector("#jb-print-docs-body > h1");
  if (printed && !printed.textContent.trim()) printed.remove();
  // What the search shows of a page has each formula once.
  if (typeof Search !== "undefined") {
    const plain = Search.htmlToText;
    Search.htmlToText = (page, anchor) => plain(page.replace(/<span class="katex-mathml">.*?<\/math><\/span>/gs, ""), anchor);
  }
  // What scrolls sideways can be reached and scrolled by keyboard.
  const sizes = new ResizeObserver((entries) => {
    for (const { target } of entries)
      if (target.scrollWidth > target.clientWidth) target.tabIndex = 0;
      else target.removeAttribute("tabindex");
  });
  for (const box of document.querySelectorAll("div.highlight pre, div.math, div.cell_output, figure.diagram, div.pst-scrollable-table-container"))
    sizes.observe(box);
});

// On paper nothing is folded, and all is light.
let closed = [], theme;
addEventListener("beforeprint", () => {
  closed = [...document.querySelectorAll("details:not([open])")];
  for (const box of closed) box.open = true;
  ({ theme } = document.documentElement.dataset);
  document.documentElement.dataset.theme = "light";
});
addEventListener("afterprint", () => {
  for (const box of closed) box.open = false;
  document.documentElement.dataset.theme = theme;
});
