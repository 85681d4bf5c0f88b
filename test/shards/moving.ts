// What tests of moves share: the operator's wish, sweeps until it is fulfilled, and all rows of an organization.

import { afterEach, beforeEach, vi } from "vitest";
import { batch, type RawRow } from "../../src/db/client.ts";
import { write } from "../../src/db/commit.ts";
import { sql } from "../../src/db/sql.ts";
import type { Bindings } from "../../src/env.ts";
import { requestMove } from "../../src/moving/request.ts";
import { columnsOf, movables } from "../../src/moving/tables.ts";
import { MINUTE_MS } from "../../src/time.ts";
import { withBatch } from "../support/bindings.ts";
import { createCaller } from "../support/callers.ts";
import { bindingsOf, placeOrganization, wrapDatabases } from "../support/shards.ts";

const MAX_MINUTES = 60;

/** The shards of most moves. */
export const FROM = 1;
export const TO = 2;

/** Fakes the date in each test of a file. Returns the lines that the running test has logged as errors. */
export function withFakeDate(): readonly string[] {
	const errors: string[] = [];
	beforeEach(() => {
		vi.useFakeTimers({ toFake: ["Date"] });
		errors.length = 0;
		vi.spyOn(console, "error").mockImplementation((line) => void errors.push(String(line)));
	});
	afterEach(() => {
		vi.useRealTimers();
		vi.restoreAllMocks();
	});
	return errors;
}

/** A caller with three keys, whose organization is where moves begin. */
export const callerToMove = () => createCaller({ shard: FROM, keys: 3 });

/** Wishes for a move as the operator does; returns whether it was accepted. */
export async function wish(organizationId: string, from: number, to: number): Promise<boolean> {
	const [rows = []] = await write(bindingsOf(from).DB, [requestMove(organizationId, to, Date.now())]);
	return rows.length === 1;
}

/** The stage of a move out of a shard; null when there is none. */
export const stageOf = (organizationId: string, shard: number) =>
	bindingsOf(shard)
		.DB.prepare("SELECT stage FROM moves WHERE organizationId = ?")
		.bind(organizationId)
		.first<number>("stage");

/** The shard that an organization has moved to, as a shard says it; null for here, -1 while writes are refused. */
export const homeOf = ({ organizationId }: { readonly organizationId: string }, shard: number) =>
	bindingsOf(shard)
		.DB.prepare("SELECT home FROM organizations WHERE id = ?")
		.bind(organizationId)
		.first<number>("home");

/** Sweeps once a minute until the organization has moved and nothing is left; `before` is called before each sweep. */
export async function completeMove(
	sweeper: { sweep(): Promise<void> },
	organizationId: string,
	from: number,
	to: number,
	before: (minute: number) => Promise<void> = async () => undefined,
): Promise<number> {
	for (let minute = 1; minute <= MAX_MINUTES; minute += 1) {
		vi.setSystemTime(Date.now() + MINUTE_MS);
		await before(minute);
		await sweeper.sweep().catch(() => undefined);
		if ((await stageOf(organizationId, from)) === null) {
			placeOrganization(organizationId, to);
			return minute;
		}
	}
	throw new Error(`still at stage ${await stageOf(organizationId, from)}`);
}

/** An organization's rows of all tables, without what is local to a database. */
export async function rowsIn(organizationId: string, shard: number): Promise<Record<string, RawRow[]>> {
	const results = await batch(
		bindingsOf(shard).DB,
		movables.map(
			(movable) =>
				sql`SELECT "row".*, json_array(${sql.join(movable.key("row"), sql`, `)}) AS "@key" FROM ${movable.rows(organizationId)}
					ORDER BY ${sql.join([...movable.order], sql`, `)}`,
		),
	);
	return Object.fromEntries(
		movables.map((movable, index) => [
			movable.name,
			(results[index] ?? []).map((row) => ({
				...Object.fromEntries(columnsOf(movable).map((column) => [column, row[column]])),
				...(movable.name === "event_log" ? { key: row["@key"] } : {}),
			})),
		]),
	);
}

/** Bindings with which `action` is done once, while writes are refused and before the rows are counted. */
export function duringFreeze(action: () => Promise<void>) {
	let isDone = false;
	return (bindings: Bindings): Bindings => {
		const databases = wrapDatabases(
			(db) =>
				withBatch(db, async (statements, sent) => {
					if (!isDone && sent.some(({ text }) => text.startsWith('SELECT count(*) AS "count"'))) {
						isDone = true;
						await action();
					}
					return db.batch(statements);
				}),
			bindings,
		);
		return { ...bindings, ...databases };
	};
}

/** Bindings with which `action` is done before each call of a database; its own calls must use other bindings. */
export const atEachCall =
	(action: (call: number) => Promise<void>) =>
	(bindings: Bindings): Bindings => {
		let calls = 0;
		const databases = wrapDatabases(
			(db) =>
				withBatch(db, async (statements) => {
					calls += 1;
					await action(calls);
					return db.batch(statements);
				}),
			bindings,
		);
		return { ...bindings, ...databases };
	};
