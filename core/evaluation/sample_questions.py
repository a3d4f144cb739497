"""The question set that comes with the sample documents; it asks nothing."""

from pathlib import Path

from core.evaluation.question_files import read_questions
from core.evaluation.question_sets import SAMPLES, QuestionSets
from core.library.store import Library

AUTHOR = "Touchstone"


def bring_samples(sets: QuestionSets, library: Library, file: Path) -> None:
    """Keep the questions about those sample documents that the library holds, and those that nothing answers.

    A question whose document was erased stays as the erasure left it. A set that a person saved under the same name is
    not touched.
    """
    held = sets.find(SAMPLES)
    if held and held.saved_by != AUTHOR:
        return
    before = {question.id: question for question in held.questions} if held else {}
    current = {document.name for document in library.ready()}
    questions = []
    for question in read_questions(file.read_bytes(), "jsonl"):
        if all(item.document in current for item in question.evidence):
            questions.append(question)
        elif question.id in before:
            questions.append(before[question.id])
    if any(question.evidence for question in questions):
        sets.save(SAMPLES, questions, AUTHOR, "Comes with the sample documents.")
