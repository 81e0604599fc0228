import type { JSX } from "preact";
import { useSignal } from "@preact/signals";
import { Button } from "../components/button.tsx";
import { describedBy, Field } from "../components/field.tsx";
import { api, ClientError } from "../lib/client/api.ts";
import { notices } from "../lib/client/notices.ts";
import type { KnownAddressView } from "../lib/core/known_address.ts";
import { doctorTexts } from "../lib/i18n/doctor.ts";
import { errorsTexts } from "../lib/i18n/errors.ts";
import { formats } from "../lib/i18n/formats.ts";
import type { Language } from "../lib/i18n/language.ts";
import { useAlive } from "./parts/alive.ts";

export interface ConnectPanelProps {
  readonly lang: Language;
  /** Those typed by hand. */
  readonly known: readonly KnownAddressView[];
  readonly typed?: string | undefined;
  /** Why the plain form was refused: code of an error. */
  readonly failed?: string | undefined;
}

/** Connects to a computer by its address, and lists those connected so. */
export default function ConnectPanel({ lang, known: first, typed = "", failed: firstFailed }: ConnectPanelProps) {
  const t = doctorTexts(lang).connect;
  const known = useSignal(first);
  const address = useSignal(typed);
  const failed = useSignal(firstFailed);
  const isBusy = useSignal(false);
  const isAlive = useAlive();
  const texts: Readonly<Record<string, string>> = errorsTexts(lang);
  const error = failed.value && (t.errors[failed.value] ?? texts[failed.value] ?? texts.internal);
  const look = async () => {
    const all = await api.get<KnownAddressView[]>("/api/peers/known");
    known.value = all.filter(({ kind }) => kind === "by-hand");
  };
  const connect = async (event: JSX.TargetedSubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (isBusy.value) return;
    isBusy.value = true;
    failed.value = undefined;
    try {
      const { name } = await api.post<{ name: string }>("/api/peers/connect", { address: address.value });
      address.value = "";
      notices.done(t.done(name));
      await look();
    } catch (caught) {
      failed.value = caught instanceof ClientError ? caught.code : "internal";
    } finally {
      isBusy.value = false;
    }
  };
  const remove = async (event: Event, { address }: KnownAddressView) => {
    event.preventDefault();
    try {
      await api.delete(`/api/peers/known/${encodeURIComponent(address)}`);
    } catch (caught) {
      if (!(caught instanceof ClientError && caught.code === "not-found")) notices.failed(caught, texts);
    }
    await look().catch((caught) => notices.failed(caught, texts));
  };
  return (
    <div class="connect" data-alive={isAlive || undefined}>
      <form class="connect-form" method="post" action="/connect" onSubmit={connect}>
        <p class="muted">{t.text}</p>
        <Field id="connect-address" label={t.label} help={t.help} error={error ?? ""}>
          <div class="connect-line">
            <input
              {...describedBy("connect-address", t.help, error)}
              class={`form-control ${error ? "is-invalid" : ""}`}
              type="text"
              name="address"
              required
              maxLength={300}
              dir="ltr"
              autocomplete="off"
              autocapitalize="none"
              spellcheck={false}
              value={address.value}
              onInput={(event) => address.value = event.currentTarget.value}
            />
            <Button kind="primary" type="submit" aria-disabled={isBusy.value}>
              {isBusy.value ? t.connecting : t.submit}
            </Button>
          </div>
        </Field>
      </form>
      {known.value.length > 0 && (
        <section>
          <h3>{t.known}</h3>
          <ul class="connect-known">
            {known.value.map((one) => (
              <li key={one.address}>
                <span>
                  <bdi>{one.name}</bdi> <span class="muted" dir="ltr">{one.address}</span>{" "}
                  <span class="muted">
                    {one.present ? t.present : t.lastSeen(
                      isAlive ? formats(lang).date(one.lastSeen) : formats(lang).fullDate(one.lastSeen),
                    )}
                  </span>
                </span>
                <form method="post" action="/connect" onSubmit={(event) => void remove(event, one)}>
                  <input type="hidden" name="remove" value={one.address} />
                  <Button small kind="bare" type="submit" icon="trash3" label={t.removeOf(one.name ?? one.address)} />
                </form>
              </li>
            ))}
          </ul>
        </section>
      )}
    </div>
  );
}
