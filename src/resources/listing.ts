// Lists: a page of rows, and where the next begins.
import type { Ctx } from "../context.ts";
import type { RawRow } from "../db/client.ts";
import { listStatements } from "../db/list.ts";
import type { ListQuery, Position } from "../db/list-query.ts";
import type { OwnedRow } from "../db/owned-row.ts";
import { pageOf } from "../db/scan.ts";
import type { Store } from "../db/store.ts";
import { AppError, outcome } from "../errors.ts";
import type { Reader } from "./reader.ts";
import type { Resource } from "./resource.ts";

export interface Page<Row> {
	readonly rows: Row[];
	/** Null on the last page. */
	readonly next: Position | null;
}

/** The listing of one resource. Throws the AppError of a parameter that its organization doesn't know. */
export function lister<Row extends OwnedRow, Create, Update, Fact>(
	resource: Resource<Row, Create, Update, Fact>,
	{ recall, look, lookUp }: Reader<Row, Create, Update, Fact>,
) {
	const { store, list, prefix } = resource;

	return async (ctx: Ctx, asked: ListQuery): Promise<Page<Row>> => {
		const { organizationId } = ctx.caller;
		// What only the fact can explain is planned with the one remembered, and planned again where that is out of date.
		const listing = asksForCustom(asked) ? resource.listing : undefined;
		const remembered = listing ? recall(organizationId) : null;
		let known = listing ? (remembered ?? (await look(ctx, [], [])).known) : null;
		for (;;) {
			const planned = outcome(() => (known && listing?.(asked, known.fact)) ?? { query: asked, filters: {} });
			if (planned instanceof AppError) {
				if (known !== remembered) throw planned;
				known = (await look(ctx, [], [])).known;
				if (known === remembered) throw planned;
				continue;
			}
			const { query, filters } = planned;
			const spec = { ...list, prefix, filters: { ...list.filters, ...filters } };
			const looked = await lookUp(ctx, listStatements(store, spec, organizationId, query));
			if (known && looked.known && looked.known.scalar !== known.scalar) {
				known = looked.known;
				continue;
			}
			const { rows, end } = pageOf(looked.found, query.limit);
			return { rows: rows.map(looked.decode), next: end && positionOf(end, query, store) };
		}
	};
}

const asksForCustom = ({ orderBy, filters }: ListQuery) =>
	[orderBy, ...Object.keys(filters)].some((name) => name.startsWith("cf_"));

function positionOf<Row extends OwnedRow>(
	raw: RawRow,
	{ orderBy, sortLink }: ListQuery,
	store: Store<Row>,
): Position {
	const value = orderBy === "createdAt" ? null : raw[sortLink ? "sortLink" : store.key(orderBy).name];
	return {
		value: typeof value === "number" || typeof value === "string" ? value : null,
		id: String(raw.id),
	};
}
