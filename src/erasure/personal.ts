// The personal columns of each kind of record, and the values that replace them. Texts are erased; figures, dates, states and
// staff are kept. A column that nobody names is erased; where it can't be null, the compiler asks for its value.

import type { OwnedRow, OwnedTable } from "../db/owned-row.ts";
import { clients } from "../db/schema/clients.ts";
import { conversations } from "../db/schema/conversations.ts";
import { leads } from "../db/schema/leads.ts";
import { blankFields, type Nullable } from "../resources/blank.ts";
import type { FieldsOf } from "../resources/resource.ts";

/** Replaces a name or title, which can't be unset. */
export const ERASED = "(erased)";

/**
 * The values of a table's personal columns after erasing.
 * @param kept the columns that are not personal
 * @param replaced the values of those that can't be null
 */
function erased<Row extends OwnedRow, Kept extends keyof FieldsOf<Row>>(
	table: OwnedTable & { readonly $inferSelect: Row },
	kept: readonly Kept[],
	replaced: Omit<FieldsOf<Row>, Kept | Nullable<FieldsOf<Row>> | "custom">,
) {
	const unset = Object.entries(blankFields(table, {}));
	const names: readonly PropertyKey[] = kept;
	return { ...Object.fromEntries(unset.filter(([column]) => !names.includes(column))), ...replaced };
}

const STAFF = ["ownerId", "sourceId", "tagIds"] as const;

export const erasedLead = erased(
	leads,
	[
		...STAFF,
		"assigneeIds",
		"stageId",
		"value",
		"currency",
		"expectedCloseDate",
		"archived",
		"convertedAt",
		"convertedClientId",
		"convertedDealId",
	],
	{ name: ERASED },
);

export const erasedClient = erased(clients, [...STAFF, "type", "openingBalance", "currency", "companyId"], {
	name: ERASED,
});

export const erasedConversation = erased(
	conversations,
	[
		"conversationType",
		"agentId",
		"agentName",
		"agentNumber",
		"status",
		"outcome",
		"duration",
		"direction",
		"messageCount",
		"startedAt",
		"endedAt",
		"announced",
	],
	{ metadata: {}, posted: 0 },
);

/** The fields of a `save_lead` body. */
export const erasedSaveLead = {
	email: "",
	company: null,
	first_name: ERASED,
	last_name: null,
	phone: null,
	website: "",
	position: null,
	twitter: null,
	linkedin: null,
	notes: null,
	score: 0,
};
