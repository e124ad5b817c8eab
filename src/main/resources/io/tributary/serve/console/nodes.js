// Workers' nodes: what they are at, and what can be asked of one.
import { change, performOn } from "./api.js";
import { answered } from "./controls.js";
import { byId, el, empty, setText } from "./dom.js";
import { count, duration, milliseconds, percent, rate } from "./format.js";

/** A sign besides the colour, and a word. */
const STATES = {
  JOINING: { sign: "◔", word: "joining", title: "it fetches and loads what the run needs" },
  AVAILABLE: { sign: "●", word: "available", title: "its samplers and scorers get work" },
  LEAVING: { sign: "◑", word: "leaving", title: "it ends the work that it has, and gets no more" },
  UNREACHABLE: { sign: "✕", word: "unreachable", title: "it is silent or was told to end; its work is given to others" },
};

const HEADS = ["Node", "State", "Samplers", "Scorers", "Weights", "Rate", "Program", "Actions"];

const ORDERS = {
  "drain-node": {
    verb: "Drain",
    text: "It finishes what it is at and leaves; its process ends with exit code 0. Nothing is lost.",
  },
  "dismiss-node": {
    verb: "Dismiss",
    text: "Its process ends at once with exit code 75, for its supervisor to start it again. What it was at is given to others.",
  },
};

const rows = new Map(); // by address: what has the focus stays
let asked = null; // what the dialog is about

/** Makes the dialog work. */
export function setUpNodes() {
  const dialog = byId("node");
  dialog.addEventListener("close", () => {
    if (dialog.returnValue === "do") {
      order();
    }
    dialog.returnValue = "";
  });
}

/** Shows the nodes, if the run has a cluster. */
export function drawNodes(status) {
  const nodes = status.nodes ?? null;
  byId("nodes").hidden = nodes === null;
  if (nodes === null) {
    return;
  }
  setText(byId("nodes-wanted"), wanted(status));
  const place = byId("nodes-table");
  if (nodes.length === 0) {
    rows.clear();
    place.replaceChildren(empty("No worker has joined: scripts/tributary worker --trainer HOST starts one, on this machine or another."));
    return;
  }
  const body = place.querySelector("tbody") ?? newTable(place);
  const present = new Set(nodes.map((node) => node.address));
  [...rows].filter(([address]) => !present.has(address)).forEach(([address, row]) => {
    row.element.remove();
    rows.delete(address);
  });
  for (const node of nodes) {
    const row = rows.get(node.address) ?? newRow(node, body);
    update(row, node, status.proposal_version);
  }
}

/** What an autoscaler is told. */
function wanted(status) {
  const { sampler, scorer } = status.stages;
  const there = `There are ${some(sampler.workers, "sampler")} and ${some(scorer.workers, "scorer")}, those of the trainer included`;
  return Number.isFinite(status.samplers_desired)
    ? `${there}; ${count(status.samplers_desired)} and ${count(status.scorers_desired)} would keep the learner just busy.`
    : `${there}; how many would keep the learner busy is known after some steps.`;
}

const some = (number, what) => `${count(number)} ${what}${number === 1 ? "" : "s"}`;

function newTable(place) {
  const body = el("tbody");
  place.replaceChildren(
    el(
      "table",
      {},
      el("caption", { class: "unseen" }, "Nodes with samplers and scorers"),
      el("thead", {}, el("tr", {}, ...HEADS.map((head) => el("th", { scope: "col" }, head === "Actions" ? el("span", { class: "unseen" }, head) : head)))),
      body,
    ),
  );
  return body;
}

function newRow(node, body) {
  const row = { node };
  const cells = HEADS.slice(0, -1).map(() => el("td"));
  const buttons = [
    button("Set…", "Set the number of its samplers and scorers", () => askForCounts(row.node)),
    button("Drain…", ORDERS["drain-node"].text, () => confirm("drain-node", row.node)),
    button("Dismiss…", ORDERS["dismiss-node"].text, () => confirm("dismiss-node", row.node)),
  ];
  row.buttons = buttons;
  row.cells = cells;
  row.element = el("tr", {}, ...cells, el("td", {}, el("div", { class: "node-buttons" }, ...buttons)));
  rows.set(node.address, row);
  body.append(row.element);
  return row;
}

