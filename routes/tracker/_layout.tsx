import { Frame, type NavItem } from "../../components/frame.tsx";
import NoticeArea from "../../islands/NoticeArea.tsx";
import SearchShortcut from "../../islands/SearchShortcut.tsx";
import Switches from "../../islands/Switches.tsx";
import { TrackerLost, TrackerPill } from "../../islands/TrackerConnection.tsx";
import { frameTexts } from "../../lib/i18n/frame.ts";
import { trackerClassTexts } from "../../lib/i18n/tracker_class.ts";
import { trackerTexts } from "../../lib/i18n/tracker.ts";
import { defineTracker } from "../define.ts";
import { PREFERENCES } from "../tracker_pages.ts";

/** The page that has its own search field; the top bar's would be a second one. */
const SEARCH_PAGE = "/search";
/** The page that follows what happens; the others need no connection, of which there are only so many. */
const LIVE_PAGE = "/";

export default defineTracker.layout(({ Component, state: { lang, theme, access }, url }) => {
  const t = trackerTexts(lang);
  const frame = frameTexts(lang);
  const isLive = url.pathname === LIVE_PAGE;
  const nav: NavItem[] = [
    { href: LIVE_PAGE, icon: "speedometer2", label: t.nav.dashboard },
    { href: SEARCH_PAGE, icon: "search", label: t.nav.search },
    { href: "/join", icon: "qr-code", label: t.nav.join },
    ...access?.kind === "teacher"
      ? [{ href: "/class", icon: "people", label: trackerClassTexts(lang).nav } as const]
      : [],
  ];
  const switches = (
    <Switches
      lang={lang}
      theme={theme}
      action={PREFERENCES.path}
      names={{ language: PREFERENCES.language, theme: PREFERENCES.theme }}
      from={url.pathname + url.search}
    />
  );
  return (
    <Frame
      lang={lang}
      nav={nav}
      path={url.pathname}
      who={
        <>
          <span class="who-class muted">{t.name} ·</span>
          <strong class="name-line">{url.host}</strong>
        </>
      }
      search={url.pathname === SEARCH_PAGE ? undefined : { action: SEARCH_PAGE, label: frame.search }}
      pill={isLive && <TrackerPill lang={lang} />}
      switches={switches}
      banner={isLive && <TrackerLost lang={lang} />}
      notices={
        <>
          <NoticeArea lang={lang} />
          <SearchShortcut />
        </>
      }
    >
      <noscript>
        <p class="muted">{frame.noScript}</p>
      </noscript>
      <Component />
      <footer class="phone-foot">{switches}</footer>
    </Frame>
  );
});
