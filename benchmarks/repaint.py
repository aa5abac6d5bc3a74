"""How long from a key on a slider to the new picture: python benchmarks/repaint.py, after make book.

`work` is the time from the slider's event until the page is drawn anew and laid out; `frame` until the browser has
shown the frame, which also waits for the screen (every 16.7 ms at 60 Hz). Milliseconds, over 300 keys.
"""

import shutil
from pathlib import Path

import numpy as np
from playwright.sync_api import sync_playwright

PAGE = Path(__file__).parent.parent / "_build/html/book/3-mathematics/gradient-descent.html"
MEASURE = """async (slider) => {
    const work = [], frame = [], low = Number(slider.min), high = Number(slider.max), step = Number(slider.step);
    for (let k = 0; k < 300; k++) {
        slider.value = low + ((k * step) % (high - low));
        await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
        const start = performance.now();
        slider.dispatchEvent(new Event("input"));
        slider.closest(".nablab-widget").getBoundingClientRect();
        work.push(performance.now() - start);
        await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
        frame.push(performance.now() - start);
    }
    return { work, frame };
}"""

with sync_playwright() as tools:
    found = filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome")))
    browser = tools.chromium.launch(executable_path=next(found), chromium_sandbox=False)
    page = browser.new_page()
    page.goto(PAGE.as_uri())
    for name in ("Learning rate", "Momentum β"):
        times = page.locator(".nablab-widget").get_by_label(name).evaluate(MEASURE)
        for kind, values in times.items():
            median, p95 = np.percentile(values, [50, 95])
            print(f"{name:14} {kind:5} median {median:5.1f}  p95 {p95:5.1f}  max {max(values):5.1f}")
    browser.close()
