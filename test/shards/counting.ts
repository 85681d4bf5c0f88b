// Bindings that count what each database is asked for: calls, statements, rows and bytes.
import { env } from "cloudflare:workers";
import type { Bindings } from "../../src/env.ts";
import { shardsOf } from "../../src/shards.ts";
import { withBatch } from "../support/bindings.ts";
import { wrapDatabases } from "../support/shards.ts";

const NOTHING = { calls: 0, statements: 0, read: 0, written: 0, sent: 0, received: 0 };

/** What a database was asked for: rows `read` and `written`, and the bytes `sent` and `received`. */
export type Count = typeof NOTHING;

const encoder = new TextEncoder();

/** The number of an assertion in its name (src/db/commit.ts): it counts all that the isolate has made. */
const ASSERTION = /^refused:\d+;$/;

/** The bytes of a text or a value, or of all values of a row. A number has eight, as D1 binds it, however many its digits are. */
function bytesOf(value: unknown): number {
	if (typeof value === "string") return encoder.encode(value.replace(ASSERTION, "refused:0;")).length;
	if (typeof value === "number") return 8;
	if (typeof value !== "object" || value === null) return 0;
	return Object.values(value).reduce((sum: number, one) => sum + bytesOf(one), 0);
}

/** Bindings that count each database separately. */
export function countingBindings(bindings: Bindings = env) {
	const counts: Count[] = shardsOf(bindings).map(() => ({ ...NOTHING }));
	const databases = wrapDatabases(
		(db, shard) =>
			withBatch(db, async (statements, sent) => {
				const results = await db.batch(statements);
				const count = counts[shard];
				if (!count) throw new Error(`nobody counts shard ${shard}`);
				count.calls += 1;
				count.statements += statements.length;
				for (const { text, params } of sent) count.sent += bytesOf(text) + bytesOf(params);
				for (const { meta, results: rows } of results) {
					count.read += meta.rows_read;
					count.written += meta.rows_written;
					count.received += bytesOf(rows);
				}
				return results;
			}),
		bindings,
	);
	return {
		bindings: { ...bindings, ...databases },
		counts,
		calls: () => counts.map(({ calls }) => calls),
		/** The sums over all databases. */
		sum(): Count {
			const sum = { ...NOTHING };
			for (const count of counts)
				for (const name of Object.keys(sum) as (keyof Count)[]) sum[name] += count[name];
			return sum;
		},
		reset() {
			for (const count of counts) Object.assign(count, NOTHING);
		},
	};
}
