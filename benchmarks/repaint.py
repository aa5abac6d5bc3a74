"""How long from a key on a slider to the new picture: python benchmarks/repaint.py, after make book.

`work` is the time from the slider's event until the page is drawn anew and laid out; `frame` until the browser has
shown the frame, which also waits for the screen (every 16.7 ms at 60 Hz). Milliseconds, over 100 keys.
"""

import shutil
from pathlib import Path

import numpy as np
from playwright.sync_api import sync_playwright

BOOK = Path(__file__).parent.parent / "_build/html/book"
MEASURE = """async (slider) => {
    const work = [], frame = [], low = Number(slider.min), high = Number(slider.max), step = Number(slider.step);
    const nextFrame = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
    for (let k = 0; k < 100; k++) {
        slider.value = low + ((k * step) % (high - low));
        await nextFrame();
        const start = performance.now();
        slider.dispatchEvent(new Event("input"));
        slider.closest(".nablab-widget").getBoundingClientRect();
        work.push(performance.now() - start);
        await nextFrame();
        frame.push(performance.now() - start);
    }
    return { work, frame };
}"""

with sync_playwright() as tools:
    found = filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome")))
    browser = tools.chromium.launch(executable_path=next(found), chromium_sandbox=False)
    page = browser.new_page()
    for path in sorted(BOOK.rglob("*.html")):
        page.goto(path.as_uri())
        page.wait_for_timeout(1000)
        for slider in page.locator(".nablab-widget input[type=range]:visible").all():
            name = slider.evaluate("s => s.labels[0].textContent")
            times = slider.evaluate(MEASURE)
            figures = []
            for kind, values in times.items():
                median, p95 = np.percentile(values, [50, 95])
                figures.append(f"{kind} median {median:5.1f} p95 {p95:5.1f} max {max(values):5.1f}")
            print(f"{path.stem:18} {name:14} {'   '.join(figures)}")
    browser.close()
