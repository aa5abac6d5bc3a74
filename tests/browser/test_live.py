"""A chapter live in JupyterLab: the same widgets, answered by Python."""

import os
import re
import shutil
import subprocess
import sys

import pytest
from test_site import ROOT

CHAPTER = "gradient-descent.ipynb"


@pytest.fixture
def lab(tmp_path):
    """JupyterLab on loopback, over a folder that holds the chapter and nothing else; yields its address."""
    folder = tmp_path / "notebooks"
    folder.mkdir()
    shutil.copy(ROOT / "book/3-mathematics" / CHAPTER, folder)
    env = os.environ | {f"JUPYTER_{name}_DIR": str(tmp_path / name.lower()) for name in ("CONFIG", "DATA", "RUNTIME")}
    # Warnings are errors in the book's kernels. In the server one of its own, raised as it is told to stop, may be
    # swallowed by its event loop, and it would never stop.
    env.pop("PYTHONWARNINGS", None)
    command = [
        sys.executable,
        "-m",
        "jupyterlab",
        "--no-browser",
        "--port=0",
        "--ip=127.0.0.1",
        f"--notebook-dir={folder}",
    ]
    if os.geteuid() == 0:
        command.append("--allow-root")
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=env) as server:
        try:
            for line in server.stderr:
                found = re.search(r"http://127\.0\.0\.1:\d+/lab\?token=\w+", line)
                if found:
                    break
            else:
                pytest.fail("JupyterLab did not start")
            yield found[0]
        finally:
            server.terminate()
            try:
                server.communicate(timeout=60)
            except subprocess.TimeoutExpired:
                server.kill()
                raise


def test_the_chapter_runs_and_python_answers(visit, lab):
    base, token = lab.split("/lab?")
    page = visit(f"{base}/lab/tree/{CHAPTER}?{token}", over="")
    page.set_default_timeout(60_000)
    page.wait_for_selector(".jp-Notebook .jp-CodeCell")
    page.get_by_text(re.compile(r"ipykernel\) \| Idle")).wait_for()
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name="Run All Cells", exact=True).click()

    form = page.locator(".nablab-predict", has_text="with the learning rate 0.51")
    form.scroll_into_view_if_needed()
    result = page.locator(".jp-CodeCell", has_text="def distance_after").locator(".jp-Cell-outputWrapper")
    result.wait_for(state="hidden")
    page.locator("p", has_text="ends about fifty times").wait_for(state="hidden")
    form.get_by_label("Your number").fill("50")
    form.get_by_role("button", name="Compare").click()
    result.wait_for(state="visible")
    assert "the run gave 50.5" in form.inner_text()

    widget = page.locator(".nablab-widget:has(.nablab-pictures)").last
    widget.scroll_into_view_if_needed()
    host = page.locator("[data-live=yes]:has(.nablab-pictures)").last
    host.wait_for()
    slider, status = widget.get_by_label("Learning rate"), widget.locator(".nablab-status")
    slider.focus()
    answered, first = host.get_attribute("data-answered"), status.inner_text()
    page.keyboard.press("ArrowRight")
    page.wait_for_function("([h, a]) => h.dataset.answered !== a", arg=[host.element_handle(), answered])
    page.wait_for_function("([s, text]) => s.textContent !== text", arg=[status.element_handle(), first])
    # A finer step than the recorded grid has: only Python can have answered.
    assert float(slider.get_attribute("step")) < 1
    assert page.locator("[data-mime-type*=error], [data-mime-type*=stderr]").all_inner_texts() == []
    start, before = widget.get_by_label("p₁"), status.inner_text()
    start.fill("-3,21")
    page.wait_for_function("([s, text]) => s.textContent !== text", arg=[status.element_handle(), before])
    assert widget.get_by_role("combobox", name="Start").evaluate("s => s.selectedIndex") == -1
    start.fill("-4.5")
    page.wait_for_function("([s, text]) => s.textContent === text", arg=[status.element_handle(), before])
    slider.focus()
    page.keyboard.press("ArrowLeft")
    page.wait_for_function("([s, text]) => s.textContent === text", arg=[status.element_handle(), first])
