import assert from "node:assert/strict";
import { render } from "preact-render-to-string";
import { FoundTable } from "../../components/network/found_table.tsx";
import type { FoundGroup } from "../../lib/core/found_groups.ts";
import type { FileId, PeerId, ShareId } from "../../lib/core/ids.ts";
import { readNetworkQuery } from "../../lib/core/network_query.ts";
import type { Visibility } from "../../lib/core/share_record.ts";
import type { Language } from "../../lib/i18n/language.ts";

function found(lang: Language, visibility: Visibility): string {
  const state = { kind: "available" } as const;
  const group: FoundGroup = {
    id: "a".repeat(64) as FileId,
    kind: "file",
    size: 10,
    names: ["leçon.pdf"],
    shareId: "1".repeat(32) as ShareId,
    owners: [{ id: "2".repeat(32) as PeerId, name: "bob", isMember: true }],
    visibility,
    copies: 1,
    at: "2025-11-12T14:05:00.000Z",
    state,
  };
  const query = readNetworkQuery(new URLSearchParams());
  return render(<FoundTable lang={lang} query={query} rows={[{ group, state }]} isInClass />)
    .replace(/<[^>]*>/g, " ").replace(/\s+/g, " ");
}

Deno.test("a file that is found says whom it is for, unless it is for everyone", () => {
  for (
    const [visibility, en, fr] of [
      ["class", "The class", "La classe"],
      ["private", "Only some people", "Certaines personnes"],
    ] as const
  ) {
    assert.match(found("en", visibility), new RegExp(en));
    assert.match(found("fr", visibility), new RegExp(fr));
  }
  assert.doesNotMatch(found("en", "public"), /The class|Only some people|Everyone/);
});
