import assert from "node:assert/strict";
import type { ClassId, FileId, PeerId } from "../../lib/core/ids.ts";
import type { LiveRecord } from "../../lib/core/share_record.ts";
import { fileId, hexId, keyOf, recordBy, shareId } from "../fakes.ts";
import { BOB, CHLOE, joined, listed, Sharing, userId } from "./sharing_setup.ts";

const FOR_BOB = { visibility: "private", allow: [BOB] } as const;

/** A private file and a private folder in the shared folder, whose default is public. */
async function makePrivate(s: Sharing) {
  const file = await s.write("secret.txt", "the secret");
  const folder = `${s.root}/trip`;
  await s.write("trip/a.txt", "first");
  await s.write("trip/deep/b.txt", "second");
  await s.share.sharePath(file, FOR_BOB);
  const { share } = await s.share.sharePath(folder, FOR_BOB);
  await s.settle();
  assert.deepEqual(s.readers(), ["secret.txt private bob", "trip private bob"]);
  return { file, folder, shareId: share.signed.record.shareId };
}

Deno.test("a folder share that is renamed or moved stays the same share, for the same people", async () => {
  for (const [name, to] of [["journey", "journey"], ["journey", "2026/may/journey"]] as const) {
    await using s = await Sharing.make();
    const { folder, shareId } = await makePrivate(s);
    await Deno.mkdir(`${s.root}/${to}`.replace(/\/[^/]*$/, ""), { recursive: true });
    await Deno.rename(folder, `${s.root}/${to}`);
    s.restart();
    s.hashed.length = 0;
    await s.settle();
    assert.deepEqual(s.readers(), [`${name} private bob`, "secret.txt private bob"]);
    assert.deepEqual(s.hashed, []);
    assert.equal(s.records.ownShareAt(`${s.root}/${to}`)?.signed.record.shareId, shareId);
    await s.write(`${to}/c.txt`, "third");
    await s.settle();
    assert.equal(s.records.ownShareAt(`${s.root}/${to}`)?.signed.record.total?.files, 3);
    assert.deepEqual(s.readers().length, 2);
  }
});

Deno.test("a folder around a folder share may be renamed; what was withdrawn or shared inside goes along", async () => {
  await using s = await Sharing.make();
  const inner = `${s.root}/school/trip`;
  await s.write("school/trip/a.txt", "a");
  await s.write("school/trip/mine.txt", "mine");
  await s.write("school/other.txt", "other");
  await s.share.sharePath(inner, FOR_BOB);
  await s.share.sharePath(`${inner}/mine.txt`, { visibility: "private" });
  await s.settle();
  assert.deepEqual(s.readers(), ["mine.txt private", "other.txt public", "trip private bob"]);
  await Deno.rename(`${s.root}/school`, `${s.root}/école`);
  await s.settle();
  assert.deepEqual(s.readers(), ["mine.txt private", "other.txt public", "trip private bob"]);
  assert.deepEqual(s.shares().map((line) => line.split(" ").at(-1)), [
    "shared/école/trip/mine.txt",
    "shared/école/other.txt",
    "shared/école/trip",
  ]);
  assert.deepEqual(listed(s, `${s.root}/école/trip`), ["a.txt"], "mine.txt is for fewer");
});

Deno.test("a file or folder from elsewhere on the computer that is moved into the shared folder keeps its share", async () => {
  await using s = await Sharing.make();
  const file = await s.write(`${s.base}/elsewhere/notes.txt`, "notes");
  await s.write(`${s.base}/elsewhere/trip/a.txt`, "a");
  const { share } = await s.share.sharePath(file, FOR_BOB);
  await s.share.sharePath(`${s.base}/elsewhere/trip`, FOR_BOB);
  await Deno.rename(file, `${s.root}/notes 2.txt`);
  await Deno.rename(`${s.base}/elsewhere/trip`, `${s.root}/trip`);
  await s.settle();
  await s.settle();
  assert.deepEqual(s.readers(), ["notes 2.txt private bob", "trip private bob"]);
  assert.equal(s.records.ownShareAt(`${s.root}/notes 2.txt`)?.signed.record.shareId, share.signed.record.shareId);
});

