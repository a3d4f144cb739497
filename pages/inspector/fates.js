// Draws each candidate as a line through its ranks, a column for each recipe. textContent only: nothing of a document
// becomes markup. Arrow keys go through the candidates, Enter opens one.
const SVG = "http://www.w3.org/2000/svg"
const BEND = 0.7 // ranks fall off as their power of this, so that the first stand apart
const views = new WeakMap()

function present(component) {
  const { data, parentElement, setTriggerValue } = component
  let view = views.get(parentElement)
  if (!view || !view.root.isConnected) {
    view = new View(parentElement)
    views.set(parentElement, view)
  }
  view.press = (column, index) => setTriggerValue("open", { column, index, at: Date.now() })
  if (view.stamp !== data.stamp) view.show(data)
}

class View {
  constructor(parent) {
    this.root = make("div", "fates")
    this.grid = make("div", "grid")
    this.over = draw("svg", { class: "over", "aria-hidden": "true" })
    this.tip = make("div", "tip")
    this.tip.setAttribute("role", "status")
    this.tip.hidden = true
    this.root.append(this.grid, this.over, this.tip)
    parent.querySelector(".fates")?.remove()
    parent.append(this.root)
    let width = 0
    new ResizeObserver(() => {
      if (!this.data || this.root.clientWidth === width) return
      width = this.root.clientWidth
      this.lay()
    }).observe(this.root)
  }

  show(data) {
    this.stamp = data.stamp
    this.data = data
    this.held = null
    this.tip.hidden = true
    this.root.classList.toggle("large", data.large)
    this.root.style.setProperty("--columns", data.columns.length)
    this.same = new Map()
    for (const [a, i, b, j] of data.links) {
      this.join(a + ":" + i, b + ":" + j)
      this.join(b + ":" + j, a + ":" + i)
    }
    this.lay()
  }

  join(from, to) {
    if (!this.same.has(from)) this.same.set(from, [])
    this.same.get(from).push(to)
  }

  lay() {
    this.ways = new Map()
    this.grid.replaceChildren(...this.data.columns.map((column, c) => this.column(column, c)))
    this.data.columns.forEach((column, c) => column.lines.length && this.fill(column, c))
    this.light(this.held)
  }

  column(column, c) {
    const box = make("section", "column hue" + c)
    const head = make("div", "head")
    const title = make("span", "title", column.title)
    title.dir = "auto"
    head.append(make("span", "letter", column.letter), title)
    box.append(head, make("div", "told", column.told || "No answer yet."), make("div", "plot"))
    return box
  }

  fill(column, c) {
    const plot = this.grid.children[c].querySelector(".plot")
    const wide = plot.clientWidth || 300
    const big = this.data.large
    const high = Math.max(340, Math.min(620, 150 + this.data.deepest * 6)) * (big ? 1.15 : 1)
    const roomy = wide >= 420
    const right = roomy ? Math.min(150, wide * 0.26) : 16
    const turned = (wide - 26 - right) / (column.axes.length - 1) < 58
    const box = { left: 26, right, turned, top: turned ? 58 : 32, bottom: 12, wide, high }
    const step = (wide - box.left - box.right) / (column.axes.length - 1)
    const x = new Map(column.axes.map((axis, at) => [axis.key, box.left + at * step]))
    const y = (rank) =>
      box.top + 8 + ((rank - 1) / Math.max(1, this.data.deepest - 1)) ** BEND * (high - box.top - box.bottom - 16)
    const svg = draw("svg", { width: wide, height: high, role: "listbox", "aria-label": column.label })
    for (const axis of column.axes) svg.append(this.axis(axis, x.get(axis.key), box))
    for (const rank of [1, 5, 10, 20, 40, 80, 160]) {
      if (rank <= this.data.deepest) svg.append(label(box.left - 9, y(rank) + 3.5, rank, "rank"))
    }
    this.limit(svg, column, x, y, step)
    const order = column.lines.map((line, i) => i).sort((a, b) => weight(column.lines[a]) - weight(column.lines[b]))
    for (const i of order) svg.append(this.way(column, c, i, x, y, roomy, box))
    svg.addEventListener("click", (event) => event.target === svg && this.light((this.held = null)))
    plot.append(svg)
    const first = this.ways.get(c + ":0")
    if (first) first.group.setAttribute("tabindex", "0")
    svg.addEventListener("keydown", (event) => this.key(event, c))
  }

