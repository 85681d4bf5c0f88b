// Pipelines and their stages. A deal stores the type of its stage, so a stage can only be removed or change its type
// while no deal is in it. A stage's probability may change: deals look it up when they are read.

import type { Ctx } from "../../context.ts";
import type { RawRow } from "../../db/client.ts";
import type { WithoutInternal } from "../../db/columns.ts";
import { expect, type Statement } from "../../db/commit.ts";
import { textOrNull } from "../../db/fact.ts";
import { deals, type Stage, pipelines as table } from "../../db/schema/deals.ts";
import { type SQL, sql } from "../../db/sql.ts";
import { nextStamp } from "../../db/stamps.ts";
import { tableStore } from "../../db/store.ts";
import { liveRowsOf, notDeleted, ownedBy } from "../../db/tenant.ts";
import { conflict, type FieldError, throwFieldErrors } from "../../errors.ts";
import { identities } from "../../identities.ts";
import { newId } from "../../ids.ts";
import { expectWithin } from "../../quotas/expectations.ts";
import { PIPELINE_BYTES, pipelineBytes } from "../../quotas/quotas.ts";
import { visibleName } from "../../resources/holding.ts";
import { type FieldsOf, type Resource, withoutUndefined } from "../../resources/resource.ts";
import { verbs } from "../../resources/verbs.ts";
import { grows } from "../../resources/weight.ts";
import type { PipelineCreateInput, PipelineUpdateInput } from "./schema.ts";

type Row = WithoutInternal<typeof table.$inferSelect>;
type StageInput = NonNullable<PipelineUpdateInput["stages"]>[number];

const blank: FieldsOf<Row> = { name: "", position: 0, isDefault: false, stages: [] };

const TYPES = ["ACTIVE", "WON", "LOST"] as const;
const DEFAULT_PROBABILITY = { ACTIVE: null, WON: 100, LOST: 0 };

/** A scalar subquery for the id of an organization's default pipeline. */
export function defaultPipeline(organizationId: string): SQL {
	return sql`(SELECT "id" FROM ${liveRowsOf(table, organizationId, "pipelines_live")} AND "isDefault" = 1)`;
}

export const pipelines: Resource<Row, PipelineCreateInput, PipelineUpdateInput, string | null> = {
	...identities.pipelines,
	store: tableStore<Row>(table),
	list: { sorts: ["name", "position"], filters: {} },

	fact: { query: defaultPipeline, read: textOrNull, readsOwnRows: true },

	fields({ stages, ...input }, before, defaultId, at) {
		if (before?.isDefault && input.isDefault === false) {
			const message = "Make another pipeline the default instead.";
			throw conflict(`isDefault: ${message}`, { path: "isDefault", message });
		}
		const fields = { ...(before ?? blank), ...withoutUndefined(input) };
		return {
			...fields,
			isDefault: fields.isDefault || defaultId === null,
			stages: stages ? stagesOf(stages, before?.stages ?? [], at) : fields.stages,
		};
	},

	quotaExpectations(before, after) {
		if (!grows(before && weighed(before), weighed(after))) return [];
		return [expectWithin(pipelineBytes(after.organizationId), sql`${PIPELINE_BYTES}`, "pipelineBytes")];
	},
};

/** What is weighed of a pipeline. */
const weighed = ({ name, stages }: Row) => ({ name, stages });

const base = verbs(pipelines, (ctx, _, ids) => ({
	queries: ids === null ? [] : [dealsByStage(ctx, ids)],
	statements: (written, [occupied = []]) =>
		written.flatMap(({ before, after }) => [
			...(after.isDefault && !before?.isDefault ? unsetOtherDefaults(ctx, after) : []),
			...(before ? expectStagesFree(ctx, before, after, occupied) : []),
		]),
}));

export const pipelineVerbs: typeof base = {
	...base,

	async remove(ctx, id, condition) {
		const write = await base.remove(ctx, id, condition);
		if (write.value.isDefault)
			throw conflict("This pipeline is the default one: make another the default first.");
		return write;
	},
};

