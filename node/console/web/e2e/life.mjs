// The life of a certificate as people live it at their browsers: issued, accepted, split,
// transferred, financed with two quotes, and paid on its day.
import assert from "node:assert/strict";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { passphrase } from "./network.mjs";
import { Person } from "./person.mjs";
import { nothingLeaked, secretsIn } from "./secrets.mjs";

const face = "600,000.00";
const kept = "150,000.00";
const paid = "80,000.00"; // what the story left of the second supplier's invoice
const asked = "50,000.00";

/** What an invoice shows in the tests; the number is another one for each. */
const invoiceNumber = "26332000000000777001";

/** The people of the life, each at a browser of their own. */
export class People {
  /**
   * @param {import("playwright-core").Browser} browser
   * @param {import("./network.mjs").Network} network
   * @param {{language: "zh" | "en", desk: object, hand: object, pictures: string}} setting the screens of those at a desk
   *   (debtor and banks) and of the suppliers
   */
  constructor(browser, network, setting) {
    this.browser = browser;
    this.network = network;
    this.setting = setting;
    this.open = new Map();
  }

  /** Brings a person to the console of a bank's node, logged in; the same one when it is there already. */
  async at(name, bank = 1) {
    const there = this.open.get(name);
    if (there) return there;
    const { language, desk, hand, pictures } = this.setting;
    const screen = name.startsWith("supplier") ? hand : desk;
    const person = await Person.open(this.browser, { url: this.network.bank(bank), language, screen, pictures });
    this.open.set(name, person);
    const files = [this.network.keyFile(name)];
    if (name.endsWith("-maker")) files.push(this.network.keyFile(name.replace("-maker", "-encryption")));
    await person.login(files);
    person.files = files;
    return person;
  }

  /** Sends a person home and says what was wrong with the pages they saw. */
  async leave(name) {
    const person = this.open.get(name);
    if (!person) return;
    this.open.delete(name);
    await person.close();
    assert.deepEqual(person.faults, [], `pages of ${name} complained`);
    nothingLeaked(person.sent, await secretsIn(person.files, passphrase), `what the browser of ${name} sent`);
  }

  /** Where everybody is, and what their pages say, for whoever looks for a fault. */
  async where() {
    const told = [];
    for (const [name, { page, faults }] of this.open) {
      const text = await page.locator("body").innerText().catch(String);
      told.push(`${name} at ${page.url()}: ${[...faults, text.replace(/\s+/g, " ").slice(0, 1500)].join("; ")}`);
    }
    return told.join("\n");
  }

  /** Closes everybody's browser after a fault, so that the next errand begins anew. */
  async closeAll() {
    for (const person of this.open.values()) await person.close();
    this.open.clear();
  }

  async leaveAll() {
    for (const name of [...this.open.keys()]) await this.leave(name);
  }
}

