import type { ClassView } from "../core/local_messages.ts";
import { printable } from "../core/safe_path.ts";
import { amount } from "./amount.ts";
import { type Context, printJson } from "./context.ts";
import { EXIT, type ExitCode, UsageError } from "./exit_codes.ts";
import { joinedIn, recipientsIn } from "./recipients.ts";
import { table } from "./table.ts";
import { LEFT } from "./who.ts";

type Joined = NonNullable<ClassView["joined"]>;

/** Lists the groups of this computer's user, or changes one. */
export async function group(
  context: Context,
  action: string,
  name: string | undefined,
  users: string | undefined,
): Promise<ExitCode> {
  if (action === "list") return await list(context);
  if (action === "set" && name !== undefined && users !== undefined) return await set(context, name, users);
  if (action === "remove" && name !== undefined && users === undefined) return await remove(context, name);
  throw new UsageError("Give one of: group list, group set NAME USER,…, group remove NAME");
}

async function list(context: Context): Promise<ExitCode> {
  const view = await (await context.connect()).class();
  const { groups, people } = view.joined ?? { groups: [], people: [] };
  const names = new Map(people.map(({ id, name }) => [id, name]));
  const rows = groups.map(({ name, users }) => ({ name, users: users.map((id) => names.get(id) ?? id) }));
  if (context.json) await printJson(context.terminal, rows);
  else if (rows.length === 0) context.terminal.remark(`No group yet: ${context.hint("group set NAME USER,USER")}`);
  else {
    const shown = groups.map(({ name, users }) => [name, users.map((id) => names.get(id) ?? LEFT).join(", ")]);
    context.terminal.line(table(["Group", "People"], shown, { cut: [1], columns: context.terminal.columns }));
  }
  return EXIT.done;
}

/** Makes a group, or says who is in it from now on. */
async function set(context: Context, name: string, users: string): Promise<ExitCode> {
  const api = await context.connect();
  const joined = joinedIn(await api.class(), context.hint("join LINK --name NAME"));
  const { allow } = recipientsIn(users, { ...joined, groups: [] }, context.hint("class"));
  const known = find(joined, name);
  const group = known ? await api.changeGroup(known.id, { users: allow }) : await api.addGroup({ name, users: allow });
  if (context.json) await printJson(context.terminal, group);
  else context.terminal.line(`${printable(group.name)}: ${amount(group.users.length, "person", "people")}.`);
  return EXIT.done;
}

async function remove(context: Context, name: string): Promise<ExitCode> {
  const api = await context.connect();
  const joined = joinedIn(await api.class(), context.hint("join LINK --name NAME"));
  const known = find(joined, name);
  if (!known) {
    throw new UsageError(`There is no group ${printable(name)}. See what there is: ${context.hint("group list")}`);
  }
  await api.removeGroup(known.id);
  if (!context.json) {
    context.terminal.line(
      `Removed ${printable(known.name)}. Who was only in it no longer sees what was shared with it.`,
    );
  }
  return EXIT.done;
}

function find({ groups }: Joined, name: string) {
  const folded = name.normalize("NFKC").toLowerCase();
  return groups.find((group) => group.name.normalize("NFKC").toLowerCase() === folded);
}
