// Finds out for which tenant tables a statement binds the organization, and how.
import { columnOf, columns, resultOf } from "./sql-columns.ts";
import {
	type Item,
	isList,
	isName,
	type Scope,
	type Source,
	scopesOf,
	split,
	unquoted,
} from "./sql-scopes.ts";

/** The column that says whose a row is; in `refolds` and `resealings` it only says how far a table has been gone through. */
const OWNER = new Map(
	[...columns].flatMap(([table, names]): [string, string][] =>
		table === "organizations"
			? [[table, "id"]]
			: names.has("organizationId")
				? [[table, "organizationId"]]
				: [],
	),
);
for (const table of ["refolds", "resealings"]) OWNER.delete(table);
/** Columns that refer to a parent row with the organization; tables without the column are reached only through them. */
const PARENT = new Map([
	["attempts", "deliveryId"],
	["delivery_hours", "webhookId"],
	["deliveries", "webhookId"],
]);
/** How many levels of subqueries a value is followed through, because recursive ones have no end. */
const MAX_DEPTH = 9;
/** Columns that identify a row which was found before. */
const ROW_ID = new Set(["rowid", "seq"]);
/** The keys of an organization's events are a range that begins with its ordinal (db/event-keys.ts). */
const RANGED = "event_log";

const isFullText = (table: string) => table.endsWith("_search");
const isTenants = (table: string) =>
	OWNER.has(table) || PARENT.has(table) || table === RANGED || isFullText(table);

/** The result for a statement. */
export interface Reading {
	/** Tables for which the organization is not bound. */
	readonly unboundTables: readonly string[];
	/** The indexes of bound values that are an organization's id. */
	readonly ownerIndexes: readonly number[];
	/** Whether the organization is inside a bound list or a bound row. */
	readonly listed: boolean;
	/** Whether it queries a full-text index, whose first term is the organization. */
	readonly searches: boolean;
}

/** Analyses one statement. */
export class Reader {
	private readonly scopes: readonly Scope[];
	private readonly bound = new Set<Source>();
	private readonly owners = new Set<number>();
	private listed = false;
	private searches = false;

	constructor(text: string) {
		const all = new Set<Scope>();
		const add = (scope: Scope) => {
			if (all.has(scope)) return;
			all.add(scope);
			for (const inner of [
				...scope.named.values(),
				...scope.subqueries.values(),
				...scope.sources.map(({ queries }) => queries),
			])
				inner.forEach(add);
		};
		scopesOf(text).forEach(add);
		this.scopes = [...all];
	}

	reading(): Reading {
		// A bound table may bind another one through a join.
		for (let before = -1; before < this.bound.size; ) {
			before = this.bound.size;
			for (const scope of this.scopes)
				for (const source of scope.sources)
					if (!this.bound.has(source) && this.binds(source, scope)) this.bound.add(source);
		}
		const unbound = this.scopes
			.flatMap(({ sources }) => sources)
			.filter((source) => source.table !== null && isTenants(source.table) && !this.bound.has(source));
		return {
			unboundTables: [...new Set(unbound.map(({ table }) => table ?? ""))],
			ownerIndexes: [...this.owners],
			listed: this.listed,
			searches: this.searches,
		};
	}

	private binds(source: Source, scope: Scope): boolean {
		const { table } = source;
		if (table === null || !isTenants(table)) return false;
		if (source.inserted) {
			this.listed = true;
			return true;
		}
		if (table === RANGED) return this.isRanged(source, scope);
		if (isFullText(table)) {
			this.searches ||= scope.conditions.some(({ items }) => isMatch(items, source.name));
			return this.searches;
		}
		return scope.conditions.some(
			({ items, only }) => (!only || only === source) && this.isDemanded(source, scope, items),
		);
	}

	/** Whether a condition restricts a table to its organization or to a parent row. */
	private isDemanded(source: Source, scope: Scope, demand: readonly Item[]): boolean {
		const at = demand.findIndex((item) => item === "=" || item === "IN");
		if (at < 1) return false;
		const [left, right] = [demand.slice(0, at), demand.slice(at + 1)];
		const [row] = left;
		const [query] = right;
		if (isList(row)) {
			const results = scope.subqueries.get(query ?? "");
			return split(row, ",").some((part, index) =>
				this.isHeld(
					source,
					scope,
					part,
					(results ?? []).map((one) => [one, one.results[index] ?? []]),
				),
			);
		}
		if (demand[at] === "IN" && !(query && scope.subqueries.has(query))) return false;
		return (
			this.isHeld(source, scope, left, [[scope, right]]) || this.isHeld(source, scope, right, [[scope, left]])
		);
	}

