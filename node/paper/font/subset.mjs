// Makes the fonts of the printed papers: see README.md beside this file.
//
//   node subset.mjs DIRECTORY-OF-THE-UNPACKED-PACKAGE
import { readFile, writeFile } from "node:fs/promises";
import subset from "subset-font";

// Latin with its accents, Greek, punctuation, currency signs, arrows, full-width forms.
const ranges = [
  [0x20, 0x7e], [0xa0, 0x17f], [0x391, 0x3c9], [0x2010, 0x2027], [0x2030, 0x203b], [0x20a0, 0x20bf],
  [0x2103, 0x2103], [0x2116, 0x2116], [0x2150, 0x217f], [0x2190, 0x2199], [0x2460, 0x2473], [0x25a0, 0x25cf],
  [0x3000, 0x3017], [0x3041, 0x30ff], [0x3220, 0x3229], [0xff01, 0xff5e], [0xffe5, 0xffe5],
];
// In names of people and firms, and not in GB 2312.
const names = "喆堃珺玥镕旻昇燊囍昉昳晞曈頔颋犇骉垚祎禛禤翀翃翯芃赟邨锜镠闿阇雱頫飏驲骎龑龢乂偲傒劼勍卬厔咘啟囧埇埌埗夐奡妘姃姮婼媞媱嬅孖寔屾峣崟嵚帉幘弢彧忞惇慜扆敔旸昫晳暐暕暠曌朸枟梣梽棽橦欎泂洺浛涢淏淯湉湜溎溦澔炘烜焜燚爔玙玚玠玹珣珮珽琎琤琯琲琸瑄瑀璟璠畇畑畯皞皦盉睍瞾硚祃祇祐祾禔秾竑纁纮翙翚翛肸脩茝虓衎訚赪跂跶遆郃钘锳镈霑頠飗鹍";

const level = new TextDecoder("gb18030", { fatal: false });
let text = names;
for (const [from, to] of ranges) for (let c = from; c <= to; c++) text += String.fromCodePoint(c);
for (let row = 0xb0; row <= 0xf7; row++) {
  for (let cell = 0xa1; cell <= 0xfe; cell++) text += level.decode(Uint8Array.of(row, cell)); // GB 2312, levels 1 and 2
}
// Private characters that GB 18030 has in the gaps of GB 2312, and what cannot be decoded.
text = text.replace(/[\ue000-\uf8ff\ufffd]/g, "");

const headings = await readFile(new URL("headings.txt", import.meta.url), "utf8");
const latin = Array.from({ length: 0x7f - 0x20 }, (_, i) => String.fromCodePoint(0x20 + i)).join("");
const source = process.argv[2];
for (const [from, to, wanted] of [
  ["400Regular/NotoSansSC_400Regular.ttf", "regular.ttf", text],
  ["600SemiBold/NotoSansSC_600SemiBold.ttf", "bold.ttf", latin + headings.replace(/\s/g, "")],
]) {
  const font = await subset(await readFile(`${source}/${from}`), wanted, { targetFormat: "sfnt" });
  await writeFile(new URL(to, import.meta.url), font);
  console.log(to, font.length, "bytes");
}
