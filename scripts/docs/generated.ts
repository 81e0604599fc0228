import { commandsReference } from "./commands_reference.ts";
import { configurationReference } from "./configuration_reference.ts";
import { signedVectors } from "./signed_vectors.ts";
import {
  beaconVectors,
  bitfieldVectors,
  bundleVectors,
  classCodeVectors,
  eventVectors,
  fileVectors,
  listingVectors,
} from "./vectors.ts";

/** Files of the repository that the program says itself, by path. `before`: what is there now, "" for nothing. */
export const GENERATED: Readonly<Record<string, (before: string) => string | Promise<string>>> = {
  "docs/commands.md": commandsReference,
  "docs/configuration.md": configurationReference,
  "tests/vectors/files.json": () => json(fileVectors()),
  "tests/vectors/beacons.json": () => json(beaconVectors()),
  "tests/vectors/bitfields.json": () => json(bitfieldVectors()),
  "tests/vectors/events.json": () => json(eventVectors()),
  "tests/vectors/listings.json": () => json(listingVectors()),
  "tests/vectors/bundles.json": () => json(bundleVectors()),
  "tests/vectors/class_codes.json": () => json(classCodeVectors()),
  "tests/vectors/signed.json": async (before) =>
    json(await signedVectors(before === "" ? [] : JSON.parse(before).signed)),
};

function json(value: unknown): string {
  return JSON.stringify(value, null, 2) + "\n";
}
