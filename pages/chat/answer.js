// Draws one answer from data. textContent only: no text of a document or a model ever becomes markup.
// Each part is redrawn only when its own data changed, so that a press is not lost while words stream in.
const drawn = new WeakMap()

function present(component) {
  const { data, parentElement, setTriggerValue } = component
  let root = parentElement.querySelector(".turn")
  if (!root) {
    root = make("div", "turn")
    for (const name of ["sources", "note", "speaker", "remark", "text", "receipts", "facts"]) root.append(make("div", name))
    parentElement.append(root)
    drawn.set(root, {})
  }
  const last = drawn.get(root)
  last.press = (kind, index) => setTriggerValue("open", { kind, index })
  const open = (kind, index) => last.press(kind, index) // that of the latest run: what was drawn earlier stays pressable
  const part = (name, value, draw) => {
    const state = JSON.stringify(value)
    if (last[name] === state) return
    last[name] = state
    const box = root.querySelector("." + name)
    box.replaceChildren(...draw(value))
    box.hidden = !box.childNodes.length
  }
  part("sources", [data.sources, data.dimmed], ([sources]) => sources.map((s) => card(s, open)))
  root.querySelector(".sources").classList.toggle("dimmed", data.dimmed)
  part("note", data.note, (note) => (note ? [make("span", "pulse"), make("span", "", note)] : []))
  part("speaker", data.speaker, (speaker) => (speaker ? [make("span", "", speaker)] : []))
  part("remark", data.remark, (remark) => (remark ? [make("span", "", remark)] : []))
  part("text", [data.segments, data.abstained, data.stopped, data.writing], () => body(data, open))
  root.querySelector(".text").className = "text" + (data.abstained ? " abstained" : "")
  part("receipts", data.receipts, (receipts) => groups(receipts).map((r) => chip(r, open)))
  part("facts", data.facts, (facts) => facts.map(fact))
  if (data.latest) keepInView(root)
}

// The newest answer stays above the input while it grows, until its reader scrolls.
function keepInView(root) {
  const last = drawn.get(root)
  if (last.following === undefined) {
    last.following = true
    for (const sign of ["wheel", "touchmove", "keydown"]) {
      window.addEventListener(sign, () => { last.following = false }, { once: true, passive: true })
    }
  }
  if (last.following) requestAnimationFrame(() => root.scrollIntoView({ block: "nearest" }))
}

function body(data, open) {
  const nodes = data.segments.filter((s) => s.text || s.marks.length).flatMap((s) => segment(s, open))
  if (data.writing && nodes.length) nodes.push(make("span", "caret"))
  if (data.stopped) nodes.push(make("span", "stopped", "Stopped here."))
  if (data.abstained) nodes.unshift(make("span", "sign", "No answer in the documents"))
  return nodes
}

function segment(s, open) {
  const piece = make("span", s.kind, s.text)
  if (s.title) piece.title = s.title
  const marks = s.marks.map((mark) => {
    const button = make("button", "mark", String(mark.number))
    button.type = "button"
    button.title = "Show the proof: " + mark.title
    button.setAttribute("aria-label", "Citation " + mark.number + ": " + mark.title)
    button.onclick = () => open("citation", mark.index)
    return button
  })
  return [piece, ...marks]
}

function card(source, open) {
  const button = make("button", "card" + (source.cited ? " cited" : ""))
  button.type = "button"
  button.title = source.document + (source.place ? "\n" + source.place : "")
  const head = make("span", "head")
  head.append(make("span", "number", String(source.number)), make("span", "name", source.document))
  button.append(head, make("span", "place", source.place || "\u00a0"))
  if (source.widened) button.append(make("span", "widened", source.widened))
  const scores = make("span", "scores")
  for (const score of source.scores) {
    const column = make("span", "score")
    const figures = make("span", "figures")
    figures.append(make("span", "value", score.value), make("span", "rank", score.rank))
    const bar = make("span", "bar")
    const fill = make("span", "fill")
    fill.style.width = Math.round(score.share * 100) + "%"
    bar.append(fill)
    column.append(make("span", "kind", score.name), figures, bar)
    column.title = score.title
    scores.append(column)
  }
  button.append(scores)
  button.onclick = () => open("source", source.number)
  return button
}

// One chip for each place; a place cited twice opens its first passage.
function groups(receipts) {
  const seen = new Map()
  for (const receipt of receipts) {
    const key = receipt.number + receipt.label
    if (!seen.has(key)) seen.set(key, receipt)
  }
  return [...seen.values()]
}

function chip(receipt, open) {
  const button = make("button", "chip")
  button.type = "button"
  button.title = receipt.quote
  button.append(make("span", "number", String(receipt.number)), make("span", "", receipt.label))
  button.onclick = () => open("citation", receipt.index)
  return button
}

function fact(entry) {
  const item = make("span", "fact")
  item.append(make("span", "key", entry.name), make("span", "", entry.value))
  return item
}

function make(tag, className, text) {
  const element = document.createElement(tag)
  if (className) element.className = className
  if (text !== undefined) element.textContent = text
  return element
}
