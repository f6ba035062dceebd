import type { ThemeConfig } from "antd";

/** Colours of the console: ink on paper, one accent of brass, and states that pass AA on white. */
export const colours = {
  ink: "#12343B",
  inkSoft: "#1D4A53",
  teal: "#17616B",
  tealPale: "#E6F0EF",
  brass: "#9A6B1F",
  brassPale: "#F6EEDC",
  paper: "#F5F6F3",
  line: "#DDE2DF",
  text: "#1B2A2E",
  textSoft: "#56676B",
  good: "#1E7145",
  warn: "#96600B",
  bad: "#B3261E",
  info: "#2B5F8A",
} as const;

/** Series colours of charts, distinct in grey as well. */
export const series = ["#17616B", "#C08A35", "#5B7F95", "#8A4B3C", "#7C9A6B", "#4A4E69", "#B9A37E"] as const;

const font = [
  "system-ui",
  "-apple-system",
  '"Segoe UI"',
  '"PingFang SC"',
  '"Hiragino Sans GB"',
  '"Microsoft YaHei"',
  '"Noto Sans CJK SC"',
  '"Noto Sans SC"',
  "sans-serif",
].join(", ");

/**
 * theme is the console's look for Ant Design. Its variables carry a fixed key and
 * its styles are made when the console is built (build/antd.ts), so that the page
 * needs no style element of its own making.
 */
export const theme: ThemeConfig = {
  cssVar: { prefix: "ant", key: "tl" },
  hashed: false,
  zeroRuntime: true,
  token: {
    colorPrimary: colours.teal,
    colorLink: "#12616C",
    colorLinkHover: colours.ink,
    colorInfo: colours.info,
    colorSuccess: colours.good,
    colorWarning: colours.warn,
    colorError: colours.bad,
    colorPrimaryBg: colours.tealPale,
    colorPrimaryBgHover: "#D6E6E5",
    colorPrimaryBorder: "#A9CBC9",
    colorSuccessBg: "#E9F4EE",
    colorSuccessBorder: "#B7D9C5",
    colorWarningBg: "#FDF3DE",
    colorWarningBorder: "#EBD5A4",
    colorErrorBg: "#FBEAE9",
    colorErrorBorder: "#EFC3BF",
    colorInfoBg: "#E8F0F6",
    colorInfoBorder: "#BCD2E4",
    colorText: colours.text,
    colorTextSecondary: colours.textSoft,
    colorTextTertiary: "#64757A",
    colorTextDescription: colours.textSoft,
    colorTextPlaceholder: "#62727A",
    colorBgLayout: colours.paper,
    colorBorder: "#C9D1CE",
    colorBorderSecondary: colours.line,
    borderRadius: 6,
    borderRadiusLG: 8,
    fontFamily: font,
    fontSize: 14,
    controlHeight: 36,
    wireframe: false,
  },
  components: {
    Layout: {
      headerBg: "#FFFFFF",
      headerHeight: 56,
      headerPadding: "0 20px",
      siderBg: colours.ink,
      bodyBg: colours.paper,
    },
    Menu: {
      darkItemBg: colours.ink,
      darkSubMenuItemBg: colours.ink,
      darkItemColor: "#C6D5D5",
      darkItemHoverBg: colours.inkSoft,
      darkItemSelectedBg: "#215560",
      darkItemSelectedColor: "#FFFFFF",
      itemBorderRadius: 6,
      itemHeight: 40,
    },
    Table: { headerBg: "#EEF1EE", headerColor: "#3E5155", rowHoverBg: "#F3F7F6", cellPaddingBlock: 11 },
    Card: { headerFontSize: 15 },
    Button: { primaryShadow: "none", defaultShadow: "none", dangerShadow: "none" },
    Tag: { defaultBg: "#EEF1EE" },
    Alert: { defaultPadding: "10px 14px" },
  },
};
