/** Finds the next free numbers of a debtor's certificates, so that they can be made in the browser. */
import type { Api } from "../lib/api";
import { certificateNumber, lastSequence, parseCertificateNumber } from "../lib/number";
import { Problem } from "../lib/problem";
import type { Proposal } from "../lib/records";

/** Numbers gives the numbers of one debtor on one day, each once. */
export class Numbers {
  private constructor(
    private readonly debtor: string,
    private readonly day: string,
    private sequence: number,
    private readonly taken: ReadonlySet<string>,
  ) {}

  /**
   * Looks where the debtor's numbers of the day end. Those in proposals that still wait are taken as well: they are not
   * on the ledger yet.
   */
  static async find(api: Api, debtor: string, day: string): Promise<Numbers> {
    const [last, taken] = await Promise.all([lastOf(api, debtor, day), proposed(api)]);
    return new Numbers(debtor, day, last, taken);
  }

  /** The next number that is free. BAD_NUMBER after the last one of the day. */
  next(): string {
    for (;;) {
      this.sequence += 1;
      const number = certificateNumber(this.debtor, this.day, this.sequence);
      if (!this.taken.has(number)) return number;
    }
  }
}

/** lastOf finds a sequence that was used, after which the next is free; 0 when none was. */
async function lastOf(api: Api, debtor: string, day: string): Promise<number> {
  let used = 0;
  let free = 1;
  while (free < lastSequence && (await isUsed(api, certificateNumber(debtor, day, free)))) {
    used = free;
    free = Math.min(lastSequence, 2 * free);
  }
  while (free - used > 1) {
    const middle = Math.floor((used + free) / 2);
    if (await isUsed(api, certificateNumber(debtor, day, middle))) used = middle;
    else free = middle;
  }
  return used;
}

async function isUsed(api: Api, number: string): Promise<boolean> {
  try {
    await api.get(`/v1/certificates/${number}`);
    return true;
  } catch (error) {
    if (error instanceof Problem && (error.status === 403 || error.status === 404)) return false;
    throw error;
  }
}

/** proposed are the numbers that open proposals of the member would use. */
async function proposed(api: Api): Promise<Set<string>> {
  const open = await api.all<Proposal>("/v1/proposals", { state: "open", member: api.identity?.member }, 500);
  const issuing = open.filter((p) => p.function === "certificate:Issue" || p.function === "batch:Run");
  const whole = await Promise.all(issuing.map((p) => api.get<Proposal>(`/v1/proposals/${p.id}`)));
  return new Set(whole.flatMap((p) => numbersIn(p.argument)));
}

/** numbersIn lists the certificate numbers that an argument issues. */
export function numbersIn(argument: string): string[] {
  return [...argument.matchAll(/"number":"([0-9A-Z]{34})"/g)].map((m) => m[1] ?? "").filter((n) => parseCertificateNumber(n) !== null);
}
