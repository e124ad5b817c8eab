// Measurements over the steps of the run.
import uPlot from "./uplot/uPlot.esm.js";
import { byId, el, setText, svg } from "./dom.js";
import { count, number } from "./format.js";
import { seriesKey } from "./history.js";

const HEIGHT = 190;

/** Lines differ in colour and in dashes, for those who can't tell the colours apart. */
const DASHES = [[], [7, 4], [2, 3], [9, 3, 2, 3]];

const key = seriesKey;

/** Charts that every run has; those of features come after them. */
const CHARTS = [
  {
    title: "Divergence",
    unit: "nats",
    wide: true,
    zero: true,
    lines: [
      { label: "KL(p‖π)", key: key("kl_nats", "p_pi") },
      { label: "KL(p‖q)", key: key("kl_nats", "p_q") },
      { label: "KL(π‖a)", key: key("kl_nats", "pi_a") },
      { label: "KL(p‖π) held out", key: key("held_out_kl_nats") },
    ],
  },
  {
    title: "Partition function",
    unit: "Z ± 2 standard errors",
    lines: [{ label: "Z", key: key("partition_function"), error: key("partition_function_stderr") }],
  },
  {
    title: "Effective sample size",
    unit: "of the batch's size",
    zero: true,
    lines: [
      { label: "weights p/q", key: key("effective_sample_size_ratio", "p_q") },
      { label: "weights π/q", key: key("effective_sample_size_ratio", "pi_q") },
    ],
  },
  {
    title: "Speed",
    unit: "sequences per second",
    zero: true,
    lines: [{ label: "learned", key: key("sequences_per_second") }],
  },
];

function featureChart(feature) {
  return {
    title: `E[φ] of ${feature}`,
    unit: "mean",
    feature,
    lines: [
      { label: "under π", key: key("feature_moment", feature, "pi") },
      { label: "under q", key: key("feature_moment", feature, "q") },
    ],
  };
}

const charts = new Map(); // by title

/**
 * Draws all charts.
 *
 * @param history points of the run
 * @param status for the features' targets and for what the service does while there are no points
 */
export function drawCharts(history, status) {
  const features = new Set([...Object.keys(status.feature_target), ...history.points.labels("feature_moment")]);
  const wanted = [CHARTS[0], ...[...features].map(featureChart), ...CHARTS.slice(1)];
  for (const definition of wanted) {
    if (!charts.has(definition.title)) {
      charts.set(definition.title, new Chart(definition));
    }
  }
  const plots = byId("plots");
  if (plots.childElementCount !== wanted.length) {
    plots.replaceChildren(...wanted.map((definition) => charts.get(definition.title).figure));
  }
  for (const definition of wanted) {
    charts.get(definition.title).update(history, status);
  }
  const steps = history.points.steps();
  setText(
    byId("charts-note"),
    steps.length === 0
      ? waiting(status.state)
      : "Triangles mark replacements of the proposal, dots evaluations on samples of π." +
          (history.stride > 1 ? ` Every ${count(history.stride)}th step is drawn.` : ""),
  );
}

function waiting(state) {
  switch (state) {
    case "STARTING":
      return "Models are being loaded; measurements begin with the first step.";
    case "FITTING":
      return "The target's lambdas are being fitted on sequences of the base model; measurements begin with the first step.";
    default:
      return "No step has been made yet: Z is estimated from the first draws before.";
  }
}

const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

class Chart {
  constructor(definition) {
    this.definition = definition;
    this.values = definition.lines.map(() => el("b", {}, "–"));
    this.target = el("b", {}, "–");
    this.canvas = el("div", { class: "canvas", role: "img" });
    this.figure = el(
      "figure",
      { class: definition.wide ? "card plot wide" : "card plot" },
      el("figcaption", {}, el("h3", {}, definition.title), el("span", { class: "note" }, definition.unit)),
      el(
        "ul",
        { class: "legend" },
        ...definition.lines.map((line, i) => el("li", {}, swatch(`s${i}`, DASHES[i]), el("span", {}, line.label), this.values[i])),
        definition.feature === undefined ? null : el("li", {}, swatch("goal", [5, 3]), el("span", {}, "target"), this.target),
      ),
      this.canvas,
    );
    new ResizeObserver(() => this.#resize()).observe(this.canvas);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.#renew());
  }

  update(history, status) {
    const points = history.points;
    this.goal = this.definition.feature === undefined ? null : (status.feature_target[this.definition.feature] ?? null);
    this.replacements = [...history.replacements.keys()];
    this.evaluations = this.definition.lines.map((line) => ({
      steps: history.evaluations.steps(),
      values: history.evaluations.values(line.key),
    }));
    this.data = [points.steps()];
    for (const line of this.definition.lines) {
      const values = points.values(line.key);
      this.data.push(values);
      if (line.error !== undefined) {
        const errors = points.values(line.error);
        this.data.push(values.map((v, i) => (v === null ? null : v + 2 * (errors[i] ?? 0))));
        this.data.push(values.map((v, i) => (v === null ? null : v - 2 * (errors[i] ?? 0))));
      }
    }
    setText(this.target, number(this.goal));
    this.#legend(null);
    const said = this.definition.lines.map((line, i) => `${line.label} ${this.values[i].textContent}`).join(", ");
    this.canvas.setAttribute(
      "aria-label",
      this.data[0].length === 0
        ? `${this.definition.title}: no step yet`
        : `${this.definition.title} over steps; at step ${count(this.data[0].at(-1))}: ${said}`,
    );
    this.canvas.classList.toggle("blank", this.data[0].length === 0);
    if (this.plot === undefined) {
      this.#renew();
    } else {
      this.plot.setData(this.data);
    }
  }

  /** Values under the cursor, or the last ones. */
  #legend(index) {
    let column = 1;
    this.definition.lines.forEach((line, i) => {
      const values = this.data[column];
      const value = index === null ? values.findLast((v) => v !== null) : values[index];
      setText(this.values[i], number(value));
      column += line.error === undefined ? 1 : 3;
    });
  }

