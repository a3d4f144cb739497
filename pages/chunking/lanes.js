// Draws a text and, beside it, the ways of cutting it. Only what is in view is in the page, so that a book scrolls like
// a letter. textContent only: nothing of a document can become markup. Offsets are UTF-16 units, as Python sends them.
const LINE = 20
const CUT = { gold: "quote", rows: "row", personal: "personal" }
const views = new WeakMap()

function present(component) {
  const { data, parentElement, setTriggerValue } = component
  let view = views.get(parentElement)
  if (!view || !view.root.isConnected) {
    view = new View(parentElement)
    views.set(parentElement, view)
  }
  view.press = (lane, index) => setTriggerValue("open", { lane, index })
  if (view.stamp !== data.stamp) view.show(data)
}

class View {
  constructor(parent) {
    this.root = make("div", "lab")
    this.head = make("div", "head")
    this.scroller = make("div", "scroller")
    this.scroller.tabIndex = 0
    this.sheet = make("div", "sheet")
    this.map = make("canvas", "map")
    this.tip = make("div", "tip")
    this.tip.setAttribute("role", "tooltip")
    this.ruler = make("span", "ruler", "0".repeat(100))
    this.scroller.append(this.sheet)
    const body = make("div", "body")
    body.append(this.scroller, this.map)
    this.root.append(this.head, body, this.tip, this.ruler)
    parent.querySelector(".lab")?.remove()
    parent.append(this.root)
    this.scroller.addEventListener("scroll", () => this.soon(), { passive: true })
    this.scroller.addEventListener("keydown", (event) => this.key(event))
    this.map.addEventListener("pointerdown", (event) => this.drag(event))
    this.map.addEventListener("pointermove", (event) => event.buttons && this.drag(event))
    new ResizeObserver(() => this.data && this.lay()).observe(this.root)
  }

  show(data) {
    const kept = this.data && this.data.text === data.text ? this.top() : 0
    this.stamp = data.stamp
    this.data = data
    this.hover = null
    this.tip.hidden = true
    this.wrapped = null
    this.root.style.setProperty("--lanes", data.lanes.length)
    this.scroller.style.height = `min(${data.height}px, 68vh)`
    this.scroller.setAttribute("aria-label", data.label)
    this.head.replaceChildren(this.title(data), ...data.lanes.map((lane, l) => this.header(lane, l)))
    this.lay(kept)
  }

  title(data) {
    const box = make("div", "title", data.title)
    const legend = make("div", "legend")
    if (data.gold.length) legend.append(make("span", "gold", "answers a question"))
    if (data.personal.length) legend.append(make("span", "personal", "personal data"))
    if (data.rows.length) legend.append(make("span", "rows", "row of a table"))
    legend.append(make("span", "scissors", "✂ cut by a boundary"))
    box.append(legend)
    return box
  }

  header(lane, l) {
    const box = make("div", "lane-head hue" + l)
    box.append(make("div", "name", lane.title), make("div", "facts", lane.facts))
    const cuts = lane.cuts.length
    const button = make("button", cuts ? "cuts" : "cuts none", lane.told)
    button.disabled = !cuts
    button.title = cuts ? "Go to the next one (n)" : ""
    button.onclick = () => this.next(l)
    box.append(button)
    return box
  }

  // The offset at the top of the view, so that a new width or another cut leaves the reader where he was.
  top() {
    return this.starts ? this.starts[Math.min(this.starts.length - 1, Math.floor(this.scroller.scrollTop / LINE))] : 0
  }

