// Draws the 2×2 from data. textContent only: no text of a document or a model ever becomes markup.
const drawn = new WeakMap()

function present(component) {
  const { data, parentElement } = component
  const state = JSON.stringify(data)
  if (drawn.get(parentElement) === state) return
  drawn.set(parentElement, state)
  let root = parentElement.querySelector(".arms")
  if (!root) {
    root = make("div", "arms")
    root.setAttribute("role", "table")
    root.setAttribute("aria-label", "Four answers: without and with retrieval, without and with the adapter")
    parentElement.append(root)
  }
  const head = row("head", [make("div", "corner"), ...data.columns.map((name) => header(name, "columnheader"))])
  const rows = data.rows.map((name, place) =>
    row("", [header(name, "rowheader"), ...data.cells.slice(place * 2, place * 2 + 2).map(cell)])
  )
  root.replaceChildren(...known(data), head, ...rows)
}

function known(data) {
  if (!data.accepted.length && !data.declines) return []
  const line = make("div", "known")
  line.append(make("span", "key", data.declines ? "Known" : "Known answer"))
  line.append(make("span", "", data.declines ? "the documents do not answer this" : data.accepted.join(" · ")))
  return [line]
}

function row(className, children) {
  const element = make("div", "row " + className)
  element.setAttribute("role", "row")
  element.append(...children)
  return element
}

function header(name, role) {
  const element = make("div", "header " + role)
  element.setAttribute("role", role)
  element.append(make("span", "", name))
  return element
}

function cell(data) {
  const element = make("div", "cell " + data.state)
  element.setAttribute("role", "cell")
  element.setAttribute("aria-label", data.arm)
  const top = make("div", "top")
  if (data.speaker) top.append(make("span", "speaker", data.speaker))
  for (const badge of data.badges) {
    const mark = make("span", "badge " + badge.kind, badge.text)
    mark.title = badge.title
    top.append(mark)
  }
  element.append(top)
  if (data.note) {
    const note = make("div", "note")
    if (data.writing) note.append(make("span", "pulse"))
    note.append(make("span", "", data.note))
    element.append(note)
  }
  const text = make("div", "text")
  for (const part of data.segments) {
    const piece = make("span", part.kind, part.text)
    if (part.title) piece.title = part.title
    text.append(piece)
    for (const mark of part.marks) {
      const number = make("span", "mark", String(mark.number))
      number.title = mark.title
      text.append(number)
    }
  }
  if (data.writing && text.textContent) text.append(make("span", "caret"))
  element.append(text)
  if (data.sources.length) element.append(sources(data.sources))
  if (data.facts.length) element.append(foot(data))
  return element
}

function sources(list) {
  const box = make("div", "sources")
  for (const source of list) {
    const chip = make("span", "source" + (source.cited ? " cited" : ""))
    chip.append(make("span", "number", String(source.number)), make("span", "name", source.document))
    chip.title = [source.document, source.place, "", source.text].join("\n")
    box.append(chip)
  }
  return box
}

function foot(data) {
  const box = make("div", "foot")
  const bar = make("span", "bar")
  const fill = make("span", "fill")
  fill.style.width = Math.max(1, Math.round(data.share * 100)) + "%"
  bar.append(fill)
  const facts = make("div", "facts")
  for (const fact of data.facts) {
    const item = make("span", "fact")
    item.append(make("span", "value", fact.value), make("span", "key", fact.name))
    facts.append(item)
  }
  box.append(bar, facts)
  return box
}

function make(tag, className, text) {
  const element = document.createElement(tag)
  if (className) element.className = className
  if (text !== undefined) element.textContent = text
  return element
}
