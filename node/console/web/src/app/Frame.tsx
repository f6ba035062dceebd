// The frame around every page of somebody who is logged in: menu, head and, on a
// phone, the bar at the bottom.
import {
  CloseOutlined,
  LogoutOutlined,
  MenuOutlined,
  SendOutlined,
  SwapOutlined,
  TranslationOutlined,
} from "@ant-design/icons";
import { App, Badge, Button, Drawer, Dropdown, type MenuProps } from "antd";
import { type ReactElement, type ReactNode, useCallback, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, Outlet, useLocation, useNavigate } from "react-router-dom";
import { useIsPhone } from "../parts/phone";
import { type Area, areaAt, entriesOf, groups } from "./areas";
import { chooseLanguage } from "./i18n";
import { type Connection, useLive } from "./live";
import { pathOfNotice } from "./paths";
import { useStatus } from "./query";
import { Search } from "./Search";
import { type Session, useAccess, useSession } from "./session";
import { SignProvider } from "./sign";
import { useWords } from "./words";

/** Frame shows the page of the route within menu and head. */
export function Frame(): ReactElement {
  const { t } = useTranslation();
  const session = useSession();
  const phone = useIsPhone();
  const [open, setOpen] = useState(false);
  const { pathname } = useLocation();
  const connection = useLive(session, useNotices());
  useEffect(() => {
    setOpen(false);
    window.scrollTo(0, 0);
  }, [pathname]);
  return (
    <SignProvider>
      <a
        href="#content"
        className="skip-link"
        onClick={(event) => {
          event.preventDefault();
          document.getElementById("content")?.focus();
        }}
      >
        {t("frame.skip")}
      </a>
      <div className="frame">
        {!phone && (
          <aside className="frame-side">
            <Brand />
            <nav aria-label={t("frame.menu")}>
              <MenuList session={session} />
            </nav>
            <Foot />
          </aside>
        )}
        <header className="frame-head">
          {phone ? (
            <Brand />
          ) : (
            <div className="head-search">
              <Search />
            </div>
          )}
          <span className="spacer" />
          {!phone && <ConnectionDot state={connection} />}
          <LanguageSwitch />
          <WhoMenu />
        </header>
        <div>
          <Bars connection={connection} />
          <main className="frame-main" id="content" tabIndex={-1} style={{ outline: "none" }}>
            <Outlet />
          </main>
        </div>
      </div>
      {phone && <BottomBar session={session} onMore={() => setOpen(true)} />}
      <Drawer
        open={open}
        onClose={() => setOpen(false)}
        placement="right"
        size={320}
        title={t("frame.menu")}
        closeIcon={<CloseOutlined aria-label={t("close")} />}
      >
        <div style={{ marginBottom: 12 }}>
          <Search onDone={() => setOpen(false)} />
        </div>
        <nav className="drawer-menu" aria-label={t("frame.menu")}>
          <MenuList session={session} />
        </nav>
        <div style={{ marginTop: 20 }}>
          <ConnectionDot state={connection} />
        </div>
      </Drawer>
    </SignProvider>
  );
}

const fewNotices = 3; // more that come together are said in one

/** useNotices says that something new waits, with the way there; not what was signed in this browser itself. */
function useNotices(): Parameters<typeof useLive>[1] {
  const { notification } = App.useApp();
  const { vault, session } = useAccess();
  const self = session?.member.id;
  const words = useWords();
  const phone = useIsPhone();
  const { t } = useTranslation();
  const navigate = useNavigate();
  return useCallback(
    async (events) => {
      const own = new Set((await vault?.outbox())?.map((entry) => entry.id));
      const fresh = events.filter((event) => event.opens && !own.has(event.txId));
      const say = (about: string, title: string, path: string | null): void => {
        const key = phone ? "notice" : about;
        const go = (): void => {
          notification.destroy(key);
          if (path) void navigate(path);
        };
        notification.info({
          key,
          title,
          description: path && (
            <Button type="link" style={{ padding: 0 }} onClick={go}>
              {t("frame.open")}
            </Button>
          ),
          ...(phone ? { placement: "top", pauseOnHover: false } : { placement: "bottomRight" }),
        });
      };
      // A phone has no room for two, its buttons are below, and a finger does not hover.
      if (fresh.length > (phone ? 1 : fewNotices)) say("many", t("frame.many", { count: fresh.length }), "/");
      else for (const event of fresh) say(`${event.kind}/${event.subject}`, words.of("notice", event.kind), pathOfNotice(event.kind, event.subject, self));
    },
    [notification, vault, self, words, phone, t, navigate],
  );
}

function Brand(): ReactElement {
  const { t } = useTranslation();
  return (
    <Link to="/" className="brand">
      <img src="./icon.svg" alt="" />
      <span>{t("product")}</span>
    </Link>
  );
}

function MenuList({ session }: { session: Session }): ReactElement {
  const { t } = useTranslation();
  const here = areaAt(useLocation().pathname);
  return (
    <>
      {groups.map((group) => {
        const entries = entriesOf(session, group);
        if (entries.length === 0) return null;
        return (
          <section key={group} aria-label={t(`group.${group}`)}>
            <div className="menu-title">{t(`group.${group}`)}</div>
            <ul className="menu-list">
              {entries.map((area) => (
                <li key={area.path}>
                  <Link to={`/${area.path}`} className="menu-link" aria-current={here === area.path ? "page" : undefined} data-testid={`menu-${area.menu?.key}`}>
                    {area.menu?.icon}
                    <span className="text">{t(`menu.${area.menu?.key}`)}</span>
                    <Waiting area={area} />
                  </Link>
                </li>
              ))}
            </ul>
          </section>
        );
      })}
    </>
  );
}

