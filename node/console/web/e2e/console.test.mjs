// The console in a browser, on a network of its own for each language: the whole life of a
// certificate, errands of every desk, every menu of every role, and what never leaves the
// browser.
//
// SCF is the program to test. LANGUAGES chooses from "zh en"; PICTURES is a directory for
// the guides' screenshots, which are taken when it is set.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { boughtBack, loanRepaid, overdue, soldOn } from "./after.mjs";
import { courtOrder, limitsAndStops, ownPolicy, payables, postedRate } from "./desks.mjs";
import { joinAndRecover, keysAndPolicy } from "./joining.mjs";
import { People, acceptAndSplit, clear, finance, issue, payOut, record, settled, transfer } from "./life.mjs";
import { passphrase, startNetwork } from "./network.mjs";
import { lookAround, lookAt } from "./pages.mjs";
import { Person, laptop, openBrowser, phone } from "./person.mjs";
import { leakIn, nothingLeaked, sealAnew, secretsIn, secretsOf, stored, takeKeys } from "./secrets.mjs";

const run = promisify(execFile);
const scf = process.env.SCF;
if (!scf) throw new Error("SCF names the program to test");
const languages = (process.env.LANGUAGES ?? "zh en").split(" ").filter(Boolean);
const pictures = process.env.PICTURES ?? "";

/** Who works where: in Chinese the debtor and the banks at desks and the suppliers on phones, in English the other way round. */
const screens = { zh: { desk: laptop, hand: phone }, en: { desk: phone, hand: laptop } };

/** Everybody whose menu is opened, with the bank at whose node. */
const roles = [
  ["core-maker", 1], ["core-checker", 1], ["core-admin1", 1], ["supplier1-maker", 2], ["supplier2-maker", 3],
  ["bank1-maker", 1], ["bank1-checker", 1], ["bank1-reviewer", 1], ["operator-maker", 1], ["auditor-maker", 1],
];

/** What people do beside the life of one certificate, in this order: the first moves the clock by days, the last by weeks. */
const errands = [
  ["an enterprise joins by a link, and brings back a lost admin's key", joinAndRecover],
  ["a loan is repaid before its time", loanRepaid],
  ["an admin renews, adds and revokes keys and changes what needs a checker", keysAndPolicy],
  ["what was sold with recourse is bought back", boughtBack],
  ["a month's payables are issued from a spreadsheet, with papers", payables],
  ["a bank sells financed fen on", soldOn],
  ["a bank tests and adopts its policy", ownPolicy],
  ["a bank posts a rate, a supplier takes it", postedRate],
  ["a bank caps what it takes of a debtor, stops it and lifts the stop", limitsAndStops],
  ["a court freezes fen and lifts the freeze", courtOrder],
  ["what is overdue is recovered, extended and waived", overdue],
];

/** The part of a list that is done in a language: together the languages do all of it. */
const shareOf = (list, language) => list.filter((_, i) => i % languages.length === languages.indexOf(language));

describe("the console", { concurrency: languages.length }, () => languages.forEach(inLanguage));

function inLanguage(language) {
  describe(language, { concurrency: 1 }, () => {
    let network, browser, people;
    const life = {};
    let failed = "";
    // What comes after a step that failed cannot be tried.
    const step = (name, act) =>
      test(name, async () => {
        assert.equal(failed, "", "an earlier step failed");
        try {
          await act();
        } catch (error) {
          failed = name;
          throw new Error(`${name}: ${error.message}; ${await people.where()}`, { cause: error });
        }
      });
    before(async () => {
      [network, browser] = await Promise.all([startNetwork(scf), openBrowser()]);
      people = new People(browser, network, { language, ...screens[language], pictures });
    });
    after(async () => {
      await browser?.close();
      await network?.stop();
    });

    test("the clients in the API's guide split a holding", async () => {
      const asked = [network.url, network.keyFile("supplier1-maker"), passphrase];
      const guide = fileURLToPath(new URL("../../../../docs/clients/", import.meta.url));
      const said = [
        await run(process.execPath, [join(guide, "client.mjs"), ...asked, "10000.00"]),
        await run("go", ["run", join(guide, "client.go"), ...asked, "4000.00"]), // of the piece that was split off
      ];
      for (const { stdout } of said) assert.match(stdout, /^transaction [0-9a-f]{64}\nfinal .*"pieces"/m);
    });
    step("a supplier registers an invoice and its bank attests it", async () => {
      life.invoice = await record(people);
    });
    step("the debtor's maker issues and its checker approves", async () => {
      life.certificate = await issue(people);
    });
    step("the supplier accepts and splits", async () => acceptAndSplit(people, life.certificate));
    step("the supplier pays with a part, its own supplier accepts", async () => {
      life.transfer = await transfer(people, life.certificate);
    });
    step("two banks quote, the better one is chosen", async () => {
      life.financing = await finance(people, life.certificate);
    });
    step("the bank registers and pays, the payee's bank sees the money", async () => payOut(people, life.financing));
    for (const [name, act] of pictures === "" ? shareOf(errands, language) : errands) {
      test(name, async () => {
        try {
          await act(people);
        } catch (error) {
          const where = await people.where();
          await people.closeAll();
          throw new Error(`${name}: ${error.message}; ${where}`, { cause: error });
        }
      });
    }
    test("no page of an errand complained, and no key left it", async () => people.leaveAll());
    step("on the payment date everybody is paid to the fen", async () => {
      life.run = await clear(people, life.certificate);
    });
    step("everybody sees it settled", async () => settled(people, life.certificate));

    const seen = new Map();
    const records = () => [
      `/certificates/${life.certificate}`, `/holdings/${life.certificate}/1`, `/transfers/${life.transfer}`, `/finance/${life.financing}`,
      `/finance/settlements/${life.financing}`, `/clearing/${life.run}`, `/issue/invoices/${life.invoice}`,
    ];
    for (const [name, bank] of shareOf(roles, language)) {
      test(`every page of ${name} opens, fits and shuts nobody out`, async () => {
        const person = await people.at(name, bank);
        await lookAround(person, seen, name === "auditor-maker" ? records() : []);
        await people.leave(name);
      });
    }
    test("the pages that need no login fit and shut nobody out", async () => {
      const person = await Person.open(browser, { url: network.url, language });
      await lookAt(person, seen, ["/login", "/verify", "/join", "/recover"]);
      await person.close();
    });
    test("no key leaves the browser", async () => keysStay(browser, network, language));
  });
}

