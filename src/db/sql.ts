// The `sql` tag of all queries. It is used like drizzle's, whose tables and columns it names: values are always bound. drizzle's
// own took a third of the processor time of a create, because it asks of each part of a query which of a dozen classes it is.
import { Column, getTableName, is, Table } from "drizzle-orm";

/** A query, or a part of one: values, and the texts before, between and after them. */
export class SQL {
	readonly texts: readonly string[];
	readonly values: readonly unknown[];
	/** Its text, if it is known that all values are parameters. */
	readonly whole: string | null;

	constructor(texts: readonly string[], values: readonly unknown[], whole: string | null = null) {
		this.texts = texts;
		this.values = values;
		this.whole = whole;
	}
}

/** Stands for an argument in a prepared part. */
class Argument {
	readonly index: number;

	constructor(index: number) {
		this.index = index;
	}
}

/**
 * Makes a query from a template. Values become parameters; parts of queries, tables and columns become text.
 * What a caller sent can only be a value.
 */
export function sql(texts: TemplateStringsArray, ...values: readonly unknown[]): SQL {
	return new SQL(texts, values);
}

const partOf = (text: string) => new SQL([text], []);

/** Text of our own as a part of a query; only what the schema says may be in it. */
sql.raw = partOf;

/** A part without values whose text is made once. */
sql.fixed = (part: SQL): SQL => partOf(textOf(sql.inline(part), []));

/** The name of a column, table or index, quoted. */
sql.identifier = (name: string): SQL => partOf(`"${name.replaceAll('"', '""')}"`);

/** Several parts as one, with a text between them. */
sql.join = (parts: readonly SQL[], separator = partOf("")): SQL => {
	const [between = ""] = separator.texts;
	return new SQL(
		Array.from({ length: parts.length + 1 }, (_, index) =>
			index > 0 && index < parts.length ? between : "",
		),
		parts,
	);
};

/** Several parts with commas between them. */
sql.list = (parts: readonly SQL[]): SQL => sql.join(parts, partOf(", "));

/** A condition that all of these must meet; without any of them it is true. */
sql.all = (conditions: readonly SQL[]): SQL =>
	conditions.length === 0 ? partOf("1") : sql.join(conditions, partOf(" AND "));

/** A table of the items of a list: `value`, and `key` from 0. It is one parameter, of which D1 takes 100. */
sql.each = (items: readonly unknown[]): SQL => sql`json_each(${JSON.stringify(items)})`;

/** A part with its values as literals: for triggers, which have no parameters, and for integers, which D1 can't bind. */
sql.inline = ({ texts, values }: SQL): SQL =>
	new SQL(
		texts,
		values.map((value) => {
			if (value instanceof SQL) return sql.inline(value);
			if (typeof value === "string") return partOf(`'${value.replaceAll("'", "''")}'`);
			return typeof value === "number" ? partOf(String(value)) : value;
		}),
	);

/**
 * A LIMIT clause. Its number is a literal, because SQLite prepares a statement anew each time it runs if a parameter is there
 * alone: the plan may depend on its value.
 */
sql.limit = (count: number): SQL => partOf(`LIMIT ${count}`);

/**
 * The end of a subquery whose columns are computed once for each row: SQLite merges a subquery without a LIMIT into the outer
 * one, and writes what a column is at each place where it is used.
 */
export const COMPUTED_ONCE: SQL = sql.limit(-1);

const parameterAt = (_: unknown, index: number) => new SQL(["", ""], [new Argument(index)]);

/** What can be a parameter. */
type Value = string | number | boolean | null;

/** A number to be bound, or a part of the query. */
export type NumberOperand = number | SQL;

/**
 * A part whose text is made with the first call and is the same for all: only the values of its parameters differ. Other values
 * are literals in it. For what is sent with most requests, because to put a long text together takes longer than everything else
 * that is done for it.
 * @param make gets a parameter in place of each argument, and must depend on nothing else that changes
 */
sql.prepared = <Args extends readonly Value[]>(
	make: (...parameters: { readonly [Index in keyof Args]: SQL }) => SQL,
): ((...args: Args) => SQL) => {
	let known: SQL | null = null;
	return (...args) => {
		if (!known) {
			// TypeScript doesn't know that a list of as many items is such a tuple.
			const parameters = args.map(parameterAt) as unknown as Parameters<typeof make>;
			known = flattened(sql.inline(make(...(parameters as { readonly [Index in keyof Args]: SQL }))));
		}
		const { texts, values, whole } = known;
		const filled = values.map((value) => (value instanceof Argument ? args[value.index] : value));
		return new SQL(texts, filled, whole);
	};
};

/** The same part with its text made. */
function flattened(query: SQL): SQL {
	const values: unknown[] = [];
	const texts = textOf(query, values, CUT).split(CUT);
	return new SQL(texts, values, texts.join(PARAMETER));
}

/** A query as D1 takes it. */
export interface BoundQuery {
	readonly text: string;
	readonly params: readonly unknown[];
}

/** The text of a query and its parameters, in order. */
export function bound(query: SQL): BoundQuery {
	const params: unknown[] = [];
	return { text: textOf(query, params), params };
}

/** How many parameters a query has. */
export function parameterCount({ values, whole }: SQL): number {
	if (whole !== null) return values.length;
	return values.reduce<number>((sum, value) => {
		if (value instanceof SQL) return sum + parameterCount(value);
		return typeof value === "object" && value !== null ? sum : sum + 1;
	}, 0);
}

const PARAMETER = "?";
/** In no text of SQL. */
const CUT = "\0";

/** The text of a query, with `mark` for each of its parameters, whose values are added to `params`. */
function textOf({ texts, values, whole }: SQL, params: unknown[], mark = PARAMETER): string {
	if (whole !== null && mark === PARAMETER) {
		params.push(...values);
		return whole;
	}
	let text = texts[0] ?? "";
	for (let index = 0; index < values.length; index += 1) {
		const value = values[index];
		if (value instanceof SQL) text += textOf(value, params, mark);
		else if (typeof value === "object" && value !== null && !(value instanceof Argument))
			text += nameOf(value);
		else {
			params.push(value);
			text += mark;
		}
		text += texts[index + 1];
	}
	return text;
}

const names = new WeakMap<object, string>();

/** The name of a table, or of a column with its table. */
function nameOf(entity: object): string {
	let name = names.get(entity);
	if (name === undefined) {
		if (is(entity, Table)) name = `"${getTableName(entity)}"`;
		else if (is(entity, Column)) name = `"${getTableName(entity.table)}"."${entity.name}"`;
		else throw new TypeError("A query can't contain such a value.");
		names.set(entity, name);
	}
	return name;
}
