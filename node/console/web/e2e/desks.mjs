// What is done at desks beside the plain life of a certificate: a month's payables at once, rates that banks post, a
// bank's policy, limits and stops, and orders of courts.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { strToU8, zipSync } from "fflate";
import { certificate, trade } from "./scene.mjs";

const policyFile = fileURLToPath(new URL("../../../../docs/samples/policy.yaml", import.meta.url));
const pdf = (text) => strToU8(`%PDF-1.4 ${text}`);

/** A month's payables from a spreadsheet: faults are shown in their rows and put right, papers find their rows, a checker signs for 500 at once. */
export async function payables(people) {
  const { network } = people;
  const { contract, invoice } = await trade(network, "600,000.00");
  const supplier = await network.member("supplier1");
  const month = `AP-${Date.now() % 1e9}`;
  const rows = Array.from({ length: 503 }, (_, i) => `${month}-${String(i + 1).padStart(3, "0")},${supplier},1000.00,60,${contract},${invoice}:1000.00`);
  rows[1] = rows[1].replace(supplier, supplier.slice(0, -1)); // a digit is missing
  rows[2] = rows[2].replace("1000.00,60", "1000.001,60");
  const sheet = ["reference,creditor,amount,days,contract,invoices", ...rows].join("\n");

  const maker = await people.at("core-maker");
  await maker.go("/batch");
  await maker.at("batch-file").setInputFiles({ name: "payables.csv", mimeType: "text/csv", buffer: Buffer.from(sheet) });
  await maker.at("batch-review").waitFor();
  const faulty = maker.page.getByTestId("batch-rows").locator("[data-row]");
  assert.equal(await faulty.count(), 2, "the rows with faults are shown first");
  await maker.at("batch-missing").waitFor();
  await maker.picture("batch");
  await maker.at("batch-cell-3-creditor").fill(supplier);
  await maker.at("batch-out-4").click(); // checks the others again
  await maker.at("batch-missing").waitFor({ state: "detached" });

  const papers = zipSync({ [`${month}-001 contract.pdf`]: pdf("of the first row"), [`papers/${month}-002.pdf`]: pdf("of the second row"), "unknown.pdf": pdf("of none") });
  await maker.at("batch-attachments").setInputFiles({ name: "papers.zip", mimeType: "application/zip", buffer: Buffer.from(papers) });
  await maker.page.locator("[data-testid=batch-matched][data-matched='2']").waitFor();
  await maker.at("batch-propose").check();
  await maker.at("batch-submit").click();
  assert.match(await maker.at("batch-confirm-dialog").innerText(), /502,000\.00[^]*伍拾万贰仟元整/);
  await maker.at("batch-confirm").click();
  const part = (place) => maker.page.locator(`[data-testid=batch-part-${place}][data-state=done]`);
  await part(2).waitFor();
  await maker.at("batch-new").waitFor();
  const proposals = [await part(1).getAttribute("data-proposal"), await part(2).getAttribute("data-proposal")];

  const checker = await people.at("core-checker");
  await checker.go("/approvals");
  await checker.row("proposal-list", proposals[0]);
  await checker.at("batch-draw").click();
  await checker.at("batch-drawn").waitFor();
  await checker.picture("approve-batch");
  await checker.at("proposal-approve").click();
  assert.ok((await checker.sign()).includes("500,000.00"));
  await checker.state("proposal-state", "executed");
  await checker.at("batch-outcome").waitFor();
  await checker.go("/approvals");
  await checker.row("proposal-list", proposals[1]);
  await checker.at("proposal-refuse").click();
  await checker.at("proposal-refuse-reason").fill("the last two wait for next month");
  await checker.at("proposal-refuse-next").click();
  await checker.sign();
  await checker.state("proposal-state", "refused");
}

