import { isMap, isNode, isScalar, stringify, YAMLMap } from "yaml";
import { EssaimError } from "./errors.ts";
import type { Plain } from "./config_kinds.ts";
import { CONFIG_KEYS, CONFIG_SECTIONS } from "./config_schema.ts";
import { checkValue, findKey, parseYaml, quote } from "./config_source.ts";
import { nearest } from "./nearest.ts";

const LAYOUT = { lineWidth: 0, flowCollectionPadding: false } as const;

/**
 * The YAML text with one key set; comments, order and other values stay. `value` is as YAML writes it ("10 MB", 5000).
 * Throws `bad-config` when the text is not valid YAML or the key or value is not accepted.
 */
export function setConfigValue(text: string, dottedKey: string, value: Plain): string {
  const key = findKey(dottedKey);
  if (!key) {
    const close = nearest(dottedKey, CONFIG_KEYS.map(({ key }) => key));
    const advice = close ? ` Did you mean "${close}"?` : "";
    throw new EssaimError("bad-config", `There is no setting ${quote(dottedKey)}.${advice}`);
  }
  const checked = checkValue(key, value);
  if (!checked.ok) throw new EssaimError("bad-config", `Cannot save this setting: ${checked.why}`);
  const parsed = parseYaml({ path: "config.yaml", text });
  if (!parsed.ok) throw new EssaimError("bad-config", `Cannot change the file. ${parsed.problems.join("\n")}`);

  const { document } = parsed;
  const root = document.contents;
  if (root !== null && !isMap(root) && !(isScalar(root) && root.value === null)) {
    throw new EssaimError("bad-config", `Cannot change the file: it has no sections such as "${key.section}:".`);
  }
  if (!isMap(root)) document.contents = document.createNode({}) as typeof document.contents;
  const section = document.get(key.section, true);
  if (!isMap(section)) {
    const created = new YAMLMap(document.schema);
    if (isNode(section)) created.comment = section.comment ?? section.commentBefore;
    document.set(key.section, created);
  }
  const path = [key.section, key.name];
  const previous = document.getIn(path, true);
  const node = document.createNode(value, { flow: true });
  if (isNode(previous)) {
    node.comment = previous.comment;
    node.commentBefore = previous.commentBefore;
    if (isScalar(previous) && isScalar(node)) node.type = previous.type;
  }
  document.setIn(path, node);
  return document.toString(LAYOUT);
}

/** The shipped config.yaml: every key with its default and its explanation. */
export function configTemplate(): string {
  const lines = [
    "# Settings of Essaim. Change a value, save, and start the program again.",
    '# Sizes: "10 MB", "1 MiB". Durations: "500 ms", "10 s", "2 min", "1 h". Rates: "5 MB/s", "unlimited".',
  ];
  for (const [section, about] of CONFIG_SECTIONS) {
    lines.push("", `# ${about}`, `${section}:`);
    for (const key of CONFIG_KEYS.filter((key) => key.section === section)) {
      const value = stringify(key.default, { ...LAYOUT, collectionStyle: "flow", defaultStringType: "QUOTE_DOUBLE" });
      lines.push(`  # ${key.about}`, `  ${key.name}: ${value.trim()}`);
    }
  }
  return lines.join("\n") + "\n";
}
