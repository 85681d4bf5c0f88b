// Schemas of delivery statistics.

import { z } from "@hono/zod-openapi";
import { listSchema } from "../http/crud.ts";
import { instant, timestamp } from "../http/fields.ts";
import { objectOf, strictObjectOf } from "../http/objects.ts";
import { once } from "../http/once.ts";

/** How far back statistics go: as long as the delivery log is kept by default. */
export const MAX_STATS_DAYS = 31;

export const StatsQuery = strictObjectOf(() => ({
	since: instant()
		.optional()
		.describe(`Starts with the hour of this time, at most ${MAX_STATS_DAYS} days ago. Default: one day ago.`),
}));

const duration = (share: string) =>
	z
		.int()
		.nullable()
		.openapi({
			description: `The duration in milliseconds that ${share} of the attempts did not exceed, within 5 %; \`null\` without attempts.`,
			minimum: 0,
		});

const figures = once(() => ({
	successes: z.int().openapi({ description: "Attempts that succeeded.", minimum: 0 }),
	failures: z.int().openapi({ description: "Attempts that failed.", minimum: 0 }),
	p50Ms: duration("half"),
	p95Ms: duration("95 %"),
}));

const example = { successes: 118, failures: 2, p50Ms: 180, p95Ms: 640 };

const DeliveryHour = objectOf(() => ({
	hour: timestamp().describe("The start of the hour."),
	...figures(),
})).openapi("DeliveryHour", { example: { hour: "2026-01-31T12:00:00.000Z", ...example } });

export const DeliveryStats = objectOf(() => ({
	...listSchema("DeliveryHour", DeliveryHour).shape,
	totals: z.object(figures()).openapi({
		description:
			"The totals of all these hours. Durations are computed from all attempts, not averaged over the hours.",
		example,
	}),
})).openapi("DeliveryStats");