  axis(axis, x, box) {
    const group = draw("g", { class: "axis" })
    group.append(draw("line", { x1: x, x2: x, y1: box.top - 4, y2: box.high - box.bottom }))
    const text = label(x, box.top - 12, axis.title, box.turned ? "name turned" : "name")
    if (box.turned) text.setAttribute("transform", `rotate(-38 ${x} ${box.top - 12})`)
    group.append(text, titled(axis.help))
    return group
  }

  // Where the prompt ends: what lies below on the axis of final ranks is not read.
  limit(svg, column, x, y, step) {
    const from = x.get("final")
    if (!column.takes || from === undefined) return
    const at = (y(column.takes) + y(column.takes + 1)) / 2
    svg.append(draw("line", { class: "limit", x1: from - Math.min(14, step / 3), x2: from + step - 6, y1: at, y2: at }))
    if (step >= 46) svg.append(label(from + 7, at + 12, "takes " + column.takes, "limit-name"))
  }

  way(column, c, i, x, y, roomy, box) {
    const line = column.lines[i]
    const points = column.axes.filter((axis) => line.ranks[axis.key]).map((axis) => [x.get(axis.key), y(line.ranks[axis.key])])
    const group = draw("g", { class: "way " + line.fate, role: "option", tabindex: "-1", "aria-label": spoken(line) })
    const path = points.map(([px, py], n) => (n ? bend(points[n - 1], [px, py]) : `M${px},${py}`)).join("")
    const [ex, ey] = points[points.length - 1]
    group.append(draw("path", { class: "reach", d: path }), draw("path", { class: "line", d: path }))
    for (const [px, py] of points.slice(0, -1)) group.append(draw("circle", { class: "stop", cx: px, cy: py, r: 1.7 }))
    group.append(ending(line.fate, ex, ey))
    const said = this.remark(column, i, roomy)
    const shown = clip(said, said === line.note ? 30 : 22)
    if (shown && ex + 10 + 5.8 * shown.length < box.wide + 8) group.append(label(ex + 10, ey + 3.5, shown, "note"))
    group.addEventListener("pointerenter", () => this.light(c + ":" + i))
    group.addEventListener("pointerleave", () => this.light(this.held))
    group.addEventListener("focus", () => this.light(c + ":" + i))
    group.addEventListener("click", () => this.open(c, i))
    this.ways.set(c + ":" + i, { group, start: points[0], end: [ex, ey], line })
    return group
  }

  // What stands beside the end of a line: the document of what was read, the reason for what was not. Of many that did
  // not fit only the first says so.
  remark(column, i, roomy) {
    const line = column.lines[i]
    if (line.fate === "retrieved") return ""
    if (line.fate === "cited" || line.fate === "packed") return roomy ? line.name : ""
    if (line.fate === "truncated") return roomy ? line.note : ""
    return column.lines.findIndex((other) => other.note === line.note) === i ? line.note : ""
  }

  open(c, i) {
    this.held = c + ":" + i
    this.light(this.held)
    this.press(c, i)
  }

  key(event, c) {
    const lines = this.data.columns[c].lines
    const at = lines.findIndex((line, i) => this.ways.get(c + ":" + i).group === this.grid.getRootNode().activeElement)
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (step) this.focus(c, Math.max(0, Math.min(lines.length - 1, at + step)))
    else if (event.key === "Home") this.focus(c, 0)
    else if (event.key === "End") this.focus(c, lines.length - 1)
    else if (event.key === "ArrowRight" || event.key === "ArrowLeft") this.across(c, at, event.key === "ArrowRight")
    else if ((event.key === "Enter" || event.key === " ") && at >= 0) this.open(c, at)
    else if (event.key === "Escape") { this.held = null; this.light(null) }
    else return
    event.preventDefault()
  }

  focus(c, i) {
    for (let n = 0; n < this.data.columns[c].lines.length; n++) this.ways.get(c + ":" + n).group.setAttribute("tabindex", "-1")
    const group = this.ways.get(c + ":" + i).group
    group.setAttribute("tabindex", "0")
    group.focus()
  }

  // To the same passage in the next column that has it.
  across(c, i, right) {
    const found = (this.same.get(c + ":" + i) || []).map((key) => key.split(":").map(Number))
    const beside = found.filter(([other]) => (right ? other > c : other < c)).sort((a, b) => (right ? a[0] - b[0] : b[0] - a[0]))
    if (beside.length) this.focus(...beside[0])
  }