  lay(at = this.top()) {
    this.head.style.paddingRight = this.root.clientWidth - this.sheet.clientWidth + "px" // the scrollbar and the map
    const column = this.root.clientWidth ? this.sheet.clientWidth - this.side() : 0
    if (column <= 0) return
    const columns = Math.max(24, Math.floor((column - 74) / (this.ruler.getBoundingClientRect().width / 100)))
    if (this.wrapped !== columns) {
      this.starts = wrap(this.data.text, columns)
      this.wrapped = columns
    }
    this.sheet.style.height = this.starts.length * LINE + "px"
    for (const lane of this.data.lanes) {
      lane.tops = lane.chunks.map((chunk) => this.y(chunk.start))
      lane.bottoms = lane.chunks.map((chunk) => this.y(chunk.end, true))
      lane.flags = lane.cuts.flatMap((cut) => cut.at.map((edge) => ({ y: this.y(edge), cut }))).sort((a, b) => a.y - b.y)
      lane.flagTops = lane.flags.map((flag) => flag.y)
    }
    this.scroller.scrollTop = this.lineOf(at) * LINE
    this.draw()
  }

  side() {
    const box = this.root.querySelector(".lane-head")
    return box ? box.getBoundingClientRect().width * this.data.lanes.length : 0
  }

  lineOf(offset) {
    return Math.max(0, after(this.starts, offset) - 1)
  }

  // Where an offset stands, in pixels; inside of a line as far down as it is along. Blanks at an edge do not count.
  y(offset, end = false) {
    const line = this.lineOf(end && offset ? offset - 1 : offset)
    const from = this.starts[line]
    const to = line + 1 < this.starts.length ? this.starts[line + 1] : this.data.text.length
    if (end && !this.data.text.slice(offset, to).trim()) return (line + 1) * LINE
    if (!end && !this.data.text.slice(from, offset).trim()) return line * LINE
    return (line + (offset - from) / Math.max(1, to - from)) * LINE
  }

  soon() {
    if (this.waiting) return
    this.waiting = true
    requestAnimationFrame(() => {
      this.waiting = false
      this.draw()
    })
  }

  draw() {
    const above = this.scroller.scrollTop - 200
    const below = this.scroller.scrollTop + this.scroller.clientHeight + 200
    const nodes = []
    const last = Math.min(this.starts.length, Math.ceil(below / LINE))
    for (let line = Math.max(0, Math.floor(above / LINE)); line < last; line++) nodes.push(this.line(line))
    const columns = this.data.lanes.map((lane, l) => this.lane(lane, l, above, below))
    const focused = this.root.getRootNode().activeElement
    const place = focused?.dataset?.lane ? [focused.dataset.lane, focused.dataset.index] : null
    const text = make("div", "text")
    text.append(...nodes)
    this.sheet.replaceChildren(text, ...columns)
    if (place) {
      this.sheet.querySelector(`[data-lane="${place[0]}"][data-index="${place[1]}"]`)?.focus({ preventScroll: true })
    }
    this.drawMap()
  }

  line(line) {
    const from = this.starts[line]
    const to = line + 1 < this.starts.length ? this.starts[line + 1] : this.data.text.length
    const box = make("div", "line")
    box.style.top = line * LINE + "px"
    const page = this.data.pages[after(this.data.page_starts, to - 1) - 1]
    if (page && page.start >= from && page.start < Math.max(to, from + 1)) {
      box.classList.add("page")
      box.append(make("span", "number", page.label))
    }
    const written = make("span", "written")
    written.dir = "auto"
    const spans = []
    for (const kind of ["rows", "personal", "gold"]) {
      for (const span of within(this.data[kind], this.data[kind + "_ends"], from, to)) spans.push([span, kind])
    }
    if (this.hover) for (const [kind, span] of this.hover) if (span.start < to && span.end > from) spans.push([span, kind])
    const edges = new Set([from, to])
    for (const [span] of spans) for (const edge of [span.start, span.end]) if (edge > from && edge < to) edges.add(edge)
    const sorted = [...edges].sort((a, b) => a - b)
    for (let i = 0; i + 1 < sorted.length; i++) {
      const kinds = spans.filter(([span]) => span.start <= sorted[i] && sorted[i + 1] <= span.end).map(([, kind]) => kind)
      const piece = make("span", kinds.join(" "), shown(this.data.text.slice(sorted[i], sorted[i + 1])))
      const on = (wanted) => spans.find(([span, kind]) => kind === wanted && span.start <= sorted[i] && sorted[i + 1] <= span.end)
      const told = [on("gold") && "Answers: " + on("gold")[0].question, on("personal") && "Personal data: " + on("personal")[0].what]
      piece.title = told.filter(Boolean).join("\n")
      written.append(piece)
    }
    box.append(written)
    return box
  }

