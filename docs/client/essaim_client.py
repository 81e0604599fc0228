#!/usr/bin/env python3
"""A small client of Essaim's protocol (docs/protocol.md), in Python 3.9+ with nothing but its standard library.

    python3 essaim_client.py HOST:PORT list          what the peer shares with everyone
    python3 essaim_client.py HOST:PORT list ID       what is in a shared folder
    python3 essaim_client.py HOST:PORT get ID        fetches a file, verified, under its name; --out FILE: under that one
    python3 essaim_client.py HOST:PORT get ID/PATH   a file of a shared folder

It proves ids, hash lists, every chunk and the whole. The signatures of records (ES256) cannot be checked with the standard
library: who shares a file is only what the peer says; what a file contains is proved by its id.
"""

import argparse
import base64
import binascii
import hashlib
import http.client
import json
import os
import re
import struct
import sys
import tempfile
import time
import unicodedata

ID_PREFIX = b"essaim file v1\0"
MIN_CHUNK_SIZE, MAX_CHUNK_SIZE = 256 * 1024, 16 * 1024 * 1024
MAX_CHUNKS = 2**20
MAX_LISTING_BYTES = 64 * 1024 * 1024
MAX_JSON_BYTES = 8 * 1024 * 1024  # twice what a page of an index has
MAX_PAGES = 1_000
MAX_TRIES = 20
TIMEOUT_S = 30
FILE_ID = re.compile(r"[0-9a-f]{64}")
# A P-256 public key as SubjectPublicKeyInfo is this and its point: 4, x, y.
SPKI_HEAD = bytes.fromhex("3059301306072a8648ce3d020106082a8648ce3d030107034200")


class Refused(Exception):
    """What came does not prove itself, or did not come at all."""


# What proves what


