// `leadwire sync leads --to leads.ndjson`: a copy in a file, updated by each run.
import { LeadwireError } from "../errors.ts";
import { commands } from "../generated/commands.ts";
import type { SyncResource } from "../sync.ts";
import { parse } from "./arguments.ts";
import { FileCopy } from "./file-copy.ts";
import { counted } from "./output.ts";
import { organizationOf } from "./own-document.ts";
import type { Session } from "./session.ts";
import { UsageError } from "./usage.ts";

interface Flags {
	readonly to?: string;
	readonly anew?: boolean;
}

/** Lists whose rows have an `updatedAt`. */
const RESOURCES = commands
	.filter(
		({ paged, ids, flags }) => paged && ids.length === 0 && flags.some(({ name }) => name === "updatedSince"),
	)
	.map(({ path }) => path.slice(1));

/**
 * Brings a copy up to date.
 * @throws UsageError before anything is written; LeadwireError as calls do
 */
export async function syncCommand(given: readonly string[], session: Session): Promise<void> {
	const { values, positionals } = parse("sync", given, { to: { type: "string" }, anew: { type: "boolean" } });
	const [resource = "", ...others] = positionals;
	if (!RESOURCES.includes(resource)) {
		throw new UsageError(
			`Say what to copy: leadwire sync <resource> --to <file>. There are: ${RESOURCES.join(", ")}.`,
		);
	}
	if (others.length > 0) throw new UsageError(`Unexpected argument "${others[0]}".`);
	const { to, anew = false } = values as Flags;
	if (!to) throw new UsageError(`Say where the copy is kept: --to ${resource}.ndjson`);
	const client = session.patientClient(values);
	const options = session.options(values);
	const organization = await organizationOf(client, options);
	const copy = FileCopy.open(to, { resource, host: options.baseUrl, organization }, anew);
	const total = { upsert: 0, delete: 0, erase: 0 };
	const run = async () => {
		for await (const { changes, cursor } of client.sync(resource as SyncResource, { cursor: copy.cursor })) {
			copy.append(changes, cursor);
			for (const { type } of changes) total[type] += 1;
			if (!values.json && changes.length > 0)
				session.printError(`${total.upsert} read, ${total.delete + total.erase} removed …`);
		}
	};
	try {
		await run();
	} catch (error) {
		if (!(copy.cursor !== undefined && error instanceof LeadwireError && error.status === 400)) throw error;
		session.printError(`${error.message} The copy is made anew.`);
		copy.beginAgain();
		await run();
	}
	const records = copy.finish();
	session.print(
		values.json
			? JSON.stringify({ resource, file: to, records, ...total })
			: `${to} has ${counted(records, "record")}: ${total.upsert} read, ${total.delete + total.erase} removed.`,
	);
}
