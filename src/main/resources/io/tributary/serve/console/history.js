// The points of the run, as far as they were fetched.
import { get } from "./api.js";

/** The key of a series: a metric's name and the values of its labels. */
export const seriesKey = (name, ...labels) => [name, ...labels].join("\n");

/** Points by step, in the order of steps. */
class Points {
  rows = new Map();

  /** Takes over what the service says about all steps after one. */
  replaceAfter(step, columns) {
    for (const known of [...this.rows.keys()]) {
      if (known > step) {
        this.rows.delete(known);
      }
    }
    columns.steps.forEach((at, i) => {
      const row = {};
      for (const series of columns.series) {
        row[seriesKey(series.name, ...series.labels)] = series.values[i];
      }
      this.rows.set(at, row);
    });
  }

  steps() {
    return [...this.rows.keys()];
  }

  /** Values of a series, one for each step, null where there is none. */
  values(key) {
    return [...this.rows.values()].map((row) => row[key] ?? null);
  }

  /** Names of the values of a series' label, such as all features. */
  labels(name) {
    const found = new Set();
    for (const row of this.rows.values()) {
      for (const key of Object.keys(row)) {
        const [metric, label] = key.split("\n");
        if (metric === name && label !== undefined) {
          found.add(label);
        }
      }
    }
    return [...found].sort();
  }
}

export class History {
  stride = 1;
  points = new Points();
  evaluations = new Points();
  replacements = new Map(); // version by step

  /** Forgets everything: the service goes on from an earlier step, or is another one. */
  clear() {
    this.stride = 1;
    this.points = new Points();
    this.evaluations = new Points();
    this.replacements = new Map();
  }

  get lastStep() {
    return this.points.steps().at(-1) ?? -1;
  }

  /** Fetches what has come since. */
  async refresh() {
    const since = this.#settledStep();
    let answer = await get(since < 0 ? "/history" : `/history?since=${since}`);
    if (answer.stride !== this.stride && since >= 0) {
      this.clear();
      answer = await get("/history");
      this.#take(-1, answer);
    } else {
      this.#take(since, answer);
    }
  }

  /** The newest step of which everything is known: evaluations come after their step. */
  #settledStep() {
    const settled = this.points.steps().filter((step) => step % this.stride === 0 && step < this.lastStep);
    return settled.at(-1) ?? -1;
  }

  #take(since, answer) {
    this.stride = answer.stride;
    this.points.replaceAfter(since, answer);
    this.evaluations.replaceAfter(since, answer.evaluations);
    for (const step of [...this.replacements.keys()]) {
      if (step > since) {
        this.replacements.delete(step);
      }
    }
    for (const replacement of answer.replacements) {
      this.replacements.set(replacement.step, replacement.policy_version);
    }
  }
}
