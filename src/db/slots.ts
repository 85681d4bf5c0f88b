// Only the batch of a write assigns `number` and `updatedAt`. Slots read them from the written row in the same batch, for its
// events, for the answer stored for an Idempotency-Key, and for the response itself.

import type { Slot } from "./commit.ts";
import { isNumbered } from "./numbers.ts";
import type { OwnedTable } from "./owned-row.ts";
import { oncePerTable } from "./row-columns.ts";
import { type SQL, sql } from "./sql.ts";
import { type Operand, rowOf } from "./tenant.ts";

/** Values by their slots' paths. */
export type SlotValues = Readonly<Record<string, unknown>>;

/** An instant of a row (ms) as the API shows it. */
export const isoInstant = (ms: SQL): SQL => sql`strftime('%Y-%m-%dT%H:%M:%fZ', ${ms} / 1000.0, 'unixepoch')`;

/**
 * The slots of a row that is written earlier in the batch.
 * @param further what is read from its columns besides, by path
 */
export function slotsOf(
	table: OwnedTable,
	organizationId: Operand,
	id: Operand,
	further: Readonly<Record<string, SQL>> = {},
): Slot[] {
	const read = (value: SQL) => sql`(SELECT ${value} FROM ${rowOf(table, organizationId, id)})`;
	return [
		{ path: "updatedAt", value: read(isoInstant(sql`"updatedAt"`)) },
		...(isNumbered(table) ? [{ path: "number", value: read(sql`"number"`) }] : []),
		...Object.entries(further).map(([path, value]) => ({ path, value: read(value) })),
	];
}

const slotsByKey = oncePerTable((table: OwnedTable) =>
	slotsOf(table, "", "").map(({ path }, index) => ({
		path,
		value: sql.prepared<[organizationId: string, id: string]>(
			(organizationId, id) => slotsOf(table, organizationId, id)[index]?.value ?? sql`NULL`,
		),
	})),
);

/** The slots of a row by its key; their text is made once. */
export const slotsOfRow = (table: OwnedTable, organizationId: string, id: string): Slot[] =>
	slotsByKey(table).map(({ path, value }) => ({ path, value: value(organizationId, id) }));

/** The same slots, for a row that is nested in another object. */
export const slotsWithin = (part: string, slots: readonly Slot[]): Slot[] =>
	slots.map((slot) => ({ ...slot, path: `${part}.${slot.path}` }));

/** JSON text with its slots filled, in SQL; paths that the text doesn't have are ignored. */
export function fillSlotsInText(text: SQL, slots: readonly Slot[]): SQL {
	if (slots.length === 0) return text;
	return sql`json_replace(${text}${sql.join(slots.map(({ path, value }) => sql`, ${`$.${path}`}, ${value}`))})`;
}

/** The values of slots, as one JSON object. */
export const slotValues = (slots: readonly Slot[]): SQL =>
	sql`json_object(${sql.list(slots.map(({ path, value }) => sql`${path}, ${value}`))})`;

/** A body with its slots filled; paths that the body doesn't have are ignored. */
export const fillSlots = (body: unknown, values: SlotValues): unknown =>
	Object.entries(values).reduce((inner, [path, value]) => put(inner, path.split("."), value), body);

function put(body: unknown, [name = "", ...rest]: readonly string[], value: unknown): unknown {
	if (typeof body !== "object" || body === null || !(name in body)) return body;
	const inner: unknown = rest.length === 0 ? value : put(Reflect.get(body, name), rest, value);
	return { ...body, [name]: inner };
}
