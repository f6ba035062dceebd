// How enterprises and people get their keys: an enterprise joins by a link, comes back after its admin lost the key,
// renews and revokes keys, and says what needs a second person.
import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { passphrase } from "./network.mjs";
import { Person } from "./person.mjs";

const newcomer = { id: "91330100MA0NEWT440", name: "广元电子" };
const phrase = "Grand-Canal-Barge-0605";

/** Brings somebody without a key to a page of the first bank's console. */
async function stranger(people, path) {
  const { browser, network, setting } = people;
  const person = await Person.open(browser, { url: network.url, language: setting.language, screen: setting.hand, pictures: setting.pictures });
  await person.go(path);
  return person;
}

/** Sends somebody home who was never logged in, or logged in with keys made on the way. */
async function away(person) {
  await person.close();
  assert.deepEqual(person.faults, []);
}

/** Saves a key file that a page offers, into a directory. Gives its path. */
async function keep(person, id, dir) {
  const download = person.page.waitForEvent("download");
  await person.at(id).click();
  const file = join(dir, `${id}.key`);
  await (await download).saveAs(file);
  return file;
}

async function newPassphrase(person, id) {
  await person.at(`${id}-passphrase`).fill(phrase);
  await person.at(`${id}-repeat`).fill(phrase);
  await person.at(`${id}-make`).click();
}

/** The bank's officer compares the digits that were read out, first wrong ones, and confirms. */
async function compare(officer, digits) {
  await officer.at("check-identified").check();
  await officer.at("check-called").check();
  const other = digits.replace(/[0-9]/, (d) => String((Number(d) + 1) % 10));
  await officer.at("check-heard").fill(other);
  await officer.at("check-other").waitFor();
  await officer.at("check-heard").fill(digits);
  await officer.at("check-same").waitFor();
}

