import { useTranslation } from "react-i18next";
import { i18n } from "./i18n";

/** Words gives the one word of the product for a value of the API, in the language of the page. */
export interface Words {
  /** of("quorum", "checker"); a value without a word is given back. */
  of(group: string, key: string | null | undefined): string;
  /** state("certificate", "active"). */
  state(kind: string, state: string | null | undefined): string;
}

type Table = Record<string, string | Record<string, string>>;

/** wordsOf reads locale/<language>/words.json, whose keys may have dots and colons. */
export function wordsOf(language: string): Words {
  const all = (i18n.getResourceBundle(language, "words") ?? {}) as Record<string, Table>;
  return {
    of: (group, key) => {
      if (!key) return "";
      const word = all[group]?.[key];
      return typeof word === "string" ? word : key;
    },
    state: (kind, state) => {
      if (!state) return "";
      const words = all.state?.[kind];
      return (typeof words === "object" ? words[state] : undefined) ?? state;
    },
  };
}

/** useWords is wordsOf in the language of the page. */
export function useWords(): Words {
  const { i18n: instance } = useTranslation();
  return wordsOf(instance.language);
}
