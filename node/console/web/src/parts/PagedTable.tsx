import { Button, Skeleton, Spin } from "antd";
import { type ReactElement, type ReactNode, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useNavigate } from "react-router-dom";
import type { Pages } from "../app/query";
import { EmptyState } from "./Page";
import { ProblemBox } from "./ProblemBox";
import { useIsPhone } from "./phone";

/** One column of a table, and one line of a card on a phone. */
export interface Column<T> {
  key: string;
  title: ReactNode;
  render: (row: T) => ReactNode;
  /** Right-aligned, for amounts and counts. */
  end?: boolean;
  /** On a phone: the card's title, or not shown. */
  phone?: "title" | "hide";
  width?: number | string;
}

interface PagedTableProps<T> {
  /** What the list is, for people who cannot see it. */
  label: string;
  columns: Column<T>[];
  /** From usePages; or rows that are all there. */
  pages?: Pages<T>;
  rows?: T[];
  rowKey: (row: T) => string;
  /** The page a row leads to; the title cell becomes a link. */
  to?: (row: T) => string | null;
  /** Shown when there is nothing. */
  empty?: ReactNode;
  /** Below the rows, for a sum. */
  foot?: ReactNode;
  testId?: string;
}

const block = 50; // rows that are taken out of a long table together while they are out of sight

/** PagedTable is a list from the API: a table on a laptop, cards on a phone, more at the press of a button. */
export function PagedTable<T>(props: PagedTableProps<T>): ReactElement {
  const { pages, label, testId, empty } = props;
  const { t } = useTranslation();
  const phone = useIsPhone();
  const rows = props.rows ?? pages?.items ?? [];
  if (pages?.error && rows.length === 0) return <ProblemBox error={pages.error} onRetry={pages.retry} />;
  if (pages?.isLoading) {
    return (
      <div className="panel" role="status" aria-busy="true" aria-label={t("page.loading")}>
        <Skeleton active title={false} paragraph={{ rows: 5 }} />
      </div>
    );
  }
  if (rows.length === 0) return <div className="sheet-box">{empty ?? <EmptyState title={t("list.empty")} />}</div>;
  return (
    <div data-testid={testId} data-count={rows.length}>
      {phone ? <Cards {...props} rows={rows} /> : <Sheet {...props} rows={rows} />}
      {pages && <ListFoot pages={pages} count={rows.length} label={label} />}
    </div>
  );
}

function ListFoot<T>({ pages, count, label }: { pages: Pages<T>; count: number; label: string }): ReactElement {
  const { t } = useTranslation();
  return (
    <div className="list-foot">
      <span aria-live="polite">{pages.hasMore ? t("list.shown", { count }) : t("list.all", { count })}</span>
      {pages.isFetchingMore && <Spin size="small" />}
      {pages.hasMore && (
        <Button
          onClick={pages.more}
          disabled={pages.isFetchingMore}
          data-testid="load-more"
          aria-label={`${t("list.more")}: ${label}`}
        >
          {t("list.more")}
        </Button>
      )}
    </div>
  );
}

type Shown<T> = PagedTableProps<T> & { rows: T[] };

function Sheet<T>({ label, columns, rows, rowKey, to, foot }: Shown<T>): ReactElement {
  const blocks: T[][] = [];
  for (let i = 0; i < rows.length; i += block) blocks.push(rows.slice(i, i + block));
  return (
    <div className="sheet-box" tabIndex={0} role="region" aria-label={label}>
      <table className="sheet">
        <caption>{label}</caption>
        <thead>
          <tr>
            {columns.map((c) => (
              <th
                key={c.key}
                scope="col"
                className={c.end ? "end" : undefined}
                style={c.width ? { width: c.width } : undefined}
              >
                {c.title}
              </th>
            ))}
          </tr>
        </thead>
        {blocks.map((part, i) => (
          <Block key={i} lazy={blocks.length > 4} rows={part} columns={columns} rowKey={rowKey} to={to} />
        ))}
        {foot && (
          <tfoot>
            <tr>
              <td colSpan={columns.length}>{foot}</td>
            </tr>
          </tfoot>
        )}
      </table>
    </div>
  );
}

interface BlockProps<T> {
  lazy: boolean;
  rows: T[];
  columns: Column<T>[];
  rowKey: (row: T) => string;
  to?: (row: T) => string | null;
}

/** Block is some rows of a table. In a long table it keeps only its height while it is far out of sight. */
function Block<T>({ lazy, rows, columns, rowKey, to }: BlockProps<T>): ReactElement {
  const body = useRef<HTMLTableSectionElement>(null);
  const [height, setHeight] = useState(0);
  useEffect(() => {
    const element = body.current;
    if (!lazy || !element) return undefined;
    const watch = new IntersectionObserver(
      ([entry]) => setHeight(entry?.isIntersecting ? 0 : (entry?.boundingClientRect.height ?? 0)),
      { rootMargin: "800px" },
    );
    watch.observe(element);
    return () => watch.disconnect();
  }, [lazy]);
  return (
    <tbody ref={body}>
      {lazy && height > 0 ? (
        <tr>
          <td colSpan={columns.length} style={{ height }} aria-hidden="true" />
        </tr>
      ) : (
        rows.map((row) => <Row key={rowKey(row)} row={row} columns={columns} to={to?.(row) ?? null} id={rowKey(row)} />)
      )}
    </tbody>
  );
}

function Row<T>({
  row,
  columns,
  to,
  id,
}: {
  row: T;
  columns: Column<T>[];
  to: string | null;
  id: string;
}): ReactElement {
  const navigate = useNavigate();
  const titled = columns.find((c) => c.phone === "title") ?? columns[0];
  return (
    <tr
      className={to ? "link" : undefined}
      data-row={id}
      onClick={(event) => {
        const inside = (event.target as HTMLElement).closest("a, button, input, label, [role=button]");
        if (to && !inside && !window.getSelection()?.toString()) void navigate(to);
      }}
    >
      {columns.map((c) => (
        <td key={c.key} className={c.end ? "end" : undefined}>
          {to && c === titled ? <Link to={to}>{c.render(row)}</Link> : c.render(row)}
        </td>
      ))}
    </tr>
  );
}

function Cards<T>({ label, columns, rows, rowKey, to, foot }: Shown<T>): ReactElement {
  const titled = columns.find((c) => c.phone === "title");
  const lines = columns.filter((c) => c !== titled && c.phone !== "hide");
  return (
    <>
      <ul className="cards" aria-label={label}>
        {rows.map((row) => {
          const target = to?.(row) ?? null;
          const content = (
            <>
              {titled && <div className="title">{titled.render(row)}</div>}
              <dl>
                {lines.map((c) => (
                  <CardLine key={c.key} title={c.title} value={c.render(row)} />
                ))}
              </dl>
            </>
          );
          return (
            <li key={rowKey(row)} data-row={rowKey(row)}>
              {target ? (
                <Link to={target} className="card link">
                  {content}
                </Link>
              ) : (
                <div className="card">{content}</div>
              )}
            </li>
          );
        })}
      </ul>
      {foot && <div className="list-foot">{foot}</div>}
    </>
  );
}

function CardLine({ title, value }: { title: ReactNode; value: ReactNode }): ReactElement | null {
  if (value === null || value === undefined || value === "") return null;
  return (
    <>
      <dt>{title}</dt>
      <dd>{value}</dd>
    </>
  );
}
