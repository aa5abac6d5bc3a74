"""What the workflows promise: who may write, what is cached, what runs when, and on which versions."""

import re
from pathlib import Path

import booksite
import pytest
import yaml

ROOT = Path(__file__).parent.parent
# YAML 1.1 reads the key `on` as True.
BOOK, WEEKLY = (
    yaml.safe_load((ROOT / f".github/workflows/{n}.yml").read_text(encoding="utf8")) for n in ("book", "weekly")
)
JOBS = {f"{flow['name']}-{name}": job for flow in (BOOK, WEEKLY) for name, job in flow["jobs"].items()}
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf8")


def used(job):
    """Return the `with` of each action that a job uses, by the action's name."""
    return {s["uses"].partition("@")[0]: s.get("with", {}) for s in job["steps"] if "uses" in s}


def commands(job):
    return [step["run"] for step in job["steps"] if "run" in step]


class TestRights:
    @pytest.mark.parametrize("flow", [BOOK, WEEKLY], ids=["book", "weekly"])
    def test_a_workflow_reads(self, flow):
        assert flow["permissions"] == {"contents": "read"}

    def test_pull_requests_run_only_jobs_that_read(self):
        assert "pull_request" in BOOK[True]
        assert "pull_request_target" not in BOOK[True]
        writing = {name: job["if"] for name, job in JOBS.items() if "permissions" in job}
        assert writing == {"book-publish": "github.event_name == 'push'"}

    def test_publishing_runs_nothing_of_the_repository(self):
        publish = BOOK["jobs"]["publish"]
        assert publish["permissions"] == {"pages": "write", "id-token": "write"}
        assert list(used(publish)) == ["actions/deploy-pages"]
        assert commands(publish) == []

    @pytest.mark.parametrize("job", JOBS)
    def test_actions_are_the_forges_own_by_major_version(self, job):
        names = [step["uses"] for step in JOBS[job]["steps"] if "uses" in step]
        assert [name for name in names if not re.fullmatch(r"actions/[a-z/-]+@v\d+", name)] == []


class TestPublishing:
    def test_what_is_published_was_tested(self):
        test, publish = BOOK["jobs"]["test"], BOOK["jobs"]["publish"]
        assert publish["needs"] == "test"
        assert BOOK[True]["push"] == {"branches": ["main"]}
        steps = [step.get("run") or step["uses"].partition("@")[0] for step in test["steps"]]
        assert steps.index(".ci/run") < steps.index("actions/upload-pages-artifact")
        assert used(test)["actions/upload-pages-artifact"] == {"path": "_build/html"}

    def test_of_two_pushes_the_later_is_published_last(self):
        """Runs of one branch queue up, and none is cancelled while it publishes."""
        assert BOOK["concurrency"] == {
            "group": "book-${{ github.ref }}",
            "cancel-in-progress": "${{ github.event_name == 'pull_request' }}",
        }


class TestCaches:
    @pytest.mark.parametrize("job", ["book-test", "weekly-reseed", "weekly-links"])
    def test_packages(self, job):
        setup = used(JOBS[job])["actions/setup-python"]
        assert setup["cache"] == "pip"
        assert setup["cache-dependency-path"].split() == ["requirements.txt", "constraints.txt"]

    @pytest.mark.parametrize(("job", "action"), [("book-test", "cache"), ("weekly-links", "cache/restore")])
    def test_executed_notebooks_are_those_of_the_last_run(self, job, action):
        """A key that no run has used is saved after each run, and the newest with its prefix is restored."""
        cache = used(JOBS[job])[f"actions/{action}"]
        assert cache["path"] == "_build/.jupyter_cache"
        assert cache["key"] == cache["restore-keys"] + "${{ github.sha }}"


class TestWeekly:
    def test_once_a_week_and_on_demand(self):
        (schedule,) = WEEKLY[True]["schedule"]
        minute, hour, day, month, weekday = schedule["cron"].split()
        assert (minute + hour + weekday).isdigit()
        assert (day, month) == ("*", "*")
        assert "workflow_dispatch" in WEEKLY[True]

    def test_other_seeds(self):
        assert commands(WEEKLY["jobs"]["reseed"]) == ["make reseed"]

    def test_broken_links_fail_and_are_listed(self):
        check, listed = commands(WEEKLY["jobs"]["links"])
        assert check == "make links"
        assert listed == """grep -F '[broken]' _build/html/output.txt >> "$GITHUB_STEP_SUMMARY\""""
        assert WEEKLY["jobs"]["links"]["steps"][-1]["if"] == "failure()"

    @pytest.mark.parametrize(
        ("link", "asked"),
        [
            ("https://doi.org/10.1038/323533a0", "https://doi.org/api/handles/10.1038/323533a0"),
            ("https://arxiv.org/abs/1412.6980", "https://arxiv.org/abs/1412.6980"),
            ("https://doi.org/", "https://doi.org/"),
        ],
    )
    def test_a_doi_is_asked_of_its_registry(self, link, asked):
        assert booksite.ask_registry(None, link) == asked


class TestPackage:
    def test_oldest_and_newest(self):
        job = BOOK["jobs"]["package"]
        versions = {row["resolution"]: row["python"] for row in job["strategy"]["matrix"]["include"]}
        oldest = re.search(r'requires-python = ">=(.*)"', (ROOT / "pyproject.toml").read_text(encoding="utf8"))[1]
        assert versions["lowest-direct"] == oldest
        assert versions["highest"] > oldest
        run = "make package PYTHON=python RESOLUTION=${{ matrix.resolution }}"
        assert commands(job) == [run]
