import type { ComponentChildren } from "preact";
import type { Language } from "../lib/i18n/mod.ts";
import { frameTexts } from "../lib/i18n/frame.ts";
import { Icon, type IconName } from "./icon.tsx";
import { Mark } from "./mark.tsx";

export interface NavItem {
  readonly href: string;
  readonly icon: IconName;
  readonly label: string;
  /** A live count or another small mark at its end. */
  readonly badge?: ComponentChildren;
}

export interface FrameProps {
  readonly lang: Language;
  readonly nav: readonly NavItem[];
  /** Path of the page, to mark its item. */
  readonly path: string;
  /** Class and user, or whose pages these are. */
  readonly who: ComponentChildren;
  /** Where the search field of the top bar leads; none on a page that has its own. */
  readonly search?: { readonly action: string; readonly label: string } | undefined;
  readonly pill?: ComponentChildren;
  /** At the foot of the rail: language and colours. */
  readonly switches?: ComponentChildren;
  /** Above the page: what concerns all of it. */
  readonly banner?: ComponentChildren;
  readonly notices?: ComponentChildren;
  readonly children: ComponentChildren;
}

/** What stands around each page: rail or bottom bar, top bar, and the places for notices. */
export function Frame({ lang, nav, path, who, search, pill, switches, banner, notices, children }: FrameProps) {
  const t = frameTexts(lang);
  return (
    <>
      <a class="skip" href="#content">{t.skip}</a>
      <div class="frame">
        <nav class="rail" aria-label={t.navigation}>
          <a class="brand" href="/" tabIndex={-1} aria-hidden="true">
            <Mark />
            <span class="brand-word">{t.brand}</span>
          </a>
          <ul class="rail-list">
            {nav.map((item) => <RailItem key={item.href} item={item} path={path} />)}
          </ul>
          {switches && <div class="rail-end">{switches}</div>}
        </nav>
        <div class="stage">
          <header class="top">
            <span class="top-brand">
              <Mark size={24} />
            </span>
            <p class="who">{who}</p>
            {search && <TopSearch {...search} hint={t.searchHint} />}
            {pill}
          </header>
          {banner}
          <main class="main" id="content" tabIndex={-1}>{children}</main>
        </div>
      </div>
      {notices}
    </>
  );
}

function RailItem({ item, path }: { readonly item: NavItem; readonly path: string }) {
  const isStart = item.href === "/";
  return (
    <li>
      <a
        class="rail-link"
        href={isStart ? startFrom(path) : item.href}
        aria-current={isStart && path === "/" ? "page" : undefined}
      >
        <Icon name={item.icon} size={20} />
        <span>{item.label}</span>
        {item.badge}
      </a>
    </li>
  );
}

/**
 * The relative address of "/". Fresh marks links that begin with "/" when they lead to the page or above it, as the rail
 * wants it, but "/" is above every page.
 */
function startFrom(path: string): string {
  return "../".repeat(Math.max(0, path.split("/").length - 2)) || "./";
}

interface TopSearchProps {
  readonly action: string;
  readonly label: string;
  readonly hint: string;
}

function TopSearch({ action, label, hint }: TopSearchProps) {
  return (
    <form class="top-search" role="search" action={action} method="get">
      <Icon name="search" />
      <input
        class="form-control"
        type="search"
        name="q"
        maxLength={200}
        placeholder={label}
        aria-label={label}
        aria-keyshortcuts="/"
        title={hint}
        autocomplete="off"
        data-search
      />
      <kbd aria-hidden="true">/</kbd>
    </form>
  );
}

/** Title of a page with what can be done there. */
export function PageHead({ title, children }: { readonly title: string; readonly children?: ComponentChildren }) {
  return (
    <div class="page-head">
      <h1>{title}</h1>
      {children && <div class="actions">{children}</div>}
    </div>
  );
}
