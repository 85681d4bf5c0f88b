// Values that no two live rows of an organization may share: which they are, and the query that finds them taken.
import { type SQL, sql } from "drizzle-orm";
import type { Ctx } from "../context.ts";
import { batch } from "../db/client.ts";
import { rowsByLink } from "../db/links.ts";
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

/** A value that a row has for itself alone, in columns of its table or as a link. */
interface Claim extends Pick<OwnedRow, "id"> {
	readonly path: string;
	readonly values: readonly unknown[];
	/** Equal of two rows that clash. */
	readonly key: string;
	/** The other live rows with the values of `asked`: what comes after CROSS JOIN. */
	readonly others: SQL;
}

/** What rows claim; of an update, whose row was `before`, only what it claims anew. */
export function claimsOf<Row extends OwnedRow, Create, Update, Fact>(
	resource: Resource<Row, Create, Update, Fact>,
	rows: readonly Row[],
	fact: Fact,
	before: Row | null = null,
): Claim[] {
	const claims = (row: Row) => [...columnClaims(resource, row), ...linkClaims(resource, row, fact)];
	const had = new Set((before ? claims(before) : []).map(({ key }) => key));
	return rows.flatMap(claims).filter(({ key }) => !had.has(key));
}

function columnClaims<Row extends OwnedRow>(
	{ store: { table, key }, unique = [] }: Pick<Resource<Row, never, never>, "store" | "unique">,
	row: Row,
): Claim[] {
	const { id, organizationId } = row;
	const set = unique.filter((fields) => fields.every((field) => row[field] !== null));
	return set.map((fields) => {
		const path = fields.at(-1) ?? "";
		const values = fields.map((field) => key(field).mapToDriverValue(row[field]));
		const same = fields.map(
			(field, index) =>
				sql` AND unlikely(other.${sql.identifier(key(field).name)} = asked.value->>${`$[${index + 1}]`})`,
		);
		const others = sql`${table} AS other
			WHERE ${ownedBy("other", organizationId)} AND other."deletedAt" IS NULL AND other."id" <> asked.value->>0${sql.join(same)}`;
		return { id, path, values, key: [path, values.join("\n").toLowerCase()].join("\n"), others };
	});
}

function linkClaims<Row extends OwnedRow, Fact>(
	{ store: { table, name }, uniqueLinks }: Pick<Resource<Row, never, never, Fact>, "store" | "uniqueLinks">,
	row: Row,
	fact: Fact,
): Claim[] {
	const { id, organizationId } = row;
	return (uniqueLinks?.(row, fact) ?? []).map(({ path, field, toId }) => {
		const others = sql`${rowsByLink(table, organizationId, `${name}.${field}`)} AND ${links.toId} = asked.value->>1
			AND ${links.fromId} <> asked.value->>0 AND ${table.deletedAt} IS NULL`;
		return { id, path, values: [toId], key: [path, toId].join("\n"), others };
	});
}

/** One query per unique field or link, however many claims are asked about. */
export const uniques = (claims: readonly Claim[]): Unique[] =>
	[...Map.groupBy(claims, ({ path }) => path)].flatMap(([path, group]) =>
		group.slice(0, 1).map(({ others }) => {
			const asked = JSON.stringify(group.map(({ id, values }) => [id, ...values]));
			return {
				path,
				taken: sql`SELECT asked.value->>0 AS "id" FROM json_each(${asked}) AS asked CROSS JOIN ${others}`,
			};
		}),
	);

/** Which of these claims another live row has made: the id of each row, and the field it is in. */
export async function taken(
	{ env }: Ctx,
	claims: readonly Claim[],
): Promise<(readonly [id: string, path: string])[]> {
	const asked = uniques(claims);
	const answers = await batch(
		env.DB,
		asked.map((one) => one.taken),
	);
	return asked.flatMap(({ path }, index) =>
		(answers[index] ?? []).map(({ id }) => [String(id), path] as const),
	);
}

/** Rows that claim what a row before them among these claims too, and the field it is in. */
export function repeats(claims: readonly Claim[]): Map<string, string> {
	const seen = new Set<string>();
	const found = new Map<string, string>();
	for (const { id, path, key } of claims) {
		if (seen.has(key)) found.set(id, path);
		seen.add(key);
	}
	return found;
}
