// Language of the console: Chinese unless the person chose English. Texts lie in
// src/locale/<language>/<area>.json, one namespace per area, and are loaded when
// an area is opened.
import i18n, { type BackendModule, type ReadCallback } from "i18next";
import { initReactI18next } from "react-i18next";

export type Language = "zh" | "en";

const remembered = "tierledger.language";

const files = import.meta.glob<{ default: Record<string, unknown> }>("../locale/*/*.json");

const backend: BackendModule = {
  type: "backend",
  init: () => undefined,
  read(language: string, namespace: string, done: ReadCallback) {
    const load = files[`../locale/${language}/${namespace}.json`];
    if (!load) {
      done(new Error(`no texts for ${namespace} in ${language}`), null);
      return;
    }
    load().then(
      (m) => done(null, m.default),
      (e: unknown) => done(e instanceof Error ? e : new Error(String(e)), null),
    );
  },
};

/** startLanguage is the one the person chose before, else Chinese. */
export function startLanguage(): Language {
  return localStorage.getItem(remembered) === "en" ? "en" : "zh";
}

/** currentLanguage is the one that pages are shown in now. */
export function currentLanguage(): Language {
  return i18n.language === "en" ? "en" : "zh";
}

/** htmlLanguage is the BCP 47 tag for the lang attribute and the node. */
export function htmlLanguage(language: Language): string {
  return language === "en" ? "en" : "zh-CN";
}

/** chooseLanguage switches all pages and remembers the choice. */
export async function chooseLanguage(language: Language): Promise<void> {
  localStorage.setItem(remembered, language);
  document.documentElement.lang = htmlLanguage(language);
  await i18n.changeLanguage(language);
}

/** startTexts loads the shared texts; pages are shown after it. */
export async function startTexts(): Promise<void> {
  const language = startLanguage();
  document.documentElement.lang = htmlLanguage(language);
  await i18n
    .use(backend)
    .use(initReactI18next)
    .init({
      lng: language,
      supportedLngs: ["zh", "en"],
      fallbackLng: false,
      ns: ["shell", "words"],
      defaultNS: "shell",
      interpolation: { escapeValue: false },
      returnNull: false,
    });
}

export { i18n };
