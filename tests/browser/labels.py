"""What collides in a widget: text over text, or text that leaves its picture, as its sliders and choices are moved."""

MEASURE = """(widget, most) => {
    const shrunk = ({ left, right, top, bottom }) => { // a line is higher than its letters
        const spare = 0.15 * (bottom - top);
        return { left, right, top: top + spare, bottom: bottom - spare };
    };
    const hidden = (e) => e.closest("title, option, select, script, style, .nablab-spoken, [hidden]")
        || getComputedStyle(e).visibility === "hidden" || !e.getClientRects().length;

    function texts() {
        const found = [], walker = document.createTreeWalker(widget, NodeFilter.SHOW_TEXT);
        for (let node = walker.nextNode(); node; node = walker.nextNode()) {
            const e = node.parentElement, text = node.data.trim();
            if (!text || hidden(e)) continue;
            const range = document.createRange();
            range.selectNodeContents(node);
            const boxes = e.matches("text") ? [e.getBoundingClientRect()] : [...range.getClientRects()];
            found.push({ e, text, boxes: boxes.map(shrunk) });
        }
        return found;
    }
    const over = (a, b) => Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1
        && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 1;
    const leaves = (a, b) => a.left < b.left - 1 || a.right > b.right + 1
        || a.top < b.top - 1 || a.bottom > b.bottom + 1;

    const wrong = new Map();
    function measure(place) {
        const all = texts();
        all.forEach((a, i) => {
            for (let around = a.e.closest("svg") ?? widget; around; around = around.parentElement?.closest("svg"))
                if (a.boxes.some((box) => leaves(box, around.getBoundingClientRect())))
                    wrong.set(`“${a.text}” leaves its picture`, place);
            for (const b of all.slice(i + 1))
                if (a.boxes.some((p) => b.boxes.some((q) => over(p, q))))
                    wrong.set(`“${a.text}” on “${b.text}”`, place);
        });
    }
    const name = (control) => control.labels[0].textContent;
    function sweep(where, most) {
        for (const slider of widget.querySelectorAll("input[type=range]")) {
            const before = slider.value, last = Number(slider.max), steps = (last - slider.min) / slider.step;
            const step = Number(slider.step) * (Math.ceil(steps / most) | 1); // odd: values of all lengths
            for (let v = Number(slider.min); v < last + step * 0.99; v += step) {
                slider.value = Math.min(v, last);
                slider.dispatchEvent(new Event("input", { bubbles: true }));
                measure(`${where}${name(slider)} ${slider.getAttribute("aria-valuetext")}`);
            }
            slider.value = before;
            slider.dispatchEvent(new Event("input", { bubbles: true }));
        }
    }
    measure("at first");
    sweep("", most);
    const selects = [...widget.querySelectorAll("select")];
    for (const select of selects) {
        const before = select.value;
        for (const { value, text } of [...select.options]) {
            select.value = value;
            select.dispatchEvent(new Event("change", { bubbles: true }));
            measure(`${name(select)} ${text}`);
            sweep(`${name(select)} ${text}, `, Math.min(most, 3));
        }
        select.value = before;
        select.dispatchEvent(new Event("change", { bubbles: true }));
    }
    return [...wrong].map(([what, place]) => `${what} (${place})`);
}"""

SIZES = [(width, scheme) for width in (1280, 390) for scheme in ("light", "dark")]


def collisions(page, selector=".nablab-widget", most=40):
    """What collides in the first widget that the selector finds, each with one of the places where it does.

    Each slider is moved through its steps, about `most` of them; with each option of a choice, through 3.
    """
    return page.locator(selector).first.evaluate(MEASURE, most)


def darken(page, scheme):
    page.evaluate("scheme => document.documentElement.dataset.theme = scheme", scheme)
