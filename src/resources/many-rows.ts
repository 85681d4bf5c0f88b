// The rows that several changes are about, as the changes so far leave them.
import { getTableName } from "drizzle-orm";
import type { RawRow } from "../db/client.ts";
import type { OwnedRow, OwnedTable } from "../db/owned-row.ts";
import type { Reference } from "../db/reference-list.ts";
import { type KnownTarget, referenceTo } from "../db/references.ts";
import type { Written } from "./side-effects.ts";
import type { UniqueValue } from "./unique.ts";

export class ManyRows<Row extends OwnedRow> {
	readonly #table: OwnedTable;
	readonly #valuesOf: (after: Row, before: Row | null) => UniqueValue[];
	readonly #rows: Map<string, Written<Row>>;
	/** The ids of these rows by their unique values. */
	readonly #holders = new Map<string, string>();
	readonly #taken: ReadonlySet<string>;
	/** All unique values that a change gave to a row, or tried to. */
	readonly tried: UniqueValue[] = [];
	readonly #given: UniqueValue[] = [];

	/**
	 * @param valuesOf the unique values of a row; those that a change adds, if there is a row before
	 * @param stored the rows as they are stored; others may be added
	 * @param taken the unique values that rows other than these have, by key
	 */
	constructor(
		table: OwnedTable,
		valuesOf: (after: Row, before: Row | null) => UniqueValue[],
		stored: readonly Row[],
		taken: ReadonlySet<string>,
	) {
		this.#table = table;
		this.#valuesOf = valuesOf;
		this.#taken = taken;
		this.#rows = new Map(stored.map((row) => [row.id, { before: row, after: row }]));
		for (const row of stored) this.#hold(row);
	}

	#hold(row: Row): void {
		for (const { key } of this.#valuesOf(row, null)) this.#holders.set(key, row.id);
	}

	/** The present row with an id, if it is one of these and not deleted. */
	find(id: string): Row | undefined {
		const row = this.#rows.get(id)?.after;
		return row?.deletedAt === null ? row : undefined;
	}

	/** Whether a reference may point at one of these rows; undefined for other rows. */
	readonly isTarget: KnownTarget = ({ to, only }, id) => {
		if (to !== this.#table || !this.#rows.has(id)) return undefined;
		const row = this.find(id);
		return row !== undefined && (!only || Reflect.get(row, only.field) === only.is);
	};

	/** One of these rows that refers to another by one of these references, like a row of `holdersQuery`. */
	holderOf(id: string, held: readonly Reference[]): RawRow | undefined {
		for (const other of this.#rows.keys()) {
			const row = this.find(other);
			const reference = row && referenceTo(this.#table, row, id, held);
			if (reference) return { holder: getTableName(this.#table), field: reference.field, id: other };
		}
		return undefined;
	}

	/** The field of a row whose new value another row has. */
	clashOf(before: Row | null, after: Row): string | undefined {
		const added = this.#valuesOf(after, before);
		this.tried.push(...added);
		return added.find(({ key }) => this.#taken.has(key) || (this.#holders.get(key) ?? after.id) !== after.id)
			?.path;
	}

	/** Replaces a row, or adds one. */
	put(after: Row): void {
		const { before = null, after: last } = this.#rows.get(after.id) ?? {};
		for (const { key } of last ? this.#valuesOf(last, null) : []) this.#holders.delete(key);
		this.#given.push(...this.#valuesOf(after, last ?? null));
		this.#rows.set(after.id, { before, after });
		if (after.deletedAt === null) this.#hold(after);
	}

	/** Unique values that one change gave to a row and a later one took from it again. */
	passing(): UniqueValue[] {
		return this.#given.filter(({ key, id }) => this.#holders.get(key) !== id);
	}

	/** The rows that were changed: as they were stored, and as they are now. */
	written(): Written<Row>[] {
		return [...this.#rows.values()].filter(({ before, after }) => before !== after);
	}
}
