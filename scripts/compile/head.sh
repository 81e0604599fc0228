#!/bin/sh
# Essaim @VERSION@ for @SYSTEM@: this text, then a compressed archive of Deno and the program.
# The archive is extracted once into the user's cache folder. Later starts only look whether all of it is still there
# and whether nobody else could have changed it.

name=@VERSION@-@SHORT_HASH@
hash=@HASH@ offset=@OFFSET@ # of the archive
files=@FILES@ bytes=@BYTES@ # in it

fail() {
  printf 'essaim: %s\n' "$1" >&2
  exit 1
}

# Sets state: whole, partly, absent, or foreign when the folder $1 is, or could be written by, somebody else.
look() {
  state=absent
  [ -e "$1" ] || [ -L "$1" ] || return 0
  state=foreign
  [ -O "$1" ] && [ ! -L "$1" ] || return 0
  { LC_ALL=C ls -land "$1" "$1/cache" && LC_ALL=C ls -lanR "$1/$name"; } 2>/dev/null | awk '
    !/^[-dl]/ { next } # the name of a folder, or an empty line
    NR == 1 { owner = $3 }
    $3 != owner || /^(l|.....w|........w)/ { foreign = 1; exit }
    /^-/ { files++; bytes += $5 }
    END { exit foreign ? 3 : !(files == '$files' && bytes == '$bytes') }'
  case $? in
  0) state=whole ;;
  1) if [ -e "$1/$name" ]; then state=partly; else state=absent; fi ;;
  3) ;;
  *) fail "There is no awk here, which each start needs." ;;
  esac
}

# Only the command start starts other programs. Options may stand before it.
permissions_for() {
  while [ $# -gt 0 ]; do
    case $1 in
    start) echo start && return ;;
    @VALUED@) [ $# -gt 1 ] && shift ;;
    --) break ;;
    -?*) ;;
    *) break ;;
    esac
    shift
  done
  echo essaim
}

# Runs what is extracted in the folder $1 in place of this shell, unless it is not whole.
run_from() {
  look "$1"
  [ $state = whole ] && [ -x "$1/$name/deno" ] || return 0
  program=$1/$name
  DENO_DIR=$1/cache
  shift
  permissions=$(permissions_for "$@")
  # Deno would ask on the internet whether there is a newer one.
  export DENO_DIR DENO_NO_UPDATE_CHECK=1 EXECUTABLE_OF_ESSAIM="$self"
  PATH=$paths
  exec "$program/deno" run -q --no-prompt --v8-flags=--max-semi-space-size=1,--initial-heap-size=32,--memory-pool-timeout=1 --config "$program/app/deno.json" "-P=$permissions" \
    "$program/app/main.ts" "$@"
}

# Extracts into the folder $1. On failure, says why in reasons and leaves nothing behind.
install() {
  [ $state != foreign ] || fail "$1 belongs to somebody else, or others may write in it: what is there could be \
anything. Delete it, or make it yours alone (chmod -R go-w), and start again."
  mkdir -p "$1/cache" 2>/dev/null || {
    reasons="$reasons$1 cannot be written. "
    return 1
  }
  host=$(uname -n)
  for left in "$1"/.*-"$host"-*; do # of a start that was killed
    kill -0 "${left##*-}" 2>/dev/null || rm -rf "$left"
  done
  new=$1/.new-$host-$$ old=$1/.old-$host-$$
  trap 'rm -rf "$new" "$old"' EXIT
  for signal in HUP INT TERM; do
    trap "rm -rf \"\$new\" \"\$old\"; trap - EXIT $signal; kill -s $signal \$\$" $signal
  done
  extract "$1" || reasons="$reasons$reason. "
  rm -rf "$new" "$old"
  trap - EXIT HUP INT TERM
}

extract() {
  reason="In $1 nothing can be written"
  mkdir "$new" 2>/dev/null && : 2>/dev/null >"$new/try" && chmod 700 "$new/try" || return 1
  reason="$1 is on a disk from which no program may be run (noexec)"
  [ -x "$new/try" ] && rm "$new/try" || return 1
  room=$(LC_ALL=C df -Pk "$1" 2>/dev/null | awk 'NR == 2 { print int($4 * 1024 / 1000000) }')
  said=$({ tail -c "+$offset" "$self" | gzip -dc | tar -xof - -C "$new"; } 2>&1) || {
    reason="To $1, which needs $((bytes / 1000000 + 10)) MB ($room MB are free), it cannot be extracted: ${said%%
*}"
    return 1
  }
  look "$1"
  case $state in
  whole) return 0 ;; # another start was faster
  partly) mv "$1/$name" "$old" ;;
  esac
  # By Deno, not by mv, which would move it into a folder that another start made since. It also shows that it runs.
  said=$(DENO_DIR="$1/cache" "$new/deno" eval --no-config 'Deno.renameSync(...Deno.args)' "$new" "$1/$name" 2>&1)
  look "$1"
  reason="What was extracted to $1 is not right here (it is for @SYSTEM@): $said"
  [ $state = whole ]
}

paths=$PATH
PATH=/usr/bin:/bin:$PATH
case $0 in
/*) self=$0 ;;
./*) self=$PWD/${0#./} ;;
*/*) self=$PWD/$0 ;;
*) if [ -f "$0" ]; then self=$PWD/$0; else self=$(command -v -- "$0"); fi ;;
esac
case '@SYSTEM@' in
Darwin*) usual=${HOME:+$HOME/Library/Caches/essaim} ;;
*) case ${XDG_CACHE_HOME-} in /*) usual=$XDG_CACHE_HOME/essaim ;; *) usual=${HOME:+$HOME/.cache/essaim} ;; esac ;;
esac
case $usual in /*) ;; *) usual= ;; esac # none that depends on the folder in which it is started

[ -z "$usual" ] || run_from "$usual" "$@"
case ${TMPDIR-} in /*) spare=$TMPDIR ;; *) spare=/tmp ;; esac
spare=$spare/essaim-$(id -u)
run_from "$spare" "$@"

for tool in sha256sum 'shasum -a 256' 'openssl dgst -sha256 -r' ''; do
  command -v "${tool%% *}" >/dev/null && break
done
[ -n "$tool" ] || fail "The first start needs one of the programs sha256sum, shasum, openssl; none is there."
actual=$(tail -c "+$offset" "$self" | $tool)
[ "${actual%% *}" = $hash ] || fail "This file is damaged: its content is not what was built. Copy it again."

mask=$(umask) reasons=
umask 077
for base in "$usual" "$spare"; do
  [ -n "$base" ] || continue
  look "$base"
  install "$base"
  umask "$mask"
  run_from "$base" "$@"
  umask 077
done
fail "It cannot be extracted. ${reasons}Free some space there, or set XDG_CACHE_HOME or TMPDIR to the full path of \
a folder of yours with room, where programs may run."
