// A list of rows and, beside it, the one that is looked at. Decisions show at once and are written down behind: each has a
// number, and is sent again until Python has said that it saw it. textContent only: no text of a row becomes markup.
const HEIGHT = 54
const PATIENCE = 4000
const views = new WeakMap()
const MARKS = { open: "", accepted: "✓", rejected: "✕" }
const KEYS = { a: "accept", r: "reject", u: "reopen" }
const STATES = { accept: "accepted", reject: "rejected", reopen: "open" }

function present(component) {
  const { data, parentElement, setTriggerValue } = component
  let view = views.get(parentElement)
  if (!view || !view.root.isConnected) {
    view = new View(parentElement)
    views.set(parentElement, view)
  }
  view.send = (value) => setTriggerValue("decided", value)
  view.take(data)
}

class View {
  constructor(parent) {
    this.browser = crypto.randomUUID ? crypto.randomUUID() : String(Math.random())
    this.count = 0
    this.unseen = [] // decisions that Python has not acknowledged
    this.local = new Map() // what they make of their rows
    this.root = make("div", "review")
    this.root.tabIndex = 0
    this.root.setAttribute("role", "application")
    this.root.setAttribute("aria-label", "Rows under review. J and K move, A accepts, R rejects, E edits, U reopens.")
    this.bar = make("div", "bar")
    this.find = make("input", "find")
    this.find.type = "search"
    this.find.placeholder = "Find in these rows"
    this.find.setAttribute("aria-label", "Find in these rows")
    this.find.oninput = () => this.filter()
    this.scroller = make("div", "scroller")
    this.sheet = make("div", "sheet")
    this.scroller.append(this.sheet)
    this.detail = make("div", "detail")
    const left = make("div", "left")
    left.append(this.find, this.scroller)
    const body = make("div", "body")
    body.append(left, this.detail)
    this.root.append(this.bar, body)
    parent.querySelector(".review")?.remove()
    parent.append(this.root)
    this.scroller.addEventListener("scroll", () => this.soon(), { passive: true })
    this.root.addEventListener("keydown", (event) => this.key(event))
    new ResizeObserver(() => this.data && this.list()).observe(this.scroller)
  }

  take(data) {
    const seen = data.seen[this.browser] ?? 0
    this.unseen = this.unseen.filter((decision) => decision.n > seen)
    if (this.data && this.data.stamp === data.stamp && !this.local.size) return
    const other = this.data && this.data.dataset !== data.dataset
    if (other) Object.assign(this, { id: null, unseen: [], editing: false })
    const at = this.rows ? this.rows.findIndex((row) => row.id === this.id) : -1
    this.data = data
    this.local = new Map()
    for (const decision of this.unseen) this.overlay(decision)
    this.filter(at)
    if (this.unseen.length) this.later()
  }

  // The rows that the words in the field leave; the row that was looked at stays, or the one that took its place.
  filter(at = -1) {
    const wanted = this.find.value.trim().toLowerCase()
    const holds = (row) => !wanted || (row.question + "\n" + row.answer).toLowerCase().includes(wanted)
    this.rows = this.data.rows.filter(holds)
    if (!this.rows.some((row) => row.id === this.id)) {
      this.editing = false
      const open = this.rows.find((row) => this.state(row) === "open")
      this.id = (at >= 0 ? this.rows[Math.min(at, this.rows.length - 1)] : open ?? this.rows[0])?.id ?? null
    }
    this.draw()
  }

  state(row) {
    return this.local.get(row.id)?.state ?? row.state
  }

  words(row) {
    return { question: row.question, answer: row.answer, ...this.local.get(row.id) }
  }

  get index() {
    return this.rows.findIndex((row) => row.id === this.id)
  }

  // -- deciding --------------------------------------------------------------------------------------------------

  decide(action, words) {
    if (!this.data.writable || !this.id) return
    const decision = { n: ++this.count, id: this.id, action, ...words }
    this.unseen.push(decision)
    this.overlay(decision)
    this.editing = false
    this.push()
    if (action !== "reopen") this.onward()
    this.draw()
  }

  overlay({ id, action, question, answer }) {
    const words = action === "edit" ? { question, answer, state: "accepted" } : { state: STATES[action] }
    this.local.set(id, { ...this.local.get(id), ...words })
  }

  push() {
    this.send({ dataset: this.data.dataset, browser: this.browser, decisions: this.unseen })
    this.later()
  }

  later() {
    clearTimeout(this.timer)
    this.timer = setTimeout(() => this.unseen.length && this.root.isConnected && this.push(), PATIENCE)
  }