def chunk_count(size, chunk_size):
    return -(-size // chunk_size)


def file_id(size, chunk_size, hashes):
    """`hashes`: the SHA-256 of each chunk in order, 32 bytes each."""
    return hashlib.sha256(ID_PREFIX + struct.pack(">QI", size, chunk_size) + hashes).hexdigest()


def check_manifest(manifest, asked):
    """Size and chunk size of a manifest for the id that was asked for."""
    try:
        size, chunk_size = manifest["size"], manifest["chunkSize"]
        right = manifest["id"] == asked and type(size) is int and type(chunk_size) is int
    except (KeyError, TypeError):
        right = False
    if not right or not MIN_CHUNK_SIZE <= chunk_size <= MAX_CHUNK_SIZE or chunk_size & (chunk_size - 1) or size < 0:
        raise Refused(f"the manifest of {asked} is malformed")
    if chunk_count(size, chunk_size) > MAX_CHUNKS:
        raise Refused(f"{asked} has more than 2^20 chunks")
    return size, chunk_size


def check_hash_list(asked, size, chunk_size, hashes):
    if len(hashes) != 32 * chunk_count(size, chunk_size) or file_id(size, chunk_size, hashes) != asked:
        raise Refused(f"the hash list of {asked} does not match its id")


def check_chunk(hashes, index, chunk):
    if hashlib.sha256(chunk).digest() != hashes[32 * index : 32 * index + 32]:
        raise Refused(f"chunk {index} is not what its hash says")


def peer_id(jwk):
    """PeerId of a P-256 public key."""
    return hashlib.sha256(spki(jwk)).hexdigest()[:32]


def spki(jwk):
    """A P-256 public key as SubjectPublicKeyInfo (DER)."""
    return SPKI_HEAD + b"\x04" + unbase64url(jwk["x"]) + unbase64url(jwk["y"])


def unbase64url(text):
    if not re.fullmatch(r"[\w-]*", text, re.ASCII):
        raise Refused("this is not base64url")
    try:
        return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except binascii.Error as error:
        raise Refused("this is not base64url") from error


def read_statement(jws, typ):
    """Header and payload of a signed statement. Its signature is NOT checked."""
    parts = jws.split(".")
    if len(parts) != 3 or len(unbase64url(parts[2])) != 64:
        raise Refused("this is not a signed statement")
    try:
        header, payload = (json.loads(unbase64url(part)) for part in parts[:2])
    except ValueError as error:
        raise Refused("a signed statement is not JSON") from error
    if header.get("alg") != "ES256" or header.get("typ") != typ:
        raise Refused(f"this is not a statement of type {typ}")
    return header, payload


def read_record(jws, keys):
    """The record in `jws`, by an owner whose key is among `keys` (PeerId -> JWK)."""
    header, record = read_statement(jws, "essaim-record+jws")
    owner = header.get("kid")
    if owner not in keys or record.get("owner") != owner or peer_id(keys[owner]) != owner:
        raise Refused("a record is not by the owner that it names")
    return record


def safe_name(name):
    """Whether a file may be called so in the folder that the user is in (stricter than the protocol's rule)."""
    hidden = any(unicodedata.category(c) in ("Cc", "Cf", "Zl", "Zp", "Cs") for c in name)
    return name not in ("", ".", "..") and not re.search(r'[/\\:*?"<>|]', name) and not hidden


def read_listing(content):
    """The files of a folder share: (path, size, id) of each."""
    try:
        listing = json.loads(content.decode())
        files = [(entry["path"], entry["size"], entry["id"]) for entry in listing["files"]]
        right = listing["format"] == "essaim listing v1"
    except (ValueError, KeyError, TypeError) as error:
        raise Refused("the listing of the folder is malformed") from error
    if not right or not all(map(safe_name, (part for path, _, _ in files for part in path.split("/")))):
        raise Refused("the listing of the folder is malformed")
    return files


# What is asked


class Peer:
    """A peer's public side: everything here is plain HTTP."""

    def __init__(self, address):
        self.address = address if ":" in address.rpartition("]")[2] else f"{address}:5001"
        self.connection = http.client.HTTPConnection(self.address, timeout=TIMEOUT_S)

    def ask(self, path, most):
        """The body, of at most `most` bytes. Waits while the peer is busy."""
        for _ in range(MAX_TRIES):
            try:
                self.connection.request("GET", path)
                answer = self.connection.getresponse()
                body = answer.read(most + 1)
            except http.client.RemoteDisconnected:
                self.connection.close()  # an idle connection was closed there; the next request opens another one
                continue
            except (OSError, http.client.HTTPException) as error:
                raise Refused(f"{self.address} does not answer: {error}") from error
            if len(body) > most:
                raise Refused(f"the answer to {path} is longer than {most} bytes")
            if answer.status == 200:
                return body
            if answer.status != 503:
                raise Refused(problem(body, answer.status))
            time.sleep(min(int(answer.headers.get("essaim-retry-ms", "500")), 10_000) / 1000)
        raise Refused(f"{self.address} is busy or gone")

    def ask_json(self, path, most=MAX_JSON_BYTES):
        try:
            return json.loads(self.ask(path, most))
        except ValueError as error:
            raise Refused(f"the answer to {path} is not JSON") from error

    def shares(self):
        """What everyone may see, newest version of each share."""
        shares, since = {}, ""
        for _ in range(MAX_PAGES):
            page = self.ask_json(f"/v1/index{since}")
            for jws in page["records"]:
                record = read_record(jws, page["keys"])
                key = record["owner"], record["shareId"]
                if key not in shares or shares[key]["version"] < record["version"]:
                    shares[key] = record
            if not page["more"]:
                return [record for record in shares.values() if not record["deleted"]]
            since = f"?since={page['epoch']}.{page['version']}"
        raise Refused("the index never ends")

    def chunks(self, asked):
        """The verified chunks of a file, in order."""
        size, chunk_size = check_manifest(self.ask_json(f"/v1/files/{asked}"), asked)
        hashes = self.ask(f"/v1/files/{asked}/hashes", 32 * chunk_count(size, chunk_size))
        check_hash_list(asked, size, chunk_size, hashes)
        for index in range(chunk_count(size, chunk_size)):
            length = min(chunk_size, size - index * chunk_size)
            chunk = self.ask(f"/v1/files/{asked}/chunks/{index}", length)
            check_chunk(hashes, index, chunk)
            yield chunk

    def listing(self, asked):
        content = b""
        for chunk in self.chunks(asked):
            content += chunk
            if len(content) > MAX_LISTING_BYTES:
                raise Refused("the listing of the folder is too long")
        return read_listing(content)


def problem(body, status):
    try:
        return f"{json.loads(body)['detail']} ({status})"
    except (ValueError, KeyError, TypeError):
        return f"the peer answers {status}"


# What a person does


def show(peer, asked):
    if asked:
        for path, size, identifier in peer.listing(asked):
            print(f"{identifier}  {size:>14,}  {path}")
        return
    for record in sorted(peer.shares(), key=lambda record: record["name"]):
        size = record.get("total", record)["size"]
        print(f"{record['fileId']}  {size:>14,}  {record['name']}{'/' if record['kind'] == 'folder' else ''}")


def fetch(peer, wanted, out):
    """Writes the file under its final name when all of it is verified, and overwrites nothing."""
    share_id, _, path = wanted.partition("/")
    record = next((record for record in peer.shares() if record["fileId"] == share_id), None)
    if path:
        found = [identifier for name, _, identifier in peer.listing(share_id) if name == path]
        if not found:
            raise Refused(f"there is no {path} in this folder")
        asked, whole, name = found[0], None, path.rpartition("/")[2]
    else:
        asked, whole = share_id, record and record["sha256"]
        name = record["name"] if record else asked
    target = out or name
    if not out and not safe_name(name):
        raise Refused(f"the file is called {name!r}: give another name with --out")
    folder = os.path.dirname(os.path.abspath(target))
    digest = hashlib.sha256()
    handle, part = tempfile.mkstemp(prefix=".essaim-", suffix=".part", dir=folder)
    try:
        with open(handle, "wb") as file:
            for chunk in peer.chunks(asked):
                digest.update(chunk)
                file.write(chunk)
            file.flush()
            os.fsync(file.fileno())
        if whole and digest.hexdigest() != whole:
            raise Refused("the whole file is not what its owner signed")
        os.link(part, target)  # fails where something is called so
    finally:
        os.unlink(part)
    print(f"{digest.hexdigest()}  {target}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("peer", metavar="HOST:PORT")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("list").add_argument("id", nargs="?", default="")
    get = commands.add_parser("get")
    get.add_argument("id", metavar="ID")
    get.add_argument("--out", metavar="FILE", default="")
    args = parser.parse_args()
    if args.id and not FILE_ID.fullmatch(args.id.partition("/")[0]):
        parser.error("an id has 64 hexadecimal digits in small letters")
    try:
        peer = Peer(args.peer)
        if args.command == "list":
            show(peer, args.id)
        else:
            fetch(peer, args.id, args.out)
    except FileExistsError as error:
        sys.exit(f"essaim_client: {error.filename2 or error.filename} is there already; nothing is overwritten")
    except (Refused, OSError) as error:
        sys.exit(f"essaim_client: {error}")


if __name__ == "__main__":
    main()
