import { Frame, type NavItem } from "../../components/frame.tsx";
import NoticeArea from "../../islands/NoticeArea.tsx";
import SearchShortcut from "../../islands/SearchShortcut.tsx";
import StatePill from "../../islands/StatePill.tsx";
import Switches from "../../islands/Switches.tsx";
import TransfersBadge from "../../islands/TransfersBadge.tsx";
import { frameTexts } from "../../lib/i18n/frame.ts";
import { definePeer } from "../define.ts";

/** The page that has its own search field; the top bar's would be a second one. */
const SEARCH_PAGE = "/network";

export default definePeer.layout(({ Component, state: { lang, theme, peer }, url }) => {
  const t = frameTexts(lang);
  const status = peer.status();
  const nav: NavItem[] = [
    { href: "/", icon: "house", label: t.nav.dashboard },
    { href: "/files", icon: "folder", label: t.nav.files },
    { href: SEARCH_PAGE, icon: "search", label: t.nav.network },
    {
      href: "/transfers",
      icon: "arrow-down-up",
      label: t.nav.transfers,
      badge: <TransfersBadge lang={lang} unfinished={status.downloads} />,
    },
    { href: "/settings", icon: "gear", label: t.nav.settings },
  ];
  return (
    <Frame
      lang={lang}
      nav={nav}
      path={url.pathname}
      who={
        <>
          <span class="who-class muted">
            {status.class && !status.class.removed ? <bdi>{status.class.name}</bdi> : t.noClass} ·
          </span>
          <strong class="name-line" title={t.you(status.peer.name)}>{status.peer.name}</strong>
        </>
      }
      search={url.pathname === SEARCH_PAGE ? undefined : { action: SEARCH_PAGE, label: t.search }}
      pill={<StatePill lang={lang} status={status} />}
      switches={
        <Switches
          lang={lang}
          theme={theme}
          action="/settings"
          names={{ language: "ui.language", theme: "ui.theme" }}
          from={url.pathname + url.search}
        />
      }
      notices={
        <>
          <NoticeArea lang={lang} />
          <SearchShortcut />
        </>
      }
    >
      <noscript>
        <p class="muted">{t.noScript}</p>
      </noscript>
      <Component />
    </Frame>
  );
});