	private isHeld(
		source: Source,
		scope: Scope,
		part: readonly Item[],
		others: readonly (readonly [Scope, readonly Item[]])[],
	): boolean {
		const column = columnOf(part, scope);
		if (column?.source !== source || source.table === null || others.length === 0) return false;
		const isOwner = column.column === OWNER.get(source.table);
		if (!isOwner && column.column !== PARENT.get(source.table) && !ROW_ID.has(column.column)) return false;
		return others.every(([from, other]) => {
			const [value] = other;
			if (isOwner && other.length === 1 && typeof value === "string" && value.startsWith("?")) {
				this.owners.add(Number(value.slice(1)));
				return true;
			}
			if (isOwner && isListed(other, from)) {
				this.listed = true;
				return true;
			}
			return this.isOwned(other, from);
		});
	}

	/** Whether a value comes from a bound row. */
	private isOwned(items: readonly Item[], scope: Scope, depth = 0): boolean {
		if (depth > MAX_DEPTH) return false;
		const [query] = items;
		const queries = items.length === 1 && query !== undefined ? scope.subqueries.get(query) : undefined;
		if (queries) return queries.every((one) => this.isOwned(one.results[0] ?? [], one, depth + 1));
		const column = columnOf(items, scope);
		if (!column) return false;
		if (column.source.table !== null) return this.bound.has(column.source);
		const { queries: inner } = column.source;
		return (
			inner.length > 0 &&
			inner.every((one) => {
				const result = resultOf(one, column.column);
				return result !== null && this.isOwned(result, one, depth + 1);
			})
		);
	}

	/** Whether an event's key equals a key computed from a bound row, or is between two such keys. */
	private isRanged(source: Source, scope: Scope): boolean {
		const sides = new Set<string>();
		for (const { items: demand } of scope.conditions) {
			const at = demand.findIndex((item) => /^(?:=|<=?|>=?|IN)$/.test(String(item)));
			const column = at > 0 ? columnOf(demand.slice(0, at), scope) : null;
			if (column?.source !== source || column.column !== "key") continue;
			if (this.isComputed(demand.slice(at + 1), scope)) sides.add(String(demand[at]).slice(0, 1));
		}
		return sides.has("=") || sides.has("I") || (sides.has("<") && sides.has(">"));
	}

	private isComputed(items: readonly Item[], scope: Scope, depth = 0): boolean {
		if (depth > MAX_DEPTH) return false;
		return items.some((item, index) => {
			if (!isList(item)) {
				const part = items[index - 1] === "." ? items.slice(index - 2, index + 1) : [item];
				const column = items[index + 1] === "." ? null : columnOf(part, scope);
				if (!column) return false;
				if (column.source.table !== null) return this.bound.has(column.source);
				return column.source.queries.some((one) => {
					const result = resultOf(one, column.column);
					return result !== null && this.isComputed(result, one, depth + 1);
				});
			}
			const queries = scope.subqueries.get(item);
			if (queries)
				return queries.every((one) => one.results.some((result) => this.isComputed(result, one, depth + 1)));
			return this.isComputed(item, scope, depth + 1);
		});
	}
}

const isMatch = ([name, operator]: readonly Item[], table: string) =>
	isName(name) && unquoted(name) === table && operator === "MATCH";

/** Whether a value comes from a bound list. */
function isListed(items: readonly Item[], scope: Scope, depth = 0): boolean {
	const [query] = items;
	const queries = items.length === 1 && query !== undefined ? scope.subqueries.get(query) : undefined;
	if (queries) return queries.every((one) => isListed(one.results[0] ?? [], one, depth + 1));
	const column = columnOf(items, scope);
	if (!column) return items.includes("->>") && items.includes("value");
	return (
		depth < MAX_DEPTH &&
		column.source.queries.length > 0 &&
		column.source.queries.every((one) => isListed(resultOf(one, column.column) ?? [], one, depth + 1))
	);
}
