// What the stages of a pipeline hold: how many deals, worth how much.
import { z } from "@hono/zod-openapi";
import { sql } from "drizzle-orm";
import type { Ctx } from "../../context.ts";
import { batch } from "../../db/client.ts";
import { MONEY_UNITS } from "../../db/columns.ts";
import { pipelines, deals as table } from "../../db/schema/deals.ts";
import { notFound } from "../../errors.ts";
import { listOf } from "../../http/crud.ts";
import { type Endpoint, endpoint } from "../../http/endpoint.ts";
import { currency, id } from "../../http/fields.ts";

/** No stage's deals are counted further: what a call costs is bounded, however many there are. */
const MOST_COUNTED = 10_000;

const example = {
	stageId: "dps_01h455vb4pex5vsknk084sn02q",
	count: 140,
	isExact: true,
	sums: [{ currency: "EUR", value: 1_310_000 }],
};

const StageTotals = z
	.object({
		stageId: id("dps"),
		count: z.int().openapi({ description: "Deals in it.", minimum: 0, maximum: MOST_COUNTED }),
		isExact: z.boolean().openapi({
			description: `False where the stage holds more than ${MOST_COUNTED} deals: only so many were counted.`,
		}),
		sums: z
			.array(
				z.object({
					currency: currency(),
					value: z.number().openapi({ description: "Their prices added up; deals without one add nothing." }),
				}),
			)
			.max(200)
			.openapi({ description: "By currency." }),
	})
	.openapi("StageTotals", { example });

export const stageTotals: Endpoint = endpoint(
	{
		method: "get",
		path: "/pipelines/{id}/totals",
		scope: "deals:read",
		tag: "Pipelines",
		operationId: "getPipelineTotals",
		summary: "Get the totals of a pipeline",
		description: "How many deals each stage holds and what they are worth, in the order of the stages.",
		message: "Totals retrieved successfully",
		ids: { id: { prefix: "dpl", noun: "pipeline" } },
		query: z.strictObject({}),
		answers: { 200: { description: "All stages.", schema: listOf("StageTotals", StageTotals, 50) } },
	},
	async ({ ctx, ids: { id = "" } }) => ({
		status: 200,
		body: { items: await totalsOf(ctx, id), nextCursor: null, hasMore: false },
	}),
);

async function totalsOf(ctx: Ctx, pipelineId: string) {
	const { organizationId } = ctx.caller;
	const held = sql`SELECT "currency", "price" FROM ${table} INDEXED BY "deals_stageId" WHERE "organizationId" = ${organizationId}
		AND "stageId" = stage.value->>'id' AND "deletedAt" IS NULL LIMIT ${MOST_COUNTED + 1}`;
	const [rows = []] = await batch(ctx.env.DB, [
		sql`SELECT stage.value->>'id' AS "stageId", (SELECT json_group_array(json_array("currency", "count", "sum")) FROM
				(SELECT "currency", count(*) AS "count", coalesce(sum("price"), 0) AS "sum" FROM (${held}) GROUP BY "currency")) AS "sums"
			FROM ${pipelines} AS pipeline CROSS JOIN json_each(pipeline."stages") AS stage
			WHERE pipeline."organizationId" = ${organizationId} AND pipeline."id" = ${pipelineId} AND pipeline."deletedAt" IS NULL
			ORDER BY stage.value->>'position'`,
	]);
	if (rows.length === 0) throw notFound("pipeline");
	return rows.map(({ stageId, sums }) => {
		const found = JSON.parse(String(sums)) as [currency: string, count: number, sum: number][];
		const count = found.reduce((total, [, one]) => total + one, 0);
		return {
			stageId: String(stageId),
			count: Math.min(count, MOST_COUNTED),
			isExact: count <= MOST_COUNTED,
			sums: found.map(([code, , sum]) => ({ currency: code, value: sum / MONEY_UNITS })),
		};
	});
}
