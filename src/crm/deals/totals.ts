// Totals of the stages of a pipeline: how many deals, and what they are worth.

import { z } from "@hono/zod-openapi";
import type { Ctx } from "../../context.ts";
import { batch } from "../../db/client.ts";
import { moneyOf, moneySums } from "../../db/money-sums.ts";
import { pipelines, deals as table } from "../../db/schema/deals.ts";
import { sql } from "../../db/sql.ts";
import { isRow, liveRowsOf, notDeleted } from "../../db/tenant.ts";
import { badRequest } from "../../errors.ts";
import { listSchema } from "../../http/crud.ts";
import { type Endpoint, endpoint } from "../../http/endpoint.ts";
import { currency, id } from "../../http/fields.ts";
import { objectOf, strictObjectOf } from "../../http/objects.ts";
import { identities } from "../../identities.ts";
import { defaultPipeline } from "../pipelines/pipelines.ts";
import { MAX_STAGES } from "../pipelines/schema.ts";

/** Counting the deals of a stage ends here, so that the cost of a call is bounded. */
const MAX_COUNTED_DEALS = 10_000;
/** More than there are currencies. */
const MAX_CURRENCIES = 200;

const example = {
	stageId: "dps_01h455vb4pex5vsknk084sn02q",
	count: 140,
	isExact: true,
	sums: [{ currency: "EUR", value: 1_310_000 }],
};

const StageTotals = objectOf(() => ({
	stageId: id("dps").describe("The stage."),
	count: z
		.int()
		.openapi({ description: "The number of deals in the stage.", minimum: 0, maximum: MAX_COUNTED_DEALS }),
	isExact: z
		.boolean()
		.describe(`Whether all deals were counted; \`false\` if the stage has more than ${MAX_COUNTED_DEALS}.`),
	sums: z
		.array(
			z.object({
				currency: currency().describe("ISO 4217."),
				value: z
					.number()
					.describe(
						"The sum of their prices; deals without a price are not counted. Added exactly, and shown as the nearest number that a double can be: all digits of a sum with up to 15 are right.",
					),
			}),
		)
		.max(MAX_CURRENCIES)
		.describe("What the deals are worth, by currency."),
})).openapi("StageTotals", { example });

export const stageTotals: Endpoint = endpoint(
	{
		method: "get",
		path: "/deals/totals",
		of: identities.deals,
		operationId: "getDealTotals",
		summary: "Get the totals of a pipeline's stages",
		description: "How many deals are in each stage and what they are worth, in the order of the stages.",
		message: "Totals retrieved successfully",
		query: strictObjectOf(() => ({
			pipelineId: id("dpl").optional().describe("The pipeline. Default: the default pipeline."),
		})),
		answers: {
			200: { description: "All stages.", schema: listSchema("StageTotals", StageTotals, MAX_STAGES) },
		},
	},
	async ({ ctx, query }) => ({
		status: 200,
		body: { items: await totalsOf(ctx, query.pipelineId), nextCursor: null, hasMore: false },
	}),
);

/**
 * The totals of a pipeline's stages; empty if the organization has no pipeline yet.
 * @throws AppError 400 when there is no such pipeline
 */
async function totalsOf(ctx: Ctx, pipelineId: string | undefined) {
	const { organizationId } = ctx.caller;
	const stageDeals = sql`SELECT "currency", "price" FROM ${liveRowsOf(table, organizationId, "deals_stageId")}
		AND "stageId" = stage.value->>'id' ${sql.limit(MAX_COUNTED_DEALS + 1)}`;
	const isSelected = isRow("pipeline", organizationId, pipelineId ?? defaultPipeline(organizationId));
	const [rows = []] = await batch(ctx.env.DB, [
		sql`SELECT stage.value->>'id' AS "stageId", (SELECT json_group_array(json_array("currency", "count", json("sum"))) FROM
				(SELECT "currency", count(*) AS "count", ${moneySums(sql`"price"`)} AS "sum" FROM (${stageDeals}) GROUP BY "currency")) AS "sums"
			FROM ${pipelines} AS pipeline CROSS JOIN json_each(pipeline."stages") AS stage
			WHERE ${isSelected} AND ${notDeleted("pipeline")}
			ORDER BY stage.value->>'position'`,
	]);
	if (rows.length === 0 && pipelineId) throw badRequest("pipelineId", "There is no such pipeline.");
	return rows.map(({ stageId, sums }) => {
		const sumsByCurrency: [currency: string, count: number, sum: [number, number]][] = JSON.parse(
			String(sums),
		);
		const count = sumsByCurrency.reduce((total, [, one]) => total + one, 0);
		return {
			stageId: String(stageId),
			count: Math.min(count, MAX_COUNTED_DEALS),
			isExact: count <= MAX_COUNTED_DEALS,
			sums: sumsByCurrency.map(([code, , sum]) => ({ currency: code, value: moneyOf(sum) })),
		};
	});
}