  lane(lane, l, above, below) {
    const column = make("div", "lane hue" + l)
    let i = Math.max(0, lowest(lane.bottoms, above))
    for (; i < lane.chunks.length && lane.tops[i] < below; i++) {
      if (lane.bottoms[i] < above) continue
      column.append(this.band(lane, l, i))
    }
    for (let f = lowest(lane.flagTops, above); f < lane.flags.length && lane.flags[f].y < below; f++) {
      const flag = make("button", "flag " + lane.flags[f].cut.kind, "✂ " + CUT[lane.flags[f].cut.kind])
      flag.style.top = lane.flags[f].y + "px"
      const cut = lane.flags[f].cut
      flag.setAttribute("aria-label", cut.told)
      this.hovers(flag, [["cutting", cut]], [cut.told], l)
      column.append(flag)
    }
    return column
  }

  band(lane, l, i) {
    const chunk = lane.chunks[i]
    const top = lane.tops[i]
    const height = Math.max(3, lane.bottoms[i] - top - 2)
    const band = make("button", "band " + (i % 2 ? "odd" : "even") + (lane.overlaps ? " shifted" : ""))
    if (chunk.over) band.classList.add("over")
    band.dataset.lane = l
    band.dataset.index = i
    band.style.top = top + 1 + "px"
    band.style.height = height + "px"
    if (height > 15) band.append(make("span", "count", `${i + 1} · ${chunk.tokens} tok`))
    if (height > 52 && chunk.heading >= 0) band.append(make("span", "path", this.data.headings[chunk.heading]))
    const told = [`Chunk ${i + 1} of ${lane.chunks.length} · ${chunk.tokens} tokens` + (chunk.page ? ` · page ${chunk.page}` : "")]
    if (chunk.heading >= 0) told.push(this.data.headings[chunk.heading])
    if (chunk.over) told.push("Longer than the search model reads: its end is not seen.")
    const next = lane.chunks[i + 1]
    if (next && next.start < chunk.end) told.push(`Repeated in the next: ${chunk.end - next.start} characters`)
    const spans = [["held", chunk]]
    if (chunk.wide) {
      told.push("Found by the dark part, read with the light part around it.")
      spans.unshift(["wide", chunk.wide])
    }
    band.setAttribute("aria-label", told.join(". "))
    band.onclick = () => this.press(l, i)
    this.hovers(band, spans, told, l)
    return band
  }

  hovers(node, spans, told, l) {
    const enter = () => {
      this.hover = spans
      this.root.dataset.hue = l
      this.redrawText()
      this.tip.replaceChildren(...told.map((line) => make("div", "", line)))
      this.tip.hidden = false
      const box = node.getBoundingClientRect()
      const around = this.root.getBoundingClientRect()
      const left = box.left - around.left - this.tip.offsetWidth - 10
      this.tip.style.left = Math.max(4, left) + "px"
      const wanted = Math.max(box.top, around.top + this.head.offsetHeight) - around.top
      this.tip.style.top = Math.min(wanted, this.root.clientHeight - this.tip.offsetHeight - 8) + "px"
    }
    const leave = () => {
      this.hover = null
      this.tip.hidden = true
      this.redrawText()
    }
    node.addEventListener("pointerenter", enter)
    node.addEventListener("pointerleave", leave)
    node.addEventListener("focus", enter)
    node.addEventListener("blur", leave)
  }

  redrawText() {
    const box = this.sheet.querySelector(".text")
    if (!box) return
    const lines = [...box.children].map((node) => Math.round(parseFloat(node.style.top) / LINE))
    box.replaceChildren(...lines.map((line) => this.line(line)))
  }

