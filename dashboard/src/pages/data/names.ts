// The names of records by their ids. What a page asks for at once, such as the clients of a page of deals, is read by one
// request for each kind of record: one for each id would use up the session's rate limit within some pages.
import { readAll } from "../../paging.ts";
import { records } from "../../records.ts";
import { type Entry, nameOf, resourceAt, resourceOf } from "../../resources.ts";

/** The ids that one request may ask for. */
const AT_ONCE = 50;
/** The stages of pipelines, which are no resource of their own. */
const STAGE_PREFIX = "dps";

type Names = ReadonlyMap<string, string>;

/** Who waits for the name of an id that was not asked for yet. */
const waiting = new Map<string, PromiseWithResolvers<string>>();

/** The name of a record or of a stage; the id itself if there is no such record. */
export function readName(id: string): Promise<string> {
	const asked = waiting.get(id) ?? Promise.withResolvers<string>();
	// The components of a page ask one after the other within the same task.
	if (waiting.size === 0) setTimeout(readWaiting);
	waiting.set(id, asked);
	return asked.promise;
}

function readWaiting(): void {
	const asked = [...waiting];
	waiting.clear();
	for (const [prefix = "", group] of Map.groupBy(asked, ([id]) => id.split("_")[0]))
		for (let at = 0; at < group.length; at += AT_ONCE) answer(prefix, group.slice(at, at + AT_ONCE));
}

function answer(prefix: string, asked: readonly (readonly [string, PromiseWithResolvers<string>])[]): void {
	namesOf(
		prefix,
		asked.map(([id]) => id),
	).then(
		(names) => {
			for (const [id, { resolve }] of asked) resolve(names.get(id) ?? id);
		},
		(error: unknown) => {
			for (const [, { reject }] of asked) reject(error);
		},
	);
}

async function namesOf(prefix: string, ids: readonly string[]): Promise<Names> {
	if (prefix === STAGE_PREFIX) return stageNames();
	const resource = resourceOf(`${prefix}_`);
	if (!resource) return new Map();
	const query = { id: ids, limit: AT_ONCE, includeDeleted: true };
	const entries = await readAll<Entry>((cursor) => records.list(resource, { ...query, ...cursor }));
	return new Map(entries.map((entry) => [entry.id, nameOf(resource, entry)]));
}

/** The names of all stages of all pipelines. */
async function stageNames(): Promise<Names> {
	const pipelines = resourceAt("pipelines");
	const found = pipelines ? await records.all(pipelines) : [];
	return new Map(
		found.flatMap(({ stages }) =>
			(stages as readonly { id: string; name: string }[]).map(({ id, name }) => [id, name] as const),
		),
	);
}
