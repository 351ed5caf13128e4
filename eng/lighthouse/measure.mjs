// Measures the first load of two pages, signed in, with data in them, an empty cache and Lighthouse's desktop preset. Prints one
// table; the reports go into a folder. Ends with 1 where a score is below 95.
import { mkdirSync, writeFileSync } from "node:fs";
import lighthouse, { desktopConfig } from "lighthouse";
import { fill } from "./fill.mjs";
import { Person } from "./person.mjs";

const [address, chromium, folder] = process.argv.slice(2);
const least = 95;
const runs = 3;
const pages = [["Overview", "/"], ["Records", "/records"]];
const categories = ["performance", "accessibility", "best-practices"];

mkdirSync(folder, { recursive: true });
const person = await Person.signedIn(address, chromium);
let isBelow = false;
try {
  await fill(person);
  console.log(`| page | ${categories.join(" | ")} | requests | bytes sent | largest picture | layout shift |`);
  console.log("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |");
  const said = [];
  for (const [name, path] of pages) {
    const results = [];
    for (let run = 0; run < runs; run++) {
      results.push(await measure(path));
    }
    results.sort((one, other) => one.categories.performance.score - other.categories.performance.score);
    const middle = results[runs >> 1];
    writeFileSync(`${folder}/${name.toLowerCase()}.json`, JSON.stringify(middle, null, 1));
    const scores = categories.map((category) => Math.round(middle.categories[category].score * 100));
    isBelow ||= scores.some((score) => score < least);
    const requests = middle.audits["network-requests"].details.items.filter((request) => request.resourceType !== "WebSocket" && !request.url.startsWith("data:"));
    const bytes = requests.reduce((sum, request) => sum + request.transferSize, 0);
    console.log(`| ${name} | ${scores.join(" | ")} | ${requests.length} | ${bytes.toLocaleString("en")} | ${middle.audits["largest-contentful-paint"].displayValue} | ${middle.audits["cumulative-layout-shift"].displayValue} |`);
    for (const category of categories) {
      for (const { id, weight } of middle.categories[category].auditRefs) {
        const audit = middle.audits[id];
        if (audit.score !== null && audit.score < 0.9 && (weight > 0 || audit.scoreDisplayMode === "metricSavings")) {
          said.push(`${name}, ${category}: ${audit.title}${audit.displayValue ? ` (${audit.displayValue})` : ""}`);
        }
      }
    }
  }
  console.log(said.length === 0 ? "\nNothing to mend." : `\n${[...new Set(said)].join("\n")}`);
} finally {
  await person.browser.close();
}
process.exitCode = isBelow ? 1 : 0;

async function measure(path) {
  const session = await person.page.createCDPSession();
  await session.send("Network.clearBrowserCache");
  await session.detach();
  const { lhr } = await lighthouse(address + path, { disableStorageReset: true, logLevel: "error", onlyCategories: categories }, desktopConfig, person.page);
  if (lhr.runtimeError) {
    throw new Error(lhr.runtimeError.message);
  }
  return lhr;
}