  // To the next open row behind this one; where there is none, to the next row.
  onward() {
    const open = this.rows.findIndex((row, at) => at > this.index && this.state(row) === "open")
    this.go(open >= 0 ? open : this.index + 1)
  }

  go(at) {
    const row = this.rows[Math.max(0, Math.min(at, this.rows.length - 1))]
    if (!row) return
    this.id = row.id
    this.editing = false
    this.draw()
  }

  key(event) {
    event.stopPropagation() // Streamlit has keys of its own
    if (event.ctrlKey || event.metaKey || event.altKey) {
      if (event.key === "Enter" && this.editing) this.save()
      return
    }
    if (event.key === "Escape") {
      if (this.editing) this.edit(false)
      this.root.focus({ preventScroll: true })
      return
    }
    const path = event.composedPath()[0]
    if (path.tagName === "TEXTAREA" || path.tagName === "INPUT") return
    const key = event.key.toLowerCase()
    const moves = { j: 1, arrowdown: 1, k: -1, arrowup: -1, pagedown: 8, pageup: -8 }
    if (key in moves) this.go(this.index + moves[key])
    else if (key === "home") this.go(0)
    else if (key === "end") this.go(this.rows.length - 1)
    else if (key === "e") this.edit(true)
    else if (key === "/") this.find.focus()
    else if (key in KEYS) this.decide(KEYS[key])
    else return
    event.preventDefault()
  }

  edit(on) {
    if (!this.data.writable || !this.id) return
    this.editing = on
    this.draw()
    if (on) this.detail.querySelector("textarea").focus()
  }

  save() {
    const [question, answer] = [...this.detail.querySelectorAll("textarea")].map((field) => field.value.trim())
    if (question) this.decide("edit", { question, answer })
    this.root.focus({ preventScroll: true })
  }

  // -- drawing ---------------------------------------------------------------------------------------------------

  draw() {
    this.drawBar()
    const at = this.index
    const top = at * HEIGHT
    const height = this.scroller.clientHeight
    if (at >= 0 && height && (top < this.scroller.scrollTop || top + HEIGHT > this.scroller.scrollTop + height)) {
      this.scroller.scrollTop = top - (height - HEIGHT) / 2
    }
    this.list()
    this.drawDetail()
  }

  drawBar() {
    const counts = { ...this.data.counts }
    for (const row of this.data.rows) {
      counts[row.state] -= 1
      counts[this.state(row)] += 1
    }
    const all = counts.accepted + counts.rejected + counts.open
    const track = make("div", "track")
    for (const state of ["accepted", "rejected"]) {
      const part = make("span", state)
      part.style.width = (100 * counts[state]) / Math.max(1, all) + "%"
      track.append(part)
    }
    const told = make("div", "told")
    for (const state of ["accepted", "rejected", "open"]) {
      const item = make("span", state)
      item.append(make("b", "", counts[state].toLocaleString("en")), " " + state)
      told.append(item)
    }
    told.append(make("span", "written", this.unseen.length ? "writing…" : ""))
    this.bar.replaceChildren(track, told)
  }

  soon() {
    if (this.waiting) return
    this.waiting = true
    requestAnimationFrame(() => {
      this.waiting = false
      this.list()
    })
  }

  list() {
    this.sheet.style.height = this.rows.length * HEIGHT + "px"
    const first = Math.max(0, Math.floor(this.scroller.scrollTop / HEIGHT) - 4)
    const last = Math.min(this.rows.length, Math.ceil((this.scroller.scrollTop + this.scroller.clientHeight) / HEIGHT) + 4)
    const nodes = []
    for (let at = first; at < last; at++) nodes.push(this.item(this.rows[at], at))
    if (!this.rows.length) nodes.push(make("div", "nothing", "No row is left by these filters."))
    this.sheet.replaceChildren(...nodes)
  }

  item(row, at) {
    const state = this.state(row)
    const words = this.words(row)
    const box = make("button", "item " + state + (row.id === this.id ? " chosen" : ""))
    box.type = "button"
    box.tabIndex = -1
    box.style.top = at * HEIGHT + "px"
    const text = make("span", "lines")
    text.append(make("span", "q", words.question), make("span", "a", row.declines ? "declines" : words.answer))
    const flags = make("span", "flags")
    for (const kind of new Set(row.flags.map((flag) => flag.kind))) {
      const dot = make("span", "dot " + kind.split(" ")[0])
      dot.title = kind
      flags.append(dot)
    }
    box.append(make("span", "mark", MARKS[state]), text, flags)
    box.onclick = () => {
      this.root.focus({ preventScroll: true })
      this.go(at)
    }
    return box
  }

