// Latest sequences, checkpoints, and changes of settings.
import { byId, el, empty, table } from "./dom.js";
import { ago, bytes, clock, count, number } from "./format.js";

/** Sequences as the model wrote them, newest first. */
export function drawSequences(samples) {
  const features = [...new Set(samples.flatMap((sample) => Object.keys(sample.features)))];
  byId("sequences").replaceChildren(
    samples.length === 0
      ? empty("Nothing has been learned yet: sequences appear here with the first step.")
      : table(
          "Sequences learned last, newest first",
          [
            { text: "Step", kind: "figure" },
            { text: "Text", kind: "text" },
            { text: "Weight w", kind: "figure" },
            { text: "log q", kind: "figure" },
            ...features.map((feature) => ({ text: feature, kind: "figure" })),
          ],
          samples.map((sample) => [
            count(sample.step),
            el("div", { class: "written" }, sample.text),
            number(sample.weight),
            number(sample.log_proposal),
            ...features.map((feature) => number(sample.features[feature])),
          ]),
        ),
  );
}

/** Checkpoints, newest first, with how good they are where that is known. */
export function drawCheckpoints(checkpoints) {
  const rated = checkpoints.some((checkpoint) => checkpoint.kl_nats_p_pi !== null);
  byId("checkpoints").replaceChildren(
    checkpoints.length === 0
      ? empty("There is no checkpoint yet.")
      : table(
          "Checkpoints, newest first",
          [{ text: "Step", kind: "figure" }, "Written", { text: "Size", kind: "figure" }, ...(rated ? [{ text: "KL(p‖π)", kind: "figure" }] : [])],
          checkpoints.map((checkpoint) => [
            count(checkpoint.step),
            el("time", { datetime: checkpoint.written_at, title: clock(checkpoint.written_at) }, ago(checkpoint.written_at)),
            bytes(checkpoint.bytes),
            ...(rated ? [checkpoint.best ? el("b", { title: "the best policy that is kept" }, `best ${number(checkpoint.kl_nats_p_pi)}`) : number(checkpoint.kl_nats_p_pi)] : []),
          ]),
        ),
  );
}

/** Changes of settings since the process has started, the newest first. */
export function drawChanges(changes) {
  byId("changes").replaceChildren(
    changes.length === 0
      ? empty("None since this process started.")
      : el(
          "ol",
          { class: "changes" },
          ...[...changes].reverse().map((change) =>
            el(
              "li",
              {},
              el("code", {}, change.key),
              ` ${JSON.stringify(change.before)} → ${JSON.stringify(change.after)}`,
              el("span", { class: "note" }, `${clock(change.at)}, from ${change.from}`),
            ),
          ),
        ),
  );
}
