// What is on the ledger before somebody sits down at a browser, made with commands.
import { createHash } from "node:crypto";

/** A document's digest, for papers that only have to be different. */
const paper = (text) => createHash("sha256").update(text).digest("hex");

let serial = Date.now() % 1e9; // a network may be kept from run to run

/** What a command printed, as the pattern's first group. */
async function printed(network, pattern, ...args) {
  const out = await network.run(...args);
  const found = pattern.exec(out);
  if (!found) throw new Error(`scf ${args.join(" ")} printed ${out}`);
  return found[1];
}

/**
 * Records what the core enterprise bought of the first supplier, and has the supplier's bank attest the invoice.
 * @param {import("./network.mjs").Network} network
 * @param {string} amount in yuan
 * @returns {Promise<{contract: string, invoice: string}>} ids
 */
export async function trade(network, amount) {
  const number = `26332000${900_000_000_000 + ++serial}`;
  const day = await network.today();
  const contract = await printed(
    network, /contract ([0-9a-f]{32})/, "evidence", "contract", "--buyer", "core", "--seller", "supplier1", "--document", paper(number), "--signed", day,
    "--term-days", "90", "--agreed", "--as", "core/maker",
  );
  const invoice = await printed(
    network, /invoice ([0-9a-f]{64})/, "evidence", "invoice", "--number", number, "--date", day, "--seller", "supplier1", "--buyer", "core", "--amount", amount,
    "--contract", contract, "--as", "supplier1/maker",
  );
  await network.run("evidence", "verify", invoice, "--document", paper(`attests ${number}`), "--as", "bank2/reviewer");
  return { contract, invoice };
}

/** Has the core enterprise issue a certificate, in yuan, payable in so many days, and the first supplier accept it. Gives its number. */
export async function certificate(network, amount, days) {
  const { contract, invoice } = await trade(network, amount);
  const number = await printed(
    network, /issued (\w+)/, "certificate", "issue", "--to", "supplier1", "--amount", amount, "--days", String(days), "--reference", `SCENE-${serial}`,
    "--contract", contract, "--invoice", invoice, "--as", "core/maker",
  );
  await network.run("certificate", "accept", number, "--as", "supplier1/maker");
  return number;
}

/**
 * Has a bank finance a part of what the first supplier holds, up to the payment. Gives the financing's id.
 * @param {string[]} terms flags of the quote
 */
export async function financed(network, number, amount, bank, ...terms) {
  const id = await printed(network, /as financing (\w+)/, "finance", "request", number, "--amount", amount, "--invite", bank, "--as", "supplier1/maker");
  const desk = ["--as", `${bank}/maker`];
  const net = "[0-9,]+\\.\\d\\d";
  await network.run("bank", "quote", id, ...terms, "--contract", paper(`terms ${id}`), ...desk);
  await network.run("finance", "select", id, "--bank", bank, "--as", "supplier1/maker");
  await network.run("bank", "search", id, "--number", `S-${id}`, "--proof", paper(`search ${id}`), ...desk);
  await network.run("bank", "register", id, "--number", `R-${id}`, "--proof", paper(`entry ${id}`), "--until", "2099-12-31", ...desk);
  const pay = await printed(network, new RegExp(`pay ¥(${net}) now`), "bank", "instruct", id, ...desk);
  await network.run("bank", "advise", id, "--amount", pay, "--reference", `IN-${id}`, "--as", "bank2/maker");
  return id;
}
