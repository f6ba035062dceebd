import { ArrowLeftOutlined, DeleteOutlined, KeyOutlined } from "@ant-design/icons";
import { Alert, App, Button, Spin } from "antd";
import { type ReactElement, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, Navigate, useSearchParams } from "react-router-dom";
import { OpenPage } from "../../app/OpenPage";
import { useStatus } from "../../app/query";
import { useAccess } from "../../app/session";
import { useWords } from "../../app/words";
import type { Identity } from "../../lib/vault";
import { ProblemBox } from "../../parts/ProblemBox";
import { MakeKey } from "./MakeKey";
import { OpenFiles } from "./OpenFiles";

type View = "choose" | "files" | "make";

/** Login chooses an identity of this browser, opens key files, or makes a key. */
export default function Login(): ReactElement {
  const { t } = useTranslation("login");
  const access = useAccess();
  const [params] = useSearchParams();
  const [view, setView] = useState<View | null>(null);
  const [chosen, setChosen] = useState(false);
  const status = useStatus();
  const adding = params.has("add") && !chosen;

  if (access.state === "in" && !adding) return <Navigate to={params.get("to") ?? "/"} replace />;
  const shown: View = view ?? (access.identities.length > 0 ? "choose" : "files");
  const waiting = access.state === "starting" || access.state === "opening";
  return (
    <OpenPage testId="login">
      {shown !== "choose" && (view !== null || access.identities.length > 0) && (
        <Button
          type="link"
          style={{ padding: 0, height: 28 }}
          icon={<ArrowLeftOutlined />}
          onClick={() => setView(access.identities.length > 0 ? "choose" : "files")}
          data-testid="login-back"
        >
          {t("back")}
        </Button>
      )}
      <h1>{shown === "make" ? t("newTitle") : t("title")}</h1>
      <p className="soft" style={{ marginBottom: 16 }}>
        {shown === "make" ? t("newSub") : t("sub")}
      </p>
      {waiting ? (
        <div className="empty" role="status">
          <Spin />
          <p>{t("starting")}</p>
        </div>
      ) : (
        <div className="stack">
          {access.state === "failed" && <ProblemBox error={access.error} />}
          {status.error != null && access.state !== "failed" && (
            <Alert type="warning" showIcon title={t("unreachable")} />
          )}
          {shown === "choose" && <Identities onChosen={() => setChosen(true)} />}
          {shown === "files" && <OpenFiles onDone={() => setChosen(true)} />}
          {shown === "make" && <MakeKey />}
          <Ways view={shown} onView={setView} />
        </div>
      )}
      {status.data && (
        <p className="soft small" style={{ marginTop: 20 }}>
          {t("network", { network: status.data.network })} · {status.data.version}
        </p>
      )}
    </OpenPage>
  );
}

function Ways({ view, onView }: { view: View; onView: (view: View) => void }): ReactElement {
  const { t } = useTranslation("login");
  return (
    <div className="stack-tight" style={{ alignItems: "flex-start" }}>
      {view === "choose" && (
        <Button icon={<KeyOutlined />} onClick={() => onView("files")} data-testid="login-files">
          {t("other")}
        </Button>
      )}
      {view !== "make" && (
        <Button type="link" style={{ padding: 0 }} onClick={() => onView("make")} data-testid="login-make">
          {t("new")}
        </Button>
      )}
      <div className="row">
        <Link to="/join">{t("join")}</Link>
        <Link to="/recover">{t("recover")}</Link>
        <Link to="/verify">{t("verify")}</Link>
      </div>
    </div>
  );
}

function Identities({ onChosen }: { onChosen: () => void }): ReactElement {
  const access = useAccess();
  const [error, setError] = useState<unknown>(null);
  const use = async (identity: Identity): Promise<void> => {
    setError(null);
    try {
      await access.use(identity.kid);
      onChosen();
    } catch (reason) {
      setError(reason);
    }
  };
  return (
    <>
      {error != null && access.state !== "failed" && <ProblemBox error={error} />}
      {access.identities.map((identity) => (
        <IdentityRow key={identity.kid} identity={identity} onUse={() => void use(identity)} />
      ))}
    </>
  );
}

function IdentityRow({ identity, onUse }: { identity: Identity; onUse: () => void }): ReactElement {
  const { t } = useTranslation("login");
  const words = useWords();
  const access = useAccess();
  const { modal } = App.useApp();
  const forget = (): void => {
    modal.confirm({
      title: t("forgetTitle"),
      content: t("forgetText"),
      okText: t("forgetYes"),
      cancelText: t("keep"),
      okButtonProps: { danger: true },
      onOk: () => access.forget(identity.kid),
    });
  };
  return (
    <div className="row" style={{ flexWrap: "nowrap" }}>
      <button
        type="button"
        className="identity"
        onClick={onUse}
        data-testid={`identity-${identity.person}`}
        data-kid={identity.kid}
      >
        <span className="avatar" aria-hidden="true">
          {[...identity.memberName][0]}
        </span>
        <span className="grow">
          <span className="strong">{identity.memberName}</span>
          <br />
          <span className="soft small">
            {identity.person} · {identity.roles.map((r) => words.of("personRole", r)).join("、")} · {identity.network}
          </span>
        </span>
      </button>
      <Button
        type="text"
        icon={<DeleteOutlined />}
        aria-label={`${t("forget")}: ${identity.memberName} ${identity.person}`}
        title={t("forget")}
        onClick={forget}
      />
    </div>
  );
}
