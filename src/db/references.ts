// Which fields hold ids of which table. Written down once, it answers both questions: do these ids exist in the
// organization (400 on write), and who holds this row (409 on delete)?
import { getTableName, type SQL, sql } from "drizzle-orm";
import type { FieldError } from "../errors.ts";
import type { RawRow } from "./client.ts";
import { expect, LostRace, type Statement } from "./commit.ts";
import { leads } from "./schema/leads.ts";
import { links } from "./schema/organizations.ts";
import { leadSources, leadStages, tags, users } from "./schema/reference.ts";
import type { OwnedRow, OwnedTable } from "./store.ts";

interface Reference {
	readonly from: OwnedTable;
	/** The field that holds the id, or the list. */
	readonly field: string;
	readonly kind: "one" | "list" | "items";
	readonly to: OwnedTable;
	/** What the target is called in messages. */
	readonly noun: string;
	/** `items`: the field of each list item that holds the id. */
	readonly key?: string;
	/** The field that says which table the id is of, where it may be one of several. */
	readonly when?: { readonly field: string; readonly is: string };
}

const one = (from: OwnedTable, field: string, to: OwnedTable, noun: string): Reference => ({
	from,
	field,
	kind: "one",
	to,
	noun,
});

/** A list of ids, kept as links. */
const list = (from: OwnedTable, field: string, to: OwnedTable, noun: string): Reference => ({
	from,
	field,
	kind: "list",
	to,
	noun,
});

const references: readonly Reference[] = [
	one(leads, "sourceId", leadSources, "lead source"),
	one(leads, "stageId", leadStages, "lead stage"),
	one(leads, "ownerId", users, "user"),
	list(leads, "assigneeIds", users, "user"),
	list(leads, "tagIds", tags, "tag"),
];

/** The fields that say what kind of id another field of the table holds; a check of that field needs them beside it. */
export function kindFields(table: OwnedTable): string[] {
	return references.flatMap(({ from, when }) => (from === table && when ? [when.field] : []));
}

/** An id somewhere in a body, and the table it must be in. */
interface Use {
	readonly path: string;
	readonly id: string;
	readonly reference: Reference;
}

/** The ids that `fields` of a row of `table` holds. */
function uses(table: OwnedTable, fields: object): Use[] {
	const values = new Map<string, unknown>(Object.entries(fields));
	return references
		.filter(({ from, when }) => from === table && (!when || values.get(when.field) === when.is))
		.flatMap((reference) => {
			const { field, key } = reference;
			const value = values.get(field);
			if (typeof value === "string") return [{ path: field, id: value, reference }];
			if (!Array.isArray(value)) return [];
			return value.flatMap((item, index) => {
				const id = key === undefined ? item : item[key];
				const path = key === undefined ? `${field}.${index}` : `${field}.${index}.${key}`;
				return typeof id === "string" ? [{ path, id, reference }] : [];
			});
		});
}

/** A query for those of the ids that are not there (a row each: `target`, `id`), or null when there is nothing to ask. */
function missing(organizationId: string, found: readonly Use[]): SQL | null {
	const targets = [...new Set(found.map((use) => use.reference.to))];
	if (targets.length === 0) return null;
	const parts = targets.map((to) => {
		const ids = [...new Set(found.filter((use) => use.reference.to === to).map((use) => use.id))];
		return sql`SELECT ${getTableName(to)} AS "target", value AS "id" FROM json_each(${JSON.stringify(ids)}) WHERE NOT EXISTS
			(SELECT 1 FROM ${to} WHERE ${to.organizationId} = ${organizationId} AND ${to.id} = value AND ${to.deletedAt} IS NULL)`;
	});
	return sql.join(parts, sql` UNION ALL `);
}

/** The query for all missing ids of several rows, and how to read its answer: the errors of each row, in order. */
export function checkReferences(organizationId: string, table: OwnedTable, rows: readonly object[]) {
	const found = rows.map((fields) => uses(table, fields));
	const query = missing(organizationId, found.flat());
	return {
		queries: query ? [query] : [],
		errors(answer: readonly RawRow[]): FieldError[][] {
			const gone = new Set(answer.map(({ target, id }) => `${target} ${id}`));
			return found.map((row) =>
				row
					.filter((use) => gone.has(`${getTableName(use.reference.to)} ${use.id}`))
					.map((use) => ({ path: use.path, message: `There is no such ${use.reference.noun}.` })),
			);
		},
	};
}

/** The same check once more inside the batch, for a target that is deleted between our read and our write. */
export function expectReferences(
	organizationId: string,
	table: OwnedTable,
	rows: readonly object[],
): Statement[] {
	const query = missing(
		organizationId,
		rows.flatMap((fields) => uses(table, fields)),
	);
	return query ? [expect(sql`NOT EXISTS (${query})`, () => new LostRace())] : [];
}

/** A query for one live row per field that holds this row (`holder`, `field`, `id`), or null when nothing ever points at its table. */
export function holders(table: OwnedTable, row: Pick<OwnedRow, "organizationId" | "id">): SQL | null {
	const parts = references
		.filter(({ to, kind }) => to === table && kind !== "items")
		.map(({ from, field, kind, when }) => {
			const named = sql`SELECT * FROM (SELECT ${getTableName(from)} AS "holder", ${field} AS "field", ${from.id} AS "id"`;
			const alive = sql`${from.deletedAt} IS NULL LIMIT 1)`;
			return kind === "list"
				? sql`${named} FROM ${links} CROSS JOIN ${from} ON ${from.organizationId} = ${links.organizationId} AND ${from.id} = ${links.fromId}
					WHERE ${links.organizationId} = ${row.organizationId} AND ${links.field} = ${`${getTableName(from)}.${field}`} AND ${links.toId} = ${row.id} AND ${alive}`
				: sql`${named} FROM ${from} WHERE ${from.organizationId} = ${row.organizationId} AND ${sql.identifier(field)} = ${row.id}${
						when ? sql` AND ${sql.identifier(when.field)} = ${when.is}` : sql``
					} AND ${alive}`;
		});
	return parts.length > 0 ? sql.join(parts, sql` UNION ALL `) : null;
}