/** Each changes what `makePrivate` made. Whatever becomes of it, nobody but bob may see any of it. */
const CHANGES: readonly (readonly [name: string, change: (s: Sharing) => Promise<void>])[] = [
  ["edited", async (s) => void await s.write("secret.txt", "the secret, edited")],
  ["replaced", async (s) => {
    await s.write("new.part", "another secret");
    await Deno.rename(`${s.root}/new.part`, `${s.root}/secret.txt`);
  }],
  ["deleted and copied back", async (s) => {
    await Deno.remove(`${s.root}/secret.txt`);
    await s.settle();
    await s.write("secret.txt", "an older version of the secret");
  }],
  ["deleted, and its content copied back under another name", async (s) => {
    await Deno.remove(`${s.root}/secret.txt`);
    await s.settle();
    s.restart();
    await s.write("from the backup.txt", "the secret");
  }],
  ["copied", (s) => Deno.copyFile(`${s.root}/secret.txt`, `${s.root}/secret (copy).txt`)],
  ["renamed and edited at once", async (s) => {
    await Deno.rename(`${s.root}/secret.txt`, `${s.root}/other.txt`);
    await Deno.writeTextFile(`${s.root}/other.txt`, "more", { append: true });
  }],
  ["edited with a backup beside it", async (s) => {
    await Deno.rename(`${s.root}/secret.txt`, `${s.root}/secret.txt~`);
    await s.write("secret.txt", "the secret, edited");
  }],
  ["edited, and a copy of its older version put beside it later", async (s) => {
    await s.write("secret.txt", "the secret, edited");
    await s.settle();
    await s.write("old.txt", "the secret");
  }],
  ["replaced by a folder", async (s) => {
    await Deno.remove(`${s.root}/secret.txt`);
    await s.write("secret.txt/inside.txt", "in a folder now");
  }],
  ["moved into another folder", async (s) => {
    await Deno.mkdir(`${s.root}/sub`);
    await Deno.rename(`${s.root}/secret.txt`, `${s.root}/sub/secret.txt`);
  }],
  ["a folder moved as copies", async (s) => {
    await s.write("moved/a.txt", "first");
    await s.write("moved/deep/b.txt", "second");
    await Deno.remove(`${s.root}/trip`, { recursive: true });
  }],
  ["a folder deleted and brought back with a file more", async (s) => {
    await Deno.remove(`${s.root}/trip`, { recursive: true });
    await s.settle();
    await s.write("trip/a.txt", "first, changed");
    await s.write("trip/never seen.txt", "new");
  }],
  ["a file taken out of the folder", (s) => Deno.rename(`${s.root}/trip/a.txt`, `${s.root}/a.txt`)],
  ["a file taken out of the folder and edited", async (s) => {
    await Deno.rename(`${s.root}/trip/a.txt`, `${s.root}/a.txt`);
    await Deno.writeTextFile(`${s.root}/a.txt`, "more", { append: true });
  }],
  ["a file of the folder edited, and its older version brought out of a backup", async (s) => {
    await s.write("trip/a.txt", "first, edited");
    await s.settle();
    await s.write("a.txt", "first");
  }],
  ["the folder renamed and all its files edited", async (s) => {
    await Deno.rename(`${s.root}/trip`, `${s.root}/journey`);
    for (const name of ["a.txt", "deep/b.txt"]) {
      await Deno.writeTextFile(`${s.root}/journey/${name}`, "more", { append: true });
    }
  }],
  ["the folder deleted on the page and put back by hand", async (s) => {
    const { shareId } = s.records.ownShareAt(`${s.root}/trip`)!.signed.record;
    await s.share.remove(shareId, (path) => Deno.rename(path, `${s.base}/elsewhere/trip`));
    await s.settle();
    await Deno.rename(`${s.base}/elsewhere/trip`, `${s.root}/journey`);
  }],
  ["the share taken back and a copy of its file put beside it", async (s) => {
    await s.share.unshare(s.records.ownShareAt(`${s.root}/secret.txt`)!.signed.record.shareId);
    await Deno.copyFile(`${s.root}/secret.txt`, `${s.root}/copy.txt`);
  }],
];
for (const [name, change] of CHANGES) {
  Deno.test(`nobody else sees what is private: ${name}`, async () => {
    await using s = await Sharing.make();
    await makePrivate(s);
    await change(s);
    await s.settle();
    await s.settle();
    s.restart();
    await s.settle();
    const wider = s.readers().filter((line) => !/ private( bob)?$/.test(line));
    assert.deepEqual(wider, [], s.readers().join(", "));
    await s.write("public.txt", "new and unrelated");
    await s.settle();
    assert.ok(s.readers().includes("public.txt public"));
  });
}