/** A supplier registers an invoice, and its bank's reviewer attests it. */
export async function record(people) {
  const { network } = people;
  const supplier = await people.at("supplier1-maker");
  await supplier.go("/issue/invoices/new");
  await supplier.choose("invoice-contract", await network.nameOf("core"));
  await supplier.at("invoice-number").fill(invoiceNumber);
  await supplier.day("invoice-date", await network.today());
  await supplier.at("invoice-amount").fill("600000");
  await supplier.give("invoice-document", "invoice.pdf", "%PDF-1.4 an invoice");
  await supplier.at("invoice-send").click();
  assert.match(await supplier.sign(), /陆拾万元整/);
  const invoice = await supplier.here(/#\/issue\/invoices\/([0-9a-f]{64})/);

  const reviewer = await people.at("bank2-reviewer", 2);
  await reviewer.go("/bank/review");
  await reviewer.at(`review-${invoice.slice(0, 12)}`).click();
  await reviewer.at("review-result").locator("input").first().check();
  await reviewer.at("review-number").fill(invoiceNumber);
  await reviewer.give("review-document-file", "tax-check.pdf", "%PDF-1.4 what the tax service shows");
  await reviewer.at("review-next").click();
  await reviewer.sign();
  await people.leave("bank2-reviewer");
  return invoice;
}

/** The maker of the debtor issues, the checker approves. Gives the certificate's number. */
export async function issue(people) {
  const { network } = people;
  const maker = await people.at("core-maker");
  await maker.at("debtor-ladder").locator("svg").first().waitFor();
  await maker.picture("home-debtor");
  await maker.go("/issue");
  await maker.at("issue-creditor").fill(await network.member("supplier1"));
  await maker.at("issue-face").fill("600000");
  await maker.at("issue-months-3").click();
  await maker.at("issue-reference").fill("PAY-2027-0301");
  await maker.at("issue-send").and(maker.page.locator(":enabled")).waitFor();
  await maker.picture("issue");
  await maker.at("issue-send").click();
  const text = await maker.sign("issue-sign");
  assert.ok(text.includes(face) && text.includes("陆拾万元整"), `the dialog says the amount in figures and capitals: ${text}`);
  const proposal = await maker.here(/#\/approvals\/([a-z2-7]+)/);

  const checker = await people.at("core-checker");
  await checker.go("/approvals");
  await checker.row("proposal-list", proposal);
  await checker.state("proposal-state", "open");
  await checker.picture("approve");
  await checker.at("proposal-approve").click();
  assert.ok((await checker.sign()).includes(face));
  await checker.state("proposal-state", "executed");
  await people.leave("core-checker");

  await maker.at("proposal-certificate").click(); // it was told that the checker approved
  return maker.here(/#\/certificates\/([0-9A-Z]+)/);
}

/** The first holder accepts and splits off what it keeps. */
export async function acceptAndSplit(people, number) {
  const supplier = await people.at("supplier1-maker");
  await supplier.go(`/certificates/${number}`);
  await supplier.state("certificate-state", "issued");
  await supplier.picture("certificate");
  await supplier.at("certificate-accept").click();
  assert.ok((await supplier.sign()).includes(face));
  await supplier.state("certificate-state", "active");

  await supplier.at("certificate-holding-1").click();
  await supplier.here(/#\/holdings\/[0-9A-Z]+\/(1)$/);
  await supplier.at("holding-split").click();
  await supplier.at("split-piece-0").fill("150000");
  await supplier.picture("split");
  await supplier.at("split-send").click();
  assert.ok((await supplier.sign()).includes(kept));
  await supplier.here(/#\/(holdings)$/);
}

/** The first holder pays its supplier with a part, for an invoice; the supplier accepts on one page. Gives the transfer's id. */
export async function transfer(people, number) {
  const supplier = await people.at("supplier1-maker");
  await supplier.go(`/transfers/new?certificate=${number}`);
  await supplier.at("transfer-to").fill(await people.network.member("supplier2"));
  await supplier.at("transfer-amount").fill("80000");
  await supplier.at("transfer-reference").fill("PAY-2027-0302");
  await supplier.at("transfer-send").and(supplier.page.locator(":enabled")).waitFor();
  await supplier.picture("transfer");
  await supplier.at("transfer-send").click();
  assert.ok((await supplier.sign()).includes(paid));
  const id = await supplier.here(/#\/transfers\/([a-z2-7]+)$/);

  const receiver = await people.at("supplier2-maker");
  await receiver.go("/transfers");
  await receiver.row("transfer-list", id);
  await receiver.state("transfer-state", "offered");
  await receiver.picture("offer");
  await receiver.at("transfer-accept").click();
  assert.ok((await receiver.sign()).includes(paid));
  await receiver.state("transfer-state", "accepted");
  await supplier.state("transfer-state", "accepted"); // the payer hears of it by itself
  return id;
}

/** The second supplier asks for quotes, two banks give theirs, and it takes the better one. Gives the financing's id. */
export async function finance(people, certificate) {
  const supplier = await people.at("supplier2-maker");
  await supplier.go(`/finance/new?certificate=${certificate}`);
  await supplier.at("finance-amount").fill("50000");
  await supplier.at("finance-send").and(supplier.page.locator(":enabled")).waitFor();
  await supplier.picture("finance");
  await supplier.at("finance-send").click();
  assert.ok((await supplier.sign()).includes(asked));
  const id = await supplier.here(/#\/finance\/([a-z2-7]+)$/);

  await quote(people, "bank2", 2, id, "2.60");
  await quote(people, "bank4", 4, id, "3.40");
  await people.leave("bank4-maker");

  await supplier.page.locator("[data-testid=quotes][data-count='2']").waitFor();
  const better = await people.network.member("bank2");
  const other = await people.network.member("bank4");
  const net = (bank) => supplier.at(`quote-net-${bank}`).innerText();
  const number = (text) => Number(text.replace(/[^0-9.]/g, ""));
  const best = await net(better);
  assert.ok(number(best) > number(await net(other)), "the cheaper quote gives more");
  const allIn = await supplier.at(`quote-all-in-${better}`).innerText();
  await supplier.picture("quotes", "financing-quotes");
  await supplier.at(`quote-choose-${better}`).click();
  const text = await supplier.sign("quotes-sign");
  assert.ok(text.includes(best) && text.includes(allIn), `the dialog says what comes and what it costs: ${text}`);
  await supplier.state("financing-state", "agreed");
  return id;
}

/** A bank's desk makes a quote at a rate. */
async function quote(people, bank, node, id, rate) {
  const desk = await people.at(`${bank}-maker`, node);
  await desk.go("/bank");
  await desk.row("request-list", id);
  await desk.at("quote-rate").fill(rate);
  await desk.give("quote-contract-file", "terms.pdf", "%PDF-1.4 the financing contract");
  await desk.at("quote-send").and(desk.page.locator(":enabled")).waitFor();
  await desk.picture("quote", "quote-form");
  await desk.at("quote-send").click();
  assert.ok((await desk.sign()).includes(asked));
  await desk.state("own-quote-state", "sealed");
}

/** A bank searches the registry and registers, on the page of a request; it enters both numbers, which begin alike. */
export async function register(desk, number) {
  for (const [kind, entry] of [["search", `${number}1`], ["initial", `${number}2`]]) {
    await desk.at("registry-number").and(desk.page.locator("[value='']")).waitFor();
    await desk.at("registry-number").fill(entry);
    await desk.give("registry-proof-file", `${kind}.pdf`, `%PDF-1.4 the registry's paper: ${kind} ${entry}`);
    if (kind === "initial") await desk.picture("registry", "registry");
    await desk.at("registry-send").click();
    await desk.sign();
    await desk.page.getByTestId("registry-entries").getByText(entry).waitFor();
  }
}

/** The chosen bank searches the registry, registers and instructs; the payee's bank sees the money. */
export async function payOut(people, id) {
  const desk = await people.at("bank2-maker", 2);
  await desk.go(`/bank/requests/${id}`);
  await register(desk, "0123456789012345670");
  await desk.at("settlement-instruct").click();
  await desk.sign();
  await desk.state("payment-state", "instructed");
  const amount = await desk.at("payment-amount").innerText();
  await people.leave("bank2-maker");

  const payee = await people.at("bank3-maker", 3);
  await payee.go(`/finance/settlements/${id}`);
  await payee.at("settlement-advise").click();
  await payee.at("advise-amount").fill(amount.replace(/[^0-9.]/g, ""));
  await payee.at("advise-reference").fill("CR-0302");
  await payee.at("advise-next").click();
  await payee.sign();
  const supplier = await people.at("supplier2-maker");
  await supplier.state("financing-state", "disbursed");
  await supplier.picture("financed");
}

/** The day comes: the debtor's bank pays out, reads the answers and reconciles to zero. Gives the run's id. */
export async function clear(people, number) {
  const { network } = people;
  const payment = await paymentOf(people, number);
  await people.leaveAll();
  await network.run("network", "advance", "--to", payment);
  const answers = await mkdtemp(join(tmpdir(), "tierledger-answers-"));
  try {
    const desk = await people.at("bank1-maker");
    await desk.picture("home-bank");
    await desk.go("/clearing");
    await desk.at("runs").waitFor();
    await desk.picture("clearing");
    const run = `${await network.member("core")}-${payment.replaceAll("-", "")}`;
    await desk.row("runs", run);
    await desk.state("run-state", "open");
    await desk.at("confirm-funds").click();
    await desk.sign();
    await desk.at("instruct-all").click();
    await desk.sign();
    const order = desk.page.waitForEvent("download");
    await desk.at("export-order").click();
    const file = join(answers, "pay.xml");
    await (await order).saveAs(file);
    await network.run("network", "pay", file, "--statement", payment, "--out", answers);
    await desk.at("step-read").click();
    await readAnswers(desk, join(answers, "bank1"), "answers");
    for (const [bank, node] of [["bank2", 2], ["bank3", 3]]) {
      const other = await people.at(`${bank}-maker`, node);
      await other.go("/clearing/messages");
      await readAnswers(other, join(answers, bank));
      await people.leave(`${bank}-maker`);
    }
    await desk.state("run-state", "closed");
    await desk.at("step-reconcile").click();
    await desk.at("reconcile-advised").click();
    await desk.page.locator("[data-testid=reconcile-verdict][data-same=true]").waitFor();
    assert.match(await desk.at("reconcile-difference").innerText(), /0\.00/);
    await desk.at("statement-files").setInputFiles(await filesIn(join(answers, "bank1"), "camt.053"));
    await desk.page.locator("[data-testid=reconcile-verdict][data-same=true]").waitFor();
    await desk.picture("run", "run-steps");
    return run;
  } finally {
    await rm(answers, { recursive: true, force: true });
  }
}

/** Reads a bank's messages in its console and signs what they say, turn by turn. */
async function readAnswers(desk, dir, picture = "") {
  await desk.at("message-files").setInputFiles(await filesIn(dir, "pain.002", "camt.054"));
  await desk.at("batches").waitFor();
  if (picture !== "") await desk.picture(picture, "run-steps");
  const count = await desk.page.locator("[data-testid^=batch-sign-]").count();
  for (let n = 1; n <= count; n++) {
    await desk.at(`batch-sign-${n}`).click();
    await desk.sign();
  }
  await desk.at("batches-finished").waitFor();
}

async function filesIn(dir, ...kinds) {
  const names = await readdir(dir);
  return names.filter((name) => kinds.some((kind) => name.includes(kind))).sort().map((name) => join(dir, name));
}

/** Everybody sees that it is paid: the certificate is settled for its debtor, its first holder and the auditor. */
export async function settled(people, number) {
  for (const name of ["core-maker", "supplier1-maker", "auditor-maker"]) {
    const person = await people.at(name);
    await person.go(`/certificates/${number}`);
    await person.state("certificate-state", "settled");
    await person.picture(`settled-${name.split("-")[0]}`);
    await people.leave(name);
  }
}

async function paymentOf(people, number) {
  const maker = await people.at("core-maker");
  await maker.go(`/certificates/${number}`);
  await maker.state("certificate-state", "active");
  return maker.page.getByTestId("certificate").locator("time").first().getAttribute("datetime");
}
