// Deals: their rules and their events. The stage of a deal decides its status, its probability, and when it was won
// or lost.

import { withCustomFields } from "../../custom-fields/with-custom-fields.ts";
import type { WithoutInternal } from "../../db/columns.ts";
import { pipelines, type Stage, deals as table } from "../../db/schema/deals.ts";
import { sql } from "../../db/sql.ts";
import { type Mapping, tableStore } from "../../db/store.ts";
import { liveRowOf, liveRowsOf } from "../../db/tenant.ts";
import { badRequest } from "../../errors.ts";
import { id } from "../../http/fields.ts";
import { identities } from "../../identities.ts";
import { blankFields } from "../../resources/blank.ts";
import { lifecycleEvents } from "../../resources/lifecycle.ts";
import { type Resource, withoutUndefined } from "../../resources/resource.ts";
import { assigneeId, clientId, ownerId, sourceId, tagId } from "../filters.ts";
import { computeLineItems } from "../line-items.ts";
import { stageTypes } from "../pipelines/schema.ts";
import { organizationCurrencyFact } from "../priced.ts";
import { type DealCreateInput, type DealUpdateInput, priorities } from "./schema.ts";

export type DealRow = WithoutInternal<typeof table.$inferSelect>;

/** A deal as it is read. If its stage has another probability by now, `outdated` has the one of the column. */
type ReadDeal = DealRow & { readonly outdated?: Pick<DealRow, "probability"> };

/** What the rules read: the organization's currency, and its live pipelines in order. */
interface Fact {
	readonly currency: string;
	readonly pipelines: readonly Pipeline[];
}

type Pipeline = Pick<typeof pipelines.$inferSelect, "id" | "isDefault" | "stages">;

const blank = blankFields(table, {
	title: "",
	clientId: "",
	pipelineId: "",
	stageId: "",
	status: "ACTIVE",
	assigneeIds: [],
	contactIds: [],
	tagIds: [],
	lineItems: [],
	currency: "",
	isInclusiveTax: false,
	stageChangedAt: "",
	custom: {},
});

const store = tableStore<DealRow>(table);

