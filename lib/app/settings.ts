import { type Config, CONFIG_KEYS, describeConfig, type ParsedConfig, setConfigValue } from "../core/config.ts";
import { EssaimError } from "../core/errors.ts";
import type { Setting, SettingsChange } from "../core/local_messages.ts";
import { Turns } from "../core/turns.ts";
import type { SettingsFile } from "../disk_ports.ts";

/** What takes effect at once. Everything else is read when the program starts. */
const LIVE: ReadonlySet<string> = new Set([
  "peer.name",
  "peer.tracker",
  "peer.shared_folder",
  "ui.language",
  "ui.theme",
  "ui.lock",
  "ui.welcome",
  "limits.upload_rate",
  "limits.download_rate",
  "limits.upload_rate_per_peer",
  "limits.download_rate_per_peer",
  "limits.quiet_times",
]);
/** The tracker's own, and where the data is, which the program must know before it reads this file. */
const NOT_OF_A_PEER = /^tracker\.|^peer\.data$/;
const TYPES: ReadonlyMap<string, string> = new Map(CONFIG_KEYS.map(({ key, type }) => [key, type]));
const DEFAULTS = new Map(CONFIG_KEYS.map((key) => [key.key, key.default]));

export interface SettingsPorts {
  readonly file: SettingsFile;
  /** With what the program was started. */
  readonly started: ParsedConfig;
  /** The effective configuration if the file said this. Throws `bad-config`. */
  ifSaved(text: string): ParsedConfig;
  /** Looks whether the program could start with it. Throws `bad-config`, `unwritable`. */
  check(config: Config): Promise<void>;
  /** Lets what is live take effect. */
  apply(config: Config): void | Promise<void>;
}

/** The settings of this peer, as its page shows and changes them. */
export class Settings {
  #saved: ParsedConfig;
  readonly #turns = new Turns();

  constructor(readonly ports: SettingsPorts) {
    this.#saved = ports.started;
  }

  /** As it is now: what is live may have changed since the start. */
  get config(): Config {
    return this.#saved.config;
  }

  /** Every setting of a peer, in the order of config.yaml. */
  list(): Setting[] {
    const running = new Map(describeConfig(this.ports.started).map(({ key, value }) => [key, value]));
    return describeConfig(this.#saved).filter(({ key }) => !NOT_OF_A_PEER.test(key)).map(({ key, value, origin }) => {
      const live = LIVE.has(key);
      return {
        key,
        value,
        default: DEFAULTS.get(key)!,
        origin,
        editable: isEditable(origin),
        type: TYPES.get(key)!,
        live,
        pending: !live && JSON.stringify(running.get(key)) !== JSON.stringify(value),
      };
    });
  }

  /**
   * Saves all of it or nothing; comments and what else the file says stay. Throws `bad-config`, with the `key` in its
   * details, `conflict` for what a flag or variable decides, `unwritable` for a folder that cannot be made.
   */
  change(change: SettingsChange): Promise<Setting[]> {
    return this.#turns.take(() => this.#change(change));
  }

  async #change(change: SettingsChange): Promise<Setting[]> {
    const { file, ifSaved, check, apply } = this.ports;
    const known = new Map(this.list().map((setting) => [setting.key, setting]));
    const text = Object.entries(change).reduce((text, [key, value]) => {
      const setting = known.get(key);
      if (setting?.editable === false) {
        const why = `${key} is decided by ${setting.origin}. Start Essaim without it to change it here.`;
        throw new EssaimError("conflict", why, { details: { key } });
      }
      if (setting === undefined) throw wrong(key, new EssaimError("bad-config", `A peer has no setting ${key}.`));
      return naming(key, () => setConfigValue(text, key, value));
    }, await file.read());
    const saved = naming(undefined, () => ifSaved(text), Object.keys(change));
    await check(saved.config);
    await file.write(text);
    this.#saved = saved;
    await apply(saved.config);
    return this.list();
  }
}

/** Does `work`; what it throws names the key at fault, else the first of `among` that its message names. */
function naming<T>(key: string | undefined, work: () => T, among: readonly string[] = []): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof EssaimError)) throw error;
    throw wrong(key ?? among.find((key) => error.message.includes(key)), error);
  }
}

function wrong(key: string | undefined, error: EssaimError): EssaimError {
  return new EssaimError(error.code, error.message, {
    cause: error,
    ...(key === undefined ? {} : { details: { key } }),
  });
}

function isEditable(origin: string): boolean {
  return !origin.startsWith("--") && !origin.startsWith("ESSAIM_");
}
