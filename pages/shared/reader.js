// Draws segments of text; textContent only, so that nothing in a document can become markup.
const shown = new WeakMap()

function present(component) {
  const { data, parentElement } = component
  const state = JSON.stringify(data)
  if (shown.get(parentElement) === state) return
  shown.set(parentElement, state)

  let box = parentElement.querySelector(".reader")
  if (!box) {
    box = document.createElement("div")
    box.className = "reader"
    box.tabIndex = 0
    parentElement.appendChild(box)
  }
  box.style.maxHeight = data.height + "px"
  box.replaceChildren()
  let first = null
  if (data.before) box.append(ellipsis())
  for (const segment of data.segments) {
    const piece = document.createElement(segment.marked ? "mark" : "span")
    piece.textContent = segment.text
    if (segment.marked && !first) first = piece
    box.append(piece)
  }
  if (data.after) box.append(ellipsis())
  if (first) requestAnimationFrame(() => { box.scrollTop = Math.max(0, first.offsetTop - box.offsetTop - 60) })
}

function ellipsis() {
  const dots = document.createElement("span")
  dots.className = "dots"
  dots.textContent = " … "
  return dots
}
