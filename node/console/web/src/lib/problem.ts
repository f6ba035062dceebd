/** The languages of the console. */
export type Language = "zh" | "en";

/** One part of a request that is wrong. */
export interface Field {
  at: string;
  message: string;
}

/** What a Problem is made of; see the members of Problem. */
export interface ProblemParts {
  code: string;
  title?: string;
  detail?: string;
  next?: string;
  rule?: string;
  status?: number;
  requestId?: string;
  fields?: Field[];
  retryAfter?: number;
}

/**
 * Why something was refused: by the node, by the ledger, or here before anything was sent. The code never changes its
 * meaning; the texts are for people. It never has a secret in it.
 */
export class Problem extends Error {
  /** Stable code, for example HOLDING_CHANGED. */
  readonly code: string;
  /** What happened, in the language that was asked for; empty for what was refused here, see describe. */
  readonly title: string;
  /** The facts of this case. */
  readonly detail: string;
  /** What to do next. */
  readonly next: string;
  /** The rule that refused, for example TERM-MAX, or empty. */
  readonly rule: string;
  /** The HTTP status; 0 when no node answered. */
  readonly status: number;
  /** To be quoted to the node's operator, or empty. */
  readonly requestId: string;
  /** Which parts of the request are wrong. */
  readonly fields: readonly Field[];
  /** Seconds after which the node wants to be asked again; 0 when it does not say. */
  readonly retryAfter: number;

  constructor(parts: ProblemParts) {
    super(parts.detail ? `${parts.code}: ${parts.detail}` : parts.code);
    this.name = "Problem";
    this.code = parts.code;
    this.title = parts.title ?? "";
    this.detail = parts.detail ?? "";
    this.next = parts.next ?? "";
    this.rule = parts.rule ?? "";
    this.status = parts.status ?? 0;
    this.requestId = parts.requestId ?? "";
    this.fields = parts.fields ?? [];
    this.retryAfter = parts.retryAfter ?? 0;
  }
}

/** Refuses here, before anything is sent, with one of the ledger's codes or one of the table below. */
export function refuse(code: string, detail: string): never {
  throw new Problem({ code, detail });
}

/** Whether an error is a Problem with this code. */
export function isCode(error: unknown, code: string): error is Problem {
  return error instanceof Problem && error.code === code;
}

interface Text {
  title: string;
  next: string;
}

