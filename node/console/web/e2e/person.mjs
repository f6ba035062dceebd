// A person at a browser: a context of its own, so that nobody sees another's keys.
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { chromium } from "playwright-core";
import { passphrase } from "./network.mjs";
import { withPalette } from "./png.mjs";

/** Sizes of the screens that the tests use. */
export const laptop = { width: 1440, height: 900 };
export const phone = { width: 390, height: 844 };

const headHeight = 76; // of the frame, with some air


/** Starts the browser of the system. */
export function openBrowser() {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: [
      "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
      "--disable-component-update", "--disable-sync",
    ],
  });
}

/** One person with one language and one screen. */
export class Person {
  constructor(context, page, url, language, pictures) {
    this.context = context;
    this.page = page;
    this.url = url;
    this.language = language;
    this.pictures = pictures;
    /** What the browser sent, for those who look for secrets in it: addresses, headers and bodies. */
    this.sent = [];
    /** What the page complained about. */
    this.faults = [];
  }

  /**
   * Opens the console.
   * @param {import("playwright-core").Browser} browser
   * @param {{url: string, language?: "zh" | "en", screen?: {width: number, height: number}, pictures?: string}} options
   */
  static async open(browser, { url, language = "zh", screen = laptop, pictures = "" }) {
    const context = await browser.newContext({
      viewport: screen, locale: language === "zh" ? "zh-CN" : "en-GB", timezoneId: "Asia/Shanghai", reducedMotion: "reduce",
      isMobile: screen === phone, hasTouch: screen === phone, acceptDownloads: true,
    });
    const page = await context.newPage();
    const person = new Person(context, page, url, language, pictures);
    context.on("request", (request) => {
      person.sent.push(request.url(), JSON.stringify(request.headers()), request.postDataBuffer()?.toString("latin1") ?? "");
    });
    page.on("websocket", (socket) => socket.on("framesent", (frame) => person.sent.push(String(frame.payload))));
    page.on("pageerror", (error) => person.faults.push(String(error)));
    page.on("console", (message) => {
      if (message.type() === "error" && !/status of 4\d\d/.test(message.text())) person.faults.push(message.text());
    });
    page.setDefaultTimeout(60_000);
    await page.goto(`${url}/`);
    if (language === "en") await person.chooseEnglish();
    return person;
  }

  /** Switches from Chinese, in which the console begins, to English. */
  async chooseEnglish() {
    await this.page.locator("html[lang=zh-CN]").waitFor({ state: "attached" });
    await this.at("language").click();
    await this.page.locator("html[lang=en]").waitFor({ state: "attached" });
  }

  /** The element with a test id. */
  at(id) {
    return this.page.getByTestId(id);
  }

  /** Opens key files with the passphrase and waits for the home page. */
  async login(files, phrase = passphrase) {
    await this.at("key-files").setInputFiles(files);
    await this.at("passphrase").fill(phrase);
    await this.at("login-open").click();
    await this.at("who").waitFor();
  }

  /** Goes to a page of the console and waits until it takes the place of the one before. */
  async go(path) {
    const another = await this.page.evaluate((to) => {
      const left = location.hash.slice(1).split("?")[0] !== to.split("?")[0];
      if (left) document.querySelector("h1")?.setAttribute("data-left", "");
      location.hash = to;
      return left;
    }, path);
    if (another) await this.page.locator("h1:not([data-left])").first().waitFor();
  }

  /** Chooses what contains a text in a list that opens. */
  async choose(id, text) {
    await this.at(id).click();
    await this.page.locator(".ant-select-item-option:visible", { hasText: text }).first().click();
  }

  /** Types a day, yyyy-mm-dd. */
  async day(id, day) {
    const field = this.page.locator(`input[data-testid="${id}"], [data-testid="${id}"] input`).first();
    await field.fill(day);
    await field.press("Enter");
  }

  /** Gives a file to where files are dropped. */
  async give(id, name, text) {
    await this.at(id).setInputFiles({ name, mimeType: "application/pdf", buffer: Buffer.from(text) });
  }

  /** Opens the row of a list; the first when no key is given. */
  async row(list, key = "") {
    const row = this.at(list).locator(key === "" ? "[data-row]" : `[data-row="${key}"]`).first();
    await row.locator("a").first().click();
  }

  /** Waits until what the page shows is in a state, which comes by itself from the node's events. */
  async state(id, state) {
    await this.page.locator(`[data-testid="${id}"][data-state="${state}"]`).first().waitFor();
  }

  /**
   * Reads what is to be signed, signs it and waits until it is final. Gives the text that was shown before.
   * @param {string} [picture] name of a picture of the dialog
   */
  async sign(picture = "") {
    const dialog = this.at("sign-dialog");
    await dialog.and(this.page.locator("[data-step=read]")).waitFor();
    const text = await dialog.innerText();
    if (picture !== "") await this.picture(picture);
    await this.at("sign-confirm").click();
    const end = this.page.locator("[data-testid=sign-dialog]:is([data-step=done], [data-step=refused], [data-step=unknown])");
    await end.waitFor();
    if ((await end.getAttribute("data-step")) !== "done") throw new Error(`not signed: ${await end.innerText()}`);
    await this.at("sign-close").click();
    await dialog.waitFor({ state: "detached" });
    return text;
  }

  /** The number or id at the end of the page's address. */
  async here(pattern) {
    await this.page.waitForURL(pattern);
    return decodeURIComponent(pattern.exec(this.page.url())[1]);
  }

  /** Waits until the page shows what it has. */
  async settle() {
    await this.page.locator("h1").first().waitFor();
    await this.page.waitForFunction(() => !document.querySelector("main :is(.ant-skeleton, .ant-spin-spinning, [aria-busy=true])"));
  }

  /** Takes a picture for the guides in this language, when they are made anew. It begins at an element when one is given. */
  async picture(name, from = "") {
    if (this.pictures === "") return;
    const directory = join(this.pictures, this.language);
    await mkdir(directory, { recursive: true });
    await this.settle();
    if (from !== "") {
      await this.at(from).evaluate((element, head) => {
        element.scrollIntoView({ behavior: "instant" });
        scrollBy({ top: -head, behavior: "instant" });
      }, headHeight);
    }
    await this.page.evaluate(() => document.fonts.ready);
    const notices = this.page.locator(".ant-notification-notice-close");
    while ((await notices.count()) > 0) await notices.first().click({ timeout: 2000 }).catch(() => {}); // or it went by itself
    await this.page.mouse.move(0, 0); // what the mouse rests on stays
    await this.page.locator(".ant-notification-notice").first().waitFor({ state: "detached" });
    const taken = await this.page.screenshot({ animations: "disabled" });
    await writeFile(join(directory, `${name}.png`), withPalette(taken));
  }

  async close() {
    await this.context.close();
  }
}
