// Polls the service and shows its state.
import { get, hasToken, TokenNeeded, useToken } from "./api.js";
import { drawCharts } from "./charts.js";
import { drawControls, drawSettings, setUpControls } from "./controls.js";
import { byId, el, setText } from "./dom.js";
import { count, duration, rate } from "./format.js";
import { History } from "./history.js";
import { drawNodes, setUpNodes } from "./nodes.js";
import { drawStream } from "./stream.js";
import { drawChanges, drawCheckpoints, drawSequences } from "./tables.js";

const INTERVAL_MILLIS = 2000;
const HIDDEN_INTERVAL_MILLIS = 30000;
const MAX_RETRY_MILLIS = 30000;
const SEQUENCES = 12;

const MEANINGS = {
  STARTING: "models are being loaded",
  FITTING: "the target's lambdas are being fitted on sequences of the base model",
  RUNNING: "sampling and learning continue",
  THROTTLED: "samplers wait for the learner: the bound on staleness is reached",
  WAITING_FOR_DATA: "the learner waits for sequences",
  WAITING_FOR_WORKERS: "there is no sampler or no scorer until a worker joins",
  PAUSED: "paused by an operator",
  DRAINING: "what is in flight is being finished, then the service ends",
  FAILED: "the run cannot continue",
};

const history = new History();
let startedAt = null;
let settings = {};
let failures = 0;
let lastAnswer = null;
let timer = null;
let asking = false;

async function refresh() {
  clearTimeout(timer);
  if (asking) {
    return;
  }
  asking = true;
  try {
    await ask();
    connected();
  } catch (failure) {
    if (failure instanceof TokenNeeded) {
      askForToken();
    } else {
      console.info("no answer:", failure.message);
      disconnected();
    }
  } finally {
    asking = false;
  }
  if (!byId("token").open) {
    timer = setTimeout(refresh, pause());
  }
}

function pause() {
  if (failures > 0) {
    return Math.min(MAX_RETRY_MILLIS, INTERVAL_MILLIS * 2 ** (failures - 1));
  }
  return document.hidden ? HIDDEN_INTERVAL_MILLIS : INTERVAL_MILLIS;
}

async function ask() {
  const status = await get("/status");
  if (status.started_at !== startedAt || status.step < history.lastStep) {
    history.clear();
    startedAt = status.started_at;
  }
  const [config, samples] = await Promise.all([get("/config"), get(`/samples?n=${SEQUENCES}`), history.refresh()]);
  settings = config.settings;
  drawHead(status);
  drawStream(status, settings);
  drawNodes(status);
  drawCharts(history, status);
  drawControls(status);
  drawSettings(settings);
  drawChanges(config.changes);
  drawCheckpoints(status.checkpoints);
  if (!byId("hold").checked) {
    drawSequences(samples.samples);
  }
}

function drawHead(status) {
  document.title = `${status.run}: ${status.state.toLowerCase().replaceAll("_", " ")}`;
  setText(byId("run"), status.run);
  byId("state").dataset.state = status.state;
  setText(byId("state-name"), status.state.replaceAll("_", " "));
  setText(byId("state-meaning"), meaning(status));
  banner("failure", status.failure ?? null);
  banner("concern", status.concern === undefined ? null : `${status.concern[0].toUpperCase()}${status.concern.slice(1)}.`);
  banner("unready", status.ready.ready ? null : `Not ready: ${status.ready.reasons.join("; ")}`);
  const steps = settings["run.steps"]?.value;
  const total = Number.isFinite(steps) ? steps : null;
  byId("figures").replaceChildren(
    figure("Step", count(status.step), total === null ? null : `of ${count(total)}`),
    figure("Sequences", count(status.sequences), null),
    figure("Step rate", rate(status.state === "PAUSED" ? 0 : status.steps_per_second), null),
    figure("Sequence rate", rate(status.state === "PAUSED" ? 0 : status.sequences_per_second), null),
    figure("Up for", duration((Date.now() - Date.parse(status.started_at)) / 1000), null),
  );
  const progress = byId("progress");
  progress.hidden = total === null;
  if (total !== null) {
    progress.max = total;
    progress.value = status.step;
  }
}

function meaning(status) {
  const paused = [status.paused?.sampling ? "sampling" : null, status.paused?.learning ? "learning" : null].filter((side) => side !== null);
  return status.state === "PAUSED" && paused.length > 0
    ? `${paused.join(" and ")} paused by an operator`
    : (status.state_reason ?? MEANINGS[status.state] ?? "");
}

function figure(name, value, more) {
  return el("div", {}, el("dt", {}, name), el("dd", {}, value, more === null ? null : el("span", { class: "note" }, ` ${more}`)));
}

function banner(id, text) {
  byId(id).hidden = text === null;
  setText(byId(id), text ?? "");
}

function connected() {
  failures = 0;
  lastAnswer = Date.now();
  document.body.classList.remove("stale");
  banner("connection", null);
}

function disconnected() {
  failures++;
  document.body.classList.add("stale");
  setText(byId("state-name"), "No connection");
  byId("state").dataset.state = "LOST";
  setText(byId("state-meaning"), "");
  const since = lastAnswer === null ? "" : ` The data shown are from ${new Date(lastAnswer).toLocaleTimeString("en-GB")}.`;
  banner("connection", `The service does not answer; still trying.${since}`);
}

function askForToken() {
  const dialog = byId("token");
  byId("token-wrong").hidden = !hasToken();
  if (!dialog.open) {
    dialog.showModal();
  }
}

byId("token").addEventListener("close", () => {
  const field = byId("token-value");
  if (field.value !== "") {
    useToken(field.value);
    field.value = "";
  }
  refresh();
});
byId("token").addEventListener("cancel", (event) => event.preventDefault());
document.addEventListener("visibilitychange", () => {
  if (!document.hidden) {
    refresh();
  }
});
setUpControls(refresh);
setUpNodes();
refresh();
