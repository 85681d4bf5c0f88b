// Everything that writes. A domain verb collects statements; here they become one D1 batch, which is the transaction: the change, its events, their deliveries and the idempotency record stand or fall together.
import type { CommitCtx } from "../context.ts";
import { type AppError, unavailable } from "../errors.ts";
import { FIRST_SHARD } from "../shards.ts";
import { batch, type RawRow } from "./client.ts";
import { acceptsWrites } from "./moves.ts";
import { organizations } from "./schema/organizations.ts";
import { parameterCount, type SQL, sql } from "./sql.ts";
import { isOrganization, organizationRow } from "./tenant.ts";

/** The marker in SQLite's message when an expectation failed, and the error that it becomes. */
interface Refusal {
	readonly marker: string;
	readonly error: () => Error;
}

/**
 * A query and what to do with its rows after the commit; or, with a `refusal`, an expectation: a scalar that fails, and the error
 * then. Another scalar, with a name of its own, is read together with the expectations before it.
 */
export interface PlannedQuery {
	readonly query: SQL;
	readonly onCommitted?: (rows: RawRow[]) => void;
	readonly refusal?: Refusal;
	readonly isScalar?: true;
	/** Whether it asks how many rows the statement before has changed, so that it can't be looked up by a later one. */
	readonly asksChanges?: true;
	/**
	 * The same query, which looks up a condition first, and inserts nothing unless it is met. A statement that has it takes the scalars
	 * before it, which then need no statement of their own. It inserts at least one row and returns nothing.
	 */
	readonly onlyIf?: (condition: SQL) => SQL;
	/** Whether it records events or makes their deliveries: it changes no record, so records may be read before it. */
	readonly ofEvents?: true;
}

/** One statement of a batch; most are only a query. */
export type Statement = SQL | PlannedQuery;

type Sent = Pick<PlannedQuery, "query" | "onCommitted">;

/** A value that only the batch knows: its path (names separated by dots), and the scalar that reads it after the row is written. */
export interface Slot {
	readonly path: string;
	readonly value: SQL;
}

/** A planned write: its result, and the statements that carry it out. */
export interface Write<T> {
	readonly value: T;
	readonly statements: readonly Statement[];
	/** The parts of the response body that only the batch knows. */
	readonly slots?: readonly Slot[];
}

/** Another write came between our read and our write. The write must be planned again from the current state. */
export class LostRace extends Error {
	constructor() {
		super("Another write came first.");
	}
}

/** Where the records of a batch are written: before the statements of events at its end. */
export function endOfRecords(statements: readonly Statement[]): number {
	return statements.findLastIndex((statement) => !("ofEvents" in statement && statement.ofEvents)) + 1;
}

/**
 * Runs statements of a process of our own as one D1 batch: they assert nothing, and no caller is concerned.
 * @returns the rows of each statement, in order
 * @throws AppError 503 when D1 is overloaded or was interrupted
 */
export const write = (db: D1Database, queries: readonly SQL[]): Promise<RawRow[][]> => batch(db, queries);

/** D1's limit of the parameters of a statement. */
const MAX_PARAMETERS = 100;

let lastMarker = 0;

/**
 * An expectation inside a batch: if `condition` is false at that point, the whole batch rolls back, and the write is planned again
 * unless it has an `error`. SQLite has no RAISE outside triggers, so an invalid JSON path causes it; it contains our marker.
 */
export function expect(condition: SQL, error: () => Error = () => new LostRace()): PlannedQuery {
	lastMarker = (lastMarker + 1) % Number.MAX_SAFE_INTEGER;
	const marker = `refused:${lastMarker};`;
	return { query: sql`json_extract('{}', iif(${condition}, '$', ${marker}))`, refusal: { marker, error } };
}

/**
 * Expects that the statement before this one changed exactly `count` rows; otherwise another write came first.
 * An INSERT can't ask this: where a full-text index is written out before it, SQLite counts the rows of that.
 */
export const expectChanged = (error?: () => AppError, count = 1): Statement => ({
	...expect(sql`changes() = ${count}`, error),
	asksChanges: true,
});

/** The same statement; if it is an expectation, its error is made from the one that it had. */
export function withError(statement: Statement, errorOf: (error: Error) => Error): Statement {
	if (!("refusal" in statement && statement.refusal)) return statement;
	const { marker, error } = statement.refusal;
	return { ...statement, refusal: { marker, error: () => errorOf(error()) } };
}

/** The same statement, except that its failure causes a new plan: for a process that must not fail the write it is part of. */
export const replanWhenRefused = (statement: Statement): Statement =>
	withError(statement, () => new LostRace());

/** The condition that there is an organization, and that it accepts writes. */
const organizationAcceptsWrites = sql.prepared<[organizationId: string]>(
	(organizationId) =>
		sql`EXISTS (SELECT 1 FROM ${organizationRow(organizationId)} AND ${acceptsWrites(organizations)})`,
);

