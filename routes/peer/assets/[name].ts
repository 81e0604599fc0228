import { answerAsset } from "../../assets.ts";
import { definePeer } from "../../define.ts";

export const handler = definePeer.handlers({ GET: ({ req, params }) => answerAsset(req, params.name!) });
