import { currentLanguage } from "../app/i18n";

/** joined lists texts in one line, as the language of the page does. */
export function joined(texts: readonly string[]): string {
  return texts.join(currentLanguage() === "zh" ? "、" : ", ");
}
