// Values that no two live rows of an organization may share: which they are, and the query that finds them taken.
import { type SQL, sql } from "drizzle-orm";
import type { Ctx } from "../context.ts";
import { batch } from "../db/client.ts";
import { type Link, rowsByLink } from "../db/links.ts";
import type { OwnedRow } from "../db/owned-row.ts";
import { links } from "../db/schema/bookkeeping.ts";
import { ownedBy } from "../db/tenant.ts";
import type { Resource } from "./resource.ts";

export interface Unique {
	/** The field at fault, as the wire calls it. */
	readonly path: string;
	/** Rows of `id`: each of the given rows whose value another live row has. */
	readonly taken: SQL;
}

const keyOf = ({ field, toId }: Link) => `${field}\n${toId}`;

/**
 * One query per unique field or link, however many rows are asked about. Of an update, whose row was `before`, only what it
 * changes is judged.
 */
export function uniques<Row extends OwnedRow, Create, Update, Fact>(
	{ store, unique = [], uniqueLinks }: Resource<Row, Create, Update, Fact>,
	rows: readonly Row[],
	fact: Fact,
	before: Row | null = null,
): Unique[] {
	const [first] = rows;
	if (!first) return [];
	const { organizationId } = first;
	const { table, name } = store;
	const keyValue = (field: string & keyof Row, row: Row) => store.key(field).mapToDriverValue(row[field]);
	const changed = (fields: readonly (keyof Row & string)[]) =>
		before === null || rows.some((row) => fields.some((field) => row[field] !== before[field]));
	const stored = new Set((before ? (uniqueLinks?.(before, fact) ?? []) : []).map(keyOf));
	const columns = unique.filter(changed).flatMap((fields) => {
		const asked = rows
			.filter((row) => fields.every((field) => row[field] !== null))
			.map((row) => [row.id, ...fields.map((field) => keyValue(field, row))]);
		const path = fields.at(-1);
		if (asked.length === 0 || path === undefined) return [];
		const same = fields.map(
			(field, index) =>
				sql` AND unlikely(other.${sql.identifier(store.key(field).name)} = asked.value->>${`$[${index + 1}]`})`,
		);
		return [
			{
				path,
				taken: sql`SELECT asked.value->>0 AS "id" FROM json_each(${JSON.stringify(asked)}) AS asked CROSS JOIN ${table} AS other
					WHERE ${ownedBy("other", organizationId)} AND other."deletedAt" IS NULL AND other."id" <> asked.value->>0${sql.join(same)}`,
			},
		];
	});
	const linked = rows.flatMap((row) =>
		(uniqueLinks?.(row, fact) ?? [])
			.filter((link) => !stored.has(keyOf(link)))
			.map((link) => ({ ...link, id: row.id })),
	);
	const byField = [...Map.groupBy(linked, ({ field }) => field).entries()];
	return [
		...columns,
		...byField.map(([field, group]) => ({
			path: group[0]?.path ?? field,
			taken: sql`SELECT asked.value->>0 AS "id" FROM json_each(${JSON.stringify(group.map(({ id, toId }) => [id, toId]))}) AS asked
				CROSS JOIN ${rowsByLink(table, organizationId, `${name}.${field}`)} AND ${links.toId} = asked.value->>1
					AND ${links.fromId} <> asked.value->>0 AND ${table.deletedAt} IS NULL`,
		})),
	];
}

/** Which of these rows have a value that another live row has: the id of each, and the field it is in. */
export async function taken<Row extends OwnedRow, Create, Update, Fact>(
	ctx: Ctx,
	resource: Resource<Row, Create, Update, Fact>,
	rows: readonly Row[],
	fact: Fact,
): Promise<(readonly [id: string, path: string])[]> {
	const asked = uniques(resource, rows, fact);
	const answers = await batch(
		ctx.env.DB,
		asked.map((one) => one.taken),
	);
	return asked.flatMap(({ path }, index) =>
		(answers[index] ?? []).map(({ id }) => [String(id), path] as const),
	);
}

/** Rows that have a value which a row before them among these has too, and the field it is in. */
export function repeats<Row extends OwnedRow, Create, Update, Fact>(
	{ store, unique = [], uniqueLinks }: Resource<Row, Create, Update, Fact>,
	rows: readonly Row[],
	fact: Fact,
): Map<string, string> {
	const seen = new Set<string>();
	const found = new Map<string, string>();
	for (const row of rows) {
		const columns = unique.map((fields) => ({
			path: fields.at(-1) ?? "",
			value: fields.some((field) => row[field] === null)
				? null
				: fields
						.map((field) => String(store.key(field).mapToDriverValue(row[field])).toLowerCase())
						.join("\n"),
		}));
		const linked = (uniqueLinks?.(row, fact) ?? []).map(({ path, toId }) => ({ path, value: toId }));
		for (const { path, value } of [...columns, ...linked]) {
			if (value === null) continue;
			const key = `${path}\n${value}`;
			if (seen.has(key)) found.set(row.id, path);
			seen.add(key);
		}
	}
	return found;
}
