// The Worker with other bindings: ones that record their calls, and ones that fail.
import { createExecutionContext, waitOnExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { withMembers } from "../../scripts/platform/d1.ts";
import worker from "../../scripts/platform/worker.ts";
import type { Bindings, DeliveryWakeUp } from "../../src/env.ts";
import type { KeyLimiter } from "../../src/limiter/key-limiter.ts";
import type { Api, Target } from "./api.ts";
import { wrapDatabases } from "./shards.ts";

export { withMembers };

/** A target for `Api.via`: the Worker with these bindings. It waits for work after the answer. */
export function workerWith(bindings: Bindings): Target {
	return async (request) => {
		const ctx = createExecutionContext();
		const response = await worker.fetch(request, bindings, ctx);
		await waitOnExecutionContext(ctx);
		return response;
	};
}

/** A statement that was sent to D1. */
export interface SentStatement {
	readonly text: string;
	readonly params: readonly unknown[];
}

export interface Watch {
	readonly target: Target;
	/** The statements of each round trip to D1, in order. */
	readonly roundTrips: SentStatement[][];
	/** The names of the columns that D1 answered with. */
	readonly columns: Set<string>;
	/** The rows that D1 says were written. */
	rowsWritten: number;
	/** The number of limiter calls. */
	limiterCalls: number;
	/** Ids of the deliveries with a message in the queue; none is sent. */
	readonly queued: string[];
	/** Clears the records. */
	reset(): void;
}

/** What each statement was prepared with: a session sends statements that its database has prepared. */
const prepared = new WeakMap<D1PreparedStatement, SentStatement>();

/** A database whose batches are passed to `run`, with the texts and parameters of their statements. */
export function withBatch(
	db: D1Database,
	run: (statements: D1PreparedStatement[], sent: readonly SentStatement[]) => ReturnType<D1Database["batch"]>,
): D1Database {
	return withMembers(db, {
		prepare: (text: string) => ({
			bind(...params: unknown[]) {
				const statement = db.prepare(text).bind(...params);
				prepared.set(statement, { text, params });
				return statement;
			},
		}),
		batch: (statements: D1PreparedStatement[]) =>
			run(
				statements,
				statements.map((one) => prepared.get(one) ?? { text: "?", params: [] }),
			),
	});
}

/** Databases that count the statements which are sent to them. */
export const countedDatabases = (count: { statements: number }): Pick<Bindings, "DB"> =>
	wrapDatabases((db) =>
		withBatch(db, (statements) => {
			count.statements += statements.length;
			return db.batch(statements);
		}),
	);

/** The Worker with all calls to D1 and to the limiters recorded. */
export function watchBindings(): Watch {
	const roundTrips: SentStatement[][] = [];
	const columns = new Set<string>();
	const queued: string[] = [];
	const databases = wrapDatabases((db) =>
		withBatch(db, async (statements, sent) => {
			roundTrips.push([...sent]);
			const results = await db.batch(statements);
			for (const { meta } of results) watch.rowsWritten += meta.rows_written;
			for (const [row] of results.map((result) => result.results))
				for (const name of Object.keys(row ?? {})) columns.add(name);
			return results;
		}),
	);
	// The real queue is not used: vitest would hang if a test ended while the queue still delivers.
	const queues = queuesWith(async (messages) => {
		for (const { body } of messages) queued.push(body.deliveryId);
	});
	const watch: Watch = {
		target: (request) => workerWith({ ...env, ...databases, KEY_LIMITER, ...queues })(request),
		roundTrips,
		columns,
		rowsWritten: 0,
		limiterCalls: 0,
		queued,
		reset() {
			roundTrips.length = 0;
			columns.clear();
			queued.length = 0;
			watch.rowsWritten = 0;
			watch.limiterCalls = 0;
		},
	};
	const KEY_LIMITER = limitersWith(
		(name) => {
			watch.limiterCalls += 1;
			return env.KEY_LIMITER.getByName(name).check();
		},
		undefined,
		async (name, ...told) => {
			watch.limiterCalls += 1;
			await env.KEY_LIMITER.getByName(name).saw(...told);
		},
	);
	return watch;
}

/** Limiters with another `check`; `endAt` and `saw` call the real ones unless they are replaced too. */
export function limitersWith(
	check: (name: string) => ReturnType<KeyLimiter["check"]> | Promise<ReturnType<KeyLimiter["check"]>>,
	endAt?: () => Promise<void>,
	saw = async (name: string, ...told: Parameters<KeyLimiter["saw"]>): Promise<void> =>
		env.KEY_LIMITER.getByName(name).saw(...told),
): Bindings["KEY_LIMITER"] {
	return withMembers(env.KEY_LIMITER, {
		getByName: (name: string) => ({
			check: async () => check(name),
			saw: (...told: Parameters<KeyLimiter["saw"]>) => saw(name, ...told),
			endAt: endAt ?? ((instant: number) => env.KEY_LIMITER.getByName(name).endAt(instant)),
			endSession: (session: string, runsOutAt: number) =>
				env.KEY_LIMITER.getByName(name).endSession(session, runsOutAt),
		}),
	});
}

/** Databases whose batches are passed to `run`, with the values that a batch inserts into a table. */
export function interceptBatches(
	table: string,
	run: (
		statements: D1PreparedStatement[],
		written: readonly string[],
		db: D1Database,
	) => ReturnType<D1Database["batch"]>,
): Pick<Bindings, "DB"> {
	const values = ({ text, params }: SentStatement) =>
		text.startsWith(`INSERT INTO "${table}"`) ? [params.join()] : [];
	return wrapDatabases((db) =>
		withBatch(db, (statements, sent) => run(statements, sent.flatMap(values), db)),
	);
}

/** Both queues, with another `sendBatch`. */
export function queuesWith(
	sendBatch: (messages: Iterable<MessageSendRequest<DeliveryWakeUp>>) => Promise<void>,
): Pick<Bindings, "DELIVERIES" | "SLOW_DELIVERIES"> {
	return {
		DELIVERIES: withMembers(env.DELIVERIES, { sendBatch }),
		SLOW_DELIVERIES: withMembers(env.SLOW_DELIVERIES, { sendBatch }),
	};
}

/** The same caller, with deliveries that are recorded and never sent, so that webhooks' hosts need not exist. */
export function withoutSending(api: Api): Api {
	return api.via(workerWith({ ...env, ...queuesWith(async () => {}) }));
}
