const KINDS = { "+": "added", "-": "removed", "…": "gap" };

function present({ data, parentElement }) {
  const box = document.createElement("div");
  box.className = "changes";
  for (const [sign, text] of data.rows) {
    const row = document.createElement("div");
    row.className = KINDS[sign] ?? "same";
    const mark = document.createElement("span");
    mark.textContent = sign === "-" ? "−" : sign;
    const line = document.createElement("span");
    line.textContent = text;
    line.dir = "auto";
    row.append(mark, line);
    box.append(row);
  }
  const old = parentElement.querySelector(".changes");
  if (old) old.replaceWith(box);
  else parentElement.append(box);
}
