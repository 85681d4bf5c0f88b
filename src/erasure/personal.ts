// The personal columns of each kind of record, and the values that replace them. Texts are erased; figures, dates, states and
// staff are kept. The types enforce it: a column that is neither kept nor listed here is a compile error.
import type { ClientRow } from "../crm/clients/clients.ts";
import type { ConversationRow } from "../crm/conversations/conversations.ts";
import type { LeadRow } from "../crm/leads/leads.ts";
import type { OwnedRow } from "../db/owned-row.ts";

/** Replaces a name or title, which can't be unset. */
export const ERASED = "(erased)";

/** All columns except those that are not personal. */
type Personal<Row, Kept extends keyof Row> = Omit<Row, Kept | keyof OwnedRow | "number" | "custom">;

/** These fields, set to null. */
const setToNull = <Field extends string>(...fields: readonly Field[]) =>
	Object.fromEntries(fields.map((field) => [field, null])) as Record<Field, null>;

type StaffField = "ownerId" | "sourceId" | "tagIds";

export const erasedLead: Personal<
	LeadRow,
	| StaffField
	| "assigneeIds"
	| "stageId"
	| "value"
	| "currency"
	| "expectedCloseDate"
	| "archived"
	| "convertedAt"
	| "convertedClientId"
	| "convertedDealId"
> = {
	name: ERASED,
	...setToNull(
		"firstName",
		"lastName",
		"email",
		"mobile",
		"secondaryMobile",
		"title",
		"position",
		"company",
		"website",
		"twitter",
		"linkedin",
		"notes",
		"score",
	),
};

export const erasedClient: Personal<
	ClientRow,
	StaffField | "type" | "openingBalance" | "currency" | "companyId"
> = {
	name: ERASED,
	...setToNull(
		"firstName",
		"lastName",
		"salutation",
		"email",
		"phone",
		"jobTitle",
		"website",
		"linkedin",
		"description",
		"taxNumber",
		"billingAddress",
		"primaryContact",
		"internalNotes",
	),
};

export const erasedConversation: Personal<
	ConversationRow,
	| "conversationType"
	| "agentId"
	| "agentName"
	| "agentNumber"
	| "status"
	| "outcome"
	| "duration"
	| "direction"
	| "messageCount"
	| "startedAt"
	| "endedAt"
	| "announced"
> = {
	...setToNull("summary", "contactNumber", "twilioCallSid", "callMetadata", "chatMetadata"),
	metadata: {},
	leadId: null,
	clientId: null,
	posted: 0,
};

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
