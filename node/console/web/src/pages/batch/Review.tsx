import { Alert, Button, Checkbox, Modal, Segmented } from "antd";
import { type ReactElement, useState } from "react";
import { useTranslation } from "react-i18next";
import { useToday } from "../../app/query";
import { policyAsks } from "../../app/sign";
import { useSession } from "../../app/session";
import { humanFen, parseFen } from "../../lib/money";
import type { BatchPreview, OwnedFile } from "../../lib/records";
import { Capital, Money } from "../../parts/Money";
import { Panel } from "../../parts/Page";
import { ProblemBox } from "../../parts/ProblemBox";
import { ActionButton } from "../../parts/ReasonButton";
import { Numbers } from "../../parts/numbers";
import { Faults } from "./Faults";
import { Files } from "./Files";
import { Grid } from "./Grid";
import { Sums } from "./Sums";
import { type Part, type Row, changeRow, checkedAgain, matchFiles, partsOf, rowsOf, valuesOf } from "./rows";
import type { Run } from "./run";

type Shown = "faults" | "good" | "out" | "all";

interface ReviewProps {
  preview: BatchPreview;
  /** Of the file. */
  name: string;
  unit: "yuan" | "fen";
  onAnother: () => void;
  onRun: (run: Run) => void;
}

/** Review shows what is wrong with a file's rows, has them put right in place, and makes the batch of the good ones. */
export function Review({ preview, name, unit, onAnother, onRun }: ReviewProps): ReactElement {
  const { t } = useTranslation("batch");
  const { api } = useSession();
  const [now, setNow] = useState({ preview, rows: rowsOf(preview) });
  const [shown, setShown] = useState<Shown>(preview.rows.some((r) => r.faults.length > 0) ? "faults" : "all");
  const [files, setFiles] = useState<OwnedFile[]>([]);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const { rows } = now;
  const faulty = rows.filter((r) => !r.out && r.faults.length > 0);
  const changed = rows.some((r) => r.changed);
  const counts = { faults: rows.filter((r) => !r.out && (r.faults.length > 0 || r.open)).length, good: rows.filter((r) => !r.out && r.argument).length, out: rows.filter((r) => r.out).length, all: rows.length };
  const list = rows.filter((r) => (shown === "all" ? true : shown === "out" ? r.out : shown === "good" ? !r.out && !!r.argument : !r.out && (r.faults.length > 0 || r.open)));
  const change = (line: number, to: (row: Row) => Row): void => setNow((s) => ({ ...s, rows: s.rows.map((r) => (r.line === line ? to(r) : r)) }));
  const check = async (wanted: Row[] = rows): Promise<void> => {
    setBusy(true);
    setError(null);
    try {
      const body = { rows: valuesOf(wanted, preview.days) };
      const again = await api.post<BatchPreview>("/v1/batches/preview", body, { params: { unit } });
      setNow({ preview: again, rows: checkedAgain(wanted, again) });
    } catch (reason) {
      setError(reason);
    }
    setBusy(false);
  };
  const leave = (line: number, out: boolean): void => {
    const next = rows.map((r) => (r.line === line ? { ...r, out } : r));
    setNow({ ...now, rows: next });
    if (next.some((r) => !r.out)) void check(next);
  };
  const leaveFaulty = (): void => {
    const next = rows.map((r) => (r.faults.length > 0 ? { ...r, out: true } : r));
    if (next.some((r) => !r.out)) void check(next);
    setNow({ ...now, rows: next });
  };
  return (
    <div className="stack">
      <Panel title={name} actions={<Button onClick={onAnother} data-testid="batch-another">{t("review.another")}</Button>} testId="batch-review">
        <div className="stack">
          <Sums totals={now.preview.totals} faulty={faulty.length} out={counts.out} />
          {now.preview.faults.length > 0 && <Alert type="error" showIcon title={t("review.whole")} description={<Faults faults={now.preview.faults} />} data-testid="batch-whole-faults" />}
        </div>
      </Panel>
      <Panel title={t("review.rows")}>
        <div className="stack">
          <div className="row-between">
            <Segmented
              value={shown}
              onChange={setShown}
              options={(["faults", "good", "out", "all"] as const).map((v) => ({ value: v, label: `${t(`review.show.${v}`)} ${counts[v]}` }))}
              aria-label={t("review.rows")}
              data-testid="batch-show"
            />
            <div className="row">
              {faulty.length > 0 && <Button onClick={leaveFaulty} disabled={busy} data-testid="batch-leave-faulty">{t("review.leaveFaulty", { count: faulty.length })}</Button>}
              <ActionButton label={t("review.again")} primary={changed} busy={busy} onClick={() => void check()} testId="batch-check" />
            </div>
          </div>
          {error !== null && <ProblemBox error={error} />}
          <Grid rows={list} onChange={(line, field, value) => change(line, (r) => changeRow(r, field, value))} onOpen={(line) => change(line, (r) => ({ ...r, open: true }))} onOut={leave} />
        </div>
      </Panel>
      <Files files={files} matched={matchFiles(files, rows)} rows={counts.good} onFiles={(more) => setFiles([...files.filter((f) => !more.some((m) => m.digest === f.digest)), ...more])} />
      <Submit rows={rows} files={files} preview={now.preview} blocked={changed ? t("submit.changed") : faulty.length > 0 ? t("submit.faulty", { count: faulty.length }) : undefined} onCheck={() => void check()} onRun={onRun} />
    </div>
  );
}

