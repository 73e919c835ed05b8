// Opens pages at phone and desktop width, in light and dark mode, and runs axe-core. Prints notice sheets on one page each,
// and reads the QR codes of sheets and images back. Prints one JSON object, and exits with 1 if it finds a defect.
//
//   node check.mjs BASE_URL '{"pages": ["/public", …], "sheets": [{"path": …, "code": "URL in it", "across": true}, …],
//     "drawings": [{"path": "….svg", "code": …}, …], "token": "of an office"}' [FOLDER for pictures]
// A sheet with "long" may have more than one page. A sheet without "code" has no QR code.

import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";

import jsQR from "jsqr";
import { PNG } from "pngjs";

import { launch } from "./chromium.mjs";

const [base, plan, pictures] = process.argv.slice(2);
const { pages, sheets, drawings, token } = JSON.parse(plan);
// Pages for offices are requested with the token.
const asking = token ? { extraHTTPHeaders: { authorization: `Bearer ${token}` } } : {};
const require = createRequire(import.meta.url);
const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
const folder = mkdtempSync(join(tmpdir(), "xiaoqu-browser-"));
const faults = [];
const fault = (page, what) => faults.push(`${page}: ${what}`);

const browser = await launch();

const WIDTHS = { phone: { width: 360, height: 780 }, desk: { width: 1280, height: 900 } };

function picture(path, kind) {
  const at = [...pages, ...sheets, ...drawings].findIndex(one => (one.path ?? one) === path);
  const name = path.replace(/[^a-z]+/gi, "-").replace(/^-|-$/g, "").replace(/-?[0-9a-f-]{20,}/, "") || "home";
  return join(pictures, `${at}-${name}-${kind}.png`);
}

async function look(path, device, scheme) {
  const context = await browser.newContext({
    ...asking, viewport: WIDTHS[device], colorScheme: scheme, deviceScaleFactor: device === "phone" ? 2 : 1, bypassCSP: true,
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
  // Collapsed content is checked, too.
  await page.evaluate(() => document.querySelectorAll("details").forEach(one => (one.open = true)));
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  if (wide > 0) fault(label, `scrolls sideways by ${wide} px`);
  // Size of tap targets: WCAG 2.5.8 requires 24 px, phones recommend 44.
  await page.evaluate(axe);
  const found = await page.evaluate(() => globalThis.axe.run(document, {
    runOnly: { type: "tag", values: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] },
  }));
  for (const one of found.violations) {
    const where = one.nodes.map(node => node.target.join(" ")).join(", ");
    const grave = ["serious", "critical", "moderate"].includes(one.impact);
    if (grave) fault(label, `axe ${one.impact}: ${one.id} at ${where}`);
  }
  if (pictures) await page.screenshot({ path: picture(path, `${device}-${scheme}`), fullPage: true });
  await context.close();
  return found.passes.length;
}

function read(png) {
  const image = PNG.sync.read(png);
  return jsQR(new Uint8ClampedArray(image.data), image.width, image.height)?.data ?? null;
}

let passed = 0;
for (const path of pages) {
  for (const device of Object.keys(WIDTHS)) {
    for (const scheme of ["light", "dark"]) passed += await look(path, device, scheme);
  }
}

// The page's own policy must prevent a script from running.
const strict = await (await browser.newContext(asking)).newPage();
await strict.goto(base + pages[0]);
const ran = await strict.addScriptTag({ content: "globalThis.ran = true" }).then(() => true, () => false);
if (ran && (await strict.evaluate(() => globalThis.ran === true))) fault("policy", "an inline script ran");

// A sheet: one A4 page, whose printed QR code leads back to the page.
async function print({ path, code: expected, across, long }, at) {
  const printed = await (await browser.newContext(asking)).newPage();
  await printed.goto(base + path);
  const pdf = join(folder, `sheet${at}.pdf`);
  await printed.pdf({ path: pdf, format: "A4", preferCSSPageSize: true, printBackground: true });
  const info = execFileSync("pdfinfo", [pdf]).toString();
  const count = Number(/Pages:\s+(\d+)/.exec(info)?.[1]);
  if (count !== 1 && !long) fault(path, `prints on ${count} pages`);
  const size = across ? /Page size:\s+84[12][.\d]* x 59[45]/ : /Page size:\s+59[45][.\d]* x 84[12]/;
  if (!size.test(info)) fault(path, `is not A4: ${/Page size:.*/.exec(info)?.[0]}`);
  execFileSync("pdftoppm", ["-r", "150", "-png", "-f", "1", "-l", "1", "-singlefile", pdf, join(folder, `sheet${at}`)]);
  const png = join(folder, `sheet${at}.png`);
  const code = read(readFileSync(png));
  if (expected && code !== expected) fault(path, `its code says ${code}`);
  if (pictures) execFileSync("cp", [png, picture(path, "print")]);
  return { pages: count, code, text: execFileSync("pdftotext", [pdf, "-"]).toString() };
}

// A separate image: valid XML, and no text beyond the edge, over other text or over the QR code.
async function draw({ path, code: expected }) {
  const page = await (await browser.newContext({ viewport: { width: 1600, height: 1000 } })).newPage();
  // The browser requests an icon by itself. An image cannot name one.
  const icon = `${base}/favicon.ico`;
  page.on("request", request => [base + path, icon].includes(request.url()) || fault(path, `asks for ${request.url()}`));
  page.on("console", message => message.type() !== "error" || message.location().url === icon || fault(path, `console: ${message.text()}`));
  const answer = await page.goto(base + path, { waitUntil: "load" });
  if (answer.headers()["content-type"] !== "image/svg+xml") fault(path, `is ${answer.headers()["content-type"]}`);
  const wrong = await page.evaluate(() => {
    const root = document.documentElement;
    if (root.nodeName !== "svg" || document.querySelector("parsererror")) return ["is no SVG"];
    const within = (one, other) => one.left >= other.left && one.right <= other.right && one.top >= other.top && one.bottom <= other.bottom;
    const meet = (one, other) => one.left < other.right && other.left < one.right && one.top < other.bottom && other.top < one.bottom;
    // Text boxes have space above and below the letters. Ignore half a line of it.
    const box = node => {
      const { left, right, top, bottom } = node.getBoundingClientRect();
      const air = (bottom - top) * 0.17;
      return { left, right, top: top + air, bottom: bottom - air };
    };
    const frame = root.querySelectorAll("rect")[2].getBoundingClientRect();
    const texts = [...root.querySelectorAll(":scope > text")].map(node => ({ said: node.textContent, box: box(node) }));
    const code = { said: "the code", box: root.querySelector("svg").getBoundingClientRect() };
    const found = texts.filter(one => !within(one.box, frame)).map(one => `${one.said} stands beyond the frame`);
    const all = [...texts, code];
    all.forEach((one, at) => all.slice(at + 1).forEach(other => meet(one.box, other.box) && found.push(`${one.said} meets ${other.said}`)));
    return found;
  });
  for (const one of wrong) fault(path, one);
  const png = await page.screenshot();
  const code = read(png);
  if (code !== expected) fault(path, `its code says ${code}`);
  if (pictures) writeFileSync(picture(path, "drawing"), png);
  return { code };
}

const prints = [];
for (const [at, sheet] of sheets.entries()) prints.push(await print(sheet, at));
const drawn = [];
for (const drawing of drawings) drawn.push(await draw(drawing));

await browser.close();
rmSync(folder, { recursive: true });
console.log(JSON.stringify({ faults, passed, sheets: prints, drawings: drawn }));
process.exit(faults.length ? 1 : 0);