function button(label, title, action) {
  const element = el("button", { type: "button", title, class: "small" }, label);
  element.addEventListener("click", action);
  return element;
}

function update(row, node, proposal) {
  row.node = node;
  row.buttons.forEach((each) => each.setAttribute("aria-label", `${each.textContent} ${node.name}`));
  const state = STATES[node.state] ?? { sign: "", word: node.state.toLowerCase(), title: "" };
  const contents = [
    [el("b", {}, node.name), el("span", { class: "note long" }, node.address)],
    [
      el("span", { class: "node-state", "data-state": node.state, title: state.title }, el("span", { "aria-hidden": "true" }, `${state.sign} `), state.word),
      note(`heard ${duration(node.last_heard_seconds)} ago`),
      Number.isFinite(node.round_trip_seconds) ? note(`answers in ${milliseconds(node.round_trip_seconds)}`) : null,
    ],
    workers(node.samplers, node.samplers_busy),
    workers(node.scorers, node.scorers_busy),
    weights(node, proposal),
    [rate(node.sequences_per_second), note(node.samplers > 0 || node.scorers === 0 ? "drawn" : "scored")],
    [el("span", { class: "long" }, node.build), note(node.devices.join(", ")), numerics(node)],
  ];
  contents.forEach((content, i) => row.cells[i].replaceChildren(...content.filter((part) => part !== null)));
}

const note = (text) => el("span", { class: "note" }, text);

function workers(number, busy) {
  if (number === 0) {
    return ["–"];
  }
  const bar = el("div", { class: "load", "aria-hidden": "true" }, el("i", { class: "busy" }));
  bar.firstChild.style.width = `${100 * (busy ?? 0)}%`;
  return [count(number), bar, note(`${percent(busy)} busy`)];
}

function weights(node, proposal) {
  if (node.samplers === 0) {
    return ["–", node.scorers === 0 ? null : note("scores only")];
  }
  if (node.version === null || node.version === undefined) {
    return ["none yet"];
  }
  const behind = proposal - node.version;
  return [`version ${count(node.version)}`, behind > 0 ? el("span", { class: "behind" }, `▲ ${count(behind)} behind`) : note("current")];
}

function numerics(node) {
  if (node.numerics === null || node.numerics === undefined) {
    return null;
  }
  return node.same_numerics
    ? el("span", { class: "note", title: `computes the same bits as the trainer: class ${node.numerics}` }, "same bits")
    : el("span", { class: "behind", title: `computes other bits than the trainer: class ${node.numerics}` }, "▲ other bits");
}

function confirm(action, node) {
  const { verb, text } = ORDERS[action];
  show({ action, node }, `${verb} ${node.name}?`, text, verb);
}

function askForCounts(node) {
  byId("node-samplers").value = node.samplers;
  byId("node-scorers").value = node.scorers;
  show({ action: null, node }, `Samplers and scorers of ${node.name}`, "Work in progress is finished first. The numbers last until the node's process ends.", "Set");
  byId("node-samplers").select();
}

function show(question, title, text, verb) {
  asked = question;
  setText(byId("node-title"), title);
  setText(byId("node-text"), text);
  setText(byId("node-do"), verb);
  byId("node-do").classList.toggle("danger", question.action !== null);
  byId("node-counts").hidden = question.action !== null;
  byId("node").showModal();
}

async function order() {
  const { action, node } = asked;
  const place = byId("nodes-answer");
  if (action !== null) {
    await answered(place, "", () => performOn(action, node.name));
    return;
  }
  const settings = {};
  for (const kind of ["samplers", "scorers"]) {
    const value = byId(`node-${kind}`).value.trim();
    if (value !== String(node[kind])) {
      settings[`nodes.${node.name}.${kind}.count`] = value;
    }
  }
  if (Object.keys(settings).length > 0) {
    await answered(place, "", () => change(settings));
  }
}
