// Locks an organization for this process, so that no move, export or import of it is begun meanwhile.
import type { SQL } from "../../src/db/sql.ts";
import {
	ENTRIES,
	type ExportLock,
	LEASE_MS,
	lock,
	removeEntries,
	renewLock,
} from "../../src/moving/export-lock.ts";
import type { Query } from "./query.ts";

/** Much shorter than a lease, and rare, because each renewal is a call. */
const RENEW_MS = 30_000;

export const LOST = "Another process works on this organization. Try again when it has ended.";

/**
 * Locks an organization.
 * @returns a function that renews the lock when it is time to, to be called often; it throws an Error when the lock was lost
 * @throws Error in plain words when it is moving, or being exported, imported or removed
 */
export async function lockOrganization(query: Query, exportLock: ExportLock): Promise<() => Promise<void>> {
	if ((await query(lock(exportLock, Date.now()))).length === 0)
		throw new Error(
			`The organization ${exportLock.organizationId} is being moved, exported, imported or removed. If an export or import was interrupted, try again in two minutes.`,
		);
	let renewedAt = Date.now();
	return async () => {
		const now = Date.now();
		// A process that was stopped for long finds its lease expired before it sends anything.
		if (now >= renewedAt + LEASE_MS) throw new Error(LOST);
		if (now < renewedAt + RENEW_MS) return;
		if ((await query(renewLock(exportLock, now))).length === 0) throw new Error(LOST);
		renewedAt = now;
	};
}

/** Runs a query that returns a row for each row that it removes, until it has removed all. */
export async function untilNone(query: () => Promise<unknown[][]>): Promise<void> {
	while ((await query()).length > 0);
}

/**
 * Removes an organization's entries of the journal while a condition is true. Entries that come while it works are left, so it ends
 * however much is written.
 */
export async function removeAllEntries(query: Query, organizationId: string, condition: SQL): Promise<void> {
	while ((await query(removeEntries(organizationId, condition))).length >= ENTRIES);
}
