"""Receipts: what was forgotten, whether each is as it was signed, and the scan again with the name in hand."""

import json

import streamlit as st

from core.desks.forgetting import as_json
from core.errors import TouchstoneError
from core.forgetting.person import Person
from core.forgetting.receipts import Kept
from core.forgetting.returning import Checked
from core.forgetting.telling import sought, stayed
from core.governance.rights import may
from core.types import Principal
from core.workbench import Workbench
from pages.shared.notices import trouble
from pages.shared.words import listed, many, moment, plain, size

_KINDS = {
    "document": ":material/description: Document",
    "person": ":material/person_off: Person",
    "user": ":material/forum: User's questions",
    "retention": ":material/timer: Expired",
}
_SIGNED = {
    "valid": ":green-badge[:material/verified: Signed]",
    "changed": ":red-badge[:material/gpp_bad: Changed since it was signed]",
    "none": ":gray-badge[Not signed: of an earlier version]",
}
_SHOWN = 20


def show(bench: Workbench, who: Principal) -> None:
    """The whole part."""
    found = bench.forgetting.verify_all(who)
    if not found:
        with st.container(border=True, key="empty_receipts", gap="small"):
            st.markdown(":material/receipt_long: **Nothing was forgotten here yet**")
            st.caption("Each erasure leaves a receipt: counts, ids and hashes, signed with the key of the audit trail.")
        return
    st.caption(
        "A receipt holds no name and no text. Whoever brings the name can have everything looked through again; the "
        "receipt tells by a keyed hash whether it is the same person."
    )
    for checked in found[:_SHOWN]:
        _receipt(bench, who, checked)
    if len(found) > _SHOWN:
        st.caption(f"{len(found) - _SHOWN} earlier ones: `python -m core receipts list`.")
    if barred := bench.forgetting.barred(who):
        _barred(bench, who, barred)


def _receipt(bench: Workbench, who: Principal, checked: Checked) -> None:
    kept = checked.receipt
    with st.container(border=True, key=f"receipt_{kept.id}", gap="small"):
        with st.container(horizontal=True, vertical_alignment="center"):
            ended = "" if kept.finished else ":red-badge[:material/error: Broke off: ask for it again]"
            st.markdown(
                f"**{_KINDS[kept.kind]}** {_SIGNED[kept.signature]} {ended} "
                f":small[{plain(moment(kept.at))} · {kept.id[:12]} · by {plain(str(kept.body.get('by', '')))}]",
                width="stretch",
            )
            st.download_button(
                "Download",
                json.dumps(as_json(kept), indent=1),
                file_name=f"receipt-{kept.id[:12]}.json",
                mime="application/json",
                icon=":material/download:",
                type="tertiary",
                key=f"receipt_file_{kept.id}",
                on_click="ignore",
            )
        st.caption(_told(kept))
        _came_again(bench, who, checked)
        name = ""
        with st.container(horizontal=True, vertical_alignment="bottom"):
            if kept.kind == "person":
                name = st.text_input(
                    "Name, to look again",
                    key=f"receipt_name_{kept.id}",
                    placeholder="The name, to look through everything again",
                    label_visibility="collapsed",
                    width=340,
                )
            pressed = st.button("Verify", icon=":material/verified_user:", key=f"receipt_verify_{kept.id}")
        if pressed:
            _verify(bench, who, kept, name.strip())


def _came_again(bench: Workbench, who: Principal, checked: Checked) -> None:
    """What was brought in again after the erasure: no fault of the receipt, and to be known."""
    if not checked.returned:
        return
    days = plain(listed(sorted({each.at[:10] for each in checked.returned})))
    told = f"{many(len(checked.returned), 'document')} came in again on {days}"
    if not checked.new:
        st.caption(f":material/undo: {told}: acknowledged.")
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f":orange-badge[:material/undo: {told}]", width="stretch")
        if may(who, "erase") and st.button("Acknowledge", key=f"receipt_known_{checked.receipt.id}", type="tertiary"):
            bench.forgetting.acknowledge(checked.receipt.id, who)
            st.rerun()


def _verify(bench: Workbench, who: Principal, kept: Kept, name: str) -> None:
    try:
        with st.spinner("Checking…"):
            found = bench.forgetting.verify(kept.id, who, Person(name) if name else None)
    except TouchstoneError as error:
        trouble(error)
        return
    if found.receipt.signature == "changed":
        st.error("This receipt is not the one that was signed.", icon=":material/gpp_bad:")
    elif found.remains:
        st.error(f"Found again: {plain(listed(found.remains))}.", icon=":material/error:")
    elif not found.receipt.finished:
        st.error("It broke off. Asking for the same once more completes it.", icon=":material/error:")
    elif found.searched:
        whom = f" for {found.terms} of {many(found.of, 'name or address', 'names and addresses')}" if found.of else ""
        st.success(f"As it was signed, and looked again{whom}: nothing found.", icon=":material/check_circle:")
    else:
        st.success(
            "As it was signed. With the name in hand the search is made again too.", icon=":material/check_circle:"
        )


def _told(kept: Kept) -> str:
    """What was done, in one line."""
    body = kept.body
    facts = []
    for word, counts in (("Redacted", body.get("redacted")), ("Erased", body.get("erased"))):
        if counts:
            facts.append(f"{word}: {listed([f'{number} × {kind}' for kind, number in counts.items()])}")
    if kept.kind == "document":
        facts.append(f"{many(body['versions'], 'version')}, {many(body['chunks'], 'passage')} erased")
    if body.get("kept"):
        facts.append(f"{many(body['kept'], 'place')} kept as chosen")
    if body.get("adapters"):
        facts.append(f"retired: {listed(body['adapters'])}")
    if body.get("acted"):
        facts.append(f"{many(body['acted'], 'entry', 'entries')} of the audit trail stay, without text")
    looked = f"{size(body['bytes_scanned'])} of {many(body['files_scanned'], 'file')}"
    looked = f"looked for {sought(body)} in {looked}" if kept.kind == "person" else f"{looked} read"
    gone = "none of it is left" if kept.kind == "person" else "nothing found"
    remains = body["remains"]
    facts.append(f"{looked}: " + (f"still found in {listed(remains)}" if remains else gone))
    if told := stayed(body):
        facts.append(told.rstrip("."))
    if body.get("on_server"):
        facts.append("vectors lie on a server, whose files were not read")
    return plain(" · ".join(facts))


def _barred(bench: Workbench, who: Principal, files: list) -> None:  # type: ignore[type-arg]
    st.markdown(f"**Files that do not come back** :small[{many(len(files), 'file')}]")
    st.caption("Told by a keyed hash of their bytes; neither the bytes nor their plain hash are kept.")
    for file in files[:_SHOWN]:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(
                f"`{file.id}` :small[since {plain(moment(file.at))}, document {file.document_id[:12]}]", width="stretch"
            )
            if may(who, "administer") and st.button("Allow again", key=f"lift_{file.id}", type="tertiary"):
                bench.forgetting.lift(file.id, who)
                st.rerun()
