// A row can't change its kind while others refer to it as that kind (a client as a contact).
import type { Caller, Ctx } from "../context.ts";
import { batch, type RawRow } from "../db/client.ts";
import type { OwnedRow, OwnedTable } from "../db/owned-row.ts";
import { decisiveFields, holdersQuery, kindHolderQueries, referencesBrokenBy } from "../db/references.ts";
import { sql } from "../db/sql.ts";
import { conflict } from "../errors.ts";
import { fieldOf } from "./changes.ts";
import { holderInWords } from "./holding.ts";
import type { ManyRows } from "./many-rows.ts";

/** The queries for rows whose reference an input would break, and the function that reads their results. */
export function checkKind(
	caller: Caller,
	{ noun, store }: { readonly noun: string; readonly store: { readonly table: OwnedTable } },
	id: string,
	input: object,
) {
	const asked = kindHolderQueries(store.table, { organizationId: caller.organizationId, id }, input);
	return {
		queries: asked.map(({ query }) => query),
		/** Throws CONFLICT that names the invalid field and a referring row, as far as the caller may read it. */
		refuse(answers: readonly (readonly RawRow[])[], before: object, after: object): void {
			for (const [index, { path }] of asked.entries()) {
				const holder = answers[index]?.[0];
				const old = fieldOf(before, path);
				if (holder && old !== fieldOf(after, path)) throw mustStay(caller, noun, path, old, holder);
			}
		},
	};
}

function mustStay(caller: Caller, noun: string, path: string, value: unknown, holder: RawRow) {
	const held = holderInWords(caller, holder);
	return conflict(`This ${noun} is in use: ${held}, so its ${path} can't be changed.`, {
		path,
		message: `Must stay ${value}: ${held}.`,
	});
}

/**
 * The same for several changes of stored rows. Rows other than these that refer to them are only read if an input gives one of
 * them another kind.
 */
export async function readKindHolders<Row extends OwnedRow>(
	{ env, caller }: Ctx,
	{ noun, store: { table } }: { readonly noun: string; readonly store: { readonly table: OwnedTable } },
	stored: readonly Row[],
	inputs: readonly object[],
) {
	const fields = [...decisiveFields(table)];
	const ids = stored.map(({ id }) => id);
	const these = sql`SELECT value FROM ${sql.each(ids)}`;
	const asked = fields.flatMap((field) => {
		const sent = new Set(inputs.map((input) => fieldOf(input, field)));
		sent.delete(undefined);
		const isKept = sent.size <= 1 && stored.every((row) => sent.has(fieldOf(row, field)));
		const values = isKept ? [] : [...sent];
		return values.flatMap((value) => {
			const query = holdersQuery(caller.organizationId, ids, referencesBrokenBy(table, field, value), these);
			return query ? [{ field, value, query }] : [];
		});
	});
	const answers = await batch(
		env.DB,
		asked.map(({ query }) => query),
	);
	return {
		/** Throws CONFLICT that names the invalid field and a referring row, one of these or another. */
		refuse(before: Row, after: Row, rows: ManyRows<Row>): void {
			for (const field of fields) {
				const [old, value] = [before, after].map((row) => fieldOf(row, field));
				if (old === value) continue;
				const nth = asked.findIndex((one) => one.field === field && one.value === value);
				const holder =
					answers[nth]?.find(({ row }) => row === before.id) ??
					rows.holderOf(before.id, referencesBrokenBy(table, field, value));
				if (holder) throw mustStay(caller, noun, field, old, holder);
			}
		},
	};
}