const nothing = (): number => 0;

function Waiting({ area }: { area: Area }): ReactElement | null {
  const count = (area.menu?.useBadge ?? nothing)();
  return count > 0 ? <Badge count={count} size="small" color="#9A6B1F" /> : null;
}

function BottomBar({ session, onMore }: { session: Session; onMore: () => void }): ReactElement {
  const { t } = useTranslation();
  const here = areaAt(useLocation().pathname);
  const entries = groups
    .flatMap((g) => entriesOf(session, g))
    .filter((a) => a.menu?.phone)
    .slice(0, 4);
  return (
    <nav className="bottom-bar" aria-label={t("frame.bar")}>
      {entries.map((area) => (
        <Link key={area.path} to={`/${area.path}`} aria-current={here === area.path ? "page" : undefined} data-testid={`bar-${area.menu?.key}`}>
          <IconWithCount area={area} />
          {t(`menu.${area.menu?.key}`)}
        </Link>
      ))}
      <button type="button" onClick={onMore} data-testid="bar-more">
        <MenuOutlined />
        {t("frame.more")}
      </button>
    </nav>
  );
}

function IconWithCount({ area }: { area: Area }): ReactNode {
  const count = (area.menu?.useBadge ?? nothing)();
  return (
    <Badge count={count} size="small" offset={[4, 0]} color="#9A6B1F">
      <span style={{ fontSize: 20, lineHeight: 1 }}>{area.menu?.icon}</span>
    </Badge>
  );
}

/** ConnectionDot says in a word how the page hears of the ledger. */
function ConnectionDot({ state }: { state: Connection }): ReactElement {
  const { t } = useTranslation();
  const status = useStatus();
  return (
    <span className="connection" data-testid="connection" data-state={state} role="status">
      <span className={`dot dot-${state}`} aria-hidden="true" />
      {t(`connection.${state}`)}
      {status.data && state !== "off" && (
        <span className="num">{t("connection.height", { height: status.data.height })}</span>
      )}
    </span>
  );
}

/** LanguageSwitch changes between Chinese and English. */
export function LanguageSwitch(): ReactElement {
  const { t, i18n } = useTranslation();
  const other = i18n.language === "en" ? "zh" : "en";
  return (
    <Button
      type="text"
      icon={<TranslationOutlined />}
      lang={other === "zh" ? "zh-CN" : "en"}
      aria-label={`${other === "zh" ? "中文" : "EN"}: ${t("language.switch")}`}
      data-testid="language"
      onClick={() => void chooseLanguage(other)}
    >
      {other === "zh" ? "中文" : "EN"}
    </Button>
  );
}

function WhoMenu(): ReactElement {
  const { t } = useTranslation();
  const words = useWords();
  const access = useAccess();
  const session = useSession();
  const navigate = useNavigate();
  const { message } = App.useApp();
  const others = access.identities.filter(
    (i) => i.kid !== session.identity.kid && i.network === session.identity.network,
  );
  const items: NonNullable<MenuProps["items"]> = [
    {
      key: "who",
      disabled: true,
      label: (
        <span>
          {session.member.roles.map((r) => words.of("role", r)).join("、")} ·{" "}
          {session.identity.roles.map((r) => words.of("personRole", r)).join("、")}
        </span>
      ),
    },
    ...others.map((i) => ({ key: `use ${i.kid}`, icon: <SwapOutlined />, label: `${i.memberName} · ${i.person}` })),
    { type: "divider" },
    { key: "login", icon: <SwapOutlined />, label: t("who.another") },
    { key: "outbox", icon: <SendOutlined />, label: t("who.outbox") },
    { key: "leave", icon: <LogoutOutlined />, label: t("who.leave") },
  ];
  const choose = async (key: string): Promise<void> => {
    if (key === "leave") {
      access.leave();
      await navigate("/login");
    } else if (key === "login") {
      await navigate("/login?add=1");
    } else if (key === "outbox") {
      await navigate("/outbox");
    } else if (key.startsWith("use ")) {
      try {
        await access.use(key.slice(4));
        await navigate("/");
      } catch {
        message.error(t("who.failed"));
      }
    }
  };
  return (
    <Dropdown menu={{ items, onClick: ({ key }) => void choose(key) }} trigger={["click"]}>
      <Button type="text" style={{ height: 48, paddingInline: 8 }} data-testid="who">
        <span className="who">
          <span className="name">{session.member.name}</span>
          <span className="soft small">{session.identity.person}</span>
        </span>
      </Button>
    </Dropdown>
  );
}

function Bars({ connection }: { connection: Connection }): ReactElement {
  const { t } = useTranslation();
  const session = useSession();
  const { data } = useStatus();
  return (
    <>
      {connection === "off" && (
        <div className="bar" role="alert">
          {t("bar.off")}
        </div>
      )}
      {data?.catchingUp && (
        <div className="bar" role="status">
          {t("bar.catchingUp")}
        </div>
      )}
      {data?.devnet && <div className="bar">{t("bar.devnet")}</div>}
      {session.member.state === "suspended" && (
        <div className="bar" role="alert">
          {t("bar.suspended")}
        </div>
      )}
    </>
  );
}

function Foot(): ReactElement {
  const { t } = useTranslation();
  const { data } = useStatus();
  return (
    <footer className="frame-foot">
      {data && (
        <>
          <span>
            {data.network} · {data.version}
          </span>
          <span className="num">
            {t("frame.ledgerTime")} {data.ledgerTime?.slice(0, 16).replace("T", " ")}
          </span>
        </>
      )}
    </footer>
  );
}
