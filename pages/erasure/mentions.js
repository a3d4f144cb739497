const LABELS = { redact: "Redact", erase: "Erase", keep: "Keep" };
const MEANS = {
  redact: "A block in the place of each character of the name",
  erase: "The whole place goes",
  keep: "The name stays here, readable",
};
const FEW = 3;

function present(component) {
  const { data, parentElement, setTriggerValue } = component;
  const old = parentElement.querySelector(".mentions");
  const opened = new Set(old ? JSON.parse(old.dataset.opened) : []);
  const box = make("div", "mentions");
  for (const place of data.places) box.append(row(place, data.writable, opened, box, setTriggerValue));
  box.dataset.opened = JSON.stringify([...opened]);
  if (!old) {
    parentElement.append(box);
    return;
  }
  const at = old.scrollTop;
  old.replaceWith(box);
  box.scrollTop = at;
}

function row(place, writable, opened, box, send) {
  const item = make("section", `place ${place.way}`);
  const head = make("div", "head");
  head.append(make("span", "kind", place.kind), make("span", "title", place.title));
  if (writable) head.append(choice(place, send));
  item.append(head);
  const lines = make("div", "lines");
  const draw = () => {
    lines.replaceChildren();
    const all = opened.has(place.id);
    for (const seen of all ? place.mentions : place.mentions.slice(0, FEW)) lines.append(line(seen));
    if (place.mentions.length > FEW) {
      const more = make("button", "more", all ? "Show fewer" : `${place.mentions.length - FEW} more`);
      more.onclick = () => {
        if (!opened.delete(place.id)) opened.add(place.id);
        box.dataset.opened = JSON.stringify([...opened]);
        draw();
      };
      lines.append(more);
    }
  };
  draw();
  item.append(lines);
  return item;
}

function choice(place, send) {
  const group = make("div", "choice");
  group.setAttribute("role", "radiogroup");
  group.setAttribute("aria-label", `What to do with ${place.kind} ${place.title}`);
  for (const way of place.ways) {
    const button = make("button", way, LABELS[way]);
    button.title = MEANS[way];
    button.setAttribute("role", "radio");
    button.setAttribute("aria-checked", String(way === place.way));
    button.onclick = () => {
      for (const other of group.children) other.setAttribute("aria-checked", String(other === button));
      group.closest(".place").className = `place ${way}`;
      send("chosen", { id: place.id, way, at: Date.now() });
    };
    group.append(button);
  }
  return group;
}

function line(seen) {
  const made = make("div", "line");
  made.append(make("span", "where", seen.where));
  const words = make("span", "words");
  words.dir = "auto";
  words.append(seen.before, make("mark", seen.form, seen.text), seen.after);
  made.append(words);
  return made;
}

function make(tag, name, text) {
  const element = document.createElement(tag);
  element.className = name;
  if (text !== undefined) element.textContent = text;
  return element;
}
