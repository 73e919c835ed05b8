// Makes the screenshots of README.md from a running demo: a complex on a phone, in four columns, and its notice sheet.
//
//   node screenshots.mjs BASE_URL ID_OF_A_COMPLEX FOLDER

import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { PNG } from "pngjs";

import { launch } from "./chromium.mjs";

const [base, complex, into] = process.argv.slice(2);
const WIDTH = 360, COLUMNS = 4, GAP = 20;

const browser = await launch();
const context = await browser.newContext({ viewport: { width: WIDTH, height: 780 }, colorScheme: "light" });
const page = await context.newPage();

async function open(path) {
  const answer = await page.goto(base + path, { waitUntil: "load" });
  if (answer.status() !== 200) throw new Error(`${path}: ${answer.status()}`);
}

await open(`/public/complexes/${complex}`);
const long = PNG.sync.read(await page.screenshot({ fullPage: true }));
const height = Math.ceil(long.height / COLUMNS);
const wide = new PNG({ width: COLUMNS * WIDTH + (COLUMNS - 1) * GAP, height });
wide.data.fill(255);
for (let column = 0; column < COLUMNS; column++) {
  const rows = Math.min(height, long.height - column * height);
  PNG.bitblt(long, wide, 0, column * height, WIDTH, rows, column * (WIDTH + GAP), 0);
}
writeFileSync(join(into, "complex-phone.png"), PNG.sync.write(wide, { deflateLevel: 9, colorType: 2 }));

await open(`/public/complexes/${complex}/notice`);
const folder = mkdtempSync(join(tmpdir(), "xiaoqu-screenshots-"));
const sheet = join(folder, "notice.pdf");
await page.pdf({ path: sheet, preferCSSPageSize: true, printBackground: true });
await browser.close();
execFileSync("pdftoppm", ["-png", "-gray", "-r", "70", "-singlefile", sheet, join(into, "notice")]);
rmSync(folder, { recursive: true });
