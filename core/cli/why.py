"""`python -m core why …`: where an answer lost its evidence, and what may mend it; it judges nothing itself."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from core.cli.output import AsOption, JsonOption, WorkspaceOption, short, show, workbench
from core.errors import NotFound, RequestError
from core.governance.principals import persona

if TYPE_CHECKING:
    from core.answering.diagnosis import Diagnosis
    from core.evaluation.questions import Question
    from core.types import Principal
    from core.workbench import Workbench


def why(
    trace_id: Annotated[str, typer.Argument(help="The id that `ask --json` gives as trace_id.")],
    question_set: Annotated[str | None, typer.Option(help="A question set that tells the evidence.")] = None,
    question_id: Annotated[str | None, typer.Option("--id", help="The question's id in that set.")] = None,
    as_person: AsOption = "administrator",
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Tell where an answer lost its evidence; exits with 1 unless the verdict is OK.

    Without --question-set the question is looked for in all sets by its words; where none has it, the verdict is a
    guess from what the answer lacks.
    """
    if (question_set is None) != (question_id is None):
        raise RequestError("Give --question-set and --id together, or neither.")
    who = persona(as_person)
    with workbench(workspace) as bench:
        known = _question(bench, question_set, question_id, who) if question_set and question_id else None
        found = bench.diagnosis.of(trace_id, who, known)
    body = {"trace_id": trace_id, **asdict(found)}
    if found.mend:
        body["mend"] = {**asdict(found.mend), "changes": dict(found.mend.changes)}
    show(body, as_json, lambda: _lines(found))
    if found.code != "OK":
        raise typer.Exit(1)


def _question(bench: "Workbench", set_name: str, question_id: str, who: "Principal") -> "Question":
    for question in bench.lab.sets.get(set_name, who).questions:
        if question.id == question_id:
            return question
    raise NotFound(f"The question set '{set_name}' has no question '{question_id}'.")


def _lines(found: "Diagnosis") -> list[str]:
    lines = [f"{found.code}{' (a guess)' if found.guess else ''}: {found.sentence}"]
    if found.quote:
        lines.append(f"  evidence: {found.document}: {short(found.quote)}")
    if found.chunks:
        lines.append(f"  passages: {', '.join(found.chunks)}")
    if found.mend:
        tried = "checked" if found.mend.checked else "likely" if found.mend.changes else "advice"
        lines.append(f"  {tried}: {found.mend.label}")
        lines += [f"    --set {field}={value}" for field, value in found.mend.changes]
    return lines
