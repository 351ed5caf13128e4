// A person who uses the console in a browser, by labels and visible text.
import puppeteer from "puppeteer-core";

const args = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];

export class Person {
  constructor(browser, page, address) {
    Object.assign(this, { browser, page, address });
  }

  static async signedIn(address, chromium) {
    const browser = await puppeteer.launch({ executablePath: chromium, headless: true, args, defaultViewport: { width: 1440, height: 900 } });
    const page = await browser.newPage();
    page.setDefaultTimeout(60_000);
    const person = new Person(browser, page, address);
    await page.goto(`${address}/login`);
    await page.locator("#name").fill("ada");
    await page.select("#role", "Admin");
    await Promise.all([page.waitForNavigation(), page.click("button[type=submit]")]);
    await person.answers();
    return person;
  }

  // What is pressed before the page is connected is lost without a word.
  answers() {
    return this.page.waitForSelector("[data-interactive=true]");
  }

  async go(path) {
    await this.page.goto(this.address + path);
    await this.answers();
  }

  async press(button, within = "main") {
    const found = await this.page.waitForFunction(
      (name, within) => [...document.querySelectorAll(`${within} :is(button, a.mud-button-root):not([disabled])`)]
        .find((candidate) => (candidate.getAttribute("aria-label") ?? candidate.textContent.trim()) === name), {}, button, within);
    await found.evaluate((element) => element.click());
  }

  async end(button) {
    await this.press(button, ".mud-dialog");
    await this.page.waitForSelector(".mud-dialog", { hidden: true });
  }

  async see(text) {
    await this.page.waitForSelector(`::-p-text(${text})`);
  }

  field(label, within = ".mud-dialog") {
    return this.page.waitForFunction(
      (label, within) => {
        const found = [...document.querySelectorAll(`${within} label`)].find((candidate) => candidate.textContent.trim().replace(/\*$/, "") === label);
        return found?.control ?? found?.closest(".mud-input-control")?.querySelector("input, textarea");
      }, {}, label, within);
  }

  async type(label, text) {
    const field = await this.field(label);
    await field.click({ count: 3 });
    await field.type(text);
    await this.page.keyboard.press("Tab");
  }

  async take(entry) {
    await this.page.locator(`.mud-popover-open .mud-list-item ::-p-text(${entry})`).click();
    await this.page.waitForSelector(".mud-popover-open .mud-list-item", { hidden: true });
    await new Promise((resolve) => setTimeout(resolve, 500)); // what lies under an open list takes no click until it is gone
  }

  async pick(label, text) {
    const field = await this.field(label);
    await this.page.waitForFunction(() => document.activeElement.closest(".mud-dialog")); // it may move the focus still
    await field.click();
    await field.type(text, { delay: 20 });
    await this.page.waitForFunction(
      (text) => {
        const entries = [...document.querySelectorAll(".mud-popover-open .mud-list-item")];
        return entries.length > 0 && entries.every((entry) => entry.textContent.includes(text));
      }, {}, text);
    await this.take(text);
    await this.page.waitForFunction((field, text) => field.value === text, {}, field, text);
  }

  async switch(label, within = "main") {
    await this.page.locator(`${within} label ::-p-text(${label})`).click();
  }

  // The sandbox's clock, to the end of what it does: who leaves that page stops it where it stands.
  async pass(button) {
    const before = await this.page.$eval("#sandbox-now", (clock) => clock.textContent);
    await this.press(button);
    await this.page.waitForFunction(
      (before) => document.querySelector("#sandbox-now").textContent !== before && !document.querySelector("#sandbox-progress"), { timeout: 600_000 }, before);
  }
}
