// What becomes of financings and of certificates that are not paid: a loan is repaid, sold fen are bought back or sold
// on; what is overdue goes back to the seller, is extended, and its late interest is waived.
import assert from "node:assert/strict";
import { register } from "./life.mjs";
import { certificate, financed } from "./scene.mjs";

const pdf = "%PDF-1.4 signed by both";

/** Both banks of a payment do their part at their desks: the payer's instructs, the payee's sees the money. */
async function paid(people, id, payerBank, payeeBank) {
  const desk = async (bank) => {
    const person = await people.at(`bank${bank}-maker`, bank);
    await person.go(`/finance/settlements/${id}`);
    await person.at("settlement-amount").waitFor();
    return person;
  };
  const payer = await desk(payerBank);
  const amount = (await payer.at("settlement-amount").innerText()).match(/[0-9,]+\.\d\d/)[0];
  await payer.at("settlement-instruct").click();
  await payer.sign();
  await payer.state("settlement-state", "instructed");
  const payee = await desk(payeeBank);
  await payee.at("settlement-advise").click();
  await payee.at("advise-amount").fill(amount);
  await payee.at("advise-reference").fill(`CR-${id}`);
  await payee.at("advise-next").click();
  assert.ok((await payee.sign()).includes(amount));
  await payee.state("settlement-state", "settled");
}

/** Follows the link from a financing to the payment that is under way. Gives its id. */
async function live(person, id) {
  await person.go(`/finance/${id}`);
  await person.at("financing-live").click();
  return person.here(/#\/finance\/settlements\/([a-z2-7]+)$/);
}

/** Somebody of another member approves what is proposed to it. */
async function agrees(people, name, bank) {
  const person = await people.at(name, bank);
  await person.go("/approvals");
  await person.row("proposal-list");
  await person.at("proposal-approve").click();
  const text = await person.sign();
  await person.state("proposal-state", "executed");
  return text;
}

/** A loan on pledged fen is repaid before its time. */
export async function loanRepaid(people) {
  const { network } = people;
  const number = await certificate(network, "200,000.00", 60);
  const id = await financed(network, number, "100,000.00", "bank3", "--kind", "pledge", "--rate", "3.6", "--interest", "at-maturity", "--advance", "90");
  const supplier = await people.at("supplier1-maker");
  await supplier.go(`/finance/${id}`);
  await supplier.page.getByTestId("repay-amount").getByText("90,000.00").waitFor();
  await supplier.at("repay-send").and(supplier.page.locator(":enabled")).waitFor();
  await supplier.at("repay-send").click();
  assert.ok((await supplier.sign()).includes("90,000.00"));
  await paid(people, await live(supplier, id), 2, 3);
  await supplier.go(`/finance/${id}`);
  await supplier.state("financing-state", "ended");
}

/** Fen sold with recourse are bought back: the seller proposes, the bank agrees. */
export async function boughtBack(people) {
  const { network } = people;
  const number = await certificate(network, "200,000.00", 60);
  const id = await financed(network, number, "100,000.00", "bank3", "--kind", "sale-with-recourse", "--rate", "3.0");
  const supplier = await people.at("supplier1-maker");
  await supplier.go(`/finance/${id}`);
  await supplier.at("buy-back-price").fill("99600");
  await supplier.give("buy-back-contract-file", "buy-back.pdf", pdf);
  await supplier.at("buy-back-send").and(supplier.page.locator(":enabled")).waitFor();
  await supplier.at("buy-back-send").click();
  assert.ok((await supplier.sign()).includes("99,600.00"));
  assert.ok((await agrees(people, "bank3-maker", 3)).includes("99,600.00"), "the bank reads the price before it agrees");
  await paid(people, await live(supplier, id), 2, 3);
  await supplier.go(`/finance/${id}`);
  await supplier.state("financing-state", "ended");
}

/** A bank sells financed fen on to another bank. */
export async function soldOn(people) {
  const { network } = people;
  const number = await certificate(network, "200,000.00", 60);
  const id = await financed(network, number, "100,000.00", "bank3", "--rate", "3.0");
  const seller = await people.at("bank3-maker", 3);
  await seller.go(`/bank/requests/${id}`);
  await seller.at("resell-start").click();
  await seller.choose("resell-buyer", await network.nameOf("bank4"));
  await seller.at("resell-price").fill("99700");
  await seller.at("resell-buyer-account").fill("main");
  await seller.give("resell-contract-file", "resale.pdf", pdf);
  await seller.at("resell-send").and(seller.page.locator(":enabled")).waitFor();
  await seller.at("resell-send").click();
  assert.ok((await seller.sign()).includes("99,700.00"));
  assert.ok((await agrees(people, "bank4-maker", 4)).includes("99,700.00"), "the buyer reads the price before it agrees");
  const payment = await live(seller, id);
  const buyer = await people.at("bank4-maker", 4);
  await buyer.go(`/bank/requests/${payment}`); // the payment has the number of the buyer's financing
  await register(buyer, "0123456789012345680");
  await paid(people, payment, 4, 3);
}

/** The debtor does not pay: the bank calls on the seller, the debtor offers to pay later, the holder agrees for a part and waives interest on another. */
export async function overdue(people) {
  const { network } = people;
  const number = await certificate(network, "400,000.00", 30);
  const id = await financed(network, number, "100,000.00", "bank3", "--kind", "sale-with-recourse", "--rate", "3.0");
  await network.run("network", "advance", "--days", "45");

  const bank = await people.at("bank3-maker", 3);
  await bank.go("/clearing/recourse");
  await bank.at(`recourse-seller-${id}`).and(bank.page.locator(":enabled")).waitFor();
  await bank.picture("recourse");
  await bank.at(`recourse-seller-${id}`).click();
  assert.ok((await bank.sign()).includes("100,000.00"));
  const payment = await live(bank, id);
  await paid(people, payment, 2, 3);

  const debtor = await people.at("core-maker");
  await debtor.go(`/clearing/extensions/new?certificate=${number}`);
  const today = await network.today();
  await debtor.day("extension-maturity", new Date(Date.parse(today) + 30 * 86_400_000).toISOString().slice(0, 10));
  await debtor.at("extension-reason").fill("a customer pays in the second quarter");
  await debtor.give("extension-document-file", "agreement.pdf", pdf);
  await debtor.at("extension-send").and(debtor.page.locator(":enabled")).waitFor();
  await debtor.at("extension-send").click();
  await debtor.sign();
  const offer = await debtor.here(/#\/clearing\/extensions\/(?!new)([a-z2-7]+)$/);

  const holder = await people.at("supplier1-maker");
  await holder.go("/clearing/extensions");
  await holder.row("extension-list", offer);
  await holder.picture("extension", "extension-todo");
  await holder.page.getByTestId("extension-todo").locator(".row-between", { hasText: "300,000.00" }).getByRole("button").click();
  await holder.sign();
  await holder.page.getByTestId("extension-amount").getByText("300,000.00").waitFor();

  await network.run("network", "advance", "--days", "3"); // what came back is late from now on
  await holder.go("/clearing/extensions/waive");
  await holder.choose("waiver-what", "100,000.00");
  await holder.choose("waiver-reason", "");
  await holder.at("waiver-send").click();
  await holder.sign();
  await agrees(people, "supplier1-checker", 2);
  await holder.go("/clearing/extensions?of=waivers");
  await holder.page.getByTestId("waiver-list").getByText("100,000.00").first().waitFor();
}
