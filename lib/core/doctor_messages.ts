import { z } from "zod";
import { type DoctorId, type DoctorLine, type Finding, FINDINGS } from "./doctor.ts";

/** What `GET /api/doctor` says. */

const FINDING_NAMES = Object.keys(FINDINGS) as [Finding, ...Finding[]];
const IDS = [...new Set(Object.values(FINDINGS).map(([id]) => id))] as [DoctorId, ...DoctorId[]];

const lineSchema: z.ZodType<DoctorLine> = z.object({
  id: z.enum(IDS),
  state: z.enum(["good", "warn", "bad", "unknown"]),
  finding: z.enum(FINDING_NAMES),
  values: z.object({
    names: z.array(z.string()).exactOptional(),
    name: z.string().exactOptional(),
    port: z.number().exactOptional(),
    bytes: z.number().exactOptional(),
    aheadMs: z.number().exactOptional(),
    until: z.string().exactOptional(),
    detail: z.string().exactOptional(),
  }),
});

export const doctorViewSchema = z.object({
  state: z.enum(["idle", "running", "done"]),
  /** Things looked at, and how many there are in all. */
  done: z.number(),
  total: z.number(),
  /** When the last run ended, ISO 8601. */
  at: z.string().exactOptional(),
  /** Of the last run that ended. */
  lines: z.array(lineSchema),
});
export type DoctorView = z.infer<typeof doctorViewSchema>;
