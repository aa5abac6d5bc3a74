"""Run the chapters under seeds that their writers have not seen, and count in how many runs each assert holds."""

import argparse
import ast
import contextlib
import json
import multiprocessing
import os
import sys
import traceback
from collections import defaultdict
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from platform import python_version
from typing import NamedTuple

import nbformat
import numpy as np
from tqdm import tqdm

ROOT = Path(__file__).resolve().parent.parent
BOOK = ROOT / "book"
RESULT = ROOT / "benchmarks/results/reseed.json"
sys.path.append(str(ROOT / "sphinxext"))
from execution import KERNEL_ENVIRONMENT  # noqa: E402

from nablab import __version__  # noqa: E402

ONE_SEED = "one-seed"  # the tag of a cell whose asserts are meant for the book's own seed


class Assert(NamedTuple):
    """Where an assert stands: the cell's id and its line in it, counted from 1."""

    cell: str
    line: int


class Record(ast.NodeTransformer):
    """Turns `assert test` into a call that notes whether the test held, so that the cell goes on."""

    def __init__(self, cell):
        self.cell, self.found = cell, []

    def visit_Assert(self, node):
        self.found.append(Assert(self.cell, node.lineno))
        note = ast.Call(
            ast.Name("__note__", ast.Load()), [ast.Constant(self.cell), ast.Constant(node.lineno), node.test], []
        )
        return ast.fix_missing_locations(ast.copy_location(ast.Expr(note), node))


def code_cells(path):
    """Yield id, syntax tree, asserts and whether these are meant for one seed, of each code cell."""
    for cell in nbformat.read(path, as_version=nbformat.NO_CONVERT).cells:
        if cell.cell_type == "code" and cell.id != "install":
            recorder = Record(cell.id)
            tree = recorder.visit(ast.parse(cell.source))
            yield cell.id, tree, recorder.found, ONE_SEED in cell.metadata.get("tags", [])


def run(path, seed):
    """Execute a notebook's code under a seed. Return its asserts, each True or False, and an error's text or None.

    An assert holds where it held each time it was met, and was met at least once. An error ends the run.
    """
    os.environ["NABLAB_SEED"] = str(seed)
    met = defaultdict(list)
    names = {"__name__": "__main__", "__note__": lambda cell, line, held: met[Assert(cell, line)].append(bool(held))}
    error, cells = None, list(code_cells(path))
    exec("from IPython.display import display", names)
    with (
        open(os.devnull, "w", encoding="utf8") as nowhere,
        contextlib.redirect_stdout(nowhere),
        contextlib.redirect_stderr(nowhere),
    ):
        for cell, tree, _, _ in cells:
            try:
                exec(compile(tree, f"<{cell}>", "exec"), names)
            except Exception as raised:
                line = [
                    frame.lineno
                    for frame in traceback.extract_tb(raised.__traceback__)
                    if frame.filename == f"<{cell}>"
                ]
                error = f"{cell}, line {line[-1] if line else '?'}: {type(raised).__name__}: {raised}"
                break
    return {a: bool(met[a]) and all(met[a]) for *_, found, _ in cells for a in found}, error


def takes_a_seed(path):
    return any(
        "seed()" in c.source for c in nbformat.read(path, as_version=nbformat.NO_CONVERT).cells if c.cell_type == "code"
    )


def seeds_for(path, seeds):
    """The seeds a chapter is run under: a long one states in its metadata, as `reseeds`, how many it can take."""
    stated = nbformat.read(path, as_version=nbformat.NO_CONVERT).metadata.nablab
    return seeds[: stated.get("reseeds", len(seeds))]


def chapters(name):
    found = {path.relative_to(BOOK).with_suffix("").as_posix(): path for path in sorted(BOOK.rglob("*.ipynb"))}
    if name is None:
        return {short: path for short, path in found.items() if takes_a_seed(path)}
    chosen = {short: path for short, path in found.items() if name in (short, path.stem)}
    if not chosen:
        raise SystemExit(f"no chapter is called {name!r}; there are: {', '.join(p.stem for p in found.values())}")
    return chosen


def run_all(found, seeds):
    """Return for each chapter a dict of seed to what `run` returned, computed on all cores."""
    jobs = [(short, path, seed) for short, path in found.items() for seed in seeds_for(path, seeds)]
    results = {short: {} for short in found}
    fresh = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(os.cpu_count(), mp_context=fresh, max_tasks_per_child=1) as pool:
        futures = [pool.submit(run, path, seed) for _, path, seed in jobs]
        for (short, _, seed), future in zip(jobs, tqdm(futures, unit="run", disable=None)):
            results[short][seed] = future.result()
    return results


def rows(path, runs):
    """Return a row for each assert of a chapter: where it stands, in how many runs it held, where it failed."""
    table = []
    for _, _, found, one_seed in code_cells(path):
        for place in found:
            failed = [seed for seed, (held, _) in runs.items() if not held[place]]
            table.append({**place._asdict(), "held": len(runs) - len(failed), "of": len(runs), "failed": failed})
            if one_seed:
                table[-1]["one_seed"] = True
    return table


def print_table(tables, errors):
    width = max(len(short) for short in tables)
    for short, table in tables.items():
        for row in table:
            note = "  (meant for one seed)" if row.get("one_seed") else ""
            failed = f"  failed under {', '.join(map(str, row['failed']))}" if row["failed"] else ""
            print(f"{short:{width}}  {row['cell']}:{row['line']:<3} held in {row['held']} of {row['of']}{note}{failed}")
        for seed, error in errors[short].items():
            print(f"{short:{width}}  seed {seed}: the run ended in {error}")
    print()
    for short, table in tables.items():
        meant = [row for row in table if not row.get("one_seed")]
        whole = sum(not row["failed"] for row in meant)
        print(f"{short:{width}}  {whole} of {len(meant)} asserts held in every run")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("chapter", nargs="?", help="such as seven-steps; without it, all that take a seed")
    parser.add_argument("--seeds", type=int, default=20, help="how many seeds (default 20)")
    parser.add_argument(
        "--draw",
        type=int,
        default=int(f"{datetime.now(UTC):%Y%m%d}"),
        help="what the seeds are drawn from (default: today)",
    )
    arguments = parser.parse_args()
    if arguments.seeds < 1 or arguments.draw < 0:
        parser.error("--seeds must be at least 1, and --draw must not be negative")
    seeds = [int(s) % 4_000_000_000 for s in np.random.SeedSequence(arguments.draw).generate_state(arguments.seeds)]
    os.environ |= KERNEL_ENVIRONMENT
    found = chapters(arguments.chapter)
    results = run_all(found, seeds)
    tables = {short: rows(found[short], runs) for short, runs in results.items()}
    errors = {short: {s: error for s, (_, error) in runs.items() if error} for short, runs in results.items()}
    print_table(tables, errors)
    if arguments.chapter is None:
        result = {
            "date": f"{datetime.now(UTC):%Y-%m-%d}",
            "command": f"make reseed SEEDS={arguments.seeds} DRAW={arguments.draw}",
            "versions": {"python": python_version(), "nablab": __version__}
            | {name: version(name) for name in ("numpy", "torch")},
            "chapters": {short: {"seeds": list(results[short]), "asserts": tables[short]} for short in found},
        }
        RESULT.write_text(json.dumps(result, indent=1) + "\n", encoding="utf8")
        print(f"written: {RESULT.relative_to(ROOT)}")
    failed = any(row["failed"] for table in tables.values() for row in table if not row.get("one_seed"))
    raise SystemExit(failed or any(errors.values()))


if __name__ == "__main__":
    main()
