// Opens the console page of a service that trains and does with it what an operator does.
//
//   node console.mjs URL CHROMIUM TOOLS
//
// TOOLS is the folder that playwright-core is installed in. Ends with 0, or with 1 and what was wrong.
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { existsSync } from "node:fs";
import { delimiter, isAbsolute, join } from "node:path";
import { contrasts, unlabelled } from "./page.mjs";

const [url, program, tools] = process.argv.slice(2);
const executablePath = [program, ...process.env.PATH.split(delimiter).map((folder) => join(folder, program))].find((path) => isAbsolute(path) && existsSync(path));
const { chromium } = createRequire(`${tools}/`)("playwright-core");
const HOSTILE = `<img src=x onerror="window.hacked = true"><script>window.hacked = true</script>"'&lt;`;
const NODE = {
  name: "node-0", address: "worker-0:4000", build: "0.2.0", state: "AVAILABLE", devices: ["cuda:0", "cuda:1"], samplers: 2, scorers: 1,
  version: 9, sequences_per_second: 123.4, samplers_busy: 0.87, scorers_busy: 0.2, round_trip_seconds: 0.0042, last_heard_seconds: 1.4,
  numerics: "3fa9", same_numerics: true, metrics: null,
};
const CLUSTER = {
  proposal_version: 9,
  samplers_desired: 5,
  scorers_desired: 2,
  nodes: [
    NODE,
    { ...NODE, name: "node-1", address: "worker-1:4000", version: 7, same_numerics: false },
    { ...NODE, name: "node-2", address: "a-long-name-of-a-worker-that-is-far-away.example.org:4000", state: "UNREACHABLE", last_heard_seconds: 65, round_trip_seconds: null },
  ],
};
const PATIENCE = { timeout: 20_000 };

const browser = await chromium.launch({
  executablePath,
  args: [
    ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []),
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
  ],
});

const complaints = [];
const asked = new Set();

async function open(options = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE.timeout);
  page.on("request", (request) => asked.add(new URL(request.url()).origin));
  page.on("pageerror", (error) => complaints.push(error.message));
  return page;
}

const text = (page, selector) => page.locator(selector).innerText();
const service = async (path) => (await fetch(new URL(path, url))).json();

async function until(page, what, condition, argument) {
  await page.waitForFunction(condition, argument, PATIENCE).catch((error) => assert.fail(`${what}: ${error.message}`));
}