/** A bank posts a rate, a supplier takes it at once, the bank closes it. */
export async function postedRate(people) {
  const { network } = people;
  const number = await certificate(network, "300,000.00", 60);
  const desk = await people.at("bank4-maker", 4);
  await desk.go("/bank/rates");
  const rate = `R${Date.now() % 1e9}`;
  await desk.at("rate-id").fill(rate);
  await desk.at("rate-rate").fill("1.20");
  await desk.at("rate-debtor").fill(await network.member("core"));
  await desk.at("rate-min").fill("10000");
  await desk.at("rate-max").fill("200000");
  await desk.give("rate-contract-file", "terms.pdf", "%PDF-1.4 terms of what is posted");
  await desk.at("rate-send").and(desk.page.locator(":enabled")).waitFor();
  await desk.at("rate-send").click();
  await desk.sign();
  await desk.at(`rate-close-${rate}`).waitFor();

  const supplier = await people.at("supplier1-maker");
  await supplier.go(`/finance/new?certificate=${number}`);
  await supplier.at("finance-amount").fill("120000");
  const bank = await network.member("bank4");
  await supplier.at(`take-${bank}-${rate}`).waitFor();
  assert.equal(await supplier.page.getByTestId("at-once-list").locator("li").first().getAttribute("data-row"), `${bank}/${rate}`, "the cheapest is first");
  await supplier.picture("at-once", "finance-at-once");
  await supplier.at(`take-${bank}-${rate}`).click();
  assert.ok((await supplier.sign()).includes("120,000.00"));
  const id = await supplier.here(/#\/finance\/(?!new)([a-z2-7]+)$/);
  await supplier.state("financing-state", "agreed");

  await desk.at(`rate-close-${rate}`).click();
  await desk.sign();
  await desk.go(`/bank/requests/${id}`);
  await desk.state("request-state", "agreed");
}

/** A bank's reviewer tests a policy on what was asked, adopts it, and the policy decides the next request. */
export async function ownPolicy(people) {
  const reviewer = await people.at("bank2-reviewer", 2);
  await reviewer.go("/bank/policy");
  await reviewer.at("policy-text").fill("name: [");
  await reviewer.at("policy-test").click();
  await reviewer.at("problem").waitFor();
  await reviewer.at("policy-file").setInputFiles(policyFile);
  await reviewer.page.waitForFunction((text) => document.querySelector("[data-testid=policy-text]").value === text, await readFile(policyFile, "utf8"));
  await reviewer.at("policy-test").click();
  await reviewer.at("policy-compared").waitFor();
  await reviewer.at("policy-adopt").click();
  await reviewer.at("policy-adopted").waitFor();
  await reviewer.at("policy-show-1").waitFor();
  await reviewer.picture("policy");
}

/** A bank caps what it holds of a debtor, stops the debtor, who cannot issue then, and lifts the stop. */
export async function limitsAndStops(people) {
  const { network } = people;
  const core = await network.member("core");
  const desk = await people.at("bank1-maker");
  await desk.go("/bank/no/such/page/anywhere");
  await desk.at("not-found").waitFor();
  await desk.go("/bank/lines/limits");
  await desk.at("limit-member").fill(core);
  await desk.at("limit-cap").fill("9000000");
  await desk.at("limit-send").click();
  assert.ok((await desk.sign()).includes("9,000,000.00"));
  await desk.page.getByTestId("limit-list").getByText("9,000,000.00").first().waitFor();

  const reviewer = await people.at("bank1-reviewer");
  const say = async (what, reason) => {
    await reviewer.go("/bank/stops");
    await reviewer.at("stop-what").locator("input").nth(what).check();
    await reviewer.at("stop-debtor").fill(core);
    await reviewer.at("stop-reason").fill(reason);
    await reviewer.give("stop-document-file", "notice.pdf", `%PDF-1.4 ${reason}`);
    await reviewer.at("stop-send").click();
    await reviewer.sign();
  };
  await say(0, "on the clearing house's list of persistent late payers");
  await assert.rejects(certificate(network, "1,000.00", 30), /DEBTOR_STOPPED/);
  await say(1, "paid and taken off the list");
  await certificate(network, "1,000.00", 30);
}

/** A court freezes fen: one institution enters the order, another confirms it, the owner sees it; then it is lifted in the same way. */
export async function courtOrder(people) {
  const { network } = people;
  const number = await certificate(network, "50,000.00", 60);
  const enters = await people.at("bank1-maker");
  const confirms = await people.at("bank2-maker", 2);
  const confirm = async (proposal) => {
    await confirms.go("/approvals");
    await confirms.row("proposal-list", proposal);
    await confirms.at("proposal-approve").click();
    await confirms.sign();
    await confirms.state("proposal-state", "executed");
  };
  const instrument = async (text) => {
    await enters.at("order-authority").fill("武汉市东湖区人民法院");
    await enters.at("order-docket").fill(`(2027)鄂0192执保${text}号`);
    await enters.give("order-document-file", "order.pdf", `%PDF-1.4 ${text} ${number}`);
  };
  await enters.go("/bank/orders/new");
  await instrument("17");
  await enters.at("order-target").fill(await network.member("supplier1"));
  await enters.at("order-certificates").fill(number);
  await enters.at("order-amount").fill("20000");
  await enters.at("order-send").click();
  assert.ok((await enters.sign()).includes("20,000.00"));
  await confirm(await enters.here(/#\/approvals\/([a-z2-7]+)/));
  await enters.go("/bank/orders");
  await enters.page.getByTestId("order-list").getByText("17号").first().waitFor();
  await enters.row("order-list");
  await enters.state("order-state", "in-force");
  const order = await enters.here(/#\/bank\/orders\/([a-z2-7]+)$/);

  const owner = await people.at("supplier1-maker");
  await owner.go(`/holdings/${number}/1`);
  await owner.page.getByTestId("holding-locks").getByText("20,000.00").waitFor();

  await enters.at("order-unfreeze").click();
  await instrument("18");
  await enters.at("order-send").click();
  await enters.sign();
  await confirm(await enters.here(/#\/approvals\/([a-z2-7]+)/));
  await enters.go(`/bank/orders/${order}`);
  await enters.state("order-state", "lifted");
}