  next(l) {
    const flags = this.data.lanes[l].flags
    if (!flags.length) return
    const middle = this.scroller.scrollTop + this.scroller.clientHeight / 2
    const found = flags.find((flag) => flag.y > middle + 2) ?? flags[0]
    this.scroller.scrollTop = found.y - this.scroller.clientHeight / 2
    this.root.scrollIntoView({ block: "nearest" })
  }

  key(event) {
    if (event.key !== "n") return
    const cut = this.data.lanes.findIndex((lane) => lane.flags.length)
    if (cut >= 0) this.next(cut)
  }

  drag(event) {
    const share = event.offsetY / this.map.clientHeight
    this.scroller.scrollTop = share * this.scroller.scrollHeight - this.scroller.clientHeight / 2
  }

  drawMap() {
    const { map, scroller } = this
    const [width, height] = [map.clientWidth, map.clientHeight]
    const scale = window.devicePixelRatio || 1
    map.width = width * scale
    map.height = height * scale
    const pen = map.getContext("2d")
    pen.scale(scale, scale)
    const style = getComputedStyle(this.root)
    const down = height / Math.max(1, this.starts.length * LINE)
    pen.fillStyle = style.getPropertyValue("--quote")
    for (const gold of this.data.gold) pen.fillRect(0, this.y(gold.start) * down, 6, 2)
    const column = (width - 8) / this.data.lanes.length
    this.data.lanes.forEach((lane, l) => {
      for (const flag of lane.flags) {
        pen.fillStyle = style.getPropertyValue("--cut")
        pen.globalAlpha = flag.cut.kind === "gold" ? 1 : 0.35
        pen.fillRect(8 + l * column, flag.y * down, column - 1, flag.cut.kind === "gold" ? 2 : 1)
      }
    })
    pen.globalAlpha = 0.16
    pen.fillStyle = style.color
    pen.fillRect(0, scroller.scrollTop * down, width, Math.max(6, scroller.clientHeight * down))
    pen.globalAlpha = 1
  }
}

// Offsets at which lines of at most so many columns begin; wide characters take two. Breaks at blanks where it can.
function wrap(text, columns) {
  const starts = [0]
  let used = 0
  let blank = 0
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code === 10) {
      starts.push(i + 1)
      used = 0
      continue
    }
    used += width(code)
    if (used > columns && code !== 32) {
      const begin = starts[starts.length - 1]
      let at = blank > begin ? blank : i
      if (at === i && code >= 0xdc00 && code < 0xe000) at = i - 1
      starts.push(at)
      used = 0
      for (let j = at; j <= i; j++) used += width(text.charCodeAt(j))
    }
    if (code === 32 || code === 9) blank = i + 1
  }
  return starts
}

function width(code) {
  if (code < 0x300) return 1
  if (code < 0x370 || (code >= 0xdc00 && code < 0xe000)) return 0
  return (code >= 0x1100 && code < 0x1160) || (code >= 0x2e80 && code < 0xa4d0) || (code >= 0xac00 && code < 0xd7a4) ||
    (code >= 0xf900 && code < 0xfb00) || (code >= 0xff00 && code < 0xff61) || (code >= 0xd800 && code < 0xdc00) ? 2 : 1
}

function shown(text) {
  return text.replace(/[\n\r\f\v\t\u0085\u2028\u2029]/g, " ")
}

// How many of the ascending values are at most this one.
function after(values, value) {
  let [low, high] = [0, values.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (values[middle] <= value) low = middle + 1
    else high = middle
  }
  return low
}

// The first position of ascending values that is at least this one.
function lowest(values, value) {
  let [low, high] = [0, values.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (values[middle] < value) low = middle + 1
    else high = middle
  }
  return low
}

// Spans that share a character with [from, to); `ends` holds for each span the farthest end so far, and ascends.
function within(spans, ends, from, to) {
  const found = []
  for (let i = after(ends, from); i < spans.length && spans[i].start < to; i++) {
    if (spans[i].end > from) found.push(spans[i])
  }
  return found
}

function make(tag, name = "", text = "") {
  const node = document.createElement(tag)
  if (name) node.className = name
  if (text) node.textContent = text
  return node
}
