// The caller's organization. Only operators create organizations and set their limits.

import type { z } from "@hono/zod-openapi";
import type { Ctx } from "../context.ts";
import { batch } from "../db/client.ts";
import { isoOf } from "../db/columns.ts";
import { expectChanged } from "../db/commit.ts";
import { organizations as table } from "../db/schema/organizations.ts";
import { isoInstant } from "../db/slots.ts";
import { type SQL, sql } from "../db/sql.ts";
import { isOrganization, organizationRow } from "../db/tenant.ts";
import { notFound } from "../errors.ts";
import { requireVersion, staleVersion, type VersionCondition } from "../resources/condition.ts";
import { withoutUndefined } from "../resources/resource.ts";
import type { Organization, OrganizationUpdateInput } from "./schema.ts";
import { readUsage, type Usage, usageOf } from "./usage.ts";

/**
 * The caller's organization, as answers show it.
 * @throws AppError 404 if its row is gone: it was removed after the key was looked up
 */
export async function get(ctx: Ctx): Promise<z.output<typeof Organization>> {
	const [rows] = await batch(ctx.env.DB, [sql`SELECT * FROM ${organizationRow(ctx.caller.organizationId)}`]);
	const row = rows?.[0];
	if (!row) throw notFound("organization");
	return {
		id: String(row.id),
		version: Number(row.version),
		createdAt: isoOf(row.createdAt),
		updatedAt: isoOf(row.updatedAt),
		name: String(row.name),
		timezone: String(row.timezone),
		currency: String(row.currency),
	};
}

/** How much of each quota the caller's organization uses. */
export async function usage(ctx: Ctx): Promise<Usage[]> {
	const [rows] = await batch(ctx.env.DB, [usageOf(ctx.caller.organizationId, ctx.now)]);
	return (rows ?? []).map(readUsage);
}

/**
 * Plans a change of the caller's organization.
 * @throws AppError 404 as `get`, 412 if it does not have the version that If-Match names
 */
export async function update(ctx: Ctx, input: OrganizationUpdateInput, condition: VersionCondition | null) {
	const before = await get(ctx);
	requireVersion(before, condition);
	const after = {
		...before,
		...withoutUndefined(input),
		version: before.version + 1,
	};
	const { name, timezone, currency } = after;
	if (name === before.name && timezone === before.timezone && currency === before.currency)
		return { value: before, statements: [] };
	const query: SQL = sql`UPDATE ${table} SET "name" = ${name}, "timezone" = ${timezone}, "currency" = ${currency},
			"version" = "version" + 1, "updatedAt" = max(${ctx.now}, "updatedAt" + 1)
		WHERE ${isOrganization(table, before.id)} AND "version" = ${before.version}`;
	const stamped = sql`(SELECT ${isoInstant(sql`"updatedAt"`)} FROM ${organizationRow(before.id)})`;
	return {
		value: after,
		statements: [query, expectChanged(condition ? staleVersion : undefined)],
		slots: [{ path: "updatedAt", value: stamped }],
	};
}
