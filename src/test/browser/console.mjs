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
    const drain = page.getByRole("button", { name: "Drain…" });
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
