// Everything that writes. A domain verb collects statements; here they become one D1 batch, which is the transaction: the change, its events, their deliveries and the idempotency record stand or fall together.
import { type SQL, sql } from "drizzle-orm";
import type { CommitCtx } from "../context.ts";
import { type AppError, unavailable } from "../errors.ts";
import { batch, type RawRow } from "./client.ts";
import { organizations } from "./schema/organizations.ts";

/** One statement of a batch, what to do with its rows once committed, and the error when it is a refused expectation. */
export interface Statement {
	readonly query: SQL;
	readonly committed?: (rows: RawRow[]) => void;
	readonly refusal?: { readonly marker: string; readonly error: () => Error };
}

/** A value still to come: where it belongs, names with dots between, and the scalar that gives it once the row is written. */
export interface Slot {
	readonly path: string;
	readonly value: SQL;
}

/** A planned write: what it will have made, and the statements that make it. */
export interface Write<T> {
	readonly value: T;
	readonly statements: readonly Statement[];
	/** Where the answer's body shows what only the batch itself gives out. */
	readonly slots?: readonly Slot[];
}

/** Another write came between our read and ours; planning anew from what is stored now will do. */
export class LostRace extends Error {}

/**
 * Runs statements of a process of our own as one D1 batch: they assert nothing, and no caller is concerned.
 * @returns the rows of each statement, in order
 * @throws AppError 503 when D1 is overloaded or was interrupted
 */
export const write = (db: D1Database, queries: readonly SQL[]): Promise<RawRow[][]> => batch(db, queries);

let marks = 0;

/**
 * An expectation inside a batch: when `condition` does not hold at that point, the whole batch rolls back.
 * SQLite has no RAISE outside triggers, so a JSON path that cannot be parsed stands in for it and carries our marker.
 */
export function expect(condition: SQL, error: () => Error): Statement {
	marks = (marks + 1) % Number.MAX_SAFE_INTEGER;
	const marker = `refused:${marks};`;
	return {
		query: sql`SELECT json_extract('{}', iif(${condition}, '$', ${marker}))`,
		refusal: { marker, error },
	};
}

/** The statement before this one must have changed exactly one row; otherwise another write came first. */
export function expectChanged(error: () => AppError | LostRace = () => new LostRace()): Statement {
	return expect(sql`changes() = 1`, error);
}

/** The same statement, except that what it refuses is planned anew: for a process that must not fail the write it joins. */
export const raced = (statement: Statement): Statement =>
	statement.refusal
		? { ...statement, refusal: { ...statement.refusal, error: () => new LostRace() } }
		: statement;

/** Nothing is written of an organization that has left this database, or is about to. */
const expectHome = (organizationId: string, moved: () => AppError): Statement =>
	expect(sql`(SELECT "home" FROM ${organizations} WHERE "id" = ${organizationId}) IS NULL`, moved);

/**
 * Commits statements in one batch.
 * @throws AppError 503 when D1 is overloaded or the caller's organization moves; the error of a refused expectation; LostRace
 */
export async function commit(ctx: CommitCtx, planned: readonly Statement[]): Promise<void> {
	const { caller, moved = unavailable } = ctx;
	const statements = caller ? [expectHome(caller.organizationId, moved), ...planned] : planned;
	let results: RawRow[][];
	try {
		results = await batch(
			ctx.env.DB,
			statements.map((statement) => statement.query),
		);
	} catch (error) {
		const text = error instanceof Error ? error.message : "";
		const refused = statements.find(({ refusal }) => refusal && text.includes(refusal.marker));
		throw refused?.refusal ? refused.refusal.error() : error;
	}
	for (const [index, statement] of statements.entries()) statement.committed?.(results[index] ?? []);
}
