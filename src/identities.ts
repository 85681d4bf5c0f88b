// The names of each resource: its path, the prefix of its ids, and its nouns. The names of scopes, tags, operations and
// events are derived from these.
import { capitalize } from "./words.ts";

interface Words {
	/** The singular, e.g. "lead stage". */
	readonly noun: string;
	/** The prefix of its ids, without the underscore. */
	readonly prefix: string;
	/** The description in the API reference, as a sentence. */
	readonly about: string;
	/** The plural, where it isn't the noun and an "s". */
	readonly nouns?: string;
	/** Singular and plural in operationIds, where they aren't derived from the noun. */
	readonly one?: string;
	readonly many?: string;
	/** What its scopes begin with, if not with its path. */
	readonly scopeNoun?: string;
}

/** By path, which scopes and custom fields use too; in the order of the API reference. */
const words = {
	leads: {
		noun: "lead",
		prefix: "ld",
		about:
			"People and companies that may become clients: who they are, where they came from, and their stage.",
	},
	clients: { noun: "client", prefix: "clt", about: "Companies and contacts you do business with." },
	deals: {
		noun: "deal",
		prefix: "dl",
		about: "Sales to a client, which move through the stages of a pipeline.",
	},
	tasks: {
		noun: "task",
		prefix: "tsk",
		about: "What has to be done, by whom, by when, and for which lead, deal or client.",
	},
	quotations: { noun: "quotation", prefix: "qtn", about: "Offers to a client, with their lines and totals." },
	invoices: {
		noun: "invoice",
		prefix: "inv",
		about: "Bills to a client, with their payments and what is due.",
	},
	forms: { noun: "form", prefix: "frm", about: "Forms whose answers become leads." },
	"form-responses": {
		noun: "form response",
		prefix: "frs",
		about: "The answers that were sent to forms.",
		// Client generators would use the name `createFormResponse` for the response to `createForm`.
		one: "Submission",
		many: "Submissions",
	},
	conversations: {
		noun: "conversation",
		prefix: "conv",
		about: "Phone calls and chats, with their messages.",
	},
	tags: { noun: "tag", prefix: "tag", about: "Labels for records." },
	pipelines: {
		noun: "pipeline",
		prefix: "dpl",
		about: "The stages that deals go through until they are won or lost.",
	},
	products: {
		noun: "product",
		prefix: "prd",
		about: "What you sell, for the lines of deals, quotations and invoices.",
	},
	"lead-stages": {
		noun: "lead stage",
		prefix: "lstg",
		about: "The stages of leads. The type of a stage defines its meaning.",
	},
	"lead-sources": { noun: "lead source", prefix: "src", about: "Where leads come from." },
	users: { noun: "user", prefix: "usr", about: "Users, who own records or are assigned to them." },
	"custom-fields": {
		noun: "custom field",
		prefix: "cfd",
		about: "Your own fields of leads, clients, deals, tasks, quotations and invoices.",
	},
	organization: {
		noun: "organization",
		prefix: "org",
		about: "Your organization: its name, time zone and currency.",
		nouns: "organization",
	},
	events: {
		noun: "event",
		prefix: "evt",
		about: "All events, as a feed to read instead of, or in addition to, webhooks.",
	},
	webhooks: {
		noun: "webhook",
		prefix: "webhook",
		about: "Subscriptions of your URLs to events, the log of every delivery, and redelivery.",
	},
	"notification-targets": {
		noun: "notification target",
		prefix: "ntg",
		about: "Whom this server tells when a webhook fails, a key expires or a quota is nearly used up.",
		scopeNoun: "notifications",
	},
	"api-keys": {
		noun: "API key",
		prefix: "key",
		about: "The keys for this API: creating, rotating and revoking them.",
	},
	"request-log": {
		noun: "logged request",
		prefix: "rql",
		about: "What was asked of this API in the last days and how it was answered, for finding mistakes.",
		nouns: "request log",
		one: "LoggedRequest",
		many: "RequestLog",
	},
} as const satisfies Record<string, Words>;

export type Path = keyof typeof words;

/** The singular noun of the resource at a path. */
export type Noun<P extends Path> = (typeof words)[P]["noun"];

/** The resources whose records can be erased permanently. */
export const erasablePaths = ["clients", "leads"] as const satisfies Path[];
export type ErasablePath = (typeof erasablePaths)[number];

export interface Identity<P extends Path = Path> {
	/** Below `/api/v1`. */
	readonly path: P;
	readonly noun: Noun<P>;
	readonly prefix: string;
	/** The plural as a heading that groups operations: "Lead stages". */
	readonly tag: string;
	readonly about: string;
	/** Singular and plural in operationIds: `LeadStage` as in createLeadStage, `LeadStages` as in listLeadStages. */
	readonly one: string;
	readonly many: string;
	/** What its scopes begin with: usually its path. */
	readonly scopeNoun: string;
}

const pascal = (text: string) =>
	text
		.split(" ")
		.map((word) => capitalize(word.toLowerCase()))
		.join("");

function identityOf(
	path: string,
	{ noun, nouns = `${noun}s`, about, prefix, one, many, scopeNoun = path }: Words,
) {
	return {
		path,
		noun,
		prefix,
		about,
		tag: capitalize(nouns),
		one: one ?? pascal(noun),
		many: many ?? pascal(nouns),
		scopeNoun,
	};
}

/** Every resource, by its path. */
export const identities = Object.fromEntries(
	Object.entries(words).map(([path, entry]) => [path, identityOf(path, entry)]),
) as { readonly [P in Path]: Identity<P> };

/** The scope that a key needs to read or to write a resource. */
export const scopeOf = ({ scopeNoun }: Pick<Identity, "scopeNoun">, verb: "read" | "write"): string =>
	`${scopeNoun}:${verb}`;

/** The identity of the resource that a table stores. Throws an Error for other tables. */
export function identityOfTable(table: string): Identity {
	const found = Object.values(identities).find(({ path }) => path === table.replaceAll("_", "-"));
	if (!found) throw new Error(`${table} holds no resource`);
	return found;
}
