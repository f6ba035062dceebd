import type { ReactElement, ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router-dom";
import { LanguageSwitch } from "./Frame";

/** OpenPage is the frame of pages that need no login: one card under the product's name. */
export function OpenPage({
  wide,
  testId,
  children,
}: {
  wide?: boolean;
  testId?: string;
  children: ReactNode;
}): ReactElement {
  const { t } = useTranslation();
  const width = wide ? " open-wide" : "";
  return (
    <div className="open-page" data-testid={testId}>
      <header className={`open-head${width}`}>
        <Link to="/" className="brand">
          <img src="./icon.svg" alt="" />
          <span>{t("product")}</span>
        </Link>
        <LanguageSwitch />
      </header>
      <main className={`open-card${width}`}>{children}</main>
    </div>
  );
}
