"""Capacity and data on the plain page: each control moves the pictures and the words."""

import harness
import pytest

from nablab.widgets import CapacityAndData

OVER = pytest.mark.parametrize("over", ["http", "file"])


@pytest.fixture
def widget(shown):
    def open_widget(**settings):
        page = shown({"fits": CapacityAndData()}, **settings)
        page.wait_for_selector(".nablab-cad-this[d]")
        return page, page.locator(".nablab-widget:has(.nablab-cad-picture)")

    return open_widget


def seen(widget):
    pictures = [svg.inner_html() for svg in widget.locator(".nablab-cad-picture > svg").all()]
    return (widget.locator(".nablab-status").inner_text(), *pictures)


def press(page, widget, label, key):
    widget.get_by_role("slider", name=label).focus()
    page.keyboard.press(key)


@OVER
def test_each_control_changes_pictures_and_status_by_keyboard(widget, over):
    page, found = widget(over=over)
    press(page, found, "Degree", "End")
    for label in ("Degree", "Samples", "Weight decay", "Sample set"):
        before = seen(found)
        press(page, found, label, "ArrowLeft" if label == "Degree" else "ArrowRight")
        after = seen(found)
        assert all(a != b for a, b in zip(after, before)), label
        assert found.get_by_role("slider", name=label).get_attribute("aria-valuetext")
    assert page.problems == []


@OVER
def test_more_data_or_decay_tame_a_high_degree(widget, over):
    page, found = widget(over=over)
    assert found.locator(".nablab-cad-dot").count() == 20 + 1  # and one in the key
    press(page, found, "Degree", "End")
    assert seen(found)[0].startswith("Overfits. Degree 12 on 20 samples, medians of 40 sets.")
    press(page, found, "Samples", "End")
    assert seen(found)[0].startswith("About right. Degree 12 on 200 samples,")
    assert found.locator(".nablab-cad-dot").count() == 200 + 1
    press(page, found, "Samples", "Home")
    press(page, found, "Weight decay", "End")
    assert seen(found)[0].startswith("Underfits. Degree 12 on 15 samples, weight decay 0.1,")
    press(page, found, "Weight decay", "Home")
    press(page, found, "Degree", "Home")
    assert "the curve is too stiff" in seen(found)[0]


def test_controls_fit_a_phone(widget):
    page, found = widget(width=390)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    for control in found.locator("input").all():
        assert control.evaluate("c => c.labels.length") == 1
        assert control.evaluate("c => c.closest('.nablab-slider').getBoundingClientRect().height") >= 24


def test_rendering_can_be_undone_and_python_is_asked_for_what_is_not_recorded(widget):
    page, _ = widget()
    result = page.evaluate(
        """async (entry) => {
            const state = { ...entry.state };
            for (const b of entry.buffers ?? []) {
                const raw = atob(b.data);
                state[b.path[0]] = new DataView(Uint8Array.from(raw, (c) => c.charCodeAt(0)).buffer);
            }
            const url = URL.createObjectURL(new Blob([state._esm], { type: "text/javascript" }));
            const widget = (await import(url)).default;
            const heard = [], sent = [], el = document.createElement("div");
            document.body.append(el);
            const model = { get: (k) => state[k], send: (m) => sent.push(m), on: (e, f) => heard.push(f),
                            off: (e, f) => heard.splice(heard.indexOf(f), 1) };
            const undo = widget.render({ model, el });
            heard[0]({ kind: "hello" }, []);
            const move = (k, v) => {
                const input = el.querySelectorAll("input")[k];
                input.value = v;
                input.dispatchEvent(new Event("input"));
            };
            move(1, 1.5);
            const asked = sent.at(-1), text = () => el.querySelector(".nablab-status").textContent;
            const before = text(), cut = (k, size) => state[k].buffer.slice(0, 13 * size);
            heard[0]({ kind: "fits", id: asked.id, judged: Array(13).fill(2) },
                [cut("curves", 5 * 41 * 2), cut("own", 40), cut("bands", 24)].map((b) => new DataView(b)));
            const answered = text();
            move(1, 1.5);
            const asks = sent.length;
            undo();
            move(0, 9);
            return { sent: sent.slice(0, 2), asks, changed: before !== answered, answered, still: text() === answered,
                     left: heard.length };
        }""",
        harness.live(CapacityAndData()),
    )
    assert result["sent"] == [
        {"kind": "hello"},
        {"kind": "fits", "id": result["sent"][1]["id"], "samples": 24, "weight_decay": 0},
    ]
    assert result["asks"] == 2  # what was answered is not asked for again
    assert result["changed"]
    assert result["answered"].startswith("Overfits. Degree 3 on 24 samples,")
    assert result["still"]
    assert result["left"] == 0
