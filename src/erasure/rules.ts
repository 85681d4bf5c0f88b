// How personal data is erased from each kind of record: the new values of its columns and what is removed from its events.
// Records that only refer to the erased one lose just the reference.
import { clients } from "../crm/clients/clients.ts";
import { conversations } from "../crm/conversations/conversations.ts";
import { deals } from "../crm/deals/deals.ts";
import { formResponses } from "../crm/form-responses/form-responses.ts";
import { invoices } from "../crm/invoices/invoices.ts";
import { leads } from "../crm/leads/leads.ts";
import { quotations } from "../crm/quotations/quotations.ts";
import { tasks } from "../crm/tasks/tasks.ts";
import { fieldType } from "../custom-fields/types.ts";
import { linksOf } from "../custom-fields/values.ts";
import type { RawRow } from "../db/client.ts";
import type { CustomValue } from "../db/columns.ts";
import type { Statement } from "../db/commit.ts";
import type { Link } from "../db/links.ts";
import type { OwnedRow, OwnedTable } from "../db/owned-row.ts";
import type { Mapping, Store } from "../db/store.ts";
import { isSameJson } from "../json.ts";
import { uncountMessages } from "../quotas/messages.ts";
import { ERASED, erasedClient, erasedConversation, erasedLead } from "./personal.ts";

/** What erasing needs to know of a custom field, live or deleted. */
export interface CustomField {
	readonly id: string;
	readonly key: string;
	readonly type: string;
}

export interface Rule {
	readonly table: OwnedTable;
	/** The table's full-text index. */
	readonly search: string | null;
	/** Whether its rows and events contain personal data, and not only a reference. */
	readonly isPersonal: boolean;
	/** The new values of fields, in rows and in events. */
	readonly replacements: Readonly<Record<string, unknown>>;
	/** The keys of the custom fields whose values are kept. */
	keptCustomKeys(fields: readonly CustomField[]): ReadonlySet<string>;
	links(raw: RawRow, fields: readonly CustomField[]): readonly Link[];
	/** Statements that erase a row's personal data and its references to `root`; none when it has none. */
	erase(raw: RawRow, root: string, fields: readonly CustomField[], now: number): Statement[];
}

interface RuleOptions<Row> {
	readonly replacements?: Partial<Row>;
	/** Fields that are set to null when they hold the erased record's id. */
	readonly references?: readonly (keyof Row & string)[];
	readonly lists?: readonly (keyof Row & string)[];
	/** Which custom values are erased: none, those of free text, or all. */
	readonly custom?: "free" | "all";
	/** Further statements for a changed row. */
	readonly alsoNeeds?: (before: Row) => Statement[];
}

interface Customized {
	readonly custom?: Readonly<Record<string, CustomValue>>;
}

interface Subject<Row extends OwnedRow> {
	readonly store: Store<Row>;
	readonly list: { readonly search?: { readonly table: string } };
}

function createRule<Row extends OwnedRow & Customized>(
	{ store, list }: Subject<Row>,
	parts: RuleOptions<Row>,
): Rule {
	const { replacements = {}, references = [], lists = [], custom, alsoNeeds } = parts;
	const isErased = ({ type }: CustomField) =>
		custom === "all" || (custom === "free" && fieldType(type).isFreeText);

	/** The stored form of rows, with the links of all custom values, hidden ones too. */
	const mapping = (fields: readonly CustomField[]): Mapping<Row> => ({
		...store.plainMapping,
		links: (row) => [
			...store.plainMapping.links(row),
			...fields.flatMap((field) => linksOf(field, customOf(row)[field.id])),
		],
	});

	return {
		table: store.table,
		search: list.search?.table ?? null,
		isPersonal: Object.keys(replacements).length > 0,
		replacements,
		keptCustomKeys(fields) {
			const gone = new Set(fields.filter(isErased).map(({ key }) => key));
			return new Set(fields.map(({ key }) => key).filter((key) => !gone.has(key)));
		},
		links: (raw, fields) => mapping(fields).links(store.decode(raw)),

		erase(raw, root, fields, now) {
			const before = store.decode(raw);
			const gone = new Set(fields.filter(isErased).map(({ id }) => id));
			const kept = Object.entries(customOf(before)).filter(([id]) => !gone.has(id));
			const unset = references.filter((field) => before[field] === root).map((field) => [field, null]);
			const shorter = lists.map((field) => [field, withoutId(before[field], root)]);
			const changes = {
				...replacements,
				...Object.fromEntries([...unset, ...shorter]),
				...(custom ? { custom: Object.fromEntries(kept) } : {}),
			};
			const values = new Map<string, unknown>(Object.entries(before));
			const isUnchanged = ([field, value]: [string, unknown]) => isSameJson(values.get(field), value);
			if (Object.entries(changes).every(isUnchanged)) return [];
			const after = { ...before, ...changes };
			return [...store.update(now, before, after, mapping(fields)), ...(alsoNeeds?.(before) ?? [])];
		},
	};
}

const customOf = ({ custom = {} }: Customized) => custom;

const withoutId = (list: unknown, id: string) =>
	Array.isArray(list) ? list.filter((one) => one !== id) : list;

/** The rules by name. A table's name: rows with the person's data. A table and a field: rows that only refer to the record. */
export const rules = {
	leads: createRule(leads, { replacements: erasedLead, custom: "all" }),
	clients: createRule(clients, { replacements: erasedClient, custom: "all" }),
	tasks: createRule(tasks, {
		replacements: { title: ERASED, description: null, entity: null, entityId: null },
		custom: "free",
	}),
	conversations: createRule(conversations, {
		replacements: erasedConversation,
		alsoNeeds: ({ organizationId, posted }) => uncountMessages(organizationId, posted),
	}),
	responses: createRule(formResponses, { replacements: { answers: {}, source: null, leadId: null } }),
	deals: createRule(deals, {
		replacements: { title: ERASED, lostReason: null },
		references: ["leadId"],
		lists: ["contactIds"],
		custom: "free",
	}),
	quotations: createRule(quotations, {
		replacements: { subject: null, internalNotes: null },
		references: ["contactId"],
		custom: "free",
	}),
	invoices: createRule(invoices, { replacements: { subject: null, notes: null }, custom: "free" }),
	"deals.leadId": createRule(deals, { references: ["leadId"] }),
	"deals.contactIds": createRule(deals, { lists: ["contactIds"] }),
	"quotations.contactId": createRule(quotations, { references: ["contactId"] }),
	"clients.companyId": createRule(clients, { references: ["companyId"] }),
	// A deal is kept and loses its title.
	"tasks.entityId": createRule(tasks, {}),
	"quotations.dealId": createRule(quotations, {}),
	"invoices.dealId": createRule(invoices, {}),
} satisfies Record<string, Rule>;

export type RuleName = keyof typeof rules;

export const isRule = (name: string): name is RuleName => name in rules;
