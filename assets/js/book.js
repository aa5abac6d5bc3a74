// What the theme leaves undone for keyboards and screen readers.
addEventListener("DOMContentLoaded", () => {
  // WCAG 2.5.3: a button is called what it shows.
  for (const button of document.querySelectorAll(".search-button-field[aria-label], .theme-switch-button[aria-label]"))
    button.removeAttribute("aria-label");
  // What scrolls sideways can be reached and scrolled by keyboard.
  for (const box of document.querySelectorAll("div.highlight pre, div.math, div.cell_output, div.pst-scrollable-table-container"))
    if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
});