Deno.test("what is private does not become part of a folder for everybody", async () => {
  const moves: Record<string, (s: Sharing) => Promise<void>> = {
    moved: (s) => Deno.rename(`${s.root}/secret.txt`, `${s.root}/album/secret.txt`),
    copied: (s) => Deno.copyFile(`${s.root}/secret.txt`, `${s.root}/album/secret.txt`),
    "out of the private folder": (s) => Deno.rename(`${s.root}/trip/a.txt`, `${s.root}/album/secret.txt`),
    "the whole folder": (s) => Deno.rename(`${s.root}/trip`, `${s.root}/album/trip`),
  };
  for (const [name, move] of Object.entries(moves)) {
    await using s = await Sharing.make();
    await makePrivate(s);
    await s.write("album/1.jpg", "1");
    await s.share.sharePath(`${s.root}/album`, { visibility: "public" });
    await move(s);
    await s.settle();
    await s.settle();
    await s.write("album/2.jpg", "2");
    await s.settle();
    assert.deepEqual(listed(s, `${s.root}/album`), ["1.jpg", "2.jpg"], name);
    assert.deepEqual(s.readers().filter((line) => line.endsWith("public")), ["album public"], name);
  }
});

Deno.test("what is for fewer people in a folder is left out of its share, and comes in when that changes", async () => {
  await using s = await Sharing.make();
  for (const name of ["1.jpg", "2.jpg", "sub/3.jpg"]) await s.write(`album/${name}`, name);
  const album = `${s.root}/album`;
  await s.share.sharePath(`${album}/2.jpg`, FOR_BOB);
  const { share } = await s.share.sharePath(album, { visibility: "class" });
  const albumId = share.signed.record.shareId;
  assert.deepEqual(listed(s, album), ["1.jpg", "sub/3.jpg"]);
  const { share: sub } = await s.share.sharePath(`${album}/sub`, { visibility: "private", allow: [BOB, CHLOE] });
  await s.settle();
  assert.deepEqual(listed(s, album), ["1.jpg"]);
  await s.share.update(albumId, FOR_BOB);
  assert.deepEqual(listed(s, album), ["1.jpg", "2.jpg", "sub/3.jpg"], "bob may see all of it");
  await s.share.update(albumId, { visibility: "private", allow: [BOB, CHLOE] });
  assert.deepEqual(listed(s, album), ["1.jpg", "sub/3.jpg"], "not chloé");
  await s.share.update(sub.signed.record.shareId, { visibility: "public" });
  await s.share.update(albumId, { visibility: "public" });
  assert.deepEqual(listed(s, album), ["1.jpg", "sub/3.jpg"]);
  const mine = s.records.ownShareAt(`${album}/2.jpg`)!.signed.record.shareId;
  await s.share.unshare(mine);
  await s.write("album/4.jpg", "4");
  await s.settle();
  assert.deepEqual(listed(s, album), ["1.jpg", "4.jpg", "sub/3.jpg"], "taken back is not for everybody");
  await s.share.sharePath(`${album}/2.jpg`, { visibility: "public" });
  await s.settle();
  assert.deepEqual(listed(s, album), ["1.jpg", "2.jpg", "4.jpg", "sub/3.jpg"], "chosen again");
});

Deno.test("in another class nobody sees what was for people of the one before", async () => {
  await using s = await Sharing.make();
  await s.write("class.txt", "class");
  await s.share.sharePath(`${s.root}/class.txt`, { visibility: "class" });
  await makePrivate(s).catch(() => {});
  s.membership.current = undefined;
  await s.write("secret.txt", "edited while in no class");
  await s.settle();
  const record = () => s.records.ownShareAt(`${s.root}/secret.txt`)!.signed.record;
  assert.deepEqual([record().visibility, record().class], ["private", joined().class.id]);
  s.membership.current = joined(hexId<ClassId>(2, 64), userId(77));
  await s.share.membershipChanged();
  assert.deepEqual(s.readers(), ["class.txt private", "secret.txt private", "trip private"]);
  assert.deepEqual([record().user, record().class], [userId(77), hexId(2, 64)]);
});