interface SubmitProps {
  rows: Row[];
  files: OwnedFile[];
  preview: BatchPreview;
  blocked: string | undefined;
  onCheck: () => void;
  onRun: (run: Run) => void;
}

/** Submit says once more what is signed, and begins to send it. */
function Submit({ rows, files, preview, blocked, onCheck, onRun }: SubmitProps): ReactElement {
  const { t } = useTranslation("batch");
  const session = useSession();
  const today = useToday();
  const good = rows.filter((r) => !r.out && r.argument);
  const must = policyAsks(session, "batch:Run", null) !== "no" || good.some((r) => policyAsks(session, "certificate:Issue", parseFen(r.argument?.face ?? "0.00")) !== "no");
  const [wanted, setWanted] = useState(true);
  const [parts, setParts] = useState<Part[] | null>(null);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const proposed = must || wanted;
  const stale = today !== "" && today !== preview.asOf;
  const { totals } = preview;
  const off = blocked ?? (preview.faults.length > 0 ? t("review.whole") : good.length === 0 ? t("submit.none") : stale ? t("submit.stale") : undefined);
  const ready = async (): Promise<void> => {
    setBusy(true);
    setError(null);
    try {
      const numbers = await Numbers.find(session.api, session.member.id, preview.asOf);
      setParts(partsOf(rows, () => numbers.next()));
    } catch (reason) {
      setError(reason);
    }
    setBusy(false);
  };
  const begin = (): void => {
    const matched = matchFiles(files, rows);
    onRun({
      kid: session.identity.kid, proposed, day: preview.asOf, count: good.length, amount: totals.amount,
      parts: (parts ?? []).map((p) => ({ ...p, txId: "", state: "waiting", proposal: "", accepted: 0, refused: 0, code: "", detail: "" })),
      files: files.flatMap((f) => { const line = matched.get(f.digest); return line === undefined ? [] : [{ digest: f.digest, name: f.name, line }]; }),
    });
  };
  return (
    <Panel title={t("submit.title")}>
      <div className="stack">
        <Checkbox checked={proposed} disabled={must} onChange={(e) => setWanted(e.target.checked)} data-testid="batch-propose">{t(must ? "submit.must" : "submit.propose")}</Checkbox>
        {off && <p className="soft" data-testid="batch-missing">{off}</p>}
        {stale && <div><Button onClick={onCheck}>{t("review.again")}</Button></div>}
        {error !== null && <ProblemBox error={error} />}
        <ActionButton label={t(proposed ? "submit.go" : "submit.goDirect", { count: good.length, amount: humanFen(totals.amount) })} primary block busy={busy} disabled={off} onClick={() => void ready()} testId="batch-submit" />
      </div>
      <Modal
        open={parts !== null}
        title={t(proposed ? "confirm.title" : "confirm.direct")}
        onCancel={() => setParts(null)}
        okText={t("confirm.sign")}
        cancelText={t("confirm.cancel")}
        okButtonProps={{ ...{ "data-testid": "batch-confirm" } }}
        onOk={begin}
        destroyOnHidden
      >
        <div className="stack" data-testid="batch-confirm-dialog">
          <div className="sign-amount">
            <Money amount={totals.amount} big testId="batch-confirm-amount" />
            <div><Capital amount={totals.amount} /></div>
          </div>
          <p>{t("confirm.sentence", { count: good.length, suppliers: totals.bySupplier.length, first: totals.byMaturity[0]?.key ?? "", last: totals.byMaturity.at(-1)?.key ?? "" })}</p>
          {(parts?.length ?? 0) > 1 && <Alert type="info" title={t("confirm.parts", { count: parts?.length ?? 0 })} />}
          <p className="soft small">{t("confirm.signer", { member: session.member.name, person: session.identity.person, key: session.identity.kid.slice(0, 16) })}</p>
          {proposed && <p className="strong">{t("confirm.today")}</p>}
        </div>
      </Modal>
    </Panel>
  );
}
