import { answerAsset } from "../../assets.ts";
import { define } from "../../define.ts";

export const handler = define.handlers({ GET: ({ req, params }) => answerAsset(req, params.name!) });
