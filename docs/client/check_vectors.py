#!/usr/bin/env python3
"""Checks the test vectors of docs/protocol.md with code that is not Essaim's: python3 check_vectors.py [FOLDER]."""

import hashlib
import json
import os
import re
import sys

import essaim_client as client

FOLDER = sys.argv[1] if len(sys.argv) > 1 else os.path.join(os.path.dirname(__file__), "../../tests/vectors")
CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def vectors(name):
    with open(os.path.join(FOLDER, f"{name}.json"), encoding="utf-8") as file:
        return json.load(file)


def refuses(act, *args):
    try:
        act(*args)
    except client.Refused:
        return True
    return False


def equal(found, expected, about):
    assert found == expected, f"{about}: {found!r} instead of {expected!r}"


def content_of(file):
    if "text" in file:
        return file["text"].encode()
    return (bytes(range(251)) * (file["size"] // 251 + 1))[: file["size"]]


def check_files():
    data = vectors("files")
    for file in data["files"]:
        content, step = content_of(file), file["chunkSize"]
        hashes = [hashlib.sha256(content[at : at + step]).hexdigest() for at in range(0, len(content), step)]
        equal(hashes, file["hashes"], file["name"])
        equal(hashlib.sha256(content).hexdigest(), file["sha256"], file["name"])
        client.check_hash_list(file["id"], file["size"], step, bytes.fromhex("".join(hashes)))
    for bad in data["refusedHashLists"]:
        hashes = bytes.fromhex("".join(bad["hashes"]))
        assert refuses(client.check_hash_list, bad["id"], bad["size"], bad["chunkSize"], hashes), bad["why"]
    for case in data["chunkSizes"]:
        size = case["preferred"]
        while client.chunk_count(case["size"], size) > client.MAX_CHUNKS:
            size *= 2
        equal(size, case["chunkSize"], case["size"])
    return len(data["files"]) + len(data["refusedHashLists"]) + len(data["chunkSizes"])


def is_hex(length):
    return lambda value: isinstance(value, str) and re.fullmatch("[0-9a-f]{%d}" % length, value)


def is_port(value):
    return type(value) is int and 1024 <= value <= 65535


def is_index(value):
    return isinstance(value, dict) and is_hex(32)(value.get("epoch")) and type(value.get("version")) is int


def is_name(value):
    return isinstance(value, str) and 1 <= len(value.strip()) <= 64


# By kind: what must be there, and what may.
BEACON_FIELDS = {
    "peer": (
        {"peer": is_hex(32), "instance": is_hex(32), "port": is_port, "index": is_index},
        {"class": is_hex(64), "memberPort": is_port, "isNew": lambda value: value is True},
    ),
    "tracker": ({"class": is_hex(64), "name": is_name, "port": is_port, "memberPort": is_port}, {}),
}


def parse_beacon(datagram):
    """The known fields of a beacon, or None."""
    if len(datagram) > 1200 or not datagram.startswith(b'{"essaim":1,'):
        return None
    try:
        beacon = json.loads(datagram.decode())
    except ValueError:
        return None
    needed, more = BEACON_FIELDS.get(beacon.get("kind"), ({}, {}))
    if not needed or not all(test(beacon.get(key)) for key, test in needed.items()):
        return None
    if not all(test(beacon[key]) for key, test in more.items() if key in beacon):
        return None
    return {key: value for key, value in beacon.items() if key in {"essaim", "kind", *needed, *more}}


def check_beacons():
    data = vectors("beacons")
    read = data["beacons"] + data["alsoAccepted"]
    for case in read:
        equal(parse_beacon(case["datagram"].encode()), case["beacon"], case["datagram"])
    for case in data["beacons"]:
        written = json.dumps(case["beacon"], ensure_ascii=False, separators=(",", ":"))
        equal(written, case["datagram"], "as it is sent")
    for case in data["refused"]:
        equal(parse_beacon(case["datagram"].encode()), None, case["why"])
    return len(read) + len(data["refused"])


def read_bitfield(data, length):
    bits = "".join(f"{byte:08b}" for byte in data)
    if len(data) != -(-length // 8) or "1" in bits[length:]:
        return None
    return [index for index in range(length) if bits[index] == "1"]


def read_runs(text):
    if text and not re.fullmatch(r"\d{1,7}(-\d{1,7})?(,\d{1,7}(-\d{1,7})?)*", text, re.ASCII):
        return None
    runs = [[int(n) for n in run.split("-")] for run in text.split(",")] if text else []
    rises = all(first[-1] < second[0] for first, second in zip(runs, runs[1:]))
    if not rises or any(run[0] > run[-1] or run[-1] >= client.MAX_CHUNKS for run in runs):
        return None
    return [chunk for run in runs for chunk in range(run[0], run[-1] + 1)]


def check_bitfields():
    data = vectors("bitfields")
    for case in data["bitfields"]:
        equal(read_bitfield(bytes.fromhex(case["bytes"]), case["length"]), case["have"], case["length"])
    for case in data["refused"]:
        equal(read_bitfield(bytes.fromhex(case["bytes"]), case["length"]), None, case["why"])
    for case in data["runs"]:
        equal(read_runs(case["text"]), case["chunks"], case["text"])
    for text in data["refusedRuns"]:
        equal(read_runs(text), None, text)
    return sum(len(cases) for cases in data.values())


def check_events():
    data = vectors("events")["events"]
    for case in data:
        kind, content = re.fullmatch(r"event: (\w+)\ndata: (.*)\n\n", case["text"]).groups()
        event = {**case["event"]}
        if isinstance(event.get("chunks"), list):
            ends = [dict.fromkeys((run["first"], run["last"])) for run in event["chunks"]]
            event["chunks"] = ",".join("-".join(map(str, run)) for run in ends)
        equal({"kind": kind, **json.loads(content)}, event, case["text"])
    return len(data)


def check_listings():
    data = vectors("listings")
    by_path = lambda path: path.encode("utf-16-be")  # the order of UTF-16 code units
    files = sorted(data["listing"]["files"], key=lambda file: by_path(file["path"]))
    listing = {
        "format": "essaim listing v1",
        "emptyFolders": sorted(data["listing"]["emptyFolders"], key=by_path),
        "files": [{key: file[key] for key in ("path", "size", "id")} for file in files],
    }
    content = json.dumps(listing, ensure_ascii=False, separators=(",", ":")).encode()
    equal(content.decode(), data["content"], "as it is written")
    equal(client.file_id(len(content), data["chunkSize"], hashlib.sha256(content).digest()), data["id"], "its id")
    equal([path for path, _, _ in client.read_listing(content)], [file["path"] for file in files], "as it is read")
    leading_out = [case for case in data["refused"] if "path" in case["why"]]
    for case in leading_out:
        assert refuses(client.read_listing, case["content"].encode()), case["why"]
    return 1 + len(leading_out)


def check_bundles():
    data = vectors("bundles")
    written = b""
    for text in data["contents"]:
        content = None if text is None else text.encode()
        written += b"\xff\xff\xff\xff" if content is None else len(content).to_bytes(4, "big") + content
    equal(written.hex(), data["bytes"], "bundle")
    return 1


def check_class_codes():
    data = vectors("class_codes")
    bits = "".join(f"{byte:08b}" for byte in bytes.fromhex(data["class"])[:5])
    prefix = "".join(CROCKFORD[int(bits[at : at + 5], 2)] for at in range(0, 40, 5))
    equal(prefix, data["prefix"], "first half of the code")
    for case in data["codes"]:
        typed = re.sub(r"[\s\-\u2010-\u2015]", "", case["text"]).upper().replace("O", "0")
        typed = re.sub("[IL]", "1", typed)
        equal({"prefix": typed[:8], "secret": typed[8:]}, case["code"], case["text"])
    return 1 + len(data["codes"])


def check_signed():
    data = vectors("signed")
    key, owner = data["key"]["jwk"], data["key"]["peerId"]
    equal(client.peer_id(key), owner, "peer id")
    equal(client.spki(key).hex(), data["key"]["spki"], "SPKI")
    for case in data["signed"]:
        header, payload = client.read_statement(case["jws"], case["typ"])
        equal(payload, case["payload"], case["about"])
        assert header.get("kid") == owner or client.peer_id(header["jwk"]) == owner, case["about"]
        if case["typ"] == "essaim-record+jws":
            equal(client.read_record(case["jws"], {owner: key}), payload, case["about"])
    # The others differ by their signature alone, which takes more than the standard library.
    shaped = [case for case in data["refusedRecords"] if case["why"] != "the payload of another record"]
    for case in shaped:
        assert refuses(client.read_record, case["jws"], {owner: key}), case["why"]
    return 1 + len(data["signed"]) + len(shaped)


CHECKS = {
    "files": check_files,
    "beacons": check_beacons,
    "bitfields": check_bitfields,
    "events": check_events,
    "listings": check_listings,
    "bundles": check_bundles,
    "class_codes": check_class_codes,
    "signed": check_signed,
}

if __name__ == "__main__":
    there = {name[:-5] for name in os.listdir(FOLDER) if name.endswith(".json")}
    equal(there, set(CHECKS), "files of vectors")
    for name, check in CHECKS.items():
        print(f"{name}: {check()} vectors agree")
