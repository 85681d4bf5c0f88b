// The events of an organization as a feed to read: the pull twin of webhooks.
import { sql } from "drizzle-orm";
import type { Ctx } from "../context.ts";
import { feedPage } from "../db/feed.ts";
import type { Position } from "../db/list.ts";
import { events } from "../db/schema/webhooks.ts";
import { firstIdAt } from "../ids.ts";
import { eventTypes, matchesAny } from "./catalogue.ts";
import { readableTypes } from "./readable.ts";

export interface EventQuery {
	readonly limit: number;
	readonly ascending: boolean;
	readonly after: Position | null;
	/** Event names, `<noun>.*` or `*`; any of them. */
	readonly type?: readonly string[] | undefined;
	readonly since?: string | undefined;
}

/** A page of what happened to what the caller may read; test sends are left out, for nothing did. */
export async function eventsOf(ctx: Ctx, { type: wanted, since, ...query }: EventQuery) {
	const types = readableTypes(ctx.caller).filter(
		(type) => !wanted || wanted.some((one) => matchesAny(one, [type])),
	);
	const all = types.length === eventTypes.length;
	const { rows, next } = await feedPage({
		...query,
		db: ctx.env.DB,
		table: events,
		owner: sql`${events.organizationId} = ${ctx.caller.organizationId}`,
		within: since ? [sql`${events.id} >= ${firstIdAt("evt", Date.parse(since))}`] : [],
		tests: [
			sql`"test" = 0`,
			...(all ? [] : [sql`"type" IN (SELECT value FROM json_each(${JSON.stringify(types)}))`]),
		],
	});
	const items = rows.map(({ id, type, entityId, createdAt, payload }) => {
		// A delivery's id; here nothing was delivered.
		const { webhookId: _, ...shown } = JSON.parse(String(payload));
		return { id, type, entityId, createdAt: new Date(Number(createdAt)).toISOString(), payload: shown };
	});
	return { items, next };
}
