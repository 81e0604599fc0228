import { Buffer } from "node:buffer";
import assert from "node:assert/strict";
import fc from "fast-check";
import { RANK } from "../../lib/core/search.ts";
import type { EssaimError } from "../../lib/core/errors.ts";
import type { LiveRecord } from "../../lib/core/share_record.ts";
import type { ShareQuery, SwarmIndex, Visible } from "../../lib/swarm_ports.ts";
import { fileId, shareId, userId } from "../fakes.ts";
import { alice, aliceUser, ALL, bob, change, look, named, names, put, signed, tombstone } from "./swarm_index_setup.ts";

/** What every `SwarmIndex` promises of its searches. `make` gives an empty one that keeps three lines of activity. */
export function swarmSearchContract(adapter: string, make: () => SwarmIndex): void {
  const check = (name: string, body: (index: SwarmIndex) => void) =>
    Deno.test(`${adapter}: ${name}`, () => {
      using index = make();
      body(index);
    });

  check("a share is found by words and parts of words, without accents or case, newest first", (index) => {
    put(index, named(1, "Télé cours 1.mp4"), named(2, "Notes de télévision.PDF"), named(3, "c++ 50%.txt"));
    for (
      const [words, expected] of [
        [["tele"], ["Notes de télévision.PDF", "Télé cours 1.mp4"]],
        [["cours", "tele"], ["Télé cours 1.mp4"]],
        [["te"], ["Notes de télévision.PDF", "Télé cours 1.mp4"]],
        [["vision", "no"], ["Notes de télévision.PDF"]],
        [["++"], ["c++ 50%.txt"]],
        [["%"], []],
        [["_"], []],
        [["tel", "zzz"], []],
        [["telecours"], []],
        [["eleele"], []],
        [['"'], []],
        [['a" OR "b'], []],
        [["NEAR", "*"], []],
        [[], ["c++ 50%.txt", "Notes de télévision.PDF", "Télé cours 1.mp4"]],
      ] as const
    ) assert.deepEqual(names(look(index, { words, sort: "date" })), expected, words.join(" "));
    assert.deepEqual(names(look(index, { limit: 1 })), ["c++ 50%.txt"]);
    assert.deepEqual(look(index, { words: ["mp4"] })[0], {
      key: RANK.wordPrefix,
      signed: signed(named(1, "Télé cours 1.mp4")),
      ownerName: "name of a",
      downloads: 0,
    });
  });

  check("a share is found by the first eight or more digits of its ids, by anyone only when it is public", (index) => {
    const id = (start: string, length: 32 | 64) => start.padEnd(length, "0") as never;
    put(
      index,
      named(1, "old.txt", { fileId: id("abcdef0123", 64) }),
      named(2, "deadbeef notes.txt"),
      named(3, "other.txt", { shareId: id("deadbeef77", 32) }),
      named(4, "secret.txt", { fileId: id("abcdef0123ff", 64), visibility: "private" }),
    );
    for (
      const [word, visible, expected] of [
        ["abcdef01", "public", ["old.txt"]],
        ["abcdef01", ALL, ["secret.txt", "old.txt"]],
        ["abcdef0124", ALL, []],
        ["abcdef0", ALL, []],
        ["deadbeef", ALL, ["other.txt", "deadbeef notes.txt"]],
        ["abcdef0123".padEnd(64, "0"), "public", ["old.txt"]],
      ] as const
    ) assert.deepEqual(names(look(index, { words: [word], visible })), expected, word);
    assert.deepEqual(names(look(index, { words: ["abcdef01"], limit: 1 })), ["secret.txt"]);
    assert.deepEqual(names(look(index, { words: ["abcdef01", "old"] })), []);
    put(index, tombstone(1, 2));
    assert.deepEqual(names(look(index, { words: ["abcdef01"], visible: "public" })), []);
  });

  check("names that are the words come before those that begin with them, then words that do, then parts", (index) => {
    put(
      index,
      named(1, "tele"),
      named(2, "Télé 2.mp4"),
      named(3, "ma tele"),
      named(4, "satellite.svg"),
      named(5, "TELE"),
      named(6, "tele"),
      named(7, "satele c++"),
      named(8, "c++ tele"),
    );
    for (
      const [words, expected] of [
        [["tele"], [[6, 4], [5, 4], [1, 4], [2, 3], [8, 2], [3, 2], [7, 1]]],
        [["tele", "2"], [[2, 3]]],
        [["2", "tele"], [[2, 2]]],
        [["c++"], [[8, 3], [7, 2]]],
        [["tel", "c"], [[8, 2], [7, 1]]],
        [["c", "tel"], [[8, 2], [7, 1]]],
        [["el"], [[8, 1], [7, 1], [6, 1], [5, 1], [4, 1], [3, 1], [2, 1], [1, 1]]],
      ] as const
    ) {
      const found = look(index, { words });
      assert.deepEqual(found.map(({ signed, key }) => [Number(signed.record.shareId), key]), expected, words.join(" "));
    }
  });

  check("filters leave out by type, size, owner and availability, whatever else there is", (index) => {
    put(
      index,
      named(1, "cours.pdf", { size: 10 }),
      named(2, "cours.PNG", { size: 20 }),
      named(3, "cours", { kind: "folder", size: 5, total: { size: 30, files: 2 } }),
      named(4, "cours.zzz", { size: 40, visibility: "private" }),
    );
    const record = { ...named(5, "cours.pdf", { size: 50 }), owner: bob };
    const { peer } = change(bob, {});
    index.apply({ ...change(bob, { records: [signed(record)] }), peer: { ...peer, name: "Zoé d’Œuvre" } });
    const held = { fileId: fileId(4), owner: alice, shareId: shareId(4) };
    index.noteCopies({
      present: [bob],
      held: [{ ref: held, peers: 2 }, { ref: { ...held, shareId: shareId(1) }, peers: 7 }],
    });
    for (
      const [query, expected] of [
        [{}, [5, 4, 3, 2, 1]],
        [{ type: "document" }, [5, 1]],
        [{ type: "image" }, [2]],
        [{ type: "folder" }, [3]],
        [{ type: "other" }, [4]],
        [{ type: "other", visible: "public" }, []],
        [{ type: "video" }, []],
        [{ min: 20, max: 40 }, [4, 3, 2]],
        [{ min: 51 }, []],
        [{ max: 0 }, []],
        [{ ownerWords: ["zoe"] }, [5]],
        [{ ownerWords: ["oeuv", "zo"] }, [5]],
        [{ ownerWords: ["zoe", "x"] }, []],
        [{ ownerWords: ["name", "of", "a"] }, [4, 3, 2, 1]],
        [{ available: true }, [5, 4]],
        [{ available: true, visible: "public" }, [5]],
        [{ type: "document", ownerWords: ["zoe"], min: 50, available: true }, [5]],
      ] as [Partial<ShareQuery>, number[]][]
    ) {
      for (const words of [[], ["cours"], ["co"], ["ours"]]) {
        for (const sort of ["date", "relevance"] as const) {
          if (sort === "relevance" && words.length === 0) continue;
          const found = look(index, { ...query, words, sort }).map(({ signed }) => Number(signed.record.shareId));
          assert.deepEqual(found.sort().reverse(), expected, JSON.stringify({ ...query, words, sort }));
        }
      }
    }
    index.noteCopies({ present: [], held: [] });
    assert.deepEqual(look(index, { available: true }), []);
    put(index, named(1, "photo.jpg", { version: 2, size: 11 }));
    assert.deepEqual(names(look(index, { type: "image", max: 11 })), ["photo.jpg"]);
  });

  check("each sort goes both ways, and each page begins where the one before ended", (index) => {
    const many = Array.from(
      { length: 60 },
      (_, n) =>
        named(n + 1, `${"éÉe€𐀀z"[n % 6]}${n % 4} notes.${["pdf", "png"][n % 2]}`, {
          size: (n * 7) % 11,
          at: new Date(1e12 + (n * 13) % 17).toISOString(),
          visibility: n % 10 === 0 ? "class" : "public",
        }),
    );
    put(index, ...many);
    index.noteCopies({
      present: [alice],
      held: many.flatMap(({ owner, shareId, fileId }, n) =>
        n % 3 === 0 ? [{ ref: { owner, shareId, fileId }, peers: n % 5 }] : []
      ),
    });
    for (const words of [[], ["notes"], ["otes"], ["e"], ["no", "pdf"]]) {
      for (const sort of ["relevance", "name", "size", "date", "copies"] as const) {
        for (const order of ["asc", "desc"] as const) {
          if (sort === "relevance" && (words.length === 0 || order === "asc")) continue;
          const query: Partial<ShareQuery> = { words, sort, order, visible: "public" };
          const whole = look(index, { ...query, limit: 100 });
          const keys = whole.map(({ key }) => key);
          const sorted = [...keys].sort((a, b) =>
            typeof a === "number" ? a - Number(b) : Buffer.compare(Buffer.from(a), Buffer.from(String(b)))
          );
          assert.deepEqual(keys, order === "asc" ? sorted : sorted.reverse());
          const found = [];
          let after: ShareQuery["after"];
          while (true) {
            const page = look(index, { ...query, after, limit: 7 });
            found.push(...page);
            const last = page.at(-1);
            if (!last) break;
            const { owner, shareId } = last.signed.record;
            after = { key: last.key, owner, shareId };
          }
          assert.deepEqual(found, whole, `${words} ${sort} ${order}`);
          assert.ok(whole.length > 20 && whole.length <= 54);
        }
      }
    }
  });

  check(
    "a page goes on behind a share that was renamed or deleted meanwhile, and never behind an unknown one",
    (index) => {
      put(index, named(1, "a"), named(2, "b"), named(3, "c"));
      const query = { sort: "name", order: "asc" } as const;
      put(index, tombstone(2, 2));
      assert.deepEqual(names(look(index, { ...query, after: { key: "b", owner: alice, shareId: shareId(2) } })), ["c"]);
      const unknown = { key: "b", owner: bob, shareId: shareId(2) };
      assert.throws(() => look(index, { ...query, after: unknown }), { code: "bad-input" });
    },
  );

  check("a renamed share is found under its new name only, and a deleted one not at all", (index) => {
    put(index, named(1, "before.txt"));
    put(index, named(1, "after.txt", { version: 2 }));
    assert.deepEqual(names(look(index, { words: ["before"] })), []);
    assert.deepEqual(names(look(index, { words: ["after"] })), ["after.txt"]);
    put(index, tombstone(1, 3));
    assert.deepEqual(names(look(index, { words: ["after"] })), []);
    assert.deepEqual(index.sharesOf(fileId(1), ALL), []);
    assert.equal(index.share({ owner: alice, shareId: shareId(1) })?.deleted, true);
  });

  check("whatever is asked, a share is found by exactly those whom it is for", (index) => {
    const [reader, stranger] = [userId(0xb), userId(0xc)];
    const record = fc.record({
      number: fc.integer({ min: 1, max: 12 }),
      name: fc.constantFrom("cours.pdf", "cours 2.png", "Autre cours", "xyz"),
      visibility: fc.constantFrom("public", "class", "private"),
      allowed: fc.boolean(),
      deleted: fc.boolean(),
    });
    const version = new Map<number, number>();
    const now = new Map<number, LiveRecord>();
    fc.assert(
      fc.property(fc.array(record, { maxLength: 8 }), (changes) => {
        for (const { number, name, visibility, allowed, deleted } of changes) {
          const next = (version.get(number) ?? 0) + 1;
          version.set(number, next);
          const allow = visibility === "private" && allowed ? [reader] : [];
          const live = named(number, name, { version: next, visibility, allow });
          put(index, deleted ? tombstone(number, next) : live);
          if (deleted) now.delete(number);
          else now.set(number, live);
        }
        for (const visible of ["public", { user: reader }, { user: stranger }, ALL] as Visible[]) {
          const fits = ({ visibility, allow }: LiveRecord) =>
            visibility === "public" || visible !== "public" &&
              (visibility === "class" || visible.user === aliceUser || allow.includes(visible.user));
          for (const words of [[], ["cours"], ["co"], ["ours"]]) {
            for (const sort of ["relevance", "name", "size", "date", "copies"] as const) {
              if (sort === "relevance" && words.length === 0) continue;
              const found = look(index, { words, sort, visible, limit: 99 });
              const expected = [...now.values()].filter((share) =>
                fits(share) && words.every((word) => share.name.toLowerCase().includes(word))
              );
              const ids = (records: LiveRecord[]) => records.map(({ shareId }) => shareId).sort();
              assert.deepEqual(ids(found.map(({ signed }) => signed.record)), ids(expected));
            }
          }
        }
      }),
      { numRuns: 30 },
    );
  });

  check("a page goes on behind no share that the caller may not see, as if there were none", (index) => {
    const reader = userId(0xb);
    put(
      index,
      named(1, "a"),
      named(2, "b", { visibility: "private", allow: [reader] }),
      named(3, "c", { visibility: "class" }),
      named(4, "d"),
    );
    const after = (number: number, visible: Visible) => () =>
      names(look(index, {
        ...{ visible, sort: "name", order: "asc" },
        after: { key: "b", owner: alice, shareId: shareId(number) },
      }));
    const unknown = (search: () => unknown) => {
      const errors = [search, after(77, "public")].map((ask) => {
        try {
          return ask();
        } catch (error) {
          return [(error as EssaimError).code, (error as EssaimError).message];
        }
      });
      assert.deepEqual(errors[0], errors[1]);
      assert.equal((errors[0] as string[])[0], "bad-input");
    };
    const check = () => {
      for (const number of [2, 3]) unknown(after(number, "public"));
      unknown(after(2, { user: userId(0xc) }));
      assert.deepEqual(after(2, { user: reader })(), ["c", "d"]);
      assert.deepEqual(after(2, ALL)(), ["c", "d"]);
    };
    check();
    put(index, tombstone(2, 2));
    check();
    put(index, named(2, "b", { version: 3, visibility: "private" }));
    unknown(after(2, { user: reader }));
  });
}
