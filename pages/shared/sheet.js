// Draws the picture of a page and brings its boxed passage into view.
const shown = new WeakMap()

function present(component) {
  const { data, parentElement } = component
  if (shown.get(parentElement) === data.png) return
  shown.set(parentElement, data.png)

  let frame = parentElement.querySelector(".frame")
  if (!frame) {
    frame = document.createElement("div")
    frame.className = "frame"
    parentElement.append(frame)
  }
  const image = document.createElement("img")
  image.alt = data.alt
  image.src = "data:image/png;base64," + data.png
  image.style.aspectRatio = data.ratio
  frame.replaceChildren(image)
  if (data.top === null) return
  const place = document.createElement("div")
  place.className = "place"
  place.style.top = data.top * 100 + "%"
  place.style.height = (data.bottom - data.top) * 100 + "%"
  frame.append(place)
  const show = () => setTimeout(() => place.scrollIntoView({ block: "nearest" }), 350) // after the drawer has slid in
  image.complete ? show() : (image.onload = show)
}
