/** The numbers that people read and type, with their check digits, as chaincode/number has them. */
import { compactDate, isDate } from "./calendar";
import { refuse } from "./problem";

const creditAlphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY";
const creditLength = 18;
const certificateLength = 34;

/** The highest sequence number of one debtor on one day. */
export const lastSequence = 999_999;

/** What a certificate number says. */
export interface CertificateNumber {
  debtor: string;
  issued: string;
  sequence: number;
}

/** Whether a text is a unified social credit code (GB 32100-2015) with its check character. */
export function isSocialCredit(text: string): boolean {
  return text.length === creditLength && completeSocialCredit(text.slice(0, creditLength - 1)) === text;
}

/** The first 17 characters of a code with the check character, or null when they are none. */
export function completeSocialCredit(first17: string): string | null {
  if (first17.length !== creditLength - 1) return null;
  let sum = 0;
  let weight = 1;
  for (let i = 0; i < first17.length; i++) {
    const value = creditAlphabet.indexOf(first17.charAt(i));
    if (value < 0 || (i >= 2 && i < 8 && value > 9)) return null;
    sum += value * weight;
    weight = (weight * 3) % creditAlphabet.length;
  }
  const n = creditAlphabet.length;
  return first17 + creditAlphabet.charAt((n - (sum % n)) % n);
}

/** Whether a text is a legal entity identifier (ISO 17442) with its check digits. */
export function isLEI(text: string): boolean {
  return /^[0-9A-Z]{18}\d{2}$/.test(text) && text.slice(18) === checkDigits(text.slice(0, 18));
}

/** The two check digits of ISO/IEC 7064 MOD 97-10 for digits and capitals, or null for other characters. */
export function checkDigits(text: string): string | null {
  if (!/^[0-9A-Z]*$/.test(text)) return null;
  let rest = 0;
  for (const c of text) {
    const value = parseInt(c, 36);
    rest = (rest * (value > 9 ? 100 : 10) + value) % 97;
  }
  return String(98 - ((rest * 100) % 97)).padStart(2, "0");
}

/** Makes a certificate number: the debtor's code, the issue date, a sequence from 1, and check digits. BAD_NUMBER, BAD_DATE. */
export function certificateNumber(debtor: string, issued: string, sequence: number): string {
  if (!isSocialCredit(debtor)) refuse("BAD_NUMBER", `${JSON.stringify(debtor.slice(0, 40))} is no social credit code`);
  if (!Number.isInteger(sequence) || sequence < 1 || sequence > lastSequence) {
    refuse("BAD_NUMBER", `sequence ${sequence} is outside 1 to ${lastSequence}`);
  }
  const start = debtor + compactDate(issued) + String(sequence).padStart(6, "0");
  return start + checkDigits(start);
}

/** Reads a certificate number, or gives null for what is none. */
export function parseCertificateNumber(text: string): CertificateNumber | null {
  const match = /^([0-9A-Z]{18})(\d{4})(\d{2})(\d{2})(\d{6})(\d{2})$/.exec(text);
  if (text.length !== certificateLength || !match) return null;
  const [, debtor = "", year = "", month = "", day = "", sequence = "", check = ""] = match;
  const issued = `${year}-${month}-${day}`;
  const fits = isSocialCredit(debtor) && isDate(issued) && Number(sequence) > 0 && checkDigits(text.slice(0, -2)) === check;
  return fits ? { debtor, issued, sequence: Number(sequence) } : null;
}

/** A certificate number in groups for people to read: debtor, date, sequence and check digits. */
export function groupedNumber(number: string): string {
  if (number.length !== certificateLength) return number;
  return `${number.slice(0, 18)} ${number.slice(18, 26)} ${number.slice(26)}`;
}
