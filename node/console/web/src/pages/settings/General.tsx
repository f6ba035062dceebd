import { Radio } from "antd";
import type { ReactElement } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router-dom";
import { chooseLanguage, currentLanguage } from "../../app/i18n";
import { useStatus } from "../../app/query";
import { useSession } from "../../app/session";
import { useWords } from "../../app/words";
import { Facts } from "../../parts/Facts";
import { Digest } from "../../parts/Names";
import { Panel } from "../../parts/Page";
import { InstantText } from "../../parts/Time";
import { Frame } from "./Settings";

/** General sets the language and says who works here, with which key, at which node. */
export function General(): ReactElement {
  const { t } = useTranslation("settings");
  const words = useWords();
  const s = useSession();
  const status = useStatus().data;
  return (
    <Frame of="">
      <div className="stack">
        <Panel title={t("language")}>
          <Radio.Group
            aria-label={t("language")}
            value={currentLanguage()}
            onChange={(e) => void chooseLanguage(e.target.value === "en" ? "en" : "zh")}
            options={[{ value: "zh", label: <span lang="zh-CN">中文</span> }, { value: "en", label: <span lang="en">English</span> }]}
            data-testid="set-language"
          />
          <p className="soft small" style={{ marginTop: 8 }}>{t("languageHint")}</p>
        </Panel>
        <Panel title={t("me")}>
          <Facts
            items={[
              { label: t("member"), value: <Link to="/people">{s.member.name}</Link> },
              { label: t("person"), value: <span className="mono">{s.identity.person}</span> },
              { label: t("roles"), value: s.viewer.credential.roles.map((r) => words.of("personRole", r)).join("、") },
              { label: t("kid"), value: <Digest value={s.identity.kid} /> },
              { label: t("validUntil"), value: <InstantText at={s.viewer.credential.notAfter} /> },
              { label: t("sponsor"), value: s.viewer.sponsorName },
            ]}
          />
        </Panel>
        <Panel title={t("node")}>
          <Facts
            items={[
              { label: t("network"), value: status?.network },
              { label: t("version"), value: status?.version },
              { label: t("height"), value: status ? String(status.height) : "" },
              { label: t("ledgerTime"), value: <InstantText at={status?.ledgerTime} exact /> },
              { label: t("nodeName"), value: <Digest value={status?.node} /> },
            ]}
          />
        </Panel>
      </div>
    </Frame>
  );
}
