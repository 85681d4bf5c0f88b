// A webhook's filter, judged in SQL where deliveries are made: a webhook that was committed just before is judged by its own
// filter, and what it doesn't want makes no row. Its form is checked when it is set (webhooks/filter.ts).
import { type SQL, sql } from "../db/sql.ts";

/** A name in a path; without quotes and dots, so that a path can be made of them in SQL. */
export const PATH = /^[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*$/;

/** The path of a payload's value, as SQLite takes it, from one in the form of `PATH`. */
const jsonPath = (path: SQL): SQL => sql`('$."' || replace(${path}, '.', '"."') || '"')`;

/** Types of rows of `json_each` that can be equal. */
const kind = (of: SQL) => sql`iif(${of}."type" = 'real', 'integer', ${of}."type")`;
const isEqual = (one: SQL, other: SQL) =>
	sql`${one}."atom" = ${other}."atom" AND ${kind(one)} = ${kind(other)}`;

/** Whether the filter of the row `webhook`, if it has one, lets an event with this payload through. */
export function passesFilter(payload: SQL): SQL {
	const at = jsonPath(sql`condition."key"`);
	// All kinds of conditions are computed for each value; a scalar is no JSON.
	const object = sql`iif(wanted."type" = 'object', wanted."value", '{}')`;
	const refused = sql`json_each(${object}, '$.not') AS refused`;
	const isWithin = sql`CASE limits."key" WHEN 'gt' THEN found."atom" > limits."atom" WHEN 'gte' THEN found."atom" >= limits."atom"
		WHEN 'lt' THEN found."atom" < limits."atom" WHEN 'lte' THEN found."atom" <= limits."atom"
		WHEN 'startsWith' THEN substr(found."atom", 1, length(limits."atom")) = limits."atom" END`;
	const isAny = (condition: SQL) => sql`coalesce(max(${condition}), 0)`;
	const isSet = isAny(sql`found."type" <> 'null'`);
	// Found are the value, or each item of a list. They are read once for all kinds of conditions: SQLite takes long to prepare a
	// statement that has json_each many times, and this one is part of every create.
	return sql`(webhook."filter" IS NULL OR NOT EXISTS (SELECT 1 FROM json_each(webhook."filter") AS condition
		WHERE NOT EXISTS (SELECT 1 FROM json_each(condition."value") AS wanted WHERE (SELECT CASE
			WHEN wanted."type" = 'null' THEN NOT ${isSet}
			WHEN wanted."type" <> 'object' THEN ${isAny(isEqual(sql`found`, sql`wanted`))}
			WHEN json_type(wanted."value", '$.not') IS NOT NULL THEN
				NOT ${isAny(sql`EXISTS (SELECT 1 FROM ${refused} WHERE ${isEqual(sql`found`, sql`refused`)})`)}
				AND (${isSet} OR NOT EXISTS (SELECT 1 FROM ${refused} WHERE refused."type" = 'null'))
			ELSE ${isAny(sql`NOT EXISTS (SELECT 1 FROM json_each(${object}) AS limits
				WHERE ${kind(sql`found`)} IS NOT ${kind(sql`limits`)} OR NOT coalesce(${isWithin}, 0))`)}
			END FROM json_each('[' || coalesce(${payload} -> ${at}, 'null') || ']', iif(json_type(${payload}, ${at}) = 'array', '$[0]', '$')) AS found))))`;
}
