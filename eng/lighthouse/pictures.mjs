// Takes the pictures that the README shows.
import { statSync } from "node:fs";
import { fill } from "./fill.mjs";
import { Person } from "./person.mjs";

const [address, chromium, folder] = process.argv.slice(2);
const most = 150 * 1024;

const person = await Person.signedIn(address, chromium);
try {
  await fill(person);
  await person.page.setViewport({ width: 1280, height: 720 });
  await take("overview", "/");
  await take("usage", await usage());
  await take("waiting", "/waiting");
  await take("records", "/records");
  await take("record", await record());
  await take("jobs", "/jobs");
  await person.page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: "dark" }]);
  await take("overview-dark", "/");
} finally {
  await person.browser.close();
}

// The page of the metric that fell and waits for its mark.
async function usage() {
  await person.go("/usage");
  await person.see("acme-staging");
  return person.page.$$eval("main tr", (rows) => rows
    .find((row) => row.textContent.includes("acme-staging") && row.textContent.includes("api_calls"))
    .querySelector("a[href*='/usage/']").getAttribute("href"));
}

// The largest of the accepted ones of the first hours, which are on the last page.
async function record() {
  await person.go("/records?state=Accepted");
  await person.page.waitForSelector("main td a[href*='/records/']");
  await person.press("Last page");
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  return person.page.$$eval("main tbody tr", (rows) => rows
    .map((row) => ({ amount: Number.parseFloat(row.querySelector("[data-label=Amount]")?.textContent.replaceAll(",", "")), link: row.querySelector("a[href*='/records/']") }))
    .reduce((largest, next) => (next.amount > largest.amount ? next : largest)).link.getAttribute("href"));
}

async function take(name, path) {
  await person.go(path);
  await person.page.waitForFunction(() => !document.querySelector("[role=progressbar], .overview-room"));
  await new Promise((resolve) => setTimeout(resolve, 1_000)); // what comes after the first picture: charts, the palette of the system
  const file = `${folder}/${name}.png`;
  await person.page.screenshot({ path: file });
  const { size } = statSync(file);
  console.log(`${name}.png: ${Math.round(size / 1024)} KB`);
  if (size > most) {
    throw new Error(`${file} is larger than ${most / 1024} KB.`);
  }
}
