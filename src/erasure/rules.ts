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
import { linksOf } from "../custom-fields/values.ts";
import type { RawRow } from "../db/client.ts";
import type { CustomValue } from "../db/columns.ts";
import type { Statement } from "../db/commit.ts";
import type { Link } from "../db/links.ts";
import type { OwnedRow, OwnedTable } from "../db/owned-row.ts";
import type { Mapping, Store } from "../db/store.ts";
import { uncountMessages } from "../quotas/messages.ts";
import { client, conversation, ERASED, lead } from "./personal.ts";

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
	/** Whether its events contain personal data too. */
	readonly speaks: boolean;
	/** The new values of fields, in rows and in events. */
	readonly blank: Readonly<Record<string, unknown>>;
	/** The keys of the custom fields whose values are kept. */
	keeps(fields: readonly CustomField[]): ReadonlySet<string>;
	/** The links of a row. */
	links(raw: RawRow, fields: readonly CustomField[]): readonly Link[];
	/** Statements that erase a row's personal data and its references to `root`; none when it has none. */
	rid(raw: RawRow, root: string, fields: readonly CustomField[], now: number): Statement[];
}

interface Parts<Row> {
	readonly blank?: Partial<Row>;
	/** Fields that are set to null when they hold the erased record's id. */
	readonly references?: readonly (keyof Row & string)[];
	readonly lists?: readonly (keyof Row & string)[];
	/** Which custom values are erased: none, those of free text, or all. */
	readonly custom?: "free" | "all";
	/** Further statements for a changed row. */
	readonly besides?: (before: Row) => Statement[];
}

interface Customized {
	readonly custom?: Readonly<Record<string, CustomValue>>;
}

interface Subject<Row extends OwnedRow> {
	readonly store: Store<Row>;
	readonly list: { readonly search?: { readonly table: string } };
}

/** The types of custom fields with free text. */
const FREE = new Set(["text", "longText", "email", "phone", "url"]);

function rule<Row extends OwnedRow & Customized>({ store, list }: Subject<Row>, parts: Parts<Row>): Rule {
	const { blank = {}, references = [], lists = [], custom, besides } = parts;
	const forgets = ({ type }: CustomField) => custom === "all" || (custom === "free" && FREE.has(type));

	/** The stored form of rows, with the links of all custom values, hidden ones too. */
	const mapping = (fields: readonly CustomField[]): Mapping<Row> => ({
		...store.plain,
		links: (row) => [
			...store.plain.links(row),
			...fields.flatMap((field) => linksOf(field, customOf(row)[field.id])),
		],
	});

	return {
		table: store.table,
		search: list.search?.table ?? null,
		speaks: Object.keys(blank).length > 0,
		blank: { ...blank },
		keeps(fields) {
			const gone = new Set(fields.filter(forgets).map(({ key }) => key));
			return new Set(fields.map(({ key }) => key).filter((key) => !gone.has(key)));
		},
		links: (raw, fields) => mapping(fields).links(store.decode(raw)),

		rid(raw, root, fields, now) {
			const before = store.decode(raw);
			const gone = new Set(fields.filter(forgets).map(({ id }) => id));
			const kept = Object.entries(customOf(before)).filter(([id]) => !gone.has(id));
			const unset = references.filter((field) => before[field] === root).map((field) => [field, null]);
			const shorter = lists.map((field) => [field, without(before[field], root)]);
			const changes = {
				...blank,
				...Object.fromEntries([...unset, ...shorter]),
				...(custom ? { custom: Object.fromEntries(kept) } : {}),
			};
			const values = new Map<string, unknown>(Object.entries(before));
			const same = ([field, value]: [string, unknown]) =>
				JSON.stringify(values.get(field)) === JSON.stringify(value);
			if (Object.entries(changes).every(same)) return [];
			const after = { ...before, ...changes };
			return [...store.update(now, before, after, mapping(fields)), ...(besides?.(before) ?? [])];
		},
	};
}

const customOf = ({ custom = {} }: Customized) => custom;

const without = (list: unknown, id: string) =>
	Array.isArray(list) ? list.filter((one) => one !== id) : list;

/** The rules by name. A table's name: rows with the person's data. A table and a field: rows that only refer to the record. */
export const rules = {
	leads: rule(leads, { blank: lead, custom: "all" }),
	clients: rule(clients, { blank: client, custom: "all" }),
	tasks: rule(tasks, {
		blank: { title: ERASED, description: null, entity: null, entityId: null },
		custom: "free",
	}),
	conversations: rule(conversations, {
		blank: conversation,
		besides: ({ organizationId, posted }) => uncountMessages(organizationId, posted),
	}),
	responses: rule(formResponses, { blank: { answers: {}, source: null, leadId: null } }),
	deals: rule(deals, {
		blank: { title: ERASED, lostReason: null },
		references: ["leadId"],
		lists: ["contactIds"],
		custom: "free",
	}),
	quotations: rule(quotations, {
		blank: { subject: null, internalNotes: null },
		references: ["contactId"],
		custom: "free",
	}),
	invoices: rule(invoices, { blank: { subject: null, notes: null }, custom: "free" }),
	"deals.leadId": rule(deals, { references: ["leadId"] }),
	"deals.contactIds": rule(deals, { lists: ["contactIds"] }),
	"quotations.contactId": rule(quotations, { references: ["contactId"] }),
	"clients.companyId": rule(clients, { references: ["companyId"] }),
} satisfies Record<string, Rule>;

export type RuleName = keyof typeof rules;

export const isRule = (name: string): name is RuleName => name in rules;
