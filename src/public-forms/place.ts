// Where a public form is. Its id names neither its organization nor its database, so all databases are asked, and an isolate
// remembers the answer: a form that is known costs one read, and one that nobody has costs none for a while.
import { batch } from "../db/client.ts";
import { isReadable } from "../db/moves.ts";
import { forms } from "../db/schema/forms.ts";
import { IMPORTING, organizations } from "../db/schema/organizations.ts";
import { sql } from "../db/sql.ts";
import { isOrganization } from "../db/tenant.ts";
import type { Bindings } from "../env.ts";
import { AppError, notFound, unavailable } from "../errors.ts";
import { Memory } from "../memory.ts";
import { limitOf } from "../quotas/quotas.ts";
import { FIRST_SHARD, forEachShard, shardsOf } from "../shards.ts";

/** The organization of a form, its shard, and the maximum size of its records. */
export interface Place {
	readonly shard: number;
	readonly organizationId: string;
	readonly recordBytes: number;
}

const FOUND_MS = 60_000;
/** Shorter, because an organization may be imported with its forms. Forms that are not public, or deleted, are known ones. */
const UNKNOWN_MS = 10_000;

/** The places of forms, null of those that are unknown. */
const places = new Memory<Place | null>();

/** Errors that tell that a form was not where it was remembered. */
const misplaced = new WeakSet<AppError>();

/** Marks an error as due to a place that is no longer right, and forgets the place. */
export function asMisplaced(id: string, error: AppError): AppError {
	places.delete(id);
	misplaced.add(error);
	return error;
}

/** Whether an error is of this kind: then the same may succeed at another place. */
export const isMisplaced = (error: unknown): boolean => error instanceof AppError && misplaced.has(error);

/**
 * Does something where a form is; once more, if it was not where it was remembered.
 * @throws AppError 404 if there is no public form with this id, 503 if a database did not answer
 */
export async function atPlace<T>(
	bindings: Bindings,
	id: string,
	now: number,
	work: (place: Place) => Promise<T>,
): Promise<T> {
	try {
		return await work(await placeOf(bindings, id, now));
	} catch (error) {
		if (!isMisplaced(error)) throw error;
		return work(await placeOf(bindings, id, now));
	}
}

async function placeOf(bindings: Bindings, id: string, now: number): Promise<Place> {
	const known = places.get(id, now);
	const place = known === undefined ? await search(bindings, id) : known;
	if (known === undefined) places.set(id, place, now, place ? FOUND_MS : UNKNOWN_MS);
	if (!place) throw notFound("form");
	return place;
}

/** Asks the databases, five at a time, until one has the form. */
async function search(bindings: Bindings, id: string): Promise<Place | null> {
	const found: { readonly place: Place; readonly home: number; readonly canBeReadHere: boolean }[] = [];
	const failures = await forEachShard(bindings, shardsOf(bindings), async ({ DB, SHARD }) => {
		if (found.some(({ canBeReadHere }) => canBeReadHere)) return;
		const [rows = []] = await batch(DB, [
			sql`SELECT form."organizationId", organization."home", ${isReadable} AS "canBeReadHere",
					${limitOf(sql`form."organizationId"`, "recordBytes")} AS "recordBytes"
				FROM ${forms} AS form INDEXED BY "forms_id"
				CROSS JOIN ${organizations} AS organization ON ${isOrganization("organization", sql`form."organizationId"`)}
				WHERE form."id" = ${id}`,
		]);
		for (const { organizationId, home, canBeReadHere, recordBytes } of rows)
			found.push({
				place: {
					shard: SHARD,
					organizationId: String(organizationId),
					recordBytes: Number(recordBytes),
				},
				home: Number(home),
				canBeReadHere: canBeReadHere === 1,
			});
	});
	// While an organization switches, for a moment, both of its databases name each other: either will do to read.
	const best =
		found.find(({ canBeReadHere }) => canBeReadHere) ?? found.find(({ home }) => home >= FIRST_SHARD);
	if (best) return best.place;
	if (failures.length > 0 || found.some((one) => one.home === IMPORTING)) throw unavailable();
	return null;
}
