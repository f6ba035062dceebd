import { type Bytes, copy, hex, utf8 } from "./base64";

/** SHA-256 of bytes. */
export async function sha256(data: Uint8Array): Promise<Bytes> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", copy(data)));
}

/** SHA-256 in lower-case hexadecimal, of bytes or of a text in UTF-8. */
export async function sha256Hex(data: Uint8Array | string): Promise<string> {
  return hex(await sha256(typeof data === "string" ? utf8(data) : data));
}

/** SHA-256 of a file in lower-case hexadecimal: how a document is named on the ledger. The file stays here. */
export async function fileDigest(file: Blob): Promise<string> {
  return sha256Hex(new Uint8Array(await file.arrayBuffer()));
}

/** Whether a text is a digest as the API writes it: 64 lower-case hexadecimal digits. */
export function isDigest(text: string): boolean {
  return /^[0-9a-f]{64}$/.test(text);
}