  light(key) {
    const lit = new Set(key ? [key, ...(this.same.get(key) || [])] : [])
    this.root.classList.toggle("lit", lit.size > 0)
    for (const [other, way] of this.ways) way.group.classList.toggle("on", lit.has(other))
    this.joints(lit)
    this.say(key)
  }

  // Threads between the columns: strong for what is pointed at, faint for what reached a prompt.
  joints(lit) {
    const frame = this.root.getBoundingClientRect()
    this.over.setAttribute("width", this.root.clientWidth)
    this.over.setAttribute("height", this.root.clientHeight)
    const offsets = [...this.grid.children].map((box) => {
      const plot = box.querySelector("svg")?.getBoundingClientRect()
      return plot ? [plot.left - frame.left, plot.top - frame.top] : null
    })
    const threads = []
    for (const [a, i, b, j] of this.data.links) {
      if (b !== a + 1 || !offsets[a] || !offsets[b]) continue
      const from = this.ways.get(a + ":" + i), to = this.ways.get(b + ":" + j)
      const on = lit.has(a + ":" + i) && lit.has(b + ":" + j)
      const read = from.line.fate !== "retrieved" || to.line.fate !== "retrieved"
      if (!on && (!read || lit.size)) continue
      const start = [from.end[0] + offsets[a][0], from.end[1] + offsets[a][1]]
      const end = [to.start[0] + offsets[b][0], to.start[1] + offsets[b][1]]
      threads.push(draw("path", { class: on ? "thread on" : "thread", d: `M${start}` + bend(start, end) }))
    }
    this.over.replaceChildren(...threads)
  }

  say(key) {
    const way = key && this.ways.get(key)
    this.tip.hidden = !way
    if (!way) return
    const others = (this.same.get(key) || []).map((other) => {
      const c = Number(other.split(":")[0])
      return this.data.columns[c].letter + ": " + this.ways.get(other).line.note
    })
    const rows = [["name", way.line.name], ["place", way.line.place], ["note", way.line.note], ["ranks", way.line.told]]
    if (others.length) rows.push(["others", "Same passage in " + others.join(" · ")])
    this.tip.replaceChildren(...rows.filter(([, text]) => text).map(([name, text]) => {
      const row = make("div", name, text)
      row.dir = "auto"
      return row
    }))
    const frame = this.root.getBoundingClientRect()
    const end = way.group.querySelector(".end").getBoundingClientRect()
    const wide = Math.min(330, frame.width - 16)
    this.tip.style.width = wide + "px"
    const beside = end.right - frame.left + 14
    this.tip.style.left = (beside + wide > frame.width ? Math.max(8, end.left - frame.left - wide - 14) : beside) + "px"
    this.tip.style.top = Math.max(4, Math.min(frame.height - this.tip.offsetHeight - 4, end.top - frame.top + 12)) + "px"
  }
}

function weight(line) {
  return ["retrieved", "withheld", "dropped", "truncated", "packed", "cited"].indexOf(line.fate)
}

function spoken(line) {
  return [line.name, line.place, line.told, line.note].filter(Boolean).join(". ")
}

function ending(fate, x, y) {
  if (fate === "dropped" || fate === "withheld") {
    return draw("path", { class: "end cross", d: `M${x - 4.5},${y - 4.5}l9,9m0,-9l-9,9` })
  }
  const size = { cited: 5.5, packed: 4.2, truncated: 4.2, retrieved: 2.4 }[fate] || 3
  return draw("circle", { class: "end", cx: x, cy: y, r: size })
}

function bend([x1, y1], [x2, y2]) {
  const pull = (x2 - x1) * 0.45
  return `C${x1 + pull},${y1} ${x2 - pull},${y2} ${x2},${y2}`
}

function clip(text, most) {
  const signs = [...text]
  return signs.length > most ? signs.slice(0, most - 1).join("") + "…" : text
}

function label(x, y, text, className) {
  const element = draw("text", { x, y, class: className })
  element.textContent = text
  return element
}

function titled(text) {
  const element = draw("title", {})
  element.textContent = text
  return element
}

function draw(tag, attributes) {
  const element = document.createElementNS(SVG, tag)
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value)
  return element
}

function make(tag, className, text) {
  const element = document.createElement(tag)
  if (className) element.className = className
  if (text !== undefined) element.textContent = text
  return element
}
