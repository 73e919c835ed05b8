// Opens pages as people do: at the width of a phone and of a desk, without JavaScript of ours (there is none), in light and
// dark; runs axe-core; prints the sheet and reads its QR code back. Prints one JSON object; exits 1 on a fault.
//
//   node check.mjs BASE_URL '["/public", …]' '/public/complexes/ID/notice' 'URL in the code' [FOLDER for pictures]

import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";

import jsQR from "jsqr";
import { chromium } from "playwright-core";
import { PNG } from "pngjs";

const [base, pages, sheet, expected, pictures] = process.argv.slice(2);
const require = createRequire(import.meta.url);
const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
const folder = mkdtempSync(join(tmpdir(), "xiaoqu-browser-"));
const faults = [];
const fault = (page, what) => faults.push(`${page}: ${what}`);

const browser = await chromium.launch({
  executablePath: process.env.XIAOQU_TEST_CHROMIUM ?? "/usr/bin/chromium",
  args: [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
  ],
});

const WIDTHS = { phone: { width: 360, height: 780 }, desk: { width: 1280, height: 900 } };

async function look(path, device, scheme) {
  const context = await browser.newContext({
    viewport: WIDTHS[device], colorScheme: scheme, deviceScaleFactor: device === "phone" ? 2 : 1, bypassCSP: true,
  });
  const page = await context.newPage();
  const label = `${path} (${device}, ${scheme})`;
  page.on("request", request => {
    if (!request.url().startsWith(base)) fault(label, `asks an outside address: ${request.url()}`);
  });
  page.on("console", message => message.type() === "error" && fault(label, `console: ${message.text()}`));
  page.on("pageerror", error => fault(label, `script: ${error.message}`));
  const answer = await page.goto(base + path, { waitUntil: "load" });
  if (answer.status() !== 200) fault(label, `status ${answer.status()}`);
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  if (wide > 0) fault(label, `scrolls sideways by ${wide} px`);
  // Text that is meant to be tapped: WCAG 2.5.8 asks for 24 px, a phone for 44.
  await page.evaluate(axe);
  const found = await page.evaluate(() => globalThis.axe.run(document, {
    runOnly: { type: "tag", values: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] },
  }));
  for (const one of found.violations) {
    const where = one.nodes.map(node => node.target.join(" ")).join(", ");
    const grave = ["serious", "critical", "moderate"].includes(one.impact);
    if (grave) fault(label, `axe ${one.impact}: ${one.id} at ${where}`);
  }
  if (pictures && scheme === "light") {
    const name = path.replace(/[^a-z]+/gi, "-").replace(/^-|-$/g, "").replace(/-?[0-9a-f-]{20,}/, "") || "home";
    await page.screenshot({ path: join(pictures, `${name}-${device}.png`), fullPage: true });
  }
  await context.close();
  return found.passes.length;
}

function read(png) {
  const image = PNG.sync.read(png);
  return jsQR(new Uint8ClampedArray(image.data), image.width, image.height)?.data ?? null;
}

let passed = 0;
for (const path of JSON.parse(pages)) {
  for (const device of Object.keys(WIDTHS)) {
    for (const scheme of ["light", "dark"]) passed += await look(path, device, scheme);
  }
}

// With the page's own policy in force, a script does not run.
const strict = await (await browser.newContext()).newPage();
await strict.goto(base + JSON.parse(pages)[0]);
const ran = await strict.addScriptTag({ content: "globalThis.ran = true" }).then(() => true, () => false);
if (ran && (await strict.evaluate(() => globalThis.ran === true))) fault("policy", "an inline script ran");

// The sheet: one page of A4, and the code on the printed page leads back.
const printed = await (await browser.newContext()).newPage();
await printed.goto(base + sheet);
const pdf = join(folder, "sheet.pdf");
await printed.pdf({ path: pdf, format: "A4", preferCSSPageSize: true, printBackground: true });
const info = execFileSync("pdfinfo", [pdf]).toString();
const count = Number(/Pages:\s+(\d+)/.exec(info)?.[1]);
if (count !== 1) fault(sheet, `prints on ${count} pages`);
if (!/Page size:\s+59[45][.\d]* x 84[12]/.test(info)) fault(sheet, `is not A4: ${/Page size:.*/.exec(info)?.[0]}`);
execFileSync("pdftoppm", ["-r", "150", "-png", pdf, join(folder, "sheet")]);
const png = readFileSync(join(folder, "sheet-1.png"));
const code = read(png);
if (code !== expected) fault(sheet, `its code says ${code}`);
if (pictures) execFileSync("cp", [join(folder, "sheet-1.png"), join(pictures, "notice-print.png")]);

await browser.close();
rmSync(folder, { recursive: true });
console.log(JSON.stringify({ faults, passed, code, pages: count }));
process.exit(faults.length ? 1 : 0);
