import { SearchOutlined } from "@ant-design/icons";
import { AutoComplete, Input } from "antd";
import { type ReactElement, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router-dom";
import { parseCertificateNumber } from "../lib/number";
import type { SearchHit } from "../lib/records";
import { pathOf } from "./paths";
import { useRead } from "./query";
import { useWords } from "./words";

const settle = 250; // milliseconds after the last key

/** Search finds what the viewer may see by number, code, id or name. */
export function Search({ onDone }: { onDone?: () => void }): ReactElement {
  const { t } = useTranslation();
  const words = useWords();
  const navigate = useNavigate();
  const [text, setText] = useState("");
  const [asked, setAsked] = useState("");
  useEffect(() => {
    const timer = setTimeout(() => setAsked(text.trim()), settle);
    return () => clearTimeout(timer);
  }, [text]);
  const found = useRead<{ items: SearchHit[] }>(asked.length >= 3 ? "/v1/search" : null, { q: asked });
  const go = (path: string | null): void => {
    if (!path) return;
    setText("");
    onDone?.();
    void navigate(path);
  };
  const hits = asked.length >= 3 ? (found.data?.items ?? []) : [];
  return (
    <AutoComplete
      style={{ width: "100%" }}
      value={text}
      options={hits
        .filter((hit) => pathOf(hit.kind, hit.id))
        .map((hit) => ({
          value: pathOf(hit.kind, hit.id) ?? "",
          label: (
            <div>
              <span className="soft small">{words.of("kind", hit.kind)}</span> {hit.title}
              {hit.note && <div className="soft small">{hit.note}</div>}
            </div>
          ),
        }))}
      notFoundContent={asked.length >= 3 && found.data ? t("search.nothing") : null}
      onChange={(value: string) => !value.startsWith("/") && setText(value)}
      onSelect={(path: string) => go(path)}
    >
      <Input
        prefix={<SearchOutlined aria-hidden="true" />}
        placeholder={t("search.placeholder")}
        aria-label={t("search.label")}
        data-testid="search"
        onPressEnter={() => {
          const number = text.replace(/\s/g, "").toUpperCase();
          if (parseCertificateNumber(number)) go(pathOf("certificate", number));
        }}
      />
    </AutoComplete>
  );
}
