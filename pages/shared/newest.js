
// Behind every script of a component: a call with older data than those drawn comes too late, and is dropped.
const newest = new WeakMap()

export default function (component) {
  const { data, parentElement } = component
  if (data.since < (newest.get(parentElement) ?? 0)) return
  newest.set(parentElement, data.since)
  return present({ ...component, data: data.shown })
}
