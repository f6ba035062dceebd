// Makes screenshots small: a PNG of true colours becomes one with a palette, which for
// pages of text and plain areas looks the same and is a third as large.
import { crc32, deflateSync, inflateSync } from "node:zlib";

const head = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const colours = 256;
const close = 60; // squared

/** Gives a screenshot (8 bits a channel, not interlaced) with a palette of its most frequent colours. */
export function withPalette(png) {
  const { width, height, size, data } = read(png);
  const pixels = unfilter(data, width, height, size);
  const counts = new Map();
  for (const pixel of pixels) counts.set(pixel, (counts.get(pixel) ?? 0) + 1);
  const palette = paletteOf(counts);
  const places = new Map([...counts.keys()].map((pixel) => [pixel, nearest(palette, pixel)]));
  const rows = Buffer.alloc((width + 1) * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) rows[y * (width + 1) + 1 + x] = places.get(pixels[y * width + x]);
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 3, 0, 0, 0], 8);
  const table = Buffer.from(palette.flatMap((pixel) => [pixel >> 16, (pixel >> 8) & 255, pixel & 255]));
  return Buffer.concat([head, chunk("IHDR", header), chunk("PLTE", table), chunk("IDAT", deflateSync(rows, { level: 9 })), chunk("IEND", Buffer.alloc(0))]);
}

/** The most frequent colours of which none is close to another, so that a small mark keeps its own. */
function paletteOf(counts) {
  const palette = [];
  for (const [pixel] of [...counts].sort((a, b) => b[1] - a[1] || a[0] - b[0])) {
    if (palette.length === colours) break;
    if (palette.every((other) => far(other, pixel) >= close)) palette.push(pixel);
  }
  return palette;
}

function read(png) {
  const parts = [];
  let width = 0, height = 0, size = 0;
  for (let at = head.length; at < png.length; ) {
    const length = png.readUInt32BE(at);
    const kind = png.toString("latin1", at + 4, at + 8);
    const body = png.subarray(at + 8, at + 8 + length);
    if (kind === "IHDR") [width, height, size] = [body.readUInt32BE(0), body.readUInt32BE(4), body[9] === 6 ? 4 : 3];
    if (kind === "IDAT") parts.push(body);
    at += length + 12;
  }
  return { width, height, size, data: inflateSync(Buffer.concat(parts)) };
}

/** Undoes the filters of the rows and gives a number 0xRRGGBB for each pixel. */
function unfilter(data, width, height, size) {
  const line = width * size;
  const pixels = new Uint32Array(width * height);
  let above = new Uint8Array(line);
  for (let y = 0; y < height; y++) {
    const at = y * (line + 1);
    const row = Uint8Array.from(data.subarray(at + 1, at + 1 + line));
    for (let i = 0; i < line; i++) {
      const left = i < size ? 0 : row[i - size];
      row[i] += [0, left, above[i], (left + above[i]) >> 1, paeth(left, above[i], i < size ? 0 : above[i - size])][data[at]];
    }
    for (let x = 0; x < width; x++) pixels[y * width + x] = (row[x * size] << 16) | (row[x * size + 1] << 8) | row[x * size + 2];
    above = row;
  }
  return pixels;
}

function paeth(left, above, corner) {
  const [a, b, c] = [Math.abs(above - corner), Math.abs(left - corner), Math.abs(left + above - 2 * corner)];
  return a <= b && a <= c ? left : b <= c ? above : corner;
}

function nearest(palette, pixel) {
  let best = 0;
  for (let place = 1; place < palette.length; place++) if (far(palette[place], pixel) < far(palette[best], pixel)) best = place;
  return best;
}

/** The square of the distance of two colours. */
function far(one, other) {
  return [16, 8, 0].reduce((sum, bits) => sum + (((one >> bits) & 255) - ((other >> bits) & 255)) ** 2, 0);
}

function chunk(kind, body) {
  const named = Buffer.concat([Buffer.from(kind, "latin1"), body]);
  const out = Buffer.alloc(named.length + 8);
  out.writeUInt32BE(body.length, 0);
  named.copy(out, 4);
  out.writeUInt32BE(crc32(named), named.length + 4);
  return out;
}
