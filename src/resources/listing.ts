// Lists: a page of rows, and the position where the next page begins.
import type { Ctx } from "../context.ts";
import type { RawRow } from "../db/client.ts";
import { listStatements } from "../db/list.ts";
import type { ListQuery, Position } from "../db/list-query.ts";
import type { OwnedRow } from "../db/owned-row.ts";
import { readPage } from "../db/scan.ts";
import type { Store } from "../db/store.ts";
import { AppError, catchAppError } from "../errors.ts";
import type { Reader } from "./reader.ts";
import type { Resource } from "./resource.ts";

export interface Page<Row> {
	readonly rows: Row[];
	/** Null on the last page. */
	readonly next: Position | null;
}

/** The list verb of one resource. Throws the AppError of a parameter that its organization doesn't have. */
export function lister<Row extends OwnedRow, Create, Update, Fact>(
	resource: Resource<Row, Create, Update, Fact>,
	{ cachedFact, readForRules, readRows }: Reader<Row, Create, Update, Fact>,
) {
	const { store, list, prefix } = resource;

	return async (ctx: Ctx, asked: ListQuery): Promise<Page<Row>> => {
		const { organizationId } = ctx.caller;
		// Custom fields in the query are resolved with the cached fact, and again if the cached one is out of date.
		const listing = asksForCustom(asked) ? resource.resolveListQuery : undefined;
		const cached = listing ? cachedFact(organizationId) : null;
		let known = listing ? (cached ?? (await readForRules(ctx, [], [])).known) : null;
		for (;;) {
			const planned = catchAppError(
				() => (known && listing?.(asked, known.fact)) ?? { query: asked, filters: {} },
			);
			if (planned instanceof AppError) {
				if (known !== cached) throw planned;
				known = (await readForRules(ctx, [], [])).known;
				if (known === cached) throw planned;
				continue;
			}
			const { query, filters } = planned;
			const spec = { ...list, prefix, filters: { ...list.filters, ...filters } };
			const result = await readRows(ctx, listStatements(store, spec, organizationId, query));
			if (known && result.known && result.known.scalar !== known.scalar) {
				known = result.known;
				continue;
			}
			const { rows, end } = readPage(result.found, query.limit);
			return { rows: rows.map(result.decode), next: end && positionOf(end, query, store) };
		}
	};
}

const asksForCustom = ({ orderBy, filters }: ListQuery) =>
	[orderBy, ...Object.keys(filters)].some((name) => name.startsWith("cf_"));

function positionOf<Row extends OwnedRow>(raw: RawRow, { orderBy }: ListQuery, store: Store<Row>) {
	const name = "sortValue" in raw ? "sortValue" : store.key(orderBy).name;
	const value = orderBy === "createdAt" ? null : raw[name];
	return {
		value: typeof value === "number" || typeof value === "string" ? value : null,
		id: String(raw.id),
	};
}
