// Hourly statistics of attempts, for one webhook or for all of an organization.

import type { Ctx } from "../context.ts";
import { batch, type RawRow } from "../db/client.ts";
import { isoOf } from "../db/columns.ts";
import { deliveryHours, webhooks } from "../db/schema/webhooks.ts";
import { sql } from "../db/sql.ts";
import { liveRowsOf, rowOf } from "../db/tenant.ts";
import { percentile } from "../delivery/health.ts";
import { webhookStore } from "../delivery/receiver.ts";
import { badRequest, notFound } from "../errors.ts";
import { DAY_MS, HOUR_MS } from "../time.ts";
import { MAX_STATS_DAYS } from "./stats-schema.ts";

/** How often each duration (ms) occurs. */
type Histogram = Readonly<Record<string, number>>;

interface Outcomes {
	readonly successes: number;
	readonly failures: number;
	readonly durations: Histogram;
}

/**
 * The results of a webhook's attempts by hour since an instant (default: a day ago), oldest first, and in total; hours without
 * attempts are left out. Durations are exact to 5 %.
 * @throws AppError 400 for a time too long ago; 404
 */
export async function statsOf(ctx: Ctx, webhookId: string, since: string | undefined) {
	const { organizationId } = ctx.caller;
	const own = sql`(SELECT "id" FROM ${rowOf(webhooks, organizationId, webhookId)})`;
	const [found, hours] = await batch(ctx.env.DB, [
		webhookStore.byId(organizationId, webhookId, true),
		sql`SELECT * FROM ${deliveryHours} WHERE "webhookId" = ${own} AND "hour" >= ${firstHour(ctx, since)} ORDER BY "hour"`,
	]);
	if (!found?.[0]) throw notFound("webhook");
	return showStats(hours ?? []);
}

/**
 * The same for all webhooks of the organization, without deleted ones.
 * @throws AppError 400 for a time too long ago
 */
export async function statsOfAll(ctx: Ctx, since: string | undefined) {
	// Summed in SQL, because fifty webhooks have 36,000 hours in a month.
	const rows = sql`WHERE part."hour" >= ${firstHour(ctx, since)} AND part."webhookId" IN
		(SELECT "id" FROM ${liveRowsOf(webhooks, ctx.caller.organizationId, "webhooks_live")})`;
	const [counts = [], durations = []] = await batch(ctx.env.DB, [
		sql`SELECT "hour", sum("successes") AS "successes", sum("failures") AS "failures" FROM ${deliveryHours} AS part ${rows}
			GROUP BY "hour" ORDER BY "hour"`,
		sql`SELECT "hour", "key", sum("value") AS "count" FROM ${deliveryHours} AS part CROSS JOIN json_each(part."durations") ${rows}
			GROUP BY "hour", "key"`,
	]);
	const byHour = Map.groupBy(durations, ({ hour }) => hour);
	const histogram = (hour: unknown) =>
		Object.fromEntries((byHour.get(hour) ?? []).map(({ key, count }) => [key, count]));
	return showStats(counts.map((row) => ({ ...row, durations: JSON.stringify(histogram(row.hour)) })));
}

function firstHour(ctx: Ctx, since: string | undefined): number {
	const hour = hourOf(since === undefined ? ctx.now - DAY_MS : Date.parse(since));
	if (hour < hourOf(ctx.now - MAX_STATS_DAYS * DAY_MS))
		throw badRequest("since", `At most ${MAX_STATS_DAYS} days ago.`);
	return hour;
}

const hourOf = (instant: number) => Math.floor(instant / HOUR_MS) * HOUR_MS;

function showStats(rows: readonly RawRow[]) {
	const hours = rows.map((row): Outcomes & { readonly hour: string } => ({
		hour: isoOf(row.hour),
		successes: Number(row.successes),
		failures: Number(row.failures),
		durations: JSON.parse(String(row.durations)),
	}));
	return {
		items: hours.map(({ hour, ...outcomes }) => ({ hour, ...figuresOf(outcomes) })),
		nextCursor: null,
		hasMore: false,
		totals: figuresOf(sumOutcomes(hours)),
	};
}

function sumOutcomes(all: readonly Outcomes[]): Outcomes {
	const durations: Record<string, number> = {};
	let [successes, failures] = [0, 0];
	for (const one of all) {
		successes += one.successes;
		failures += one.failures;
		for (const [ms, count] of Object.entries(one.durations)) durations[ms] = (durations[ms] ?? 0) + count;
	}
	return { successes, failures, durations };
}

const figuresOf = ({ successes, failures, durations }: Outcomes) => ({
	successes,
	failures,
	p50Ms: percentile(durations, 0.5),
	p95Ms: percentile(durations, 0.95),
});
