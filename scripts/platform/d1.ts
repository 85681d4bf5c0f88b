// D1 with the platform's limits. Sessions are counted like the database itself.
import type { Invocation } from "./invocation.ts";
import { exceedsBytes, maxOf } from "./limits.ts";

const TOO_BIG = "D1_ERROR: string or blob too big: SQLITE_TOOBIG";

const inner = new WeakMap<object, D1PreparedStatement>();

/** Gets each statement with its bound values, and the invocation that sends it. */
type Listener = (text: string, values: readonly unknown[], invocation: Invocation) => void;
let listener: Listener = () => {};

/** Sets the listener, for a test that checks the statements. */
export function onStatement(to: Listener): void {
	listener = to;
}

/** The common methods of a database and a session. */
type Queries = Pick<D1Database, "prepare" | "batch">;

/** The database with the limits of an invocation. */
export function limitedDatabase(db: D1Database, invocation: Invocation): D1Database {
	return withMembers(db, {
		...limitedQueries(db, invocation),
		exec: (text: string) => invocation.runQueries(text.trim().split("\n").length, () => db.exec(text)),
		withSession(start?: string) {
			const session = db.withSession(start);
			return withMembers(session, limitedQueries(session, invocation));
		},
	});
}

function limitedQueries(queries: Queries, invocation: Invocation) {
	return {
		prepare: (text: string) => limitedStatement(queries.prepare(text), text, invocation),
		async batch(statements: D1PreparedStatement[]) {
			const bare = statements.map((statement) => inner.get(statement) ?? statement);
			const results = await invocation.runQueries(bare.length, () => queries.batch(bare));
			for (const { results: rows } of results) checkRows(rows);
			return results;
		},
	};
}

function limitedStatement(
	statement: D1PreparedStatement,
	text: string,
	invocation: Invocation,
): D1PreparedStatement {
	checkArguments(text);
	const asked =
		(method: "run" | "all" | "first" | "raw") =>
		async (...options: unknown[]) => {
			const call = Reflect.get(statement, method) as (...options: unknown[]) => Promise<unknown>;
			const answer = await invocation.runQueries(1, () => call.apply(statement, options));
			checkRows(Array.isArray(answer) ? answer : (answer as D1Result | null)?.results);
			return answer;
		};
	const limited = withMembers(statement, {
		bind(...values: unknown[]) {
			for (const value of values) checkValue(value);
			listener(text, values, invocation);
			return limitedStatement(statement.bind(...values), text, invocation);
		},
		run: asked("run"),
		all: asked("all"),
		first: asked("first"),
		raw: asked("raw"),
	});
	inner.set(limited, statement);
	return limited;
}

function checkValue(value: unknown): void {
	const bytes = value instanceof ArrayBuffer || ArrayBuffer.isView(value) ? value.byteLength : 0;
	if (bytes > maxOf("valueBytes") || (typeof value === "string" && exceedsBytes(value, maxOf("valueBytes"))))
		throw new Error(TOO_BIG);
}

/** What a query makes is limited as what is bound. Of all together characters are counted, which are never more than the bytes. */
function checkRows(rows: readonly unknown[] | undefined): void {
	let size = 0;
	for (const row of rows ?? []) {
		for (const value of Object.values(row ?? {})) {
			checkValue(value);
			size += typeof value === "string" ? value.length : 0;
		}
	}
	if (size > maxOf("resultBytes")) throw new Error("D1_ERROR: query result exceeds size limit");
}

const checked = new Set<string>();
/** Words that may precede a parenthesis and are not functions. */
const NO_FUNCTION = new Set([
	"in",
	"values",
	"and",
	"or",
	"not",
	"on",
	"from",
	"as",
	"over",
	"by",
	"using",
	"select",
]);

/** Counts the arguments of each function in a statement. */
function checkArguments(text: string): void {
	if (checked.has(text)) return;
	const bare = text.replaceAll(/'[^']*'|"[^"]*"/g, (quoted) => (quoted.startsWith("'") ? "0" : "$"));
	// One entry for each open parenthesis: the number of arguments so far, or null if it isn't a function call.
	const open: (number | null)[] = [];
	for (const [token, name] of bare.matchAll(/(\w*)\(|[),]/g)) {
		const count = open.at(-1);
		if (token === ")") open.pop();
		else if (token === ",") open.splice(-1, 1, count == null ? null : count + 1);
		else open.push(name && !NO_FUNCTION.has(name.toLowerCase()) ? 1 : null);
		if ((open.at(-1) ?? 0) > maxOf("functionArguments"))
			throw new Error("D1_ERROR: too many arguments on function: SQLITE_ERROR");
	}
	checked.add(text);
}

/**
 * `target` with some of its members replaced.
 * @throws Error at a session of a database whose queries are replaced and whose sessions are not: they would bypass the double
 */
export function withMembers<T extends object>(target: T, members: object): T {
	const bypassed = ("prepare" in members || "batch" in members) && !("withSession" in members);
	return new Proxy(target, {
		get(_, name) {
			if (bypassed && name === "withSession" && "withSession" in target)
				throw new Error("This double of a database has no sessions; `wrapDatabases` gives it some.");
			const value: unknown = Reflect.get(Reflect.has(members, name) ? members : target, name);
			return typeof value === "function" ? value.bind(target) : value;
		},
	});
}
