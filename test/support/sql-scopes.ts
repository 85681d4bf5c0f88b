// Parses a statement into scopes: the tables of each SELECT, UPDATE or DELETE, and the conditions on their rows. It covers the
// SQL that src/ sends, not all of SQL; what it doesn't understand counts as no condition.

/** A token, or the content of parentheses. The n-th bound value is `?n`. */
export type Item = string | readonly Item[];

/** A table, a table function (no table), or a subquery in its place. */
export interface Source {
	readonly name: string;
	readonly table: string | null;
	readonly queries: readonly Scope[];
	/** Rows are only inserted into it. */
	readonly inserted: boolean;
}

interface Demand {
	readonly items: readonly Item[];
	/** The table of a LEFT JOIN, the only one whose rows its condition restricts. */
	readonly only: Source | undefined;
}

export interface Scope {
	readonly outer: Scope | null;
	readonly named: Map<string, readonly Scope[]>;
	readonly sources: Source[];
	/** The conditions that must all be true for a row. */
	readonly conditions: Demand[];
	/** The result columns. */
	readonly results: (readonly Item[])[];
	/** The subqueries in its expressions, by place. */
	readonly subqueries: Map<Item, readonly Scope[]>;
}

const TOKEN = /'(?:[^']|'')*'|"[^"]*"|\?|\w+|->>|->|>=|<=|<>|!=|\|\||<<|>>|[^\s]/g;
const CLAUSE =
	/^(?:SELECT|FROM|JOIN|ON|WHERE|HAVING|GROUP|ORDER|LIMIT|SET|VALUES|RETURNING|INTO|UPDATE|CROSS|LEFT|INNER|WITH|DO)$/;
const NO_ALIAS = /^(?:AS|INDEXED|NOT|CONFLICT|DEFAULT)$/;

export const isList = (item: Item | undefined): item is readonly Item[] => Array.isArray(item);
export const isName = (item: Item | undefined): item is string =>
	typeof item === "string" && /^["A-Za-z_]/.test(item);
export const unquoted = (name: string) => (name.startsWith('"') ? name.slice(1, -1) : name);
const isQuery = (item: Item): item is readonly Item[] =>
	isList(item) && /^(?:SELECT|WITH)$/.test(String(item[0]));

/** Splits items at any of `words`. */
export function split(items: readonly Item[], ...words: readonly string[]): (readonly Item[])[] {
	const parts: Item[][] = [[]];
	for (const item of items) {
		if (typeof item === "string" && words.includes(item)) parts.push([]);
		else parts.at(-1)?.push(item);
	}
	return parts;
}

/** The scopes of a statement: one, or one for each part of a compound SELECT. */
export function scopesOf(text: string): readonly Scope[] {
	let count = 0;
	const open: Item[][] = [[]];
	for (const [token] of text.matchAll(TOKEN)) {
		if (token === "(") open.push([]);
		else if (token === ")") {
			const closed = open.pop() ?? [];
			open.at(-1)?.push(closed);
		} else open.at(-1)?.push(token === "?" ? `?${count++}` : token);
	}
	return queries(open[0] ?? [], null);
}

function queries(items: readonly Item[], outer: Scope | null): Scope[] {
	const named = new Map<string, readonly Scope[]>();
	return split(items, "UNION", "EXCEPT", "INTERSECT").map((part) => {
		const scope: Scope = { outer, named, sources: [], conditions: [], results: [], subqueries: new Map() };
		read(part, scope);
		return scope;
	});
}

function read(items: readonly Item[], scope: Scope): void {
	let joined: Source | undefined;
	for (let at = 0; at < items.length; ) {
		const clause = String(items[at]);
		const isLeft = clause === "JOIN" && items[at - 1] === "LEFT";
		let end = at + 1;
		while (end < items.length && !CLAUSE.test(String(items[end]))) end += 1;
		const body = items.slice(at + 1, end);
		if (clause === "WITH") for (const part of split(body, ",")) name(part, scope);
		else if (
			clause === "FROM" ||
			clause === "JOIN" ||
			clause === "INTO" ||
			(clause === "UPDATE" && body.length > 0)
		)
			for (const part of split(body, ",")) source(part, scope, clause === "INTO");
		else visit(body, scope);
		if ((clause === "WHERE" || clause === "ON" || clause === "HAVING") && body[0] !== "CONFLICT")
			demand(body, scope, clause === "ON" ? joined : undefined);
		if (clause === "JOIN") joined = isLeft ? scope.sources.at(-1) : undefined;
		if (clause === "SELECT") scope.results.push(...split(body, ","));
		at = end;
	}
}

function name(part: readonly Item[], scope: Scope): void {
	const [first, second] = part.filter((item) => item !== "RECURSIVE");
	const query = part.at(-1);
	if (!isName(first) || !isList(query)) return;
	const inner: Scope[] = [];
	scope.named.set(unquoted(first), inner);
	inner.push(...queries(query, scope));
	// Result columns named in the WITH clause.
	if (isList(second) && second !== query)
		for (const { results } of inner)
			for (const [index, column] of split(second, ",").entries())
				results[index] = [...(results[index] ?? []), "AS", ...column];
}

function source(part: readonly Item[], scope: Scope, inserted: boolean): void {
	const [first, second] = part;
	const called = part.indexOf("AS");
	const given = called < 0 ? part[isList(second) ? 2 : 1] : part[called + 1];
	const alias = isName(given) && !NO_ALIAS.test(given) ? unquoted(given) : null;
	visit(part.slice(1), scope);
	if (first !== undefined && isQuery(first))
		scope.sources.push({ name: alias ?? "", table: null, queries: queries(first, scope), inserted });
	if (!isName(first)) return;
	const table = unquoted(first);
	const known = namedQueries(table, scope);
	const isFunction = isList(second) && !inserted;
	scope.sources.push({
		name: alias ?? table,
		table: known || isFunction ? null : table,
		queries: known ?? [],
		inserted,
	});
}

function namedQueries(table: string, scope: Scope | null): readonly Scope[] | undefined {
	return scope ? (scope.named.get(table) ?? namedQueries(table, scope.outer)) : undefined;
}

/** Finds the subqueries in an expression. */
function visit(items: readonly Item[], scope: Scope): void {
	for (const item of items) {
		if (isQuery(item)) scope.subqueries.set(item, queries(item, scope));
		else if (isList(item)) visit(item, scope);
	}
}

/** With OR, neither side is a condition by itself. */
function demand(items: readonly Item[], scope: Scope, only: Source | undefined): void {
	if (items.includes("OR")) return;
	for (const part of split(items, "AND")) {
		const [first] = part;
		if (part.length === 1 && isList(first) && !isQuery(first)) demand(first, scope, only);
		else scope.conditions.push({ items: part, only });
	}
}
