import assert from "node:assert/strict";
import { render } from "preact-render-to-string";
import TrackerMostFetched from "../../islands/TrackerMostFetched.tsx";
import type { Board } from "../../lib/core/messages.ts";

Deno.test("while no file was downloaded, the page of the tracker says which files it speaks of", () => {
  const board = { stats: { mostFetched: [] } } as unknown as Board;
  assert.match(render(<TrackerMostFetched lang="en" board={board} />), /Only files for everyone are counted\./);
  assert.match(
    render(<TrackerMostFetched lang="fr" board={board} />),
    /Seuls comptent les fichiers pour tout le monde\./,
  );
});