export const deals = withCustomFields({
	...identities.deals,
	store,
	list: {
		sorts: ["expectedCloseDate", "price", "title"],
		filters: {
			clientId,
			leadId: { by: "facet", field: "leadId", schema: () => id("ld") },
			tagId,
			assigneeId,
			contactId: { by: "linked", field: "contactIds", schema: () => id("clt") },
			ownerId,
			sourceId,
			stageId: { by: "facet", field: "stageId", schema: () => id("dps") },
			priority: { by: "facet", field: "priority", schema: () => priorities },
			status: { by: "facet", field: "status", schema: () => stageTypes },
			pipelineId: { by: "facet", field: "pipelineId", schema: () => id("dpl") },
		},
		search: { table: "deals_search", columns: ["title", "number"], byClient: true },
	},

	fact: {
		query: (organizationId) =>
			sql`(SELECT json_object('currency', ${organizationCurrencyFact.query(organizationId)}, 'pipelines',
			(SELECT json_group_array(json_object('id', "id", 'isDefault', json(iif("isDefault", 'true', 'false')), 'stages', json("stages")))
				FROM (SELECT * FROM ${liveRowsOf(pipelines, organizationId, "pipelines_live")} ORDER BY "id"))) || '')`,
		read: (scalar): Fact => JSON.parse(String(scalar)),
	},

	/** A deal shows the present probability of its stage. Its column has the one from when the deal was last written. */
	mapping({ pipelines }): Mapping<DealRow> {
		const stages = new Map(
			pipelines.flatMap((pipeline) => pipeline.stages.map((stage) => [stage.id, stage])),
		);
		return {
			...store.plainMapping,
			row(stored) {
				const stage = stages.get(stored.stageId);
				if (!stage || stage.probability === stored.probability) return stored;
				return { ...stored, probability: stage.probability, outdated: { probability: stored.probability } };
			},
			columns({ outdated, ...row }: ReadDeal) {
				return { ...row, ...outdated };
			},
		};
	},

	/** The same in SQL. A deal of a pipeline that is gone shows the probability of its column. */
	shown: (organizationId) => ({
		instead: {
			probability: sql`coalesce((SELECT (SELECT stage.value->'probability' FROM json_each(${pipelines.stages}) AS stage WHERE stage.value->>'id' = ${table.stageId})
				FROM ${liveRowOf(pipelines, organizationId, table.pipelineId)}), json_quote(${table.probability}))`,
		},
	}),

	fields({ currency, lineItems, ...input }, before, known, at) {
		const fields = {
			...(before ?? blank),
			...withoutUndefined(input),
			outdated: undefined,
			currency: (currency === undefined ? before?.currency : currency) ?? known.currency,
			...stageFields(input, before, known.pipelines, at),
		};
		const lines = lineItems ?? fields.lineItems;
		const { items, total } = computeLineItems(lines, fields.currency, fields.isInclusiveTax);
		const linesTotal = items.length > 0 ? total : null;
		const price =
			input.price === undefined ? priceOf(linesTotal, lineItems !== undefined, before) : input.price;
		return { ...fields, lineItems: items, price: price ?? linesTotal };
	},

	/** A restored deal returns to its stage. If that was removed or its type changed, it goes to the first ACTIVE stage. */
	fieldsOnRestore(row, { pipelines }, at) {
		const stages = pipelines.find(({ id }) => id === row.pipelineId)?.stages ?? [];
		const first = stages.find(({ type }) => type === "ACTIVE");
		const isUnchanged = stages.some(({ id, type }) => id === row.stageId && type === row.status);
		// A deleted pipeline is refused later, by the check of references.
		return isUnchanged || !first ? {} : stageFields({ stageId: first.id }, row, pipelines, at);
	},

	events: lifecycleEvents("deals", { stageId: "deal.stageChanged" }),
} satisfies Resource<DealRow, DealCreateInput, DealUpdateInput, Fact>);

/** The pipeline and stage of a deal after an input, and the fields that follow from the stage. */
function stageFields(
	input: Pick<DealUpdateInput, "pipelineId" | "stageId">,
	before: DealRow | null,
	pipelines: readonly Pipeline[],
	at: string,
) {
	const pipelineId = input.pipelineId ?? before?.pipelineId;
	const pipeline = pipelines.find(({ id, isDefault }) =>
		pipelineId === undefined ? isDefault : id === pipelineId,
	);
	if (!pipeline) {
		const message = pipelineId ? "There is no such pipeline." : "Required, because there is no pipeline yet.";
		throw badRequest("pipelineId", message);
	}
	const isSamePipeline = before?.pipelineId === pipeline.id;
	const stageId = input.stageId ?? (isSamePipeline ? before.stageId : undefined);
	const stage = pipeline.stages.find(({ id, type }) =>
		stageId === undefined ? type === "ACTIVE" : id === stageId,
	);
	if (!stage) throw badRequest("stageId", "There is no such stage in this pipeline.");
	const timeOf = (status: Stage["type"], stored: string | null | undefined) => {
		if (stage.type !== status) return null;
		return (before?.status === status ? stored : null) ?? at;
	};
	return {
		pipelineId: pipeline.id,
		stageId: stage.id,
		status: stage.type,
		probability: stage.probability,
		wonAt: timeOf("WON", before?.wonAt),
		lostAt: timeOf("LOST", before?.lostAt),
		stageChangedAt: before?.stageId === stage.id ? before.stageChangedAt : at,
	};
}

/** The price if the body has none: the total of the lines if the body has lines, or if it was their total before. */
function priceOf(total: number | null, hasNewLines: boolean, before: DealRow | null): number | null {
	if (!before) return total;
	const { lineItems, currency, isInclusiveTax, price } = before;
	const wasTotal =
		lineItems.length > 0 && price === computeLineItems(lineItems, currency, isInclusiveTax).total;
	return wasTotal || (hasNewLines && total !== null) ? total : price;
}
