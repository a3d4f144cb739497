"""What an evaluation means to CI: figures by the names of gates, what regressed, and a test case for each; no files.

Two figures count questions. `wrong`: those not dealt with rightly. `regressed`: those that an earlier run of the same
recipe dealt with rightly and this one does not; it is not measured where there is no earlier run.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from core.errors import RequestError
from core.evaluation.gates import Gates, Judged, cases_of, judge
from core.evaluation.junit import Case
from core.evaluation.measures import MEASURES
from core.evaluation.retrieval_runs import Result
from core.evaluation.statistics import Estimate

TABLE = "eval"
"""The table of gates for every recipe; `eval.<recipe>` adds to it and overrides it for one."""


@dataclass(frozen=True, slots=True)
class Told:
    """One recipe of an evaluation, judged."""

    recipe: str
    values: Mapping[str, Estimate]
    wrong: tuple[str, ...]
    """Ids of the questions that were not dealt with rightly."""
    regressed: tuple[str, ...] | None
    """Ids of those that an earlier run did; None where there is none to compare with."""
    gates: tuple[Judged, ...]

    @property
    def passed(self) -> bool:
        """Whether every gate is kept."""
        return all(gate.passed for gate in self.gates)


def tell(
    recipe: str,
    results: Sequence[Result],
    values: Mapping[str, Estimate],
    before: Mapping[str, tuple[str, bool]] | None,
    gates: Gates,
) -> Told:
    """Judge one recipe; `before` holds, by question, the hash of its form then and whether it was dealt with rightly.

    Raises RequestError for a gate on a measure that there is not.
    """
    rights = {result.question: bool(result.values["overall"]) for result in results if "overall" in result.values}
    hashes = {result.question: result.hash for result in results}
    wrong = tuple(question for question, right in rights.items() if not right)
    same = {q: right for q, (form, right) in (before or {}).items() if hashes.get(q) == form}
    regressed = None if before is None or not same else tuple(q for q in wrong if same.get(q))
    measured: dict[str, float | None] = {name: values[name].mean if name in values else None for name in MEASURES}
    measured |= {"wrong": float(len(wrong)), "regressed": None if regressed is None else float(len(regressed))}
    thresholds = {(t.measure, t.bound): t for t in gates.get(TABLE, ())}
    thresholds |= {(t.measure, t.bound): t for t in gates.get(f"{TABLE}.{recipe}", ())}
    return Told(recipe, dict(values), wrong, regressed, tuple(judge(tuple(thresholds.values()), measured)))


def check_tables(gates: Gates, recipes: Sequence[str]) -> None:
    """Raises RequestError for a table of a recipe that is not evaluated: its gates would never be looked at."""
    named = [name.removeprefix(f"{TABLE}.") for name in gates if name.startswith(f"{TABLE}.")]
    missing = [name for name in named if name not in recipes]
    if missing:
        raise RequestError(
            f"There are gates for the recipe '{missing[0]}', which is not evaluated; add it to --recipes."
        )
    if not any(name == TABLE or name.startswith(f"{TABLE}.") for name in gates):
        raise RequestError(f"The file of gates has no table [{TABLE}].")


def rights(results: Sequence[Result]) -> dict[str, tuple[str, bool]]:
    """By question, the hash of its form and whether it was dealt with rightly: what a later run is compared with."""
    return {r.question: (r.hash, bool(r.values["overall"])) for r in results if "overall" in r.values}


def cases(told: Told, results: Sequence[Result], texts: Mapping[str, str]) -> list[Case]:
    """A case for each gate, and one for each question.

    A question fails only where a broken gate counts it: `wrong` or `regressed`. A wrong one that no gate asks for is
    skipped with a message, so that a report is red exactly when the exit status is 1.
    """
    suite = f"{TABLE}.{told.recipe}"
    found = cases_of(told.gates, suite)
    broken = {gate.threshold.measure for gate in told.gates if not gate.passed}
    lost, wrong = set(told.regressed or ()), set(told.wrong)
    for result in results:
        failed = (result.question in lost and "regressed" in broken) or (result.question in wrong and "wrong" in broken)
        message = "Not dealt with rightly." if result.question in wrong else ""
        if result.question in lost:
            message = "Dealt with rightly before, and no longer."
        found.append(
            Case(
                f"{suite}.questions",
                f"{result.question}: {texts.get(result.question, '')}".rstrip(": "),
                "failed" if failed else "skipped" if result.question in wrong else "passed",
                message,
                f"trace {result.trace}" if result.trace else "",
                result.values["ms"] / 1_000,
            )
        )
    return found