Deno.test("without a class, new files are not shared where they would not be for everybody, and that is said", async () => {
  for (const defaultVisibility of ["class", "private"] as const) {
    await using s = await Sharing.make({ defaultVisibility });
    s.membership.current = undefined;
    await s.write("new.txt", "new");
    await s.settle();
    const report = await s.share.rescan();
    assert.deepEqual(s.readers(), []);
    assert.equal(report.problems.get(s.root)?.code, "not-joined");
    await assert.rejects(s.share.sharePath(`${s.root}/new.txt`), { code: "not-joined" });
    s.membership.current = joined();
    s.hashed.length = 0;
    const after = await s.share.rescan();
    assert.deepEqual([s.readers(), after.problems.size, s.hashed], [[`new.txt ${defaultVisibility}`], 0, []]);
  }
});

Deno.test("what somebody else hid stays hidden in the shared folder, also after its share has ended or changed", async (t) => {
  const owner = hexId<PeerId>(9, 32);
  const ref = { owner, shareId: shareId(5) };
  const put = (s: Sharing, changes: Partial<LiveRecord>, grants: FileId[]) => {
    const record = { ...recordBy(owner, { shareId: ref.shareId, ...changes }), user: BOB, class: joined().class.id };
    s.records.putForeign({ record, jws: `${record.version}` }, { key: keyOf(owner) }, grants);
  };
  const ends: [string, (s: Sharing, id: FileId) => void, boolean][] = [
    ["ended", (s) => s.records.dropForeign(ref), true],
    ["another content", (s) => put(s, { version: 2, visibility: "private", fileId: fileId(1) }, [fileId(1)]), true],
    ["public now", (s, id) => put(s, { version: 2, fileId: id }, [id]), false],
  ];
  for (const visibility of ["private", "class"] as const) {
    for (const [name, end, isHidden] of ends) {
      await t.step(`${visibility}, ${name}`, async () => {
        await using s = await Sharing.make();
        const { share } = await s.share.sharePath(await s.write(`${s.base}/elsewhere/theirs.txt`, "theirs"));
        const { fileId: id, shareId } = share.signed.record;
        await s.share.unshare(shareId);
        put(s, { visibility, fileId: fileId(3), kind: "folder" }, [fileId(3), id]);
        end(s, id);
        await s.write("copy.txt", "theirs");
        await s.settle();
        assert.deepEqual(s.readers(), [`copy.txt ${isHidden ? "private" : "public"}`]);
      });
    }
  }
});

Deno.test("a private file of somebody else that lands in the shared folder is shown to nobody", async () => {
  await using s = await Sharing.make();
  await s.write("twin.txt", "theirs");
  await s.settle();
  const { fileId, sha256, size } = s.records.ownShares()[0]!.signed.record;
  await s.share.unshare(s.records.ownShares()[0]!.signed.record.shareId);
  for (const [name, visibility, expected] of [["p.txt", "private", "private"], ["c.txt", "class", "class"]] as const) {
    const { publicKey } = s.share.ports.identity;
    const owner = hexId<typeof s.share.owner>(9, 32);
    const foreign = { shareId: hexId<never>(5, 32), owner, version: 1, deleted: false as const, kind: "file" as const };
    s.records.putForeign(
      {
        record: {
          ...{ ...foreign, name, fileId, sha256, size, visibility, allow: [] },
          ...{ at: "2026-01-01T00:00:00Z", user: BOB, class: joined().class.id },
        },
        jws: "x",
      },
      { key: publicKey },
      [fileId],
    );
    await s.write(name, "theirs");
    await s.settle();
    assert.deepEqual(s.readers(), [`${name} ${expected}`]);
    s.records.dropForeign({ owner, shareId: foreign.shareId });
    await Deno.remove(`${s.root}/${name}`);
    await s.settle();
    s.people.choices.forgetPast("/");
    s.db.exec("DELETE FROM past");
  }
});
