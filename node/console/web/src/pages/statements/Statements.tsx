import { Select } from "antd";
import type { ReactElement, ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { NavLink, Route, useSearchParams } from "react-router-dom";
import { AreaRoutes } from "../../app/AreaRoutes";
import { useRead, useToday } from "../../app/query";
import { useSession } from "../../app/session";
import type { Member } from "../../lib/records";
import { MemberPicker } from "../../parts/MemberPicker";
import { Page } from "../../parts/Page";
import { monthsBack } from "./months";
import { Papers } from "./Papers";
import { StatementView } from "./StatementView";
import { VouchersView } from "./VouchersView";

/** Statements are the documents that people take away: the month, the vouchers, the papers. */
export default function Statements(): ReactElement {
  return (
    <AreaRoutes>
      <Route index element={<Monthly of="month" />} />
      <Route path="vouchers" element={<Monthly of="vouchers" />} />
      <Route path="papers" element={<Shell of="papers"><Papers /></Shell>} />
    </AreaRoutes>
  );
}

const ways = { month: "/statements", vouchers: "/statements/vouchers", papers: "/statements/papers" } as const;
type Way = keyof typeof ways;

function Shell({ of, children }: { of: Way; children: ReactNode }): ReactElement {
  const { t } = useTranslation("statements");
  const [params] = useSearchParams();
  const kept = of === "papers" || params.size === 0 ? "" : `?${params.toString()}`;
  return (
    <Page title={t(`way.${of}`)} sub={t(`sub.${of}`)} testId={`statements-${of}`}>
      <nav className="subnav" aria-label={t("title")}>
        {(Object.keys(ways) as Way[]).map((w) => (
          <NavLink key={w} to={ways[w] + (w === "papers" ? "" : kept)} end data-testid={`sub-${w}`}>
            {t(`way.${w}`)}
          </NavLink>
        ))}
      </nav>
      {children}
    </Page>
  );
}

/** Monthly chooses a month and, for those who see all, a member. */
function Monthly({ of }: { of: "month" | "vouchers" }): ReactElement {
  const { t } = useTranslation("statements");
  const session = useSession();
  const today = useToday();
  const [params, setParams] = useSearchParams();
  const member = params.get("member") ?? session.member.id;
  const other = useRead<Member>(member === session.member.id ? null : `/v1/members/${member}`);
  const first = member === session.member.id ? session.member.enrolled : (other.data?.enrolled ?? "");
  const months = today === "" || first === "" ? [] : monthsBack(today, first);
  const month = params.get("month") ?? today.slice(0, 7);
  const set = (name: string, value: string): void =>
    setParams((old) => {
      const next = new URLSearchParams(old);
      if (value === "") next.delete(name);
      else next.set(name, value);
      return next;
    }, { replace: true });
  return (
    <Shell of={of}>
      <div className="stack">
        <div className="row" style={{ alignItems: "flex-start" }}>
          <Select
            style={{ minWidth: 150 }}
            aria-label={t("month")}
            value={month || undefined}
            onChange={(m: string) => set("month", m)}
            options={months.map((m) => ({ value: m, label: m }))}
            data-testid="statement-month"
          />
          {session.viewer.seesAll && (
            <div style={{ flex: "1 1 260px", maxWidth: 420 }}>
              <MemberPicker value={member} onChange={(id) => id !== "" && set("member", id)} label={t("member")} testId="statement-member" />
            </div>
          )}
        </div>
        {month !== "" && of === "month" && <StatementView key={`${member} ${month}`} month={month} member={member} />}
        {month !== "" && of === "vouchers" && <VouchersView key={`${member} ${month}`} month={month} member={member} />}
      </div>
    </Shell>
  );
}
