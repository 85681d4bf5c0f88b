// What each resource is called: the one place for its path, its ids' prefix and its words. The names of scopes, tags,
// operations and events are made of these.
import { capital } from "./words.ts";

interface Words {
	/** One of them, e.g. "lead stage". */
	readonly noun: string;
	/** How its ids begin, without the underscore. */
	readonly prefix: string;
	/** What the reference says of them, as a sentence. */
	readonly about: string;
	/** Several of them, where that isn't the noun and an "s". */
	readonly nouns?: string;
	/** Names in operationIds, where they aren't made of the noun. */
	readonly one?: string;
	readonly many?: string;
}

/** By path, which scopes and custom fields know a resource by, too; in the order of the reference. */
const words = {
	leads: {
		noun: "lead",
		prefix: "ld",
		about:
			"People and companies that may become clients: who they are, where they came from, and how far they have got.",
	},
	clients: { noun: "client", prefix: "clt", about: "Companies and contacts you do business with." },
	deals: {
		noun: "deal",
		prefix: "dl",
		about: "What is being sold to a client, on its way through the stages of a pipeline.",
	},
	tasks: {
		noun: "task",
		prefix: "tsk",
		about: "What somebody has to do, by when, and for which lead, deal or client.",
	},
	quotations: { noun: "quotation", prefix: "qtn", about: "Offers to a client, with their lines and totals." },
	invoices: {
		noun: "invoice",
		prefix: "inv",
		about: "Bills to a client, what has been paid of them, and what is due.",
	},
	forms: { noun: "form", prefix: "frm", about: "Forms whose answers become leads." },
	"form-responses": {
		noun: "form response",
		prefix: "frs",
		about: "Answers to forms, as they were given.",
		// `createFormResponse` would be what generators call the answer to `createForm`.
		one: "Submission",
		many: "Submissions",
	},
	conversations: {
		noun: "conversation",
		prefix: "conv",
		about: "Phone calls and chats, and what was said in them.",
	},
	tags: { noun: "tag", prefix: "tag", about: "Labels to sort things by." },
	pipelines: {
		noun: "pipeline",
		prefix: "dpl",
		about: "The stages that deals go through until they are won or lost.",
	},
	products: {
		noun: "product",
		prefix: "prd",
		about: "What you sell, to be put on lines of deals, quotations and invoices.",
	},
	"lead-stages": {
		noun: "lead stage",
		prefix: "lstg",
		about: "The stages that leads go through, each of a type that says what it means.",
	},
	"lead-sources": { noun: "lead source", prefix: "src", about: "Where leads come from." },
	users: { noun: "user", prefix: "usr", about: "Who owns things and whom they are assigned to." },
	"custom-fields": {
		noun: "custom field",
		prefix: "cfd",
		about: "Fields of your own on leads, clients, deals, tasks, quotations and invoices.",
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
		about: "Everything that happened, as a feed to read: the pull twin of webhooks.",
	},
	webhooks: {
		noun: "webhook",
		prefix: "webhook",
		about: "Subscriptions of your URLs to events, the log of every delivery, and sending again.",
	},
	"api-keys": {
		noun: "API key",
		prefix: "key",
		about: "The keys that open this API: making, rotating and revoking them.",
	},
} as const satisfies Record<string, Words>;

export type Path = keyof typeof words;

/** What one of the resources at a path is called. */
export type Noun<P extends Path> = (typeof words)[P]["noun"];

/** What can be erased for good. */
export const erasable = ["clients", "leads"] as const satisfies Path[];
export type Erasable = (typeof erasable)[number];

export interface Identity<P extends Path = Path> {
	/** Below `/api/v1`; scopes begin with it. */
	readonly path: P;
	readonly noun: Noun<P>;
	readonly prefix: string;
	/** All of them as a heading, which operations are grouped under: "Lead stages". */
	readonly tag: string;
	readonly about: string;
	/** Names in operationIds: `LeadStage` gives createLeadStage, and `LeadStages` listLeadStages. */
	readonly one: string;
	readonly many: string;
}

const pascal = (text: string) =>
	text
		.split(" ")
		.map((word) => capital(word.toLowerCase()))
		.join("");

function identityOf(path: string, { noun, nouns = `${noun}s`, about, prefix, one, many }: Words) {
	return {
		path,
		noun,
		prefix,
		about,
		tag: capital(nouns),
		one: one ?? pascal(noun),
		many: many ?? pascal(nouns),
	};
}

/** Every resource, by its path. */
export const identities = Object.fromEntries(
	Object.entries(words).map(([path, its]) => [path, identityOf(path, its)]),
) as { readonly [P in Path]: Identity<P> };

/** The identity of what is kept in a table. Throws an Error for tables of something else. */
export function identityOfTable(table: string): Identity {
	const found = Object.values(identities).find(({ path }) => path === table.replaceAll("_", "-"));
	if (!found) throw new Error(`${table} holds no resource`);
	return found;
}