/** The stages after an update: those with an id are kept, the others are new. */
function stagesOf(inputs: readonly StageInput[], stored: readonly Stage[], at: string): Stage[] {
	const ids = inputs.map(({ id }) => id);
	const errors: FieldError[] = ids.flatMap((id, index) => {
		if (id === undefined) return [];
		const path = `stages.${index}.id`;
		if (ids.indexOf(id) < index) return [{ path, message: "The same stage twice." }];
		return stored.some((stage) => stage.id === id)
			? []
			: [{ path, message: "There is no such stage in this pipeline." }];
	});
	const missing = TYPES.filter((type) => inputs.every((stage) => stage.type !== type));
	if (missing.length > 0)
		errors.push({ path: "stages", message: `At least one stage of type ${missing.join(", ")} is missing.` });
	throwFieldErrors(errors);
	return inputs
		.map(({ id, name, type, position, probability }, index) => ({
			id: id ?? newId("dps", Date.parse(at)),
			name,
			type,
			position: position ?? index + 1,
			probability: probability === undefined ? probabilityOf(id, type, stored) : probability,
		}))
		.sort((a, b) => a.position - b.position);
}

/** The probability if the body has none: the stored one, unless the type changes. */
function probabilityOf(id: string | undefined, type: Stage["type"], stored: readonly Stage[]): number | null {
	const before = stored.find((stage) => stage.id === id);
	return before?.type === type ? before.probability : DEFAULT_PROBABILITY[type];
}

/** A query for one deal of each stage of a pipeline. */
function dealsByStage(ctx: Ctx, ids: SQL): SQL {
	const { organizationId } = ctx.caller;
	return sql`SELECT stage.value->>'id' AS "stageId", (SELECT "id" FROM ${liveRowsOf(deals, organizationId)}
			AND "stageId" = stage.value->>'id' LIMIT 1) AS "dealId"
		FROM ${table} AS pipeline CROSS JOIN json_each(pipeline."stages") AS stage
		WHERE ${ownedBy("pipeline", organizationId)} AND pipeline."id" IN (${ids}) AND "dealId" IS NOT NULL`;
}

/**
 * Asserts that no deal is in a stage that is removed or changes its type.
 * @throws AppError 409 if one is already
 */
function expectStagesFree(ctx: Ctx, before: Row, after: Row, occupied: readonly RawRow[]): Statement[] {
	const removed = before.stages.filter(({ id, type }) =>
		after.stages.every((stage) => stage.id !== id || stage.type !== type),
	);
	const dealInUse = occupied.find(({ stageId }) => removed.some((stage) => stage.id === stageId));
	if (dealInUse) {
		throw conflict(
			`A stage is in use: ${visibleName(ctx.caller, "deals", dealInUse.dealId)} is in ${dealInUse.stageId}, so it can't be removed or change its type.`,
			{ path: "stages", message: `${dealInUse.stageId} is in use.` },
		);
	}
	return removed.length > 0 ? [expectNoDealIn(ctx, removed)] : [];
}

function expectNoDealIn(ctx: Ctx, stages: readonly Stage[]): Statement {
	const ids = stages.map(({ id }) => id);
	return expect(sql`NOT EXISTS (SELECT 1 FROM ${liveRowsOf(deals, ctx.caller.organizationId)}
			AND "stageId" IN (SELECT value FROM ${sql.each(ids)}))`);
}

/** Unsets the previous default pipeline, since there is exactly one. */
function unsetOtherDefaults(ctx: Ctx, { organizationId, id }: Row): Statement[] {
	return [
		sql`UPDATE ${table} INDEXED BY "pipelines_live" SET "isDefault" = 0, "version" = "version" + 1, "updatedAt" = ${nextStamp(table, organizationId, ctx.now)}
			WHERE ${ownedBy(table, organizationId)} AND ${notDeleted(table)} AND "isDefault" = 1 AND "id" <> ${id}`,
	];
}
