import { Button, Skeleton } from "antd";
import { InboxOutlined } from "@ant-design/icons";
import { type ReactElement, type ReactNode, useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router-dom";
import { ProblemBox } from "./ProblemBox";

/** One step of the way to a page. */
export interface Crumb {
  title: ReactNode;
  to?: string;
}

interface PageProps {
  title: string;
  /** One sentence below the title. */
  sub?: ReactNode;
  crumbs?: Crumb[];
  /** Buttons, at the right of the title; below it on a phone. */
  actions?: ReactNode;
  /** While it is true a skeleton stands in for the children. */
  loading?: boolean;
  /** Shown instead of the children. */
  error?: unknown;
  onRetry?: () => void;
  testId?: string;
  children?: ReactNode;
}

/** Page is the frame of every page within the layout: way, title, actions, and what loads or fails. */
export function Page({
  title,
  sub,
  crumbs,
  actions,
  loading,
  error,
  onRetry,
  testId,
  children,
}: PageProps): ReactElement {
  const heading = useRef<HTMLHeadingElement>(null);
  const { t } = useTranslation();
  useEffect(() => {
    document.title = `${title} · Tierledger`;
  }, [title]);
  useEffect(() => heading.current?.focus({ preventScroll: true }), []);
  return (
    <div data-testid={testId}>
      <header className="page-head">
        {crumbs && (
          <nav aria-label={t("page.way")}>
            <ol className="crumbs">
              {crumbs.map((crumb, i) => (
                <li key={i}>
                  {i > 0 && <span aria-hidden="true">/ </span>}
                  {crumb.to ? <Link to={crumb.to}>{crumb.title}</Link> : crumb.title}
                </li>
              ))}
            </ol>
          </nav>
        )}
        <div className="page-title">
          <div>
            <h1 ref={heading} tabIndex={-1}>
              {title}
            </h1>
            {sub && <p className="page-sub">{sub}</p>}
          </div>
          {actions && <div className="actions">{actions}</div>}
        </div>
      </header>
      <PageBody loading={loading} error={error} onRetry={onRetry}>
        {children}
      </PageBody>
    </div>
  );
}

function PageBody({
  loading,
  error,
  onRetry,
  children,
}: Pick<PageProps, "loading" | "error" | "onRetry" | "children">): ReactNode {
  const { t } = useTranslation();
  if (error) return <ProblemBox error={error} onRetry={onRetry} />;
  if (loading) {
    return (
      <div className="panel" role="status" aria-busy="true" aria-label={t("page.loading")}>
        <Skeleton active paragraph={{ rows: 6 }} />
      </div>
    );
  }
  return children;
}

interface PanelProps {
  title?: ReactNode;
  actions?: ReactNode;
  testId?: string;
  children: ReactNode;
}

/** Panel is a white part of a page with a heading of its own. */
export function Panel({ title, actions, testId, children }: PanelProps): ReactElement {
  return (
    <section className="panel" data-testid={testId}>
      {(title || actions) && (
        <div className="panel-head">
          {title && <h2>{title}</h2>}
          {actions && <div className="row">{actions}</div>}
        </div>
      )}
      {children}
    </section>
  );
}

interface FigureProps {
  label: ReactNode;
  value: ReactNode;
  note?: ReactNode;
  /** Where the number is explained. */
  to?: string;
  accent?: boolean;
  testId?: string;
}

/** Figure is one number with its name, for the top of a page. */
export function Figure({ label, value, note, to, accent, testId }: FigureProps): ReactElement {
  return (
    <div className={accent ? "figure figure-accent" : "figure"} data-testid={testId}>
      <div className="label">{to ? <Link to={to}>{label}</Link> : label}</div>
      <div className="value">{value}</div>
      {note && <div className="note">{note}</div>}
    </div>
  );
}

interface EmptyStateProps {
  title: ReactNode;
  /** What the person can do about it. */
  hint?: ReactNode;
  action?: ReactNode;
  icon?: ReactNode;
}

/** EmptyState says that there is nothing, and what to do. */
export function EmptyState({ title, hint, action, icon }: EmptyStateProps): ReactElement {
  return (
    <div className="empty" data-testid="empty">
      {icon ?? <InboxOutlined />}
      <h3>{title}</h3>
      {hint && <p>{hint}</p>}
      {action && <p style={{ marginTop: 14 }}>{action}</p>}
    </div>
  );
}

/** LinkButton leads to another page and looks like a button. */
export function LinkButton({
  to,
  children,
  primary,
  testId,
}: {
  to: string;
  children: ReactNode;
  primary?: boolean;
  testId?: string;
}): ReactElement {
  return (
    <Button type={primary ? "primary" : "default"} href={`#${to}`} data-testid={testId}>
      {children}
    </Button>
  );
}
