import assert from "node:assert/strict";
import { isFirstRun } from "../../lib/core/first_run.ts";

Deno.test("the first steps are shown until a class is joined or declined, or anything is shared or fetched", () => {
  const nothing = { welcome: true, hasClass: false, shares: 0, pending: 0, downloads: 0 };
  assert.ok(isFirstRun(nothing));
  for (const fact of [{ welcome: false }, { hasClass: true }, { shares: 1 }, { pending: 1 }, { downloads: 1 }]) {
    assert.ok(!isFirstRun({ ...nothing, ...fact }), JSON.stringify(fact));
  }
});
