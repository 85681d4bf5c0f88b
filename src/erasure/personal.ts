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
const unset = <Field extends string>(...fields: readonly Field[]) =>
	Object.fromEntries(fields.map((field) => [field, null])) as Record<Field, null>;

type Staff = "ownerId" | "sourceId" | "tagIds";

export const lead: Personal<
	LeadRow,
	| Staff
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
	...unset(
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

export const client: Personal<ClientRow, Staff | "type" | "openingBalance" | "currency" | "companyId"> = {
	name: ERASED,
	...unset(
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

export const conversation: Personal<
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
	...unset("summary", "contactNumber", "twilioCallSid", "callMetadata", "chatMetadata"),
	metadata: {},
	leadId: null,
	clientId: null,
	posted: 0,
};

/** The fields of a `save_lead` body. */
export const saveLead = {
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
