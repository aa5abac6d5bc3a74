"""Instant feedback in labs: says whether an answer is right and, where it is not, what to look at.

    from nablab.checks import check, score

    check("lab04.edge", find_edge)
    score("lab04", edge=find_edge)

What a task asks, and its usual mistakes, stand in one module for each lab, as data.
"""

from nablab.checks.core import Report, Result, check, score, tasks

__all__ = ["Report", "Result", "check", "score", "tasks"]
