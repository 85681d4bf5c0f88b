// Who holds a row, in words.
import type { Caller } from "../context.ts";
import type { RawRow } from "../db/client.ts";
import { covers } from "../scopes.ts";
import { withArticle } from "../words.ts";

/** A row of a table by its id, for callers who may read that; else only what kind of thing it is, e.g. "a deal". */
export const named = ({ scopes }: Caller, table: string, id: unknown) =>
	covers(scopes, `${table}:read`) ? String(id) : withArticle(table.replace(/s$/, ""));

/** What holds a row, as a caller may know it; the holder is one that `holders` found. */
export const holding = (caller: Caller, { holder, field, id }: RawRow) =>
	`${named(caller, String(holder), id)} holds it as ${field}`;
