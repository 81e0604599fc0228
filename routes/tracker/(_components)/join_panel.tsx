import { Callout } from "../../../components/panel.tsx";
import { QrCode } from "../../../components/qr_code.tsx";
import TrackerCopy from "../../../islands/TrackerCopy.tsx";
import type { Language } from "../../../lib/i18n/language.ts";
import { trackerTexts } from "../../../lib/i18n/tracker.ts";
import { trackerClassTexts } from "../../../lib/i18n/tracker_class.ts";
import type { Invitation } from "../../teacher_gate.ts";
import { JoinCode } from "./join_code.tsx";

export interface JoinPanelProps {
  readonly lang: Language;
  /** See `PageState.program`. */
  readonly program: string;
  /** Of the tracker, the likeliest first. */
  readonly addresses: readonly string[];
  /** The teacher's, which is hidden until asked for: the dashboard may be on a wall. */
  readonly invitation?: Invitation | undefined;
}

/** How others come: the address to type, the same as a code to read, and the command for their own computer. */
export function JoinPanel({ lang, program, addresses: [address, ...others], invitation }: JoinPanelProps) {
  const t = trackerTexts(lang).join;
  const code = invitation && (
    <details class="join-hidden">
      <summary>{trackerClassTexts(lang).join.show}</summary>
      <JoinCode lang={lang} invitation={invitation} />
    </details>
  );
  if (address === undefined) {
    return (
      <div class="join-alone">
        <Callout kind="warn">
          <p>
            <strong>{t.aloneTitle}</strong>
          </p>
          <p>{t.alone}</p>
        </Callout>
        {code}
      </div>
    );
  }
  return (
    <div class="join">
      <div class="join-open">
        <p class="join-step">{t.open}</p>
        <p class="join-address">
          <a href={address}>
            <Spoken address={address} />
          </a>
        </p>
      </div>
      <figure class="join-qr">
        <QrCode text={address} label={t.qr(address)} />
        <figcaption class="join-step">{t.scan}</figcaption>
      </figure>
      <div class="join-start">
        <p class="join-step">{t.start}</p>
        <TrackerCopy lang={lang} text={`${program} peer --tracker ${address}`} label={t.copy} />
        {others.length > 0 && <p class="join-others muted">{t.other} {others.map(spoken).join(", ")}</p>}
      </div>
      {code}
    </div>
  );
}

/** Where it does not fit, the port comes below. */
function Spoken({ address }: { readonly address: string }) {
  const [, host, port = ""] = /^(.*?)(:\d+)?$/.exec(spoken(address))!;
  return (
    <>
      {host}
      <wbr />
      {port}
    </>
  );
}

/** As people type it. */
function spoken(address: string): string {
  return address.replace(/^http:\/\//, "");
}
