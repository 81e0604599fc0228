import { useEffect } from "preact/hooks";
import { useSignal } from "@preact/signals";
import { Callout } from "../components/panel.tsx";
import type { Language } from "../lib/i18n/language.ts";
import { trackerClassTexts } from "../lib/i18n/tracker_class.ts";
import TrackerCopy from "./TrackerCopy.tsx";

/** A class code after the `#` of an address, as links carry it. */
const CODE = /^#[0-9A-Za-z-]{8,24}$/;

/** The link that led here with its code, which browsers keep to themselves, to be taken to Essaim. */
export default function JoinLink({ lang, program }: { readonly lang: Language; readonly program: string }) {
  const link = useSignal<string | undefined>(undefined);
  useEffect(() => {
    const look = () => {
      const { hash, origin } = location;
      link.value = CODE.test(hash) ? `${origin}/join${hash}` : undefined;
    };
    look();
    addEventListener("hashchange", look);
    return () => removeEventListener("hashchange", look);
  }, []);

  const t = trackerClassTexts(lang).visitor;
  if (link.value === undefined) return <div role="status" data-alive="none" />;
  return (
    <div role="status">
      <Callout kind="done">
        <p>
          <strong>{t.linkHere}</strong>
        </p>
        <TrackerCopy lang={lang} text={link.value} label={t.copyLink} />
        <p>{t.linkHelp}</p>
        <p class="join-step">{t.command}</p>
        <TrackerCopy
          lang={lang}
          text={`${program} join "${link.value}" --name "${t.yourName}"`}
          label={t.copyCommand}
        />
      </Callout>
    </div>
  );
}