/** An enterprise is invited, enrols on its own phone, is confirmed by the bank, and later brings back a lost admin's key. */
export async function joinAndRecover(people) {
  const dir = await mkdtemp(join(tmpdir(), "tierledger-keys-"));
  try {
    const inviter = await people.at("core-maker");
    await inviter.go("/invitations/new");
    await inviter.at("invite-name").fill(newcomer.name);
    await inviter.at("invite-note").fill("PO 4711");
    await inviter.at("invite-make").click();
    const link = await inviter.at("invite-link").innerText();

    const owner = await stranger(people, "/join");
    await owner.at("join-link").fill(link);
    await owner.at("join-open").click();
    await owner.at("join-code").fill(newcomer.id);
    await owner.at("join-contact").fill("0571-8000 0000");
    await owner.at("join-documents").setInputFiles({ name: "licence.pdf", mimeType: "application/pdf", buffer: Buffer.from("%PDF-1.4 a licence") });
    await owner.at("join-next").click();
    await newPassphrase(owner, "join-keys");
    await owner.at("join-save-encryption").waitFor(); // the last that is made
    const saves = await owner.page.locator("button[data-testid^=join-save-]").evaluateAll((all) => all.map((b) => b.dataset.testid));
    assert.ok(saves.length >= 3, `keys of people and one to read with: ${saves}`);
    const files = new Map();
    for (const id of saves) files.set(id, await keep(owner, id, dir));
    await owner.at("join-next").click();
    await owner.at("join-send").click();
    await owner.state("join-waiting", "waiting");
    const digits = await owner.at("pairing").innerText();
    await owner.picture("join-waiting");

    const officer = await people.at("bank1-maker");
    await officer.go("/enrolments");
    await officer.page.getByTestId("enrolment-list").getByText(newcomer.name).first().click();
    await officer.at("check").waitFor();
    await compare(officer, digits);
    await officer.picture("enrolment");
    await officer.at("enrolment-confirm").click();
    assert.ok((await officer.sign()).includes(newcomer.name));
    await officer.state("enrolment-state", "enrolled");

    await owner.at("join-check").click();
    await owner.state("join-waiting", "enrolled");
    await owner.at("join-begin").click();
    await owner.at("who").waitFor();
    await owner.go("/holdings");
    await owner.settle();
    await away(owner);

    await recover(people, officer, dir);
    const again = await stranger(people, "/login");
    await again.login([files.get("join-save-maker1")], phrase);
    await away(again);
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

/** The enterprise lost its admin's key: it asks for a new one, two people of its bank sign, and the new admin logs in. */
async function recover(people, officer, dir) {
  const lost = await stranger(people, "/recover");
  await lost.at("recover-member").fill(newcomer.id);
  await lost.at("recover-person").fill("admin3");
  await lost.at("recover-reason").fill("laptop stolen");
  await lost.at("recover-contact").fill("0571-8000 0000");
  await lost.at("recover-request-file").setInputFiles({ name: "letter.pdf", mimeType: "application/pdf", buffer: Buffer.from("%PDF-1.4 a letter") });
  await newPassphrase(lost, "recover-new");
  const file = await keep(lost, "recover-save", dir);
  await lost.at("recover-send").click();
  await lost.state("recover-asked", "waiting");
  const digits = await lost.at("pairing").innerText();

  await officer.go("/enrolments/recoveries");
  await officer.page.getByTestId("recovery-list").getByText("admin3").first().click();
  await officer.at("check").waitFor();
  await compare(officer, digits);
  await officer.at("recovery-confirm").click();
  await officer.sign();
  const checker = await people.at("bank1-checker");
  await checker.go("/approvals");
  await checker.row("proposal-list");
  await checker.at("proposal-approve").click();
  await checker.sign();
  await checker.state("proposal-state", "executed");
  await officer.state("recovery-state", "recovered");
  await lost.at("recover-check").click();
  await lost.state("recover-asked", "recovered");
  await away(lost);

  const admin = await stranger(people, "/login");
  await admin.at("key-files").setInputFiles([file]);
  await admin.at("passphrase").fill(phrase);
  await admin.at("login-open").click();
  await admin.at("login-problem").waitFor(); // it cools off
  await people.network.run("network", "advance", "--days", "4");
  await admin.page.reload();
  await admin.login([file], phrase);
  await away(admin);
}

/** An admin renews a person's key, brings in another person and takes its key back, and changes what needs a checker. */
export async function keysAndPolicy(people) {
  const { network } = people;
  const dir = await mkdtemp(join(tmpdir(), "tierledger-keys-"));
  try {
    const core = await network.member("core");
    const admin = await people.at("core-admin1");
    const register = async () => {
      await newPassphrase(admin, "key-new");
      await keep(admin, "key-save", dir);
      await admin.at("key-register").click();
      await admin.sign();
      await admin.here(/#\/members\/([0-9A-Z]{18})$/);
      await network.approve("core/admin2");
    };
    const rows = (person) => admin.page.getByTestId("credential-list").locator(`[data-testid="revoke-${person}"]`);

    await admin.go(`/members/${core}`);
    await admin.at("renew-maker").click();
    await admin.at("key-source").locator("label").nth(1).click();
    await register();
    await rows("maker").nth(1).waitFor();
    await admin.picture("keys", "member-people");

    await admin.at("add-key").click();
    await admin.at("key-source").locator("label").nth(1).click();
    await admin.at("key-person").fill("maker9");
    await register();
    await rows("maker9").click();
    await admin.at("revoke-maker9-reason").fill("left the company");
    await admin.at("revoke-maker9-next").click();
    await admin.sign();
    await rows("maker9").waitFor({ state: "detached" });

    await admin.at("policy-change").click();
    await admin.at("policy-from-certificate:Issue").fill("450000");
    await admin.at("policy-save").click();
    await admin.sign();
    await network.approve("core/admin2");
    await admin.page.getByTestId("policy-list").getByText("450,000.00").first().waitFor();
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}