/** Texts of what is refused here. Codes of the ledger keep its meaning; those that begin with CLIENT_ are the console's. */
const texts: Record<string, Record<Language, Text>> = {
  BAD_AMOUNT: {
    zh: { title: "金额不正确", next: "请填写以元为单位、最多两位小数的金额，例如 300,000.00。" },
    en: { title: "The amount is not valid", next: "Give yuan with at most two decimals, for example 300,000.00." },
  },
  BAD_RATE: {
    zh: { title: "利率不正确", next: "请填写最多四位小数的百分数，例如 2.62。" },
    en: { title: "The rate is not valid", next: "Give percent with at most four decimals, for example 2.62." },
  },
  BAD_DATE: {
    zh: { title: "日期不正确", next: "请填写存在的日期，例如 2027-03-31。" },
    en: { title: "The date is not valid", next: "Give a day that exists, for example 2027-03-31." },
  },
  BAD_NUMBER: {
    zh: { title: "编号不正确", next: "请核对编号及其校验位。" },
    en: { title: "The number is not valid", next: "Compare the number and its check digits." },
  },
  BAD_INTERVAL: {
    zh: { title: "持有份额不足或已变化", next: "请重新选择持有的份额。" },
    en: { title: "The holding has not enough, or has changed", next: "Choose the parts of holdings again." },
  },
  AMOUNT_OVERFLOW: {
    zh: { title: "金额过大", next: "请减小金额。" },
    en: { title: "The amount is too large", next: "Give a smaller amount." },
  },
  TERMS_INVALID: {
    zh: { title: "融资条件不成立", next: "请按提示修改条件。" },
    en: { title: "No financing can have these terms", next: "Change the term that is named." },
  },
  BAD_KEY: {
    zh: { title: "密钥不可用", next: "请使用正确的密钥，或在保存该密钥的浏览器中操作。" },
    en: { title: "The key cannot be used", next: "Use the right key, or the browser that keeps it." },
  },
  MANIFEST_MISMATCH: {
    zh: { title: "待审批内容与摘要不符", next: "不要签名；请联系提交人和节点运营方。" },
    en: { title: "What is to be approved is not what its digest says", next: "Do not sign; ask its maker and the node's operator." },
  },
  UNREACHABLE: {
    zh: { title: "无法连接节点", next: "请检查网络后重试；已签名的交易会保留，不会重复生效。" },
    en: { title: "The node cannot be reached", next: "Check the connection and try again; what is signed is kept and takes effect once." },
  },
  TIMED_OUT: {
    zh: { title: "结果尚未知晓", next: "交易仍可能生效；稍后在“发件箱”中查看或重发同一笔交易。" },
    en: { title: "The outcome is not known yet", next: "It may still take effect; look into the outbox later, or send the same bytes again." },
  },
  NODE_CATCHING_UP: {
    zh: { title: "节点正在同步", next: "请稍后再试。" },
    en: { title: "The node is catching up", next: "Try again a little later." },
  },
  CLIENT_NO_KEY: {
    zh: { title: "尚未登录", next: "请先打开密钥文件登录。" },
    en: { title: "Nobody is logged in", next: "Open a key file to log in." },
  },
  CLIENT_KEY_FILE: {
    zh: { title: "不是可读取的密钥文件", next: "请选择由本系统保存的密钥文件。" },
    en: { title: "Not a readable key file", next: "Choose a key file that this system wrote." },
  },
  CLIENT_PASSPHRASE: {
    zh: { title: "口令错误，或密钥文件已损坏", next: "请重新输入口令，或使用备份的密钥文件。" },
    en: { title: "Wrong passphrase, or the key file is damaged", next: "Type the passphrase again, or use a copy of the file." },
  },
  CLIENT_WEAK_PASSPHRASE: {
    zh: { title: "口令太短", next: "请使用至少 8 个字符的口令。" },
    en: { title: "The passphrase is too short", next: "Use at least 8 characters." },
  },
  CLIENT_ALGORITHM: {
    zh: { title: "此浏览器不支持该密钥算法", next: "请使用较新的浏览器，或登记 P-256 密钥。" },
    en: { title: "This browser does not know the key's algorithm", next: "Use a newer browser, or register a P-256 key." },
  },
  CLIENT_SEALED: {
    zh: { title: "密文无法打开", next: "请确认使用的是收件方的密钥，且密文未被改动。" },
    en: { title: "The sealed document does not open", next: "Use the recipient's key; the document may have been changed." },
  },
  CLIENT_COMMITMENT: {
    zh: { title: "密文内容与账本上的承诺不符", next: "不要采信该内容；请联系对方。" },
    en: { title: "The sealed document is not the one committed to on the ledger", next: "Do not rely on it; ask the other side." },
  },
  CLIENT_NETWORK: {
    zh: { title: "节点属于另一个网络", next: "请核对节点地址。" },
    en: { title: "The node is of another network", next: "Compare the node's address." },
  },
  CLIENT_ANSWER: {
    zh: { title: "节点的回答无法读取", next: "请刷新页面；如仍出现，请联系节点运营方。" },
    en: { title: "The node's answer cannot be read", next: "Load the page again; if it stays, ask the node's operator." },
  },
  CLIENT_STORAGE: {
    zh: { title: "浏览器存储不可用", next: "请允许本站使用浏览器存储，不要使用无痕窗口。" },
    en: { title: "The browser's storage cannot be used", next: "Allow this site to store data; do not use a private window." },
  },
};

/** A problem as it is shown. */
export interface Described {
  code: string;
  title: string;
  detail: string;
  next: string;
  rule: string;
  requestId: string;
  fields: readonly Field[];
}

/** How any error is shown to a person. What is no Problem is INTERNAL, with its message as the detail. */
export function describe(error: unknown, language: Language): Described {
  if (error instanceof Problem) {
    const own = texts[error.code]?.[language];
    return {
      code: error.code,
      title: error.title || own?.title || error.code,
      detail: error.detail,
      next: error.next || own?.next || "",
      rule: error.rule,
      requestId: error.requestId,
      fields: error.fields,
    };
  }
  return {
    code: "INTERNAL",
    title: language === "zh" ? "程序出错" : "Something went wrong",
    detail: error instanceof Error ? error.message : String(error),
    next: language === "zh" ? "请刷新页面后重试。" : "Load the page again and try once more.",
    rule: "",
    requestId: "",
    fields: [],
  };
}
