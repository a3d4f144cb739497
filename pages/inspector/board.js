// Draws answers side by side. textContent only: no text of a document or a model ever becomes markup.
// A column is drawn anew only when its own data changed, so that a press is not lost while another is being written.
const drawn = new WeakMap()
let presenting = false

function present(component) {
  const { data, parentElement, setTriggerValue } = component
  let root = parentElement.querySelector(".board")
  if (!root) {
    root = make("div", "board")
    parentElement.append(root)
    drawn.set(root, [])
  }
  const last = drawn.get(root)
  root.classList.toggle("large", data.large)
  if (data.large && !presenting) document.querySelector('[data-testid="stMain"]')?.scrollTo(0, 0)
  presenting = data.large
  root.style.setProperty("--columns", data.columns.length)
  while (root.children.length > data.columns.length) { root.lastChild.remove(); last.pop() }
  data.columns.forEach((column, at) => {
    const state = JSON.stringify([column, data.columns.length, data.large])
    if (last[at] === state) return
    last[at] = state
    const box = draw(column, at, setTriggerValue)
    if (root.children[at]) root.children[at].replaceWith(box)
    else root.append(box)
  })
}

function draw(column, at, send) {
  const box = make("section", "side hue" + at)
  box.setAttribute("aria-label", "Column " + column.letter + ", " + column.title)
  const head = make("div", "head")
  head.append(make("span", "letter", column.letter), isolated("span", "title", column.title))
  box.append(head)
  if (column.about) box.append(isolated("div", "about", column.about))
  if (column.asked) box.append(isolated("div", "asked", column.asked))
  if (column.error) box.append(isolated("div", "error", column.error))
  if (column.hint) box.append(make("div", "hint", column.hint))
  if (column.abstained) box.append(make("div", "sign", "No answer in the documents"))
  const text = isolated("div", "text" + (column.abstained ? " abstained" : ""))
  column.pieces.forEach((piece, place) => text.append(...nodes(piece, place, at, send)))
  if (column.writing) text.append(make("span", "caret"))
  if (column.pieces.length || column.writing) box.append(text)
  if (column.note) {
    const note = make("div", "note")
    note.setAttribute("role", "status")
    note.append(make("span", "pulse"), make("span", "", column.note))
    box.append(note)
  }
  if (column.same) box.append(make("div", "same", "= " + column.same))
  if (column.verdicts.length) {
    const list = make("div", "verdicts")
    for (const verdict of column.verdicts) list.append(isolated("span", "verdict " + verdict.mood, verdict.text))
    box.append(list)
  }
  if (column.facts.length) box.append(make("div", "facts", column.facts.join(" · ")))
  if (column.found) box.append(diagnosis(column, at, send))
  return box
}

function diagnosis(column, at, send) {
  const strip = make("div", "found" + column.found.mood)
  strip.append(make("span", "code", column.found.code.replaceAll("_", " ").toLowerCase()))
  strip.append(isolated("span", "sentence", column.found.sentence))
  if (column.found.label) {
    const button = make("button", "apply", column.found.label)
    button.type = "button"
    button.setAttribute("aria-label", "Column " + column.letter + ": " + column.found.label)
    button.onclick = () => send("apply", { column: at, at: Date.now() })
    strip.append(button)
  }
  return strip
}

function nodes(piece, place, at, send) {
  const tag = piece.diff === "missing" ? "del" : piece.diff === "added" ? "ins" : "span"
  const shown = make(tag, piece.kind, piece.text)
  if (piece.title) shown.title = piece.title
  const marks = piece.marks.map((mark) => {
    const button = make("button", "mark", String(mark.number))
    button.type = "button"
    button.title = "Show the passage: " + mark.title
    button.setAttribute("aria-label", "Citation " + mark.number + ": " + mark.title)
    button.onclick = () => send("open", { column: at, number: mark.number, at: Date.now() })
    return button
  })
  const gap = piece.diff === "missing" ? [document.createTextNode(" ")] : []
  return [...(place && gap.length ? gap : []), shown, ...gap, ...marks]
}

function isolated(tag, className, text) {
  const element = make(tag, className, text)
  element.dir = "auto"
  return element
}

function make(tag, className, text) {
  const element = document.createElement(tag)
  if (className) element.className = className
  if (text !== undefined) element.textContent = text
  return element
}
