// Lists: a page of rows, and the position where the next page begins.
import type { Caller, Ctx } from "../context.ts";
import { batch, type RawRow } from "../db/client.ts";
import { type Form, listStatements } from "../db/list.ts";
import { ID_FILTER, type ListQuery, type Position } from "../db/list-query.ts";
import { certainty } from "../db/list-uncertain.ts";
import type { OwnedRow } from "../db/owned-row.ts";
import { selected, weightOf } from "../db/row-columns.ts";
import { readPage } from "../db/scan.ts";
import type { SearchSpec } from "../db/search.ts";
import { shownRow } from "../db/shown.ts";
import { sql } from "../db/sql.ts";
import { AppError, catchAppError } from "../errors.ts";
import { identities, scopeOf } from "../identities.ts";
import { hasScope } from "../scopes.ts";
import type { Reader } from "./reader.ts";
import { HIDDEN_FIELDS, type Resource } from "./resource.ts";

const READ_CLIENTS = scopeOf(identities.clients, "read");

export interface Page<Item> {
	readonly items: Item[];
	/** Null on the last page. */
	readonly next: Position | null;
}

/** The list verbs of one resource. They throw the AppError of a parameter that its organization doesn't have. */
export function lister<Row extends OwnedRow, Create, Update, Fact>(
	resource: Resource<Row, Create, Update, Fact>,
	{ cachedFact, readForRules, readWithFact }: Reader<Row, Create, Update, Fact>,
) {
	const { store, list: spec, prefix } = resource;

	const readRows = async (ctx: Ctx, asked: ListQuery, form: Form) => {
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
			const listed = {
				...spec,
				...permittedSearch(ctx.caller, spec.search),
				prefix,
				filters: { ...ID_FILTER, ...spec.filters, ...filters },
			};
			const statements = listStatements(store, listed, organizationId, query, form);
			const result = known ? await readWithFact(ctx, statements) : null;
			if (known && result && result.known.scalar !== known.scalar) {
				known = result.known;
				continue;
			}
			const found = result ? result.answers.slice(0, statements.length) : await batch(ctx.env.DB, statements);
			const { rows, end } = readPage(found, query.limit, certainty(listed, query));
			return { rows, next: end && positionOf(end, query) };
		}
	};

	const shown = sql.prepared<[organizationId: string]>(
		(organizationId) =>
			sql`${shownRow(store.table, HIDDEN_FIELDS, resource.shown?.(organizationId) ?? {})} AS "shown"`,
	);
	const stored = sql`${selected(store.table)}, ${weightOf(store.table)} AS "weight"`;

	return {
		/** A page of rows as JSON, in the form that answers show. */
		async list(ctx: Ctx, query: ListQuery): Promise<Page<string>> {
			const form = { columns: shown(ctx.caller.organizationId), weight: sql`octet_length("shown")` };
			const { rows, next } = await readRows(ctx, query, form);
			return { items: rows.map((row) => String(row.shown)), next };
		},

		/** A page of rows, of a resource whose rows are as they are stored. */
		async listRows(ctx: Ctx, query: ListQuery): Promise<Page<Row>> {
			const { rows, next } = await readRows(ctx, query, { columns: stored, weight: sql`"weight"` });
			return { items: rows.map(store.decode), next };
		},
	};
}

const asksForCustom = ({ orderBy, filters }: ListQuery) =>
	[orderBy, ...Object.keys(filters)].some((name) => name.startsWith("cf_"));

/** The search that a caller may make: what clients' names find tells what they are. */
const permittedSearch = ({ scopes }: Caller, search: SearchSpec | undefined) =>
	search?.byClient && !hasScope(scopes, READ_CLIENTS) ? { search: { ...search, byClient: false } } : {};

function positionOf(raw: RawRow, { customFields }: ListQuery): Position {
	const value = "sortValue" in raw ? raw.sortValue : raw.sortKey;
	return {
		value: typeof value === "number" || typeof value === "string" ? value : null,
		id: String(raw.id),
		customFields,
	};
}
