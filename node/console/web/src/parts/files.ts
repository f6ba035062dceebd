/** Files that belong to records: how they are named, and how they come to the node. */
import type { Api } from "../lib/api";
import { fileDigest } from "../lib/digest";
import type { AttachedFile, AttachmentKind, OwnedFile } from "../lib/records";

const media: Record<string, string> = {
  pdf: "application/pdf",
  png: "image/png",
  jpg: "image/jpeg",
  jpeg: "image/jpeg",
  ofd: "application/ofd",
  xml: "application/xml",
  zip: "application/zip",
  xlsx: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
  docx: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
};

/** What a file input takes. */
export const accepted = Object.keys(media).map((ending) => `.${ending}`).join(",");

/** mediaOf is the media type of a file by the ending of its name. */
export function mediaOf(name: string): string {
  if (name.toLowerCase().endsWith(".csv")) return "text/csv"; // read, never kept
  return media[name.split(".").pop()?.toLowerCase() ?? ""] ?? "application/octet-stream";
}

/** keepFile computes a file's digest and brings it to the node under it. */
export async function keepFile(api: Api, file: File): Promise<OwnedFile> {
  const digest = await fileDigest(file);
  return api.upload<OwnedFile>("PUT", `/v1/attachments/${digest}`, file, mediaOf(file.name), { params: { name: file.name } });
}

/** keepAll brings files to the node, the contents of a ZIP archive each by its own name. */
export async function keepAll(api: Api, files: readonly File[], onOne: (done: number) => void): Promise<OwnedFile[]> {
  const kept: OwnedFile[] = [];
  for (const [i, file] of files.entries()) {
    if (mediaOf(file.name) === media["zip"]) {
      kept.push(...(await api.upload<{ items: OwnedFile[] }>("POST", "/v1/attachments/bulk", file, "application/zip")).items);
    } else {
      kept.push(await keepFile(api, file));
    }
    onOne(i + 1);
  }
  return kept;
}

/** linkFile lets a file of the member belong to a record. */
export async function linkFile(api: Api, file: AttachedFile & { name?: string }, kind: AttachmentKind, id: string): Promise<void> {
  await api.post(`/v1/attachments/${file.digest}/links`, { kind, id, ...(file.name ? { name: file.name } : {}) });
}
