import assert from "node:assert/strict";
import { userDirsFile, userFolders, type UserPlace } from "../../lib/core/user_folders.ts";

const home = "/home/zoé";

Deno.test("the data folder of a user is where each system wants it", () => {
  const cases: [Partial<UserPlace>, string][] = [
    [{}, "/home/zoé/.local/share/essaim"],
    [{ env: { XDG_DATA_HOME: "/data/zoé/" } }, "/data/zoé/essaim"],
    [{ env: { XDG_DATA_HOME: "" } }, "/home/zoé/.local/share/essaim"],
    [{ env: { XDG_DATA_HOME: "relative/is/ignored" } }, "/home/zoé/.local/share/essaim"],
    [{ os: "darwin", env: { XDG_DATA_HOME: "/x" } }, "/home/zoé/Library/Application Support/Essaim"],
    [{ os: "windows", home: "C:\\Users\\zoé" }, "C:\\Users\\zoé\\AppData\\Local\\Essaim"],
    [{ os: "windows", env: { LOCALAPPDATA: "D:\\Local" } }, "D:\\Local\\Essaim"],
  ];
  for (const [place, data] of cases) assert.equal(userFolders({ os: "linux", home, env: {}, ...place }).data, data);
});

Deno.test("documents and downloads are those that a Linux desktop names, else the usual ones", () => {
  const cases: [string, string, string][] = [
    ["", `${home}/Documents`, `${home}/Downloads`],
    [
      '# comment\nXDG_DOWNLOAD_DIR="$HOME/Téléchargements"\nXDG_DOCUMENTS_DIR="/srv/zoé/Mes \\"notes\\""\n',
      '/srv/zoé/Mes "notes"',
      `${home}/Téléchargements`,
    ],
    ['XDG_DOCUMENTS_DIR="$HOME/"\nXDG_DOWNLOAD_DIR="$HOME"\n', `${home}/Documents`, `${home}/Downloads`],
    ['XDG_DOCUMENTS_DIR="relative"\nXDG_DOWNLOAD_DIR=$HOME/x\n', `${home}/Documents`, `${home}/Downloads`],
    ['#XDG_DOWNLOAD_DIR="$HOME/x"\n', `${home}/Documents`, `${home}/Downloads`],
  ];
  for (const [userDirs, documents, downloads] of cases) {
    const found = userFolders({ os: "linux", home, env: {}, userDirs });
    assert.deepEqual([found.documents, found.downloads], [documents, downloads], userDirs);
  }
});

Deno.test("the file that names them lies in the configuration folder", () => {
  assert.equal(userDirsFile({ os: "linux", home, env: {} }), `${home}/.config/user-dirs.dirs`);
  assert.equal(userDirsFile({ os: "linux", home, env: { XDG_CONFIG_HOME: "/etc/zoé" } }), "/etc/zoé/user-dirs.dirs");
});
