// What holds of every page: it opens, nobody is shut out of it, and it fits the screen.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { laptop, phone } from "./person.mjs";

const axe = await readFile(fileURLToPath(import.meta.resolve("axe-core/axe.min.js")), "utf8");

/** Says what of a page shuts people out: serious and critical violations only. */
async function barriers(page) {
  await page.evaluate(axe);
  const found = await page.evaluate(() => window.axe.run(document, { resultTypes: ["violations"] }));
  return found.violations
    .filter((v) => v.impact === "serious" || v.impact === "critical")
    .map((v) => `${v.id}: ${v.help}: ${v.nodes.map((n) => n.target.join(" ")).slice(0, 5).join(", ")}`);
}

/** Whether the page is as wide as the screen. */
const fits = () => document.documentElement.scrollWidth <= document.documentElement.clientWidth;

/** What stands out of the screen to the right, as far as the page does not scroll it within itself. */
function overflow(page) {
  return page.evaluate(() => {
    const width = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth <= width) return [];
    return [...document.querySelectorAll("main *")]
      .filter((e) => e.getBoundingClientRect().right > width + 1 && !e.closest(".sheet-box"))
      .slice(0, 5)
      .map((e) => `${e.tagName.toLowerCase()}.${e.className} to ${Math.round(e.getBoundingClientRect().right)}`)
      .concat(`the page is ${document.documentElement.scrollWidth} wide`);
  });
}

/** Where the menu leads. */
async function entries(person) {
  await person.page.setViewportSize(laptop);
  await person.at("menu-home").waitFor();
  const links = await person.page.locator("[data-testid^=menu-]").evaluateAll((all) => all.map((a) => new URL(a.href).hash.slice(1)));
  return [...new Set(links)];
}

/** Looks at one page on a laptop and on a phone. Barriers are looked for when an address is met first, on the laptop, and once more on the phone. */
async function look(person, path, seen) {
  const { page } = person;
  const faults = [];
  const met = seen.get(path) ?? 0;
  seen.set(path, met + 1);
  await page.setViewportSize(laptop);
  await person.go(path);
  await person.settle();
  for (const id of ["fault", "problem", "not-found"]) {
    const there = page.getByTestId(id);
    if ((await there.count()) > 0) faults.push(`${path} shows ${id}: ${await there.first().innerText()}`);
  }
  if (met === 0) faults.push(...(await barriers(page)).map((b) => `${path} on a laptop: ${b}`));
  await page.setViewportSize(phone);
  await person.settle();
  await page.waitForFunction(fits, null, { timeout: 5000 }).catch(() => {}); // the page follows the screen in its time
  faults.push(...(await overflow(page)).map((o) => `${path} on a phone: ${o}`));
  if (met === 1) faults.push(...(await barriers(page)).map((b) => `${path} on a phone: ${b}`));
  return faults;
}

/** Opens every entry of a person's menu, and more pages. */
export async function lookAround(person, seen, more = []) {
  await lookAt(person, seen, [...(await entries(person)), ...more]);
}

/** Looks at pages. */
export async function lookAt(person, seen, paths) {
  const faults = [];
  for (const path of paths) faults.push(...(await look(person, path, seen)));
  assert.deepEqual(faults, []);
}