  drawDetail() {
    const row = this.rows[this.index]
    if (!row) {
      this.form_of = null
      this.detail.replaceChildren(make("div", "nothing", "Nothing to look at."))
      return
    }
    if (this.editing && this.form_of === row.id) return // what is being typed stays
    this.form_of = this.editing ? row.id : null
    const parts = this.editing ? this.form(row) : this.reading(row)
    this.detail.replaceChildren(this.head(row), ...parts, this.foot(row))
    if (this.shown !== row.id) this.detail.scrollTop = 0
    this.shown = row.id
  }

  head(row) {
    const state = this.state(row)
    const head = make("div", "head")
    head.append(
      make("span", "place", `${(this.index + 1).toLocaleString("en")} of ${this.rows.length.toLocaleString("en")}`),
      make("span", "facts", row.facts),
      make("span", "badge " + state, state),
    )
    return head
  }

  reading(row) {
    const words = this.words(row)
    const nodes = [make("div", "question", words.question)]
    nodes.push(make("div", "answer" + (row.declines ? " declines" : ""), words.answer || this.silent(row)))
    if (row.flags.length) {
      const box = make("div", "reasons")
      for (const flag of row.flags) box.append(this.reason(flag))
      nodes.push(box)
    }
    row.sources.forEach((passage, at) => nodes.push(source(this.data.passages[passage], at + 1, words.answer)))
    if (row.review && !this.local.has(row.id)) nodes.push(make("div", "reviewed", row.review))
    return nodes
  }

  silent(row) {
    return row.declines ? "Declines: the sources do not hold the answer." : "(no answer)"
  }

  reason(flag) {
    const box = make("div", "reason " + flag.kind.split(" ")[0])
    box.append(make("b", "", flag.kind), make("span", "", flag.why))
    const at = this.rows.findIndex((row) => flag.others.includes(row.id))
    if (at >= 0) {
      const link = make("button", "other", "show it")
      link.type = "button"
      link.onclick = () => {
        this.go(at)
        this.root.focus({ preventScroll: true })
      }
      box.append(link)
    }
    return box
  }

  form(row) {
    const words = this.words(row)
    const field = (name, value, lines) => {
      const label = make("label", "field")
      const area = make("textarea")
      area.value = value
      area.rows = lines
      label.append(make("span", "", name), area)
      return label
    }
    const nodes = [field("Question", words.question, 2), field("Answer", words.answer, 5)]
    row.sources.forEach((passage, at) => nodes.push(source(this.data.passages[passage], at + 1, words.answer)))
    return nodes
  }

  foot(row) {
    const foot = make("div", "foot")
    if (!this.data.writable) {
      foot.append(make("span", "why", this.data.why))
      return foot
    }
    const button = (label, key, kind, act) => {
      const made = make("button", kind)
      made.type = "button"
      made.append(label, make("kbd", "", key))
      made.onclick = () => {
        act()
        if (!this.editing) this.root.focus({ preventScroll: true })
      }
      foot.append(made)
    }
    if (this.editing) {
      button("Save and accept", "Ctrl ↵", "accept", () => this.save())
      button("Cancel", "Esc", "plain", () => this.edit(false))
      return foot
    }
    const state = this.state(row)
    if (state !== "accepted") button("Accept", "A", "accept", () => this.decide("accept"))
    if (state !== "rejected") button("Reject", "R", "reject", () => this.decide("reject"))
    button("Edit", "E", "plain", () => this.edit(true))
    if (state !== "open") button("Reopen", "U", "plain", () => this.decide("reopen"))
    const hint = make("span", "hint")
    hint.append(make("kbd", "", "J"), make("kbd", "", "K"), " move  ", make("kbd", "", "/"), " find")
    foot.append(hint)
    return foot
  }
}

// A passage with the answer marked in it, where it stands there word for word.
function source(text, number, answer) {
  const bare = answer.replace(/\s*\[\d{1,2}\]/g, "").trim()
  const at = bare ? text.indexOf(bare) : -1
  const box = make("div", "source")
  const body = make("span", "passage")
  if (at < 0) body.append(text)
  else body.append(text.slice(0, at), make("mark", "", bare), text.slice(at + bare.length))
  box.append(make("span", "number", String(number)), body)
  return box
}

function make(tag, className, text) {
  const element = document.createElement(tag)
  if (className) element.className = className
  if (text !== undefined) element.textContent = text
  return element
}
