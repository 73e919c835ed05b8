// Opens the page of the OpenAPI document at one operation. Prints one JSON object: what the page shows of the operation, and
// errors and warnings of its scripts.
//
//   node docs.mjs BASE_URL '{"at": "/docs/#tag/…", "until": "text that the operation shows"}'

import { launch } from "./chromium.mjs";

const [base, plan] = process.argv.slice(2);
const { at, until } = JSON.parse(plan);
const browser = await launch();
const page = await browser.newPage({ viewport: { width: 1400, height: 900 } });
const faults = [];
// The viewer tries `eval`, which the page's security policy refuses; the viewer then works without.
const evalRefused = /^ Note that 'script-src' was not explicitly set/;
page.on("request", request => request.url().startsWith(base) || faults.push(`asks an outside address: ${request.url()}`));
page.on("console", message => {
  if (["error", "warning"].includes(message.type()) && !evalRefused.test(message.text())) faults.push(message.text());
});
page.on("pageerror", error => faults.push(error.message));
await page.goto(base + at);
const shown = await page
  .waitForFunction(text => document.body.innerText.includes(text) && document.body.innerText, until, { timeout: 60_000 })
  .then(found => found.jsonValue())
  .catch(error => faults.push(error.message) && "");
console.log(JSON.stringify({ shown, faults }));
await browser.close();
