// The `sql` tag of all queries. It is used like drizzle's, whose tables and columns it names: values are always bound. drizzle's
// own took a third of the processor time of a create, because it asks of each part of a query which of a dozen classes it is.
import { Column, getTableName, is, Table } from "drizzle-orm";

/** A query, or a part of one: values, and the texts before, between and after them. */
export class SQL {
	readonly texts: readonly string[];
	readonly values: readonly unknown[];

	constructor(texts: readonly string[], values: readonly unknown[]) {
		this.texts = texts;
		this.values = values;
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
 * The end of a subquery whose columns are computed once for each row: SQLite merges a subquery without a LIMIT into the outer
 * one, and writes what a column is at each place where it is used.
 */
export const COMPUTED_ONCE: SQL = partOf("LIMIT -1");

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

function textOf({ texts, values }: SQL, params: unknown[]): string {
	let text = texts[0] ?? "";
	for (let index = 0; index < values.length; index += 1) {
		const value = values[index];
		if (value instanceof SQL) text += textOf(value, params);
		else if (typeof value === "object" && value !== null) text += nameOf(value);
		else {
			params.push(value);
			text += "?";
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
