// Draws the time of each stage and the tokens of the prompt, a column for each recipe. textContent only.
const shown = new WeakMap()

function present(component) {
  const { data, parentElement } = component
  const state = JSON.stringify(data)
  let root = parentElement.querySelector(".costs")
  if (root && shown.get(root) === state) return
  if (!root) parentElement.append((root = make("div", "costs")))
  shown.set(root, state)
  root.classList.toggle("large", data.large)
  root.style.setProperty("--columns", data.columns.length)
  root.replaceChildren(...data.columns.map(column))
}

function column(held, at) {
  const box = make("section", "column hue" + at)
  const head = make("div", "head")
  const title = make("span", "title", held.title)
  title.dir = "auto"
  head.append(make("span", "letter", held.letter), title, make("span", "total", held.total))
  box.append(head)
  if (!held.stages.length) return box
  const list = make("div", "stages")
  list.setAttribute("role", "list")
  for (const stage of held.stages) list.append(row(stage))
  box.append(list, held.tokens ? tokens(held.tokens) : make("div", "without", held.without))
  return box
}

function row(stage) {
  const line = make("div", "stage")
  line.setAttribute("role", "listitem")
  line.title = stage.detail
  const track = make("span", "track")
  const bar = make("span", "bar")
  bar.style.left = 100 * stage.from + "%"
  bar.style.width = `max(2px, ${100 * stage.share}%)`
  track.append(bar)
  line.append(make("span", "name", stage.name), track, make("span", "ms", stage.ms))
  return line
}

function tokens(held) {
  const box = make("div", "tokens")
  const bar = make("div", "budget")
  bar.setAttribute("role", "img")
  bar.setAttribute("aria-label", held.told + ": " + held.parts.map((part) => part.name + " " + part.told).join(", "))
  const legend = make("div", "legend")
  for (const part of held.parts) {
    const piece = make("span", part.name)
    piece.style.width = 100 * part.share + "%"
    piece.title = part.name + ": " + part.told
    bar.append(piece)
    const entry = make("span", "entry")
    entry.append(make("span", "dot " + part.name), make("span", "", part.name + " " + part.told))
    legend.append(entry)
  }
  box.append(make("div", "told", held.told), bar, legend)
  for (const left of held.left) {
    const line = make("div", "left", left)
    line.dir = "auto"
    box.append(line)
  }
  return box
}

function make(tag, className, text) {
  const element = document.createElement(tag)
  if (className) element.className = className
  if (text !== undefined) element.textContent = text
  return element
}
