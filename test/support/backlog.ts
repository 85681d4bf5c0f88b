// A large backlog of deliveries, and the cost of working on it.
import { withMembers } from "./bindings.ts";
import { Sender } from "./sender.ts";
import { dbOf, run, wrapDatabases } from "./shards.ts";

/** The `dueAt` of deliveries that wait in their webhook's line. */
const LINE = 1e14;

/** Creates rows as after an outage: pending for `ago` ms, without wake-up messages. */
export async function createBacklog(
	sender: Sender,
	webhookId: string,
	count: number,
	more: { ago?: number; inLine?: boolean } = {},
) {
	const at = Date.now() - (more.ago ?? 0);
	await dbOf(sender.organizationId)
		.prepare(
			`INSERT INTO deliveries (webhookId, id, organizationId, eventId, event, status, test, createdAt, updatedAt, attemptsMade,
			lastAttempt, manualWaiting, nextAttemptAt, dueAt)
		SELECT ?1, 'whd_' || substr(?1, 9, 10) || printf('%016d', value), ?2, ?3, 'lead.created', 'pending', 0, ?4, ?4, 0, 0, 0, ?4, ?4 + ?5
		FROM (WITH RECURSIVE counted(value) AS (SELECT 1 UNION ALL SELECT value + 1 FROM counted LIMIT ?6) SELECT value FROM counted)`,
		)
		.bind(webhookId, sender.organizationId, await givenEvent(sender), at, more.inLine ? LINE : 0, count)
		.run();
}

/** Deletes all deliveries, for tests of what looks at everybody's. */
export async function deleteDeliveries(): Promise<void> {
	for (const table of ["attempts", "deliveries"]) await run(`DELETE FROM ${table}`);
}

async function givenEvent(sender: Sender): Promise<string> {
	const id = "evt_01kaj2m5m8f7jt2n3v4w5x6y7z";
	await dbOf(sender.organizationId)
		.prepare(
			`INSERT INTO event_log (key, id, type, entityId, createdAt, test, ownId, payload)
		SELECT ordinal << 40, ?2, 'lead.created', 'x', 0, 0, 1, '{"webhookId":""}' FROM organizations WHERE id = ?1
		ON CONFLICT DO NOTHING`,
		)
		.bind(sender.organizationId, id)
		.run();
	return id;
}

/** A sender that sums up the rows read by its statements, as D1 reports them. */
export async function countingSender() {
	const meter = { read: 0, written: 0, perBatch: [] as number[] };
	const metering = (db: D1Database) =>
		withMembers(db, {
			async batch(statements: D1PreparedStatement[]) {
				const results = await db.batch(statements);
				const read = results.reduce((sum, { meta }) => sum + meta.rows_read, 0);
				meter.read += read;
				meter.perBatch.push(read);
				meter.written += results.reduce((sum, { meta }) => sum + meta.rows_written, 0);
				return results;
			},
		});
	const sender = await Sender.start({ WEBHOOK_RETRY_DELAYS: "0,60,300" }, (bindings) => ({
		...bindings,
		...wrapDatabases(metering, bindings),
	}));
	return { sender, meter };
}
