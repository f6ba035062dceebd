// Two plugins that keep Ant Design within the console's content security policy,
// which allows style sheets from the node alone: no <style> element is ever made
// in the browser.
import type { Plugin } from "vite";
import { createElement } from "react";
import { ConfigProvider } from "antd";
import { extractStyle } from "@ant-design/static-style-extract";
import { theme } from "../src/app/theme.ts";

/** Components of Ant Design that the console does not use: their styles stay out. */
const unused = [
  "Affix",
  "Anchor",
  "BackTop",
  "Calendar",
  "Carousel",
  "ColorPicker",
  "FloatButton",
  "Image",
  "Masonry",
  "Mentions",
  "QRCode",
  "Rate",
  "Splitter",
  "Tour",
  "Transfer",
  "TreeSelect",
  "Watermark",
];

/** antdSheet serves `virtual:antd.css`: the styles of all used components under the console's theme. */
export function antdSheet(): Plugin {
  const name = "virtual:antd.css";
  const resolved = "/@console/antd.css";
  return {
    name: "console-antd-sheet",
    resolveId: (id) => (id === name ? resolved : undefined),
    load(id) {
      if (id !== resolved) return undefined;
      const complete = { ...theme, zeroRuntime: false };
      return extractStyle({
        excludes: unused,
        customTheme: (node) => createElement(ConfigProvider, { theme: complete }, node),
      });
    },
  };
}

/** sheetModule takes the place of the module with which the component library puts styles into the page. */
const sheetModule = `
const sheets = new Map()
export function updateCSS(css, key, options = {}) {
  if (options.mark) return document.createElement('style') // the static sheet has it
  let sheet = sheets.get(key)
  if (!sheet) {
    sheet = new CSSStyleSheet()
    sheets.set(key, sheet)
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet]
  }
  sheet.replaceSync(css)
  return document.createElement('style')
}
export function removeCSS(key) {
  const sheet = sheets.get(key)
  if (!sheet) return
  sheets.delete(key)
  document.adoptedStyleSheets = document.adoptedStyleSheets.filter((s) => s !== sheet)
}
export function injectCSS(css) {
  updateCSS(css, css)
  return document.createElement('style')
}
export function clearContainerCache() {}
`;

/** noStyleElements replaces that module in the build. Scroll locks go through constructed sheets. */
export function noStyleElements(): Plugin {
  const place = /@rc-component\/util\/es\/Dom\/dynamicCSS\.js$/;
  return {
    name: "console-no-style-elements",
    enforce: "pre",
    load: (id) => (place.test(id.split("?")[0] ?? "") ? sheetModule : undefined),
  };
}
