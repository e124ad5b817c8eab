// The stream as a picture: what waits where, which stages work, and which wait for another.
import { byId, el, setText, svg } from "./dom.js";
import { count, percent, rate } from "./format.js";

/** What a worker that is blocked waits for, by stage. */
const WAITS = {
  sampler: { admission: "for the learner", weights: "for weights", paused: "paused" },
  scorer: { input: "for draws", paused: "paused" },
  learner: { input: "for sequences", evaluation: "for evaluation", paused: "paused" },
};

/** The box that a bottleneck's word is about. */
const NARROW = { sampling: "sampler", scoring: "scorer", learning: "learner", evaluation: "learner" };

/** Draws the picture from a status, and the settings where they are known. */
export function drawStream(status, settings) {
  const narrow = NARROW[status.bottleneck];
  const flow = byId("flow");
  const staleness = settings?.["stream.max-staleness-steps"]?.value;
  const samplers = Object.values(status.sampler_proposal_version);
  const confirmed = samplers.filter((version) => version === status.proposal_version).length;
  flow.replaceChildren(
    box("Admission", status.paused?.sampling ? "paused" : null, false, [
      line("ahead up to", staleness === undefined ? "–" : `${count(staleness)} step${staleness === 1 ? "" : "s"}`),
      line("holds back", percent(status.stages.sampler?.blocked_ratio.admission)),
    ]),
    arrow(),
    stage("Samplers", "sampler", status, narrow, status.paused?.sampling),
    arrow(),
    stage("Scorers", "scorer", status, narrow, false),
    arrow(),
    stage("Learner", "learner", status, narrow, status.paused?.learning),
    arrow(),
    box("Weights", null, false, [
      line("policy π", `version ${count(status.policy_version)}`),
      line("proposal q", `version ${count(status.proposal_version)}`),
      line("samplers with it", `${confirmed} of ${samplers.length}`),
    ]),
    el("div", { class: "loop" }, el("span", {}, `proposal q, version ${count(status.proposal_version)}, back to the samplers`)),
  );
  const advice = byId("advice");
  advice.dataset.bottleneck = status.bottleneck;
  setText(advice, status.bottleneck_advice);
}

function stage(title, name, status, narrow, paused) {
  const load = status.stages[name];
  const blocked = Object.entries(load.blocked_ratio).filter(([, ratio]) => ratio >= 0.005);
  const waits = blocked.map(([reason, ratio]) => `${percent(ratio)} ${WAITS[name][reason] ?? reason}`);
  return box(title, paused ? "paused" : narrow === name ? "bottleneck" : null, narrow === name, [
    name === "learner" ? line("steps", rate(status.state === "PAUSED" ? 0 : status.steps_per_second)) : line("workers", count(load.workers)),
    name === "learner" ? null : line("waiting", `${count(load.waiting_sequences)} seq.`),
    name === "learner" ? null : line("in work", `${count(load.inflight_sequences)} seq.`),
    bar(load.busy_ratio, blocked),
    line("busy", percent(load.busy_ratio)),
    line("waits", waits.length === 0 ? "–" : waits.join(", ")),
  ]);
}

function box(title, badge, narrow, lines) {
  return el(
    "div",
    { class: narrow ? "stage narrow" : "stage" },
    el("div", { class: "title" }, el("h3", {}, title), badge === null ? null : el("span", { class: "badge" }, badge)),
    ...lines.filter((l) => l?.classList.contains("load")),
    el("dl", {}, ...lines.filter((l) => l !== null && !l.classList.contains("load"))),
  );
}

const line = (name, value) => el("div", {}, el("dt", {}, name), el("dd", {}, value));

function bar(busy, blocked) {
  const waited = blocked.reduce((sum, [, ratio]) => sum + ratio, 0);
  const label = `busy ${percent(busy)}, waiting ${percent(waited)}`;
  const element = el("div", { class: "load", role: "img", "aria-label": label }, el("i", { class: "busy" }), el("i", { class: "waits" }));
  element.children[0].style.width = `${100 * (busy ?? 0)}%`;
  element.children[1].style.width = `${100 * Math.min(waited, 1 - (busy ?? 0))}%`;
  return element;
}

function arrow() {
  return svg(
    "svg",
    { class: "arrow", viewBox: "0 0 24 12", "aria-hidden": "true" },
    svg("path", { d: "M0 6h21M16 1.5 21.5 6 16 10.5" }),
  );
}
