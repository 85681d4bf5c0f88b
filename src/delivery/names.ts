// Names beside the ids of a payload, for webhooks with `expand`: `ownerName` after `ownerId`, `tagNames` after `tagIds`. They are
// looked up whenever a body is made and stored with no event, so that the name of an erased person is in no later body.
import { getTableName } from "drizzle-orm";
import { references } from "../db/reference-list.ts";
import { clients } from "../db/schema/clients.ts";
import { deals, pipelines } from "../db/schema/deals.ts";
import { leads } from "../db/schema/leads.ts";
import { leadSources, leadStages, tags, users } from "../db/schema/reference.ts";
import { type SQL, sql } from "../db/sql.ts";
import { ownedBy, rowOf } from "../db/tenant.ts";
import { identities, identityOfTable, type Path } from "../identities.ts";
import { isJsonObject } from "../json.ts";
import { keysOf } from "../keys.ts";
import { entityOf, eventTypes } from "../outbox/event-types.ts";

const named = {
	users: { table: users, name: users.name },
	leads: { table: leads, name: leads.name },
	clients: { table: clients, name: clients.name },
	deals: { table: deals, name: deals.title },
	pipelines: { table: pipelines, name: pipelines.name },
	"lead-stages": { table: leadStages, name: leadStages.name },
	"lead-sources": { table: leadSources, name: leadSources.name },
	tags: { table: tags, name: tags.name },
} as const;

/** The resources whose names can be added. The names of a pipeline's stages are its own. */
export type Named = keyof typeof named & Path;
export const namedPaths = keysOf(named);

const kinds = new Map<string, Named>([
	...namedPaths.map((path) => [identities[path].prefix, path] as const),
	["dps", "pipelines"],
]);

/** The fields with ids of such records, by the path of the resource that has them, each with what its ids may be of. */
const fields = new Map<string, Map<string, Set<string>>>([
	["deals", new Map([["stageId", new Set(["pipelines"])]])],
]);
for (const { from, field, kind, to } of references) {
	const { path } = identityOfTable(getTableName(to));
	if (kind === "items" || !(path in named)) continue;
	const owner = identityOfTable(getTableName(from)).path;
	const own = fields.get(owner) ?? new Map<string, Set<string>>();
	fields.set(owner, own.set(field, new Set([...(own.get(field) ?? []), path])));
}

/** Where a payload has such ids: nowhere else, however many there are in what callers have typed. */
const places = JSON.stringify(
	[...new Set([...fields.values()].flatMap((own) => [...own.keys()]))].flatMap((field) => [
		`$.data.${field}`,
		`$.changes.${field}.from`,
		`$.changes.${field}.to`,
	]),
);

/**
 * A scalar: the names of the records whose ids a payload has, by their ids, as JSON. A record that was deleted still has its name.
 * @param payload a scalar, too
 * @param condition whether names are wanted; null otherwise
 */
export function namesIn(payload: SQL, organizationId: SQL, condition: SQL): SQL {
	const id = sql`node."atom"`;
	const ofRecords = namedPaths.map(
		(path) =>
			sql`WHEN ${identities[path].prefix} THEN (SELECT ${named[path].name} FROM ${rowOf(named[path].table, organizationId, id)})`,
	);
	// A change to a stage of another pipeline doesn't say which it was.
	const ofStage = sql`(SELECT stage."value"->>'name' FROM ${pipelines} CROSS JOIN json_each(${pipelines.stages}) AS stage
		WHERE ${ownedBy(pipelines, organizationId)} AND stage."value"->>'id' = ${id} LIMIT 1)`;
	return sql`iif(${condition}, (SELECT json_group_object("id", "name") FROM
		(SELECT DISTINCT ${id} AS "id", CASE substr(${id}, 1, instr(${id}, '_') - 1) ${sql.join(ofRecords, sql` `)} WHEN 'dps' THEN ${ofStage} END AS "name"
			FROM json_each(${places}) AS place CROSS JOIN json_each(${payload}, place."value") AS node WHERE node."type" = 'text')
		WHERE "name" IS NOT NULL), NULL)`;
}

/** The names for a body. */
export interface Names {
	/** The resources of which names are shown. */
	readonly expand: readonly string[];
	readonly byId: ReadonlyMap<string, unknown>;
}

/**
 * The names that `namesIn` has found, for the resources in `expand`; null if it was not asked for any.
 * @param expand JSON, as a webhook has it
 */
export function readNames(found: unknown, expand: unknown, mayShow: (path: Named) => boolean): Names | null {
	if (typeof found !== "string") return null;
	const wanted: Named[] = JSON.parse(String(expand));
	return { expand: wanted.filter(mayShow), byId: new Map(Object.entries(JSON.parse(found))) };
}

/** A payload with names beside the ids of its `data` and of its `changes`; null for records that don't exist any more. */
export function withNames(payload: string, { expand, byId }: Names): string {
	const body = JSON.parse(payload);
	const type = eventTypes.find((known) => known === body.event);
	const own = fields.get(type ? entityOf(type) : "") ?? new Map<string, Set<string>>();
	const nameOf = (id: unknown): unknown => {
		if (Array.isArray(id)) return id.map(nameOf);
		if (typeof id !== "string") return null;
		const kind = kinds.get(id.slice(0, id.indexOf("_")));
		return kind && expand.includes(kind) ? (byId.get(id) ?? null) : null;
	};
	const expanded = (record: unknown, nameOfValue: (value: unknown) => unknown) =>
		isJsonObject(record)
			? Object.fromEntries(
					Object.entries(record).flatMap(([field, value]) =>
						expand.some((path) => own.get(field)?.has(path))
							? [
									[field, value],
									[field.replace(/Id(s?)$/, "Name$1"), nameOfValue(value)],
								]
							: [[field, value]],
					),
				)
			: record;
	return JSON.stringify({
		...body,
		...("data" in body ? { data: expanded(body.data, nameOf) } : {}),
		...("changes" in body
			? {
					changes: expanded(body.changes, (change) =>
						isJsonObject(change) ? { from: nameOf(change.from), to: nameOf(change.to) } : null,
					),
				}
			: {}),
	});
}
