import { Alert, Button, Tag } from "antd";
import { type ReactElement, useState } from "react";
import { useTranslation } from "react-i18next";
import { usePages, useStatus } from "../../app/query";
import { useSession } from "../../app/session";
import { useSign } from "../../app/sign";
import { useWords } from "../../app/words";
import { parseInstant } from "../../lib/calendar";
import type { Credential, Member } from "../../lib/records";
import { Digest } from "../../parts/Names";
import { LinkButton, Panel } from "../../parts/Page";
import { type Column, PagedTable } from "../../parts/PagedTable";
import { type KeyStanding, standingOf } from "../../parts/people";
import { ReasonButton } from "../../parts/ReasonButton";
import { InstantText } from "../../parts/Time";
import type { Powers } from "./powers";

const tones: Record<KeyStanding, string> = { valid: "success", soon: "warning", expired: "default", later: "processing", revoked: "error" };
const order: Record<KeyStanding, number> = { soon: 0, valid: 1, later: 2, expired: 3, revoked: 4 };

/** StandingTag says how a key stands. */
export function StandingTag({ standing }: { standing: KeyStanding }): ReactElement {
  const { t } = useTranslation("keys");
  return (
    <Tag color={tones[standing]} data-testid="key-standing" data-standing={standing}>
      {t(`standing.${standing}`)}
    </Tag>
  );
}

/** Credentials are the keys of a member's people: those about to end first, those that ended last. */
export function Credentials({ m, powers }: { m: Member; powers: Powers }): ReactElement {
  const { t } = useTranslation("members");
  const words = useWords();
  const session = useSession();
  const ledger = useStatus().data?.ledgerTime;
  const pages = usePages<Credential>(powers.sees ? `/v1/members/${m.id}/credentials` : null, {}, 300);
  const now = ledger ? parseInstant(ledger) : 0;
  const [ended, setEnded] = useState(false);
  if (!powers.sees) {
    return (
      <Panel title={t("people")}>
        <p className="soft">{t("peopleHidden")}</p>
      </Panel>
    );
  }
  const all = pages.items.map((c) => ({ ...c, standing: standingOf(c, now) })).sort((a, b) => order[a.standing] - order[b.standing] || a.person.localeCompare(b.person));
  const live = all.filter((c) => c.standing !== "expired" && c.standing !== "revoked");
  const admins = live.filter((c) => c.roles.includes("admin") && c.standing !== "later");
  const rows = ended ? all : live;
  const columns: Column<(typeof all)[number]>[] = [
    { key: "person", title: t("person"), phone: "title", render: (c) => <><span className="mono strong">{c.person}</span>{c.id === session.identity.kid && <span className="soft small"> {t("you")}</span>}</> },
    { key: "roles", title: t("personRoles"), render: (c) => c.roles.map((r) => words.of("personRole", r)).join("、") },
    { key: "standing", title: t("standing"), render: (c) => <StandingTag standing={c.standing} /> },
    { key: "from", title: t("validFrom"), phone: "hide", render: (c) => <InstantText at={c.notBefore} /> },
    { key: "until", title: t("validUntil"), render: (c) => (c.revokedAt ? <InstantText at={c.revokedAt} /> : <InstantText at={c.notAfter} />) },
    { key: "kid", title: t("key"), phone: "hide", render: (c) => <Digest value={c.id} /> },
    { key: "do", title: <span className="hidden-visually">{t("actions")}</span>, render: (c) => <Actions c={c} m={m} powers={powers} last={admins.length === 1 && admins[0]?.id === c.id} /> },
  ];
  return (
    <Panel
      title={t("people")}
      actions={powers.admin && <LinkButton to={`/members/${m.id}/add-key`} primary testId="add-key">{t("addKey")}</LinkButton>}
      testId="member-people"
    >
      <div className="stack">
        {powers.own && !powers.admin && <p className="soft">{t("onlyAdmin")}</p>}
        {live.some((c) => c.standing === "soon") && <Alert type="warning" showIcon title={t("soon")} description={powers.own ? t("soonText") : t("soonTold")} data-testid="expiry-warning" />}
        <PagedTable label={t("people")} columns={columns} {...(pages.isLoading || pages.error ? { pages: { ...pages, items: [] } } : { rows })} rowKey={(c) => c.id} testId="credential-list" />
        {all.length > live.length && (
          <div>
            <Button size="small" type="link" style={{ padding: 0 }} onClick={() => setEnded(!ended)} data-testid="show-ended">
              {ended ? t("hideEnded") : t("showEnded", { count: all.length - live.length })}
            </Button>
          </div>
        )}
      </div>
    </Panel>
  );
}

function Actions({ c, m, powers, last }: { c: Credential & { standing: KeyStanding }; m: Member; powers: Powers; last: boolean }): ReactElement | null {
  const { t } = useTranslation("members");
  const sign = useSign();
  if (c.standing === "revoked" || c.standing === "expired") return null;
  const revoke = (reason: string): void => {
    void sign({ function: "member:RevokeCredential", argument: { key: c.id, reason }, facts: { lines: [{ label: t("person"), text: `${m.name} · ${c.person}`, strong: true }] } });
  };
  return (
    <div className="row" style={{ gap: 8, justifyContent: "flex-end" }}>
      {powers.admin && c.standing !== "later" && <LinkButton to={`/members/${m.id}/renew/${c.id}`} testId={`renew-${c.person}`}>{t("renew")}</LinkButton>}
      {powers.revoke && (
        <ReasonButton
          label={t("revoke")}
          about={t("revokeAbout", { person: c.person })}
          usual={[t("usual.left"), t("usual.lost"), t("usual.stolen")]}
          danger
          disabled={last && powers.own ? t("lastAdmin") : undefined}
          onReason={revoke}
          testId={`revoke-${c.person}`}
        />
      )}
    </div>
  );
}
