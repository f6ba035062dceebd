// A network to try the console with: `scf quickstart` in a process and a directory of its own.
import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** The passphrase of a development network's key files. */
export const passphrase = "tierledger";

/**
 * Starts a network and waits until its story is told.
 * @param {string} scf path of the program
 * @returns {Promise<Network>}
 */
export async function startNetwork(scf) {
  const dir = await mkdtemp(join(tmpdir(), "tierledger-console-"));
  const child = spawn(scf, ["--home", dir, "quickstart"], { stdio: ["ignore", "pipe", "pipe"] });
  let told = "";
  const ready = new Promise((resolve, reject) => {
    child.stderr.on("data", (text) => (told += text));
    child.stdout.on("data", (text) => {
      told += text;
      if (told.includes("Ctrl-C stops the network")) resolve(undefined);
    });
    child.on("error", reject);
    child.on("exit", (code) => reject(new Error(`the network ended with ${code}:\n${told}`)));
  });
  await ready;
  return new Network(scf, dir, child, told);
}

/** A running network. */
export class Network {
  constructor(scf, dir, child, told) {
    this.scf = scf;
    this.dir = dir;
    this.child = child;
    this.told = told;
    this.url = /The console is at\s+(http:\/\/\S+)\//.exec(told)[1];
    this.banks = [...told.matchAll(/(http:\/\/127\.0\.0\.1:\d+)\s{2}\S/g)].map((found) => found[1]);
    this.spare = /issues another .* certificate (\w+)/.exec(told)?.[1] ?? "";
  }

  /** The address of a bank's own node, 1 to 4. */
  bank(number) {
    return this.banks[number - 1];
  }

  /** The path of a person's key file, as in "core-maker". */
  keyFile(name) {
    return join(this.dir, "console", `${name}.key`);
  }

  /** The social credit code of a member, as in "core". */
  async member(alias) {
    return (await this.known(alias)).id;
  }

  /** The name of a member. */
  async nameOf(alias) {
    return (await this.known(alias)).name;
  }

  async known(alias) {
    const members = JSON.parse(await readFile(join(this.dir, "members.json"), "utf8"));
    return members.find((member) => member.alias === alias);
  }

  /** The ledger's day, yyyy-mm-dd. */
  async today() {
    const status = await (await fetch(`${this.url}/v1/status`)).json();
    return status.ledgerTime.slice(0, 10);
  }

  /** Runs a command of scf on this network and gives what it prints. */
  run(...args) {
    return new Promise((resolve, reject) => {
      const child = spawn(this.scf, ["--home", this.dir, ...args]);
      let out = "";
      child.stdout.on("data", (text) => (out += text));
      child.stderr.on("data", (text) => (out += text));
      child.on("exit", (code) => (code === 0 ? resolve(out) : reject(new Error(`scf ${args.join(" ")}: ${out}`))));
    });
  }

  /** Approves what waits for somebody, as in "core/admin2". */
  async approve(as) {
    const waits = JSON.parse(await this.run("approval", "list", "--json", "--as", as));
    for (const { subject } of waits) await this.run("approval", "approve", subject, "--as", as);
  }

  /** Stops the network and removes its data. */
  async stop() {
    this.child.removeAllListeners("exit");
    const gone = new Promise((resolve) => this.child.once("exit", resolve));
    this.child.kill("SIGINT");
    await gone;
    await rm(this.dir, { recursive: true, force: true });
  }
}