const checks = {
  async "the page shows the run, without complaints of the browser"(page) {
    await page.goto(url);
    await until(page, "steps", () => document.querySelectorAll("#sequences tbody tr").length > 0);
    assert.equal(await text(page, "h1"), (await service("/status")).run);
    assert.ok((await page.title()).startsWith("browser: "));
  },

  async "the picture has every stage with its numbers"(page) {
    const status = await service("/status");
    assert.deepEqual(await page.locator("#flow h3").allInnerTexts(), ["Admission", "Samplers", "Scorers", "Learner", "Weights"]);
    const samplers = await text(page, "#flow .stage:has(h3:text-is('Samplers'))");
    assert.match(samplers, new RegExp(`workers\\s+${status.stages.sampler.workers}\\b`));
    assert.match(samplers, /waiting\s+\d+ seq\.\s+in work\s+\d+ seq\./);
    await until(page, "shares", () => /busy\s+\d+ %/.test(document.querySelector("#flow").innerText));
    await until(page, "advice", () => document.querySelector("#advice").textContent.length > 30);
    assert.match(await text(page, "#figures"), /Step\s+\d/);
  },

  async "lines are drawn in every chart"(page) {
    await until(page, "lines", () => {
      const charts = [...document.querySelectorAll(".plot canvas")];
      return charts.length >= 5 && charts.every((canvas) => {
        const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
        let coloured = 0;
        for (let i = 0; i < data.length; i += 4) {
          if (data[i + 3] > 200 && Math.max(data[i], data[i + 1], data[i + 2]) - Math.min(data[i], data[i + 1], data[i + 2]) > 60) {
            coloured++;
          }
        }
        return coloured > 20;
      });
    });
    assert.match(await page.locator(".plot .canvas").first().getAttribute("aria-label"), /^Divergence over steps; at step \d.*KL\(p‖π\) [\d.]+/);
    assert.match(await text(page, ".plot:has-text('letter') .legend"), /under π\s*0?\.?\d+[\s\S]*target/);
  },

  async "sequences and checkpoints are tables with heads"(page) {
    assert.deepEqual(await page.locator("#sequences th").allInnerTexts(), ["Step", "Text", "Weight w", "log q", "letter"]);
    await until(page, "checkpoints", () => /^[\d,]+$/.test(document.querySelector("#checkpoints td")?.textContent ?? ""));
    assert.equal(await page.locator("th:not([scope])").count(), 0);
  },

  async "a pause is seen, and ends"(page) {
    await page.getByRole("button", { name: "Pause sampling" }).click();
    await until(page, "pause", () => document.querySelector("#state-name").textContent === "PAUSED");
    assert.equal(await page.getByRole("button", { name: "Pause sampling" }).getAttribute("aria-pressed"), "true");
    assert.match(await text(page, "#control-answer"), /sampling is paused/);
    assert.equal((await service("/status")).state, "PAUSED");
    await page.getByRole("button", { name: "Resume" }).click();
    await until(page, "end of the pause", () => document.querySelector("#state-name").textContent !== "PAUSED");
    assert.equal((await service("/status")).paused.sampling, false);
  },

  async "settings change together, and the change is listed"(page) {
    await page.getByLabel("samples.per-interval").fill("7");
    await page.getByLabel("evaluation.interval-steps").fill("9");
    assert.equal(await text(page, "#apply"), "Apply 2 changes");
    await page.locator("#apply").click();
    await until(page, "the change", () => document.querySelectorAll("#changes li").length === 2);
    assert.match(await text(page, "#settings-answer"), /samples\.per-interval/);
    assert.match(await text(page, "#changes"), /samples\.per-interval 4 → 7/);
    assert.equal((await service("/config")).settings["samples.per-interval"].value, 7);
    await until(page, "the form", () => document.querySelector("#apply").textContent === "Apply changes");
  },

  async "a value that can't be is refused with the reason"(page) {
    const rate = page.getByLabel("learner.optimizer.learning-rate");
    const before = await rate.inputValue();
    await rate.fill("-1");
    await rate.press("Enter");
    await until(page, "the reason", () => document.querySelector("#settings-answer").classList.contains("wrong"));
    assert.match(await text(page, "#settings-answer"), /learning-rate.*-1/);
    assert.equal(String((await service("/config")).settings["learner.optimizer.learning-rate"].value), before);
    await page.locator("#revert").click();
    assert.equal(await rate.inputValue(), before);
    assert.equal(await text(page, "#settings-answer"), "");
  },

  async "nodes are listed, with what is wrong with them in words"(page) {
    assert.ok(await page.locator("#nodes").isHidden(), "a run of one process has none");
    await page.route("**/status", async (route) => route.fulfill({ json: { ...(await service("/status")), ...CLUSTER } }));
    await until(page, "nodes", (number) => document.querySelectorAll("#nodes tbody tr").length === number, CLUSTER.nodes.length);
    assert.deepEqual(await page.locator("#nodes tbody td:first-child b").allInnerTexts(), ["node-0", "node-1", "node-2"]);
    const [good, slow, gone] = await page.locator("#nodes tbody tr").allInnerTexts();
    assert.match(good, /worker-0:4000\s+● available\s+heard 1 s ago\s+answers in 4\.2 ms\s+2\s+87 % busy\s+1\s+20 % busy\s+version 9\s+current\s+123\.4 \/ s\s+drawn\s+0\.2\.0\s+cuda:0, cuda:1\s+same bits/);
    assert.match(slow, /version 7\s+▲ 2 behind[\s\S]*▲ other bits/);
    assert.match(gone, /✕ unreachable\s+heard 1 min 5 s ago/);
    assert.match(await text(page, "#nodes-wanted"), /There are \d+ samplers? and \d+ scorers?.*; 5 and 2 would keep the learner just busy\./);
  },

  async "a node is drained, dismissed or given other numbers, and keeps the focus meanwhile"(page) {
    const orders = [];
    await page.route(/\/(control\/.*-node|config)$/, async (route) => {
      const request = route.request();
      if (request.method() === "GET") {
        return route.continue();
      }
      orders.push([request.method(), new URL(request.url()).pathname, request.postDataJSON()]);
      return route.fulfill({ json: { done: `order ${orders.length} is done` } });
    });
    const answer = (number) => until(page, `answer ${number}`, (n) => document.querySelector("#nodes-answer").textContent === `order ${n} is done`, number);
    await page.getByRole("button", { name: "Drain… node-1" }).click();
    assert.equal(await text(page, "#node-title"), "Drain node-1?");
    assert.equal(await page.evaluate(() => document.activeElement.textContent), "Cancel");
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "Drain… node-1" }).click();
    await page.getByRole("button", { name: "Drain", exact: true }).click();
    await answer(1);
    await page.getByRole("button", { name: "Dismiss… node-2" }).click();
    await page.getByRole("button", { name: "Dismiss", exact: true }).click();
    await answer(2);
    const set = page.getByRole("button", { name: "Set… node-0" });
    await set.click();
    await page.getByLabel("Samplers", { exact: true }).fill("4");
    await page.getByLabel("Samplers", { exact: true }).press("Enter");
    await answer(3);
    assert.deepEqual(orders, [
      ["POST", "/control/drain-node", { node: "node-1" }],
      ["POST", "/control/dismiss-node", { node: "node-2" }],
      ["PATCH", "/config", { "nodes.node-0.samplers.count": "4" }],
    ]);
    await until(page, "a new answer of the service", () => document.querySelector("#nodes tbody td:nth-child(2) .note").textContent === "heard 1 s ago");
    assert.equal(await set.evaluate((button) => button === document.activeElement), true);
    await page.unroute(/\/(control\/.*-node|config)$/);
  },

  async "everything can be reached and seen with the keyboard"(page) {
    await page.evaluate(() => document.activeElement?.blur());
    const wanted = await page.evaluate(() =>
      [...document.querySelectorAll("a, button, input, [tabindex='0']")].filter((e) => e.checkVisibility() && e.closest("dialog") === null).map((e) => (e.dataset.probe = e.id || e.textContent)),
    );
    const reached = new Set();
    for (let i = 0; i < wanted.length + 25; i++) {
      await page.keyboard.press("Tab");
      const focus = await page.evaluate(() => {
        const element = document.activeElement;
        return { probe: element.dataset.probe ?? null, seen: getComputedStyle(element).outlineStyle !== "none" };
      });
      if (focus.probe !== null) {
        assert.ok(focus.seen, `${focus.probe} shows no focus`);
        reached.add(focus.probe);
      }
    }
    assert.deepEqual(wanted.filter((probe) => !reached.has(probe)), []);
  },

  async "draining is asked about first"(page) {
    const drain = page.getByRole("button", { name: "Drain…", exact: true });
    await drain.focus();
    await page.keyboard.press("Enter");
    assert.ok(await page.locator("#drain").isVisible());
    assert.equal(await page.evaluate(() => document.activeElement.textContent), "Keep running");
    await page.keyboard.press("Escape");
    assert.ok(await page.locator("#drain").isHidden());
    assert.equal(await page.evaluate(() => document.activeElement.textContent), "Drain…");
    assert.notEqual((await service("/status")).state, "DRAINING");
  },

  async "everything has a name, and texts are readable in light and dark"(page) {
    assert.deepEqual(await page.evaluate(unlabelled), []);
    for (const colorScheme of ["light", "dark"]) {
      await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
      assert.deepEqual(await page.evaluate(contrasts), [], colorScheme);
      assert.equal(await page.evaluate(() => getComputedStyle(document.querySelector("button")).transitionProperty), "none");
    }
  },

  async "a phone needs no scrolling sideways"(page) {
    for (const width of [360, 768, 1024]) {
      await page.setViewportSize({ width, height: 740 });
      await until(page, `width ${width}`, () => document.documentElement.scrollWidth <= innerWidth);
    }
    await page.setViewportSize({ width: 1280, height: 900 });
  },

  async "nothing else than the service was asked, and the browser had nothing to complain of"() {
    assert.deepEqual([...asked], [new URL(url).origin]);
    // a refused change is an answer of 400, which browsers complain of by themselves
    assert.deepEqual(complaints.filter((complaint) => !complaint.endsWith("status of 400 (Bad Request)")), []);
  },

  async "without a worker the page says how to start one"(page) {
    await page.unroute("**/status");
    await page.route("**/status", async (route) =>
      route.fulfill({ json: { ...(await service("/status")), nodes: [], state: "WAITING_FOR_WORKERS", state_reason: "there is no sampler" } }),
    );
    await until(page, "no nodes", () => /No worker has joined/.test(document.querySelector("#nodes-table").textContent));
    assert.equal(await text(page, "#state-meaning"), "there is no sampler");
    assert.match(await text(page, "#nodes-wanted"), /is known after some steps\.$/);
    await page.unroute("**/status");
    await until(page, "one process", () => document.querySelector("#nodes").hidden);
  },

  async "what is wrong with what is learned is a banner until it is over"(page) {
    await page.route("**/status", async (route) =>
      route.fulfill({ json: { ...(await service("/status")), concern: "the policy is losing parts of the target: at step 20" } }),
    );
    await until(page, "the banner", () => !document.querySelector("#concern").hidden);
    assert.equal(await text(page, "#concern"), "The policy is losing parts of the target: at step 20.");
    await page.unroute("**/status");
    await until(page, "its end", () => document.querySelector("#concern").hidden);
  },

  async "what a model writes is text, whatever it is"(page) {
    const hostile = { step: 1, draw: 0, index: 0, proposal_version: 1, text: HOSTILE, log_proposal: -1, weight: 1, features: { [HOSTILE]: 1 } };
    await page.route("**/samples?*", (route) => route.fulfill({ json: { samples: [hostile] } }));
    await until(page, "the text", (written) => document.querySelector(".written").textContent === written, HOSTILE);
    assert.equal(await page.locator("#sequences img, #sequences script").count(), 0);
    assert.equal(await page.evaluate(() => window.hacked), undefined);
    assert.equal(await page.locator("#sequences th").last().textContent(), HOSTILE);
    await page.unroute("**/samples?*");
  },

  async "a lost connection is said, and found again"(page) {
    await page.route("**/status", (route) => route.abort());
    await until(page, "the loss", () => document.querySelector("#connection").textContent.includes("does not answer"));
    assert.equal(await text(page, "#state-name"), "No connection");
    await page.unroute("**/status");
    await until(page, "the return", () => document.querySelector("#connection").hidden);
    assert.notEqual(await text(page, "#state-name"), "No connection");
  },

  async "a token is asked for, and kept while the tab is open"() {
    const page = await open();
    await page.route(/\/(status|config|history|samples)(\?|$)/, async (route) =>
      (await route.request().allHeaders()).authorization === "Bearer right"
        ? route.continue()
        : route.fulfill({ status: 401, json: { error: "expected the token of this server" } }),
    );
    await page.goto(url);
    await page.getByLabel("Token", { exact: true }).fill("wrong");
    await page.keyboard.press("Enter");
    await page.locator("#token-wrong").waitFor();
    await page.getByLabel("Token", { exact: true }).fill("right");
    await page.keyboard.press("Enter");
    await until(page, "the run", () => document.querySelector("h1").textContent === "browser");
    assert.ok(await page.locator("#token").isHidden());
    await page.reload();
    await until(page, "the run", () => document.querySelector("h1").textContent === "browser");
    await page.context().close();
  },
};

let failed = 0;
const page = await open();
page.on("console", (message) => {
  if (message.type() === "error" || message.type() === "warning") {
    complaints.push(message.text());
  }
});
for (const [name, check] of Object.entries(checks)) {
  const start = Date.now();
  try {
    await check(page);
    console.log(`ok (${Date.now() - start} ms): ${name}`);
  } catch (error) {
    failed++;
    console.log(`NOT OK: ${name}\n${error.message}`);
  }
}
await browser.close();
process.exitCode = failed === 0 ? 0 : 1;
