// What an operator can do: actions, and settings that can be changed during the run.
import { change, perform, TokenNeeded } from "./api.js";
import { byId, el, empty, setText } from "./dom.js";

const ACTIONS = [
  { name: "pause-sampling", label: "Pause sampling", title: "Admit no further draws; what is in flight is learned" },
  { name: "pause-learning", label: "Pause learning", title: "Make no further steps; samplers continue up to the bound on staleness" },
  { name: "resume", label: "Resume", title: "End every pause" },
  { name: "checkpoint", label: "Checkpoint now", title: "Write a checkpoint" },
  { name: "swap-proposal", label: "Swap proposal", title: "Make the policy the proposal, whichever is closer to the target" },
  { name: "drain", label: "Drain…", title: "Finish what is in flight, write a checkpoint, end the service", danger: true },
];

const buttons = new Map();
const inputs = new Map(); // by key
let known = {}; // settings as the service told them last
let afterwards = () => {};

/**
 * Makes the buttons and the form work.
 *
 * @param done called after everything that was done
 */
export function setUpControls(done) {
  afterwards = done;
  for (const action of ACTIONS) {
    const button = el("button", { type: "button", title: action.title, class: action.danger ? "danger" : null }, action.label);
    button.addEventListener("click", () => (action.name === "drain" ? byId("drain").showModal() : act(action)));
    buttons.set(action.name, button);
  }
  byId("buttons").replaceChildren(...buttons.values());
  const dialog = byId("drain");
  dialog.addEventListener("close", () => {
    if (dialog.returnValue === "drain") {
      act(ACTIONS.find((action) => action.name === "drain"));
    }
    dialog.returnValue = "";
  });
  byId("settings").addEventListener("submit", (event) => {
    event.preventDefault();
    apply();
  });
  byId("settings").addEventListener("reset", (event) => {
    event.preventDefault();
    inputs.forEach((input, key) => show(input, key));
    byId("settings-answer").replaceChildren();
    mark();
  });
}

async function act(action) {
  const button = buttons.get(action.name);
  button.setAttribute("aria-busy", "true");
  await answered(byId("control-answer"), `${action.label.replace("…", "")}: `, () => perform(action.name));
  button.removeAttribute("aria-busy");
}

async function apply() {
  const wanted = {};
  for (const [key, input] of changed()) {
    const text = input.value.trim();
    wanted[key] = text !== "" && Number.isFinite(Number(text)) ? Number(text) : text;
  }
  if (Object.keys(wanted).length === 0) {
    answer(byId("settings-answer"), true, "Nothing was changed.");
    return;
  }
  const done = await answered(byId("settings-answer"), "", () => change(wanted));
  if (done) {
    // the service's word on them is shown, however it writes them
    changed().forEach(([key, input]) => {
      input.dataset.shown = input.value;
      delete input.dataset.edited;
      inputs.set(key, input);
    });
    mark();
  }
}

/** Does something and says what came of it; whether it was done. */
export async function answered(place, prefix, what) {
  try {
    answer(place, true, prefix + (await what()));
    return true;
  } catch (failure) {
    const reason = failure instanceof TokenNeeded ? "a token is needed" : failure.message;
    answer(place, false, prefix + reason);
    return false;
  } finally {
    afterwards();
  }
}

function answer(place, good, text) {
  place.classList.toggle("wrong", !good);
  setText(place, text);
}

/** Shows which pauses are on. */
export function drawControls(status) {
  buttons.get("pause-sampling").setAttribute("aria-pressed", String(Boolean(status.paused?.sampling)));
  buttons.get("pause-learning").setAttribute("aria-pressed", String(Boolean(status.paused?.learning)));
  const ending = status.state === "DRAINING" || status.state === "FAILED";
  buttons.forEach((button) => button.setAttribute("aria-disabled", String(ending)));
}

/** Shows the settings; what is being edited stays as it is. */
export function drawSettings(settings) {
  known = settings;
  const keys = Object.keys(settings).filter((key) => settings[key].changeable);
  if ([...inputs.keys()].join() !== keys.join()) {
    inputs.clear();
    byId("fields").replaceChildren(...(keys.length === 0 ? [empty("Nothing can be changed.")] : keys.map(field)));
  }
  inputs.forEach((input, key) => {
    if (input.dataset.edited === undefined) {
      show(input, key);
    }
  });
  mark();
}

function field(key) {
  const id = `setting-${key}`;
  const input = el("input", { id, type: "text", autocomplete: "off", spellcheck: "false", "aria-describedby": `${id}-was` });
  input.addEventListener("input", () => {
    input.dataset.edited = "";
    mark();
  });
  inputs.set(key, input);
  return el(
    "div",
    { class: "field" },
    el("label", { for: id }, key),
    input,
    el("span", { class: "was", id: `${id}-was` }),
  );
}

function show(input, key) {
  const value = known[key].value;
  const text = typeof value === "string" ? value : JSON.stringify(value);
  input.dataset.shown = text;
  delete input.dataset.edited;
  if (input.value !== text) {
    input.value = text;
  }
}

const changed = () => [...inputs].filter(([, input]) => input.value.trim() !== input.dataset.shown);

function mark() {
  for (const input of inputs.values()) {
    const differs = input.value.trim() !== input.dataset.shown;
    input.parentElement.classList.toggle("changed", differs);
    setText(document.getElementById(`${input.id}-was`), differs ? `is ${input.dataset.shown}` : "");
  }
  const number = changed().length;
  setText(byId("apply"), number === 0 ? "Apply changes" : `Apply ${number} change${number === 1 ? "" : "s"}`);
}
