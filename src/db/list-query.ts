// The query of a list, and the sorts and filters that a table's list has.
import type { SearchSpec } from "./search.ts";
import type { SQL } from "./sql.ts";

/**
 * How a filter finds its rows: `facet` by a column with few values, `lookup` by one whose values are rare, `linked` by a list of
 * ids, `key` by their own id.
 */
export interface Filter {
	readonly by: "facet" | "lookup" | "linked" | "key";
	readonly field: string;
	/** `linked`: how deleted rows, which have no links, are found, where they don't store the values themselves. */
	readonly stored?: StoredComparison;
}

/** The comparison of stored values with those of a filter. */
export interface StoredComparison {
	/** The condition that a stored value is one of those asked for, or may be one. */
	mayBeAsked(stored: SQL): SQL;
	/** Whether it is one, if the condition can't tell that. */
	isAsked?(stored: string): boolean;
}

/** The filter that every list has. */
export const ID_FILTER = { id: { by: "key", field: "id" } } as const satisfies Readonly<
	Record<string, Filter>
>;

export interface ListSpec {
	readonly prefix: string;
	/** Sort names besides `createdAt` and `updatedAt`; each has an index over (organizationId, field, id). */
	readonly sorts: readonly string[];
	/** Besides `id`. */
	readonly filters: Readonly<Record<string, Filter>>;
	/** Date fields that a list may be bounded by; each is among the sorts. */
	readonly ranges?: readonly string[];
	readonly search?: SearchSpec;
}

/** Bounds of a field: at or after `from`, and before `before`. */
export interface DayRange {
	readonly field: string;
	readonly from: string | null;
	readonly before: string | null;
}

/** Where a page begins: after this row, in the order of the list. `value` is the row's sort value as stored, of a search by creation its rowid. */
export interface Position {
	readonly value: string | number | null;
	readonly id: string;
	/** `customFields` of the list's query. */
	readonly customFields?: string | undefined;
}

/** Which page, and of how many rows. */
export interface PageQuery {
	readonly limit: number;
	readonly after: Position | null;
}

export interface ListQuery extends PageQuery {
	readonly orderBy: string;
	/** The links to sort by, if `orderBy` is not a column: the field, and the condition that a live row has no link. */
	readonly sortLink?: { readonly field: string; readonly unset: SQL } | undefined;
	/** The ids of the custom fields that it sorts and filters by: their keys may mean others on the next page. */
	readonly customFields?: string | undefined;
	readonly orderDir: "asc" | "desc";
	/** Values by filter name, in the API's form; several mean OR. */
	readonly filters: Readonly<Record<string, readonly (string | number | boolean)[]>>;
	readonly ranges: readonly DayRange[];
	readonly search: string | null;
	readonly updatedSince: string | null;
	readonly createdAfter: string | null;
	readonly createdBefore: string | null;
	readonly includeDeleted: boolean;
}