  #resize() {
    if (this.plot !== undefined && this.canvas.clientWidth > 0) {
      this.plot.setSize({ width: this.canvas.clientWidth, height: HEIGHT });
    }
  }

  #renew() {
    if (this.data === undefined || this.canvas.clientWidth === 0) {
      return;
    }
    this.plot?.destroy();
    this.plot = new uPlot(this.#options(), this.data, this.canvas);
  }

  #options() {
    const axis = {
      stroke: colour("--muted"),
      font: "11px system-ui, sans-serif",
      grid: { stroke: colour("--grid"), width: 1 },
      ticks: { stroke: colour("--grid"), width: 1, size: 4 },
    };
    const series = [{ label: "step" }];
    const bands = [];
    this.definition.lines.forEach((line, i) => {
      series.push({
        stroke: colour(`--s${i}`),
        width: 1.75,
        dash: DASHES[i],
        spanGaps: true,
        points: { show: (plot) => plot.data[0].length === 1 },
      });
      if (line.error !== undefined) {
        const edge = { stroke: "transparent", spanGaps: true, points: { show: false } };
        bands.push({ series: [series.length, series.length + 1], fill: colour("--band") });
        series.push(edge, { ...edge });
      }
    });
    return {
      width: this.canvas.clientWidth,
      height: HEIGHT,
      legend: { show: false },
      cursor: { drag: { x: false, y: false }, points: { size: 6 }, sync: { key: "steps" }, y: false },
      scales: {
        x: { time: false, range: (plot, min, max) => [Math.min(min ?? 0, 0), Math.max(max ?? 1, 1)] },
        y: { range: (plot, min, max) => this.#range(min, max) },
      },
      axes: [
        { ...axis, size: 26, incrs: [1, 2, 5].flatMap((m) => [...Array(9).keys()].map((e) => m * 10 ** e)).sort((a, b) => a - b), values: (plot, splits) => splits.map(short) },
        { ...axis, size: 52, values: (plot, splits) => splits.map(number) },
      ],
      series,
      bands,
      padding: [10, 14, 0, 0],
      hooks: {
        draw: [(plot) => this.#marks(plot)],
        setCursor: [(plot) => this.#legend(plot.cursor.idx ?? null)],
      },
    };
  }

  #range(min, max) {
    const more = this.evaluations.flatMap((line) => line.values).filter((v) => v !== null);
    const known = [min, max, this.goal, this.definition.zero ? 0 : null, ...more].filter((v) => v !== null && v !== undefined);
    if (known.length === 0) {
      return [0, 1];
    }
    const low = Math.min(...known);
    const high = Math.max(...known);
    const room = high > low ? 0.06 * (high - low) : Math.abs(high) * 0.1 || 1;
    return [this.definition.zero && low >= 0 ? 0 : low - room, high + room];
  }

  /** Target, evaluations and replacements. */
  #marks(plot) {
    const { ctx } = plot;
    const { left, top, width, height } = plot.bbox;
    const ratio = devicePixelRatio;
    ctx.save();
    ctx.beginPath();
    ctx.rect(left - 4 * ratio, top - 8 * ratio, width + 8 * ratio, height + 8 * ratio);
    ctx.clip();
    if (this.goal !== null) {
      const y = plot.valToPos(this.goal, "y", true);
      ctx.strokeStyle = colour("--goal");
      ctx.lineWidth = 1.5 * ratio;
      ctx.setLineDash([5 * ratio, 3 * ratio]);
      ctx.beginPath();
      ctx.moveTo(left, y);
      ctx.lineTo(left + width, y);
      ctx.stroke();
    }
    ctx.setLineDash([]);
    this.evaluations.forEach((line, i) => {
      ctx.fillStyle = colour(`--s${i}`);
      ctx.strokeStyle = colour("--card");
      ctx.lineWidth = ratio;
      line.values.forEach((value, j) => {
        if (value !== null) {
          ctx.beginPath();
          ctx.arc(plot.valToPos(line.steps[j], "x", true), plot.valToPos(value, "y", true), 3.25 * ratio, 0, 2 * Math.PI);
          ctx.fill();
          ctx.stroke();
        }
      });
    });
    ctx.fillStyle = colour("--muted");
    for (const step of this.replacements) {
      const x = plot.valToPos(step, "x", true);
      ctx.beginPath();
      ctx.moveTo(x, top);
      ctx.lineTo(x - 3 * ratio, top - 6 * ratio);
      ctx.lineTo(x + 3 * ratio, top - 6 * ratio);
      ctx.fill();
    }
    ctx.restore();
  }
}

function swatch(name, dash) {
  return svg(
    "svg",
    { class: `swatch ${name}`, viewBox: "0 0 22 8", "aria-hidden": "true" },
    svg("line", { x1: 0, y1: 4, x2: 22, y2: 4, "stroke-dasharray": dash.join(" ") || "none" }),
  );
}

const short = (step) => (step >= 1e6 ? `${step / 1e6}M` : step >= 1e4 ? `${step / 1e3}k` : String(step));
