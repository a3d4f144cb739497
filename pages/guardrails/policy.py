"""The rules as one table that can be edited, tried on the documents, and applied."""

from dataclasses import replace

import pandas as pd
import streamlit as st

from core.desks.guarding import TRIES, Trial, Version, may_try
from core.errors import RequestError
from core.governance.principals import may_set_policy
from core.governance.rights import who_may
from core.guardrails.findings import DETECTORS
from core.guardrails.policy import Policy, Rule
from core.guardrails.wording import ACTION_WORDS
from core.types import ACTIONS, ZONES, Action, Principal
from core.workbench import Workbench
from pages.guardrails.lists import lists
from pages.guardrails.wording import SAYS, field
from pages.shared.words import many, plain

_POINTS = (*ZONES, "question", "answer")
_NONE = "–"
_TRIED = "guardrails_tried"
_DRAFT = "guardrails_draft"
_FIELDS = {field(detector): detector for detector in DETECTORS}
_ACTIONS = {ACTION_WORDS[action]: action for action in ACTIONS}


def show(bench: Workbench, who: Principal) -> None:
    """The table, the lists, and what a trial of both would change."""
    applied = bench.guarding.policies(who)[0]
    if applied.broken:
        st.error(
            f"Version {applied.policy.version} cannot work, and nothing is asked or searched until another is the "
            f"rule. {plain(applied.broken)} What could be read of it stands below; a mended file becomes the rule by "
            "`python -m core guardrails apply FILE`.",
            icon=":material/error:",
        )
    told = f"Version {applied.policy.version} is in force" + (
        f", set by {applied.by}." if applied.by else ", the first."
    )
    st.caption(told + " Every answer from the moment of applying follows the new rules; nothing is indexed anew.")
    may_be_tried = may_try(who)
    draft = _edited(applied, may_be_tried)
    why = "" if may_be_tried else f"{who_may(*TRIES).capitalize()} may try out another."
    with st.container(horizontal=True, vertical_alignment="center"):
        pressed = st.button(
            "Try it out", icon=":material/play_arrow:", type="primary", disabled=bool(why), help=why or None
        )
        st.caption(why or "Says what would change, on which documents. Nothing is changed by it.", width="stretch")
    if pressed and (made := _read(draft)):
        with st.spinner("Looking through the documents that you may see…"):
            trial = bench.guarding.try_out(made, who, words_in_force=not applied.whole)
            st.session_state[_TRIED] = (who, made, trial)
    tried_by, made, trial = st.session_state.get(_TRIED, (None, None, None))
    if tried_by == who:  # another persona may see other documents
        _trial(bench, who, made, trial, same=made == _read(draft, tell=False))
    with st.expander("What each action does", icon=":material/help:"):
        st.markdown("\n".join(f"- **{ACTION_WORDS[action]}**: {says}" for action, says in SAYS.items()))
        st.caption(
            "A rule with a kind comes before the one for the whole field. Where a passage holds several findings, the "
            "gravest action decides. A question or an answer is allowed, masked, covered, or refused (kept out)."
        )


def _edited(applied: Version, may: bool) -> tuple[pd.DataFrame, str, bool, str, str]:
    policy = applied.policy
    choices = [_NONE, *_ACTIONS]
    said = [_NONE, *(ACTION_WORDS[each] for each in ("allow", "mask", "redact", "veto"))]
    columns = {
        "What": st.column_config.SelectboxColumn(options=list(_FIELDS), required=True, width=150),
        "Kind": st.column_config.TextColumn(width=128, help="As Findings names it; empty for every other kind"),
        "Score": st.column_config.NumberColumn(
            min_value=0.0, max_value=1.0, step=0.05, default=0.5, width=64, help="From which a finding counts, 0 to 1"
        ),
    }
    for point in _POINTS:
        options = choices if point in ZONES else said
        columns[point.capitalize()] = st.column_config.SelectboxColumn(options=options, default=_NONE, width=94)
    rows = st.data_editor(
        pd.DataFrame(_rows(policy)),
        column_config=columns,
        num_rows="dynamic" if may else "fixed",
        hide_index=True,
        disabled=not may,
        key=f"{_DRAFT}_{policy.version}",
        height="content",
    )
    return (rows, *lists(applied, may))


def _rows(policy: Policy) -> list[dict[str, object]]:
    held: dict[tuple[str, str, float], dict[str, object]] = {}
    for point in _POINTS:
        rules = policy.zones[point] if point in ZONES else getattr(policy, point)
        for rule in rules:
            key = (rule.detector, rule.kind, rule.least)
            empty = {"What": field(rule.detector), "Kind": rule.kind, "Score": rule.least}
            row = held.setdefault(key, empty | {each.capitalize(): _NONE for each in _POINTS})
            row[point.capitalize()] = ACTION_WORDS[rule.action]
    order = list(DETECTORS)
    return [held[key] for key in sorted(held, key=lambda key: (order.index(key[0]), key[1]))]  # type: ignore[arg-type]


def _read(draft: tuple[pd.DataFrame, str, bool, str, str], tell: bool = True) -> Policy | None:
    """The policy of the table; None, and a sentence, where it is none."""
    rows, terms, swear, never, note = draft
    try:
        found: dict[str, list[Rule]] = {point: [] for point in _POINTS}
        for row in rows.to_dict("records"):
            for point in _POINTS:
                action: Action | None = _ACTIONS.get(row[point.capitalize()] or _NONE)
                if action:
                    kind = row["Kind"] if isinstance(row["Kind"], str) else ""
                    found[point].append(Rule(_FIELDS[row["What"]], action, kind.strip(), float(row["Score"])))
        return Policy(
            zones={zone: tuple(found[zone]) for zone in ZONES},
            question=tuple(found["question"]),
            answer=tuple(found["answer"]),
            terms=_lines(terms),
            never=_lines(never),
            profanity=swear,
            note=note.strip(),
        )
    except RequestError as error:
        if tell:
            st.warning(plain(str(error)), icon=":material/info:")
        return None


def _lines(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(line.strip() for line in text.splitlines() if line.strip()))


def _trial(bench: Workbench, who: Principal, made: Policy, trial: Trial, same: bool) -> None:
    with st.container(border=True, key="guardrails_trial"):
        of = many(len(trial.documents), "document")
        changed = trial.changed
        st.markdown(
            f"**{len(changed)} of {of} would be treated in another way**"
            if changed
            else f"**All {of} stay as they are**"
        )
        if changed:
            st.dataframe(
                pd.DataFrame(
                    [
                        {
                            "Document": each.after.name,
                            "Zone": each.after.zone,
                            "Now": ACTION_WORDS[each.before.verdict],
                            "Then": ACTION_WORDS[each.after.verdict],
                            "Covered now": each.before.covered,
                            "Covered then": each.after.covered,
                        }
                        for each in changed
                    ]
                ),
                hide_index=True,
                height="content" if len(changed) <= 12 else 460,
                key="guardrails_changed",
            )
        if not same:
            st.caption(":material/edit: The table was changed since; try it out again before you apply it.")
        elif not may_set_policy(who):
            st.caption(f"{who_may('edit policy').capitalize()} may apply it.")
        elif st.button("Apply", icon=":material/done_all:", key="guardrails_apply"):
            version = bench.guarding.apply(replace(made, version=0), who).version
            del st.session_state[_TRIED]
            st.toast(f"Version {version} is in force.", icon=":material/shield:")
            st.rerun()
