import { createDefine } from "fresh";

export interface State {
  greeting: string;
  seen: string[];
}

export const define = createDefine<State>();
