import type { Language } from "../../lib/i18n/language.ts";
import { trackerClassTexts } from "../../lib/i18n/tracker_class.ts";
import { Button } from "../button.tsx";
import { Icon, type IconName } from "../icon.tsx";

export interface ClassTabsProps {
  readonly lang: Language;
  /** Whether somebody signed in with the password, and so may sign out. */
  readonly canSignOut: boolean;
}

type Tab = Exclude<keyof ReturnType<typeof trackerClassTexts>["tabs"], "label">;

const TABS: readonly (readonly [tab: Tab, href: string, icon: IconName])[] = [
  ["people", "/class/people", "people"],
  ["invite", "/class/invite", "plus-lg"],
  ["files", "/class/files", "eye-slash"],
  ["log", "/class/log", "clock-history"],
  ["settings", "/class/settings", "gear"],
];

/** The teacher's pages; the current one is marked by Fresh. */
export function ClassTabs({ lang, canSignOut }: ClassTabsProps) {
  const t = trackerClassTexts(lang);
  return (
    <div class="tabs">
      <nav aria-label={t.tabs.label}>
        <ul>
          {TABS.map(([tab, href, icon]) => (
            <li key={tab}>
              <a href={href}>
                <Icon name={icon} />
                {t.tabs[tab]}
              </a>
            </li>
          ))}
        </ul>
      </nav>
      {canSignOut && (
        <form method="post" action="/class/sign-out">
          <Button type="submit" kind="bare" small icon="lock">{t.signOut}</Button>
        </form>
      )}
    </div>
  );
}