/**
 * Expects that none of these organizations has moved to another database, for work that began before: a lease, or what was read,
 * is from here. One that is about to move is still here, so that what is under way can end.
 */
export const expectNotGone = (organizationIds: Iterable<string>, error: () => Error): Statement =>
	expect(
		sql`NOT EXISTS (SELECT 1 FROM ${sql.each([...new Set(organizationIds)].map((id) => [id]))} AS owner
			CROSS JOIN ${organizations} AS organization ON ${isOrganization("organization", sql`owner.value->>0`)} WHERE organization."home" >= ${FIRST_SHARD})`,
		error,
	);

/**
 * Commits statements in one batch.
 * @throws AppError 503 when D1 is overloaded or the caller's organization is moving; the error of a failed expectation; LostRace
 */
export async function commit(ctx: CommitCtx, planned: readonly Statement[]): Promise<void> {
	const { caller, movedError = unavailable } = ctx;
	const statements = planned.map((one): PlannedQuery => ("query" in one ? one : { query: one }));
	if (caller) {
		// The first thing that is expected: to expect it before the first write would be a statement more.
		const first = statements.findIndex(isScalar);
		statements.splice(
			Math.max(first, 0),
			0,
			expect(organizationAcceptsWrites(caller.organizationId), movedError),
		);
	}
	const sent = joinScalars(statements);
	let results: RawRow[][];
	try {
		results = await batch(
			ctx.env.DB,
			sent.map(({ query }) => query),
		);
	} catch (error) {
		const text = error instanceof Error ? error.message : "";
		const refusal = statements
			.flatMap((statement) => statement.refusal ?? [])
			.find(({ marker }) => text.includes(marker));
		throw refusal ? refusal.error() : error;
	}
	for (const [index, statement] of sent.entries()) statement.onCommitted?.(results[index] ?? []);
}

const isScalar = ({ refusal, isScalar: marked }: PlannedQuery): boolean =>
	refusal !== undefined || marked === true;

/** The scalars as the columns of one row. Without a name a column would be called by its whole text, which D1 sends with the row. */
const columnsOf = (scalars: readonly PlannedQuery[]): SQL =>
	sql.list(scalars.map(({ query, refusal }) => (refusal ? sql`${query} AS "ok"` : query)));

/** Scalars as a statement of their own. */
const alone = (scalars: readonly PlannedQuery[]): SQL => sql`SELECT ${columnsOf(scalars)}`;

/** Conditions as one. Each part of it has two halves, because an expression of SQLite is at most 100 deep. */
function allOf(conditions: readonly SQL[]): SQL {
	const [first = sql`true`] = conditions;
	if (conditions.length < 2) return first;
	const middle = Math.ceil(conditions.length / 2);
	return sql`(${allOf(conditions.slice(0, middle))} AND ${allOf(conditions.slice(middle))})`;
}

/** The scalars before a statement as a part of it: what is expected is its condition, and what is read it returns. */
function within(onlyIf: (condition: SQL) => SQL, scalars: readonly PlannedQuery[]): SQL {
	const expected = scalars.filter(({ refusal }) => refusal);
	const read = scalars.filter(({ refusal }) => !refusal);
	const query = onlyIf(allOf(expected.map((scalar) => sql`${scalar.query} IS NOT NULL`)));
	return read.length > 0 ? sql`${query} RETURNING ${columnsOf(read)}` : query;
}

/**
 * The statements to send. Scalars that follow each other are one, as far as their parameters fit into it, and none of their own if
 * the next statement takes them: D1 takes longer for a statement than for what most expectations look up.
 */
function joinScalars(statements: readonly PlannedQuery[]): Sent[] {
	const sent: Sent[] = [];
	let scalars: PlannedQuery[] = [];
	let parameters = 0;
	const send = (query: SQL) => {
		const read = scalars;
		const onCommitted = (rows: RawRow[]) => {
			for (const scalar of read) scalar.onCommitted?.(rows);
		};
		sent.push({ query, onCommitted });
		scalars = [];
		parameters = 0;
	};
	for (const statement of statements) {
		const joins = isScalar(statement);
		const { onlyIf } = statement;
		const takes = onlyIf !== undefined && !scalars.some(({ asksChanges }) => asksChanges);
		const count = joins || takes ? parameterCount(statement.query) : Infinity;
		if (scalars.length > 0 && parameters + count > MAX_PARAMETERS) send(alone(scalars));
		if (joins) {
			scalars.push(statement);
			parameters += count;
		} else if (takes && scalars.length > 0) send(within(onlyIf, scalars));
		else sent.push(statement);
	}
	if (scalars.length > 0) send(alone(scalars));
	return sent;
}
