// Deals: their rules and their events. Where a deal stands says what it is: its stage decides status, probability and
// the instants of winning and losing.

import { sql } from "drizzle-orm";
import { withCustomFields } from "../../custom-fields/with-custom-fields.ts";
import type { Plain } from "../../db/columns.ts";
import { pipelines, type Stage, deals as table } from "../../db/schema/deals.ts";
import { type Mapping, tableStore } from "../../db/store.ts";
import { rowsOf } from "../../db/tenant.ts";
import { badRequest } from "../../errors.ts";
import { id } from "../../http/fields.ts";
import { identities } from "../../identities.ts";
import { lifecycle } from "../../resources/lifecycle.ts";
import { type FieldsOf, given, type Resource } from "../../resources/resource.ts";
import { assigneeId, clientId, ownerId, sourceId, tagId } from "../filters.ts";
import { computeLineItems } from "../line-items.ts";
import { stageTypes } from "../pipelines/schema.ts";
import { ownCurrency } from "../priced.ts";
import { type DealCreateInput, type DealUpdateInput, priorities } from "./schema.ts";

export type DealRow = Plain<typeof table.$inferSelect>;

/** A deal as it is read: of a probability that its stage no longer has, with the one in its column. */
type Shown = DealRow & { readonly outdated?: Pick<DealRow, "probability"> };

/** What the rules must know: the organization's currency, and its live pipelines in order. */
interface Fact {
	readonly currency: string;
	readonly pipelines: readonly Path[];
}

interface Path {
	readonly id: string;
	readonly isDefault: boolean;
	readonly stages: readonly Stage[];
}

const blank: FieldsOf<DealRow> = {
	title: "",
	clientId: "",
	pipelineId: "",
	stageId: "",
	status: "ACTIVE",
	probability: null,
	leadId: null,
	sourceId: null,
	ownerId: null,
	assigneeIds: [],
	contactIds: [],
	tagIds: [],
	price: null,
	lineItems: [],
	currency: "",
	isInclusiveTax: false,
	expectedCloseDate: null,
	priority: null,
	lostReason: null,
	wonAt: null,
	lostAt: null,
	stageChangedAt: "",
	custom: {},
};

const store = tableStore<DealRow>(table, ["assigneeIds", "contactIds", "tagIds"]);

export const deals = withCustomFields({
	...identities.deals,
	store,
	list: {
		sorts: ["expectedCloseDate", "price", "title"],
		filters: {
			clientId,
			leadId: { by: "facet", field: "leadId", schema: id("ld") },
			tagId,
			assigneeId,
			contactId: { by: "linked", field: "contactIds", schema: id("clt") },
			ownerId,
			sourceId,
			stageId: { by: "facet", field: "stageId", schema: id("dps") },
			priority: { by: "facet", field: "priority", schema: priorities },
			status: { by: "facet", field: "status", schema: stageTypes },
			pipelineId: { by: "facet", field: "pipelineId", schema: id("dpl") },
		},
		search: { table: "deals_search", columns: ["title", "number"], byClient: true },
	},

	fact: {
		query: (organizationId) =>
			sql`(SELECT json_object('currency', ${ownCurrency.query(organizationId)}, 'pipelines',
			(SELECT json_group_array(json_object('id', "id", 'isDefault', json(iif("isDefault", 'true', 'false')), 'stages', json("stages")))
				FROM (SELECT * FROM ${rowsOf(pipelines, organizationId, "pipelines_live")} AND "deletedAt" IS NULL ORDER BY "id"))) || '')`,
		read: (scalar): Fact => JSON.parse(String(scalar)),
	},

	/** A deal shows its stage's probability as it is now; its column has what that was when the deal was last written. */
	mapping({ pipelines }): Mapping<DealRow> {
		const stages = new Map(pipelines.flatMap((path) => path.stages.map((stage) => [stage.id, stage])));
		return {
			...store.plain,
			row(stored) {
				const stage = stages.get(stored.stageId);
				if (!stage || stage.probability === stored.probability) return stored;
				return { ...stored, probability: stage.probability, outdated: { probability: stored.probability } };
			},
			columns({ outdated, ...row }: Shown) {
				return { ...row, ...outdated };
			},
		};
	},

	fields({ currency, lineItems, ...input }, before, known, at) {
		const fields = {
			...(before ?? blank),
			...given(input),
			outdated: undefined,
			currency: (currency === undefined ? before?.currency : currency) ?? known.currency,
			...stageFields(input, before, known.pipelines, at),
		};
		const lines = lineItems ?? fields.lineItems;
		const { items, total } = computeLineItems(lines, fields.currency, fields.isInclusiveTax);
		const sum = items.length > 0 ? total : null;
		const price = input.price === undefined ? priceOf(sum, lineItems !== undefined, before) : input.price;
		return { ...fields, lineItems: items, price: price ?? sum };
	},

	/** A deal comes back to the stage it was in; where that is gone, or another kind of stage by now, to the first ACTIVE one. */
	restored(row, { pipelines }, at) {
		const stages = pipelines.find(({ id }) => id === row.pipelineId)?.stages ?? [];
		const first = stages.find(({ type }) => type === "ACTIVE");
		const there = stages.some(({ id, type }) => id === row.stageId && type === row.status);
		// Without its pipeline it doesn't come back at all; that is found with the rest of what it refers to.
		return there || !first ? {} : stageFields({ stageId: first.id }, row, pipelines, at);
	},

	events: lifecycle("deals", { stageId: "deal.stageChanged" }),
} satisfies Resource<DealRow, DealCreateInput, DealUpdateInput, Fact>);

/** The pipeline and stage of a deal after an input, and the fields that follow from the stage. */
function stageFields(
	input: Pick<DealUpdateInput, "pipelineId" | "stageId">,
	before: DealRow | null,
	pipelines: readonly Path[],
	at: string,
) {
	const wanted = input.pipelineId ?? before?.pipelineId;
	const pipeline = pipelines.find(({ id, isDefault }) => (wanted === undefined ? isDefault : id === wanted));
	if (!pipeline) {
		const message = wanted ? "There is no such pipeline." : "Required, because there is no pipeline yet.";
		throw badRequest({ path: "pipelineId", message });
	}
	const stays = before?.pipelineId === pipeline.id;
	const stageId = input.stageId ?? (stays ? before.stageId : undefined);
	const stage = pipeline.stages.find(({ id, type }) =>
		stageId === undefined ? type === "ACTIVE" : id === stageId,
	);
	if (!stage) throw badRequest({ path: "stageId", message: "There is no such stage in this pipeline." });
	const since = (status: Stage["type"], stored: string | null | undefined) => {
		if (stage.type !== status) return null;
		return (before?.status === status ? stored : null) ?? at;
	};
	return {
		pipelineId: pipeline.id,
		stageId: stage.id,
		status: stage.type,
		probability: stage.probability,
		wonAt: since("WON", before?.wonAt),
		lostAt: since("LOST", before?.lostAt),
		stageChangedAt: before?.stageId === stage.id ? before.stageChangedAt : at,
	};
}

/** The price where the body says nothing of it: the lines' total when lines are named, or when it was their total before. */
function priceOf(total: number | null, linesNamed: boolean, before: DealRow | null): number | null {
	if (!before) return total;
	const { lineItems, currency, isInclusiveTax, price } = before;
	const followed =
		lineItems.length > 0 && price === computeLineItems(lineItems, currency, isInclusiveTax).total;
	return followed || (linesNamed && total !== null) ? total : price;
}
