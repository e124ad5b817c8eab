// Elements are made with text nodes only: sequences are whatever a model wrote, and never markup.

/** The element with an id. */
export const byId = (id) => document.getElementById(id);

/**
 * A new element.
 *
 * @param tag its name
 * @param attributes by name; null or false leaves one out
 * @param children elements, and texts
 */
export function el(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  setAttributes(element, attributes);
  element.append(...children.filter((child) => child !== null).map(asNode));
  return element;
}

/** As el, for elements of SVG. */
export function svg(tag, attributes = {}, ...children) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  setAttributes(element, attributes);
  element.append(...children);
  return element;
}

function asNode(child) {
  return child instanceof Node ? child : document.createTextNode(String(child));
}

function setAttributes(element, attributes) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== null && value !== false) {
      element.setAttribute(name, value === true ? "" : value);
    }
  }
}

/** Sets a text where it differs, so that screen readers are not told again what they know. */
export function setText(element, text) {
  if (element.textContent !== text) {
    element.textContent = text;
  }
}

/**
 * A table.
 *
 * @param caption what it holds, for screen readers
 * @param head cells of the head: texts, or {text, kind} where kind is a class
 * @param rows cells of the rows: texts or elements
 */
export function table(caption, head, rows) {
  const kinds = head.map((cell) => cell.kind ?? null);
  return el(
    "table",
    {},
    el("caption", { class: "unseen" }, caption),
    el(
      "thead",
      {},
      el("tr", {}, ...head.map((cell, i) => el("th", { scope: "col", class: kinds[i] }, cell.text ?? cell))),
    ),
    el(
      "tbody",
      {},
      ...rows.map((row) => el("tr", {}, ...row.map((cell, i) => el("td", { class: kinds[i] }, cell)))),
    ),
  );
}

/** A sentence in place of something that is not there yet. */
export const empty = (text) => el("p", { class: "empty" }, text);
