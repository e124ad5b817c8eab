// Run within the page.

/** What has no name that a screen reader could say, and what else is wrong with the document's structure. */
export function unlabelled() {
  const wrong = [];
  const name = (element) => `<${element.localName}${element.id === "" ? "" : ` id=${element.id}`}>`;
  const byIds = (ids) => ids.split(" ").map((id) => document.getElementById(id)?.textContent ?? "").join("");
  for (const element of document.querySelectorAll("input, button, a, [role='img'], [role='region'], [role='group'], section, dialog, progress, dl[aria-label], img")) {
    const said =
      element.getAttribute("aria-label") ??
      (element.hasAttribute("aria-labelledby") ? byIds(element.getAttribute("aria-labelledby")) : null) ??
      (element.labels?.length > 0 ? element.labels[0].textContent : element.textContent);
    if (said.trim() === "") {
      wrong.push(`${name(element)} has no name`);
    }
  }
  const ids = [...document.querySelectorAll("[id]")].map((element) => element.id);
  ids.filter((id, i) => ids.indexOf(id) !== i).forEach((id) => wrong.push(`two elements have the id ${id}`));
  let level = 0;
  for (const heading of document.querySelectorAll("h1, h2, h3, h4")) {
    if (heading.closest("dialog") === null) {
      const next = Number(heading.localName[1]);
      if (next > level + 1) {
        wrong.push(`a heading of level ${next} follows one of level ${level}: ${heading.textContent}`);
      }
      level = next;
    }
  }
  for (const landmark of ["header", "main", "footer"]) {
    if (document.querySelectorAll(`body > ${landmark}`).length !== 1) {
      wrong.push(`there is not exactly one ${landmark}`);
    }
  }
  if (document.querySelectorAll("h1").length !== 1 || document.documentElement.lang === "") {
    wrong.push("a page has one h1, and a language");
  }
  return wrong;
}

/** Visible texts whose contrast against what is behind them is less than 4.5 : 1 (WCAG 2.2, 1.4.3). */
export function contrasts() {
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const rgba = (colour) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data];
  };
  const luminance = (colour) => {
    const [r, g, b] = colour.map((c) => (c / 255 <= 0.04045 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = (element) => {
    for (let at = element; at !== null; at = at.parentElement) {
      const colour = rgba(getComputedStyle(at).backgroundColor);
      if (colour[3] === 255) {
        return colour;
      }
    }
    return [255, 255, 255, 255];
  };
  const poor = new Set();
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const element = texts.currentNode.parentElement;
    if (texts.currentNode.data.trim() !== "" && element.checkVisibility() && !["SCRIPT", "NOSCRIPT", "STYLE"].includes(element.tagName)) {
      const [a, b] = [luminance(rgba(getComputedStyle(element).color)), luminance(behind(element))].sort((x, y) => y - x);
      const ratio = (a + 0.05) / (b + 0.05);
      if (ratio < 4.5) {
        poor.add(`${ratio.toFixed(2)} : 1 for "${texts.currentNode.data.trim().slice(0, 40)}" in ${element.localName}.${element.className}`);
      }
    }
  }
  return [...poor];
}