test("a secret would be found however it is written", () => {
  const secret = Buffer.from("308187020100301306072a8648ce3d020106082a8648ce3d030107046d306b02", "hex");
  const secrets = [["key", secret]];
  const within = Buffer.concat([Buffer.from("x"), secret, Buffer.from("yz")]);
  const written = [
    secret.toString("latin1"), secret.toString("base64"), secret.toString("base64url"), secret.toString("hex").toUpperCase(), within.toString("base64"),
    Buffer.from(JSON.stringify({ a: Buffer.from(JSON.stringify({ b: secret.toString("base64") })).toString("base64url") })).toString("base64url"),
  ];
  for (const text of written) assert.equal(leakIn(`{"m":"${text}"}`, secrets), "key", text);
  assert.equal(leakIn(`{"m":"${Buffer.alloc(64, 7).toString("base64")}"}`, secrets), "");
});

/** A session from the login to a new key, in which nothing secret is sent, stored or can be taken out. */
async function keysStay(browser, network, language) {
  const phrase = "Wuhan-Yellow-Crane-1957";
  const file = join(network.dir, "anew.key");
  const text = await sealAnew(network.keyFile("supplier3-maker"), passphrase, phrase);
  await writeFile(file, text);
  const secrets = [...(await secretsOf(text, phrase, true)), ...(await secretsIn([network.keyFile("supplier3-encryption")], passphrase))];
  const person = await Person.open(browser, { url: network.url, language });
  await person.login([file], phrase);
  await person.go("/login?add");
  await person.at("login-files").click();
  await person.at("key-files").setInputFiles([network.keyFile("supplier3-encryption")]);
  await person.at("passphrase").fill(passphrase);
  await person.at("login-open").click();
  await person.at("who").waitFor();

  await person.go("/issue/contracts/new");
  await person.at("contract-other").fill(await network.member("supplier2"));
  await person.day("contract-signed", await network.today());
  await person.at("contract-amount").fill("1000");
  await person.give("contract-document", "contract.pdf", "%PDF-1.4 a contract");
  await person.at("contract-send").click();
  await person.sign();
  await person.here(/#\/issue\/contracts\/(?!new)(\S+)$/);

  await person.go("/login?add");
  await person.at("login-make").click();
  const other = "Hankou-Tea-Road-1863";
  await person.at("new-passphrase").fill(other);
  await person.at("new-repeat").fill(other);
  const download = person.page.waitForEvent("download");
  await person.at("make-key").click();
  const made = await readFile(await (await download).path(), "utf8");
  await person.at("key-made").waitFor();
  secrets.push(...(await secretsOf(made, other, true)));

  assert.ok(person.sent.some((s) => s.includes("/v1/transactions")), "the session signed something");
  nothingLeaked(person.sent, secrets, "what the browser sent");
  nothingLeaked(await stored(person.page), secrets, "what the browser stores");
  const cookies = await person.context.cookies();
  nothingLeaked([JSON.stringify(cookies)], secrets, "cookies");
  const taken = await takeKeys(person.page);
  assert.ok(taken.count >= 2, `the browser keeps ${taken.count} keys`);
  assert.deepEqual(taken.out, [], "no key comes out");
  assert.deepEqual(person.faults, []);
  await person.close();
}
