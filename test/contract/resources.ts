// Every resource there is, with what differs between them. The rules in this folder run over all of them, so a new
// resource is held to the contract by one entry here; resources.test.ts fails until it has one.
import { endpoints } from "../../src/app.ts";
import type { App } from "../../src/http/endpoint.ts";
import type { Api, Json } from "../support/api.ts";

export interface Resource {
	/** Its path, which is also its noun in scopes. */
	readonly path: string;
	readonly prefix: string;
	/** What a message calls one of them. */
	readonly noun: string;
	/** Each field a caller may change, with two valid values: to create with, and to change to. */
	readonly fields: Readonly<Record<string, readonly [unknown, unknown]>>;
	/** What a create takes besides, and a PATCH refuses. */
	readonly fixed?: Readonly<Record<string, unknown>>;
	readonly required: readonly string[];
	/** Fields that `null` clears. */
	readonly clearable?: readonly string[];
	/** Fields that must differ from row to row. */
	readonly unique?: (n: number) => Readonly<Record<string, unknown>>;
	/** Fields of the row that no body may set. */
	readonly readOnly?: readonly string[];
	/** What only the answer to the create shows. */
	readonly shownOnce?: readonly string[];
	/** Fields that hold ids, by the resource they point at. */
	readonly references?: Readonly<Record<string, { readonly to: string; readonly many?: boolean }>>;
	/** Values to sort by, ties among them; `null` where a row may be without. */
	readonly sorts?: Readonly<Record<string, readonly (string | number | null)[]>>;
	/** Filters on fields of its own, with two values each. */
	readonly filters?: Readonly<Record<string, readonly [unknown, unknown]>>;
	/** How its list is read: lists with sorts and filters, or a feed in the order of creation. */
	readonly list: "sorted" | "feed";
	/** Deleted for good, and said so in other words. */
	readonly revoked?: boolean;
	/** Shows counters that move without a new version, so that a GET never answers 304. */
	readonly counts?: boolean;
}

const name: Resource["fields"] = { name: ["First name", "Second name"] };
const names = ["b", "A", "a", "c", "B"];

export const resources: readonly Resource[] = [
	{
		path: "leads",
		prefix: "ld",
		noun: "lead",
		fields: {
			...name,
			firstName: ["Jane", "Janet"],
			lastName: ["Smith", "O'Neill"],
			email: ["jane@example.com", "JANE@example.com"],
			mobile: ["+14155550123", "+14155550124"],
			secondaryMobile: ["(0) 41 555", "555 0123"],
			title: ["Demo", "Demo — zweite 🚀"],
			position: ["Head of Sales", "CEO"],
			company: ["Acme", '"Acme" \\ Söhne'],
			website: ["example.com", "https://example.com/?a=b#c"],
			twitter: ["@jane", "@janet"],
			linkedin: ["in/jane", "in/janet"],
			notes: ["first\nline", "second\tline"],
			score: [60, -80],
			value: [12.5, 0.0001],
			currency: ["EUR", "USD"],
			expectedCloseDate: ["2026-12-31", "2028-02-29"],
			archived: [false, true],
		},
		required: ["name"],
		clearable: ["firstName", "email", "mobile", "notes", "score", "value", "currency", "expectedCloseDate"],
		readOnly: ["number", "convertedAt", "convertedClientId", "convertedDealId"],
		references: {
			sourceId: { to: "lead-sources" },
			stageId: { to: "lead-stages" },
			ownerId: { to: "users" },
			assigneeIds: { to: "users", many: true },
			tagIds: { to: "tags", many: true },
		},
		sorts: { name: names, score: [5, null, -3, 5, null, 0, 12] },
		filters: {
			email: ["a@example.com", "b@example.com"],
			mobile: ["+14155550123", "555 0123"],
			archived: [true, false],
		},
		list: "sorted",
	},
	{
		path: "lead-stages",
		prefix: "lstg",
		noun: "lead stage",
		fields: { ...name, type: ["CONTACTED", "JUNK"], position: [1, 0] },
		required: ["name", "type"],
		sorts: { name: names, position: [1, 0, 1, 1000, 2] },
		filters: { type: ["NEW", "JUNK"] },
		list: "sorted",
	},
	{
		path: "lead-sources",
		prefix: "src",
		noun: "lead source",
		fields: { ...name, position: [1, 0], isActive: [true, false] },
		required: ["name"],
		sorts: { name: names, position: [1, 0, 1, 1000, 2] },
		filters: { isActive: [true, false] },
		list: "sorted",
	},
	{
		path: "tags",
		prefix: "tag",
		noun: "tag",
		fields: { ...name, color: ["#1a73e8", "#FFFFFF"], type: ["leads", "invoices"] },
		required: ["name"],
		clearable: ["color", "type"],
		sorts: { name: names },
		filters: { type: ["leads", "tasks"] },
		list: "sorted",
	},
	{
		path: "users",
		prefix: "usr",
		noun: "user",
		fields: { ...name, email: ["sam@example.com", "Sam.Jones@example.com"], isActive: [true, false] },
		required: ["name", "email"],
		unique: (n) => ({ email: `user${n}@example.com` }),
		sorts: { name: names },
		filters: { email: ["a@example.com", "b@example.com"], isActive: [true, false] },
		list: "sorted",
	},
	{
		path: "webhooks",
		prefix: "webhook",
		noun: "webhook",
		fields: {
			...name,
			url: ["https://hooks.example.com/a", "https://hooks.example.com:8443/b?c=d"],
			events: [["lead.created", "save_lead"], ["*"]],
			description: ["first", "second"],
			method: ["POST", "PUT"],
			headers: [{ "x-team": "a" }, { "x-team": "b", "x-other": "c" }],
			skipSystem: [false, true],
		},
		required: ["url", "events"],
		clearable: ["name", "description"],
		readOnly: [
			"secretPrefix",
			"previousSecretExpiresAt",
			"disabledAt",
			"disabledReason",
			"lastDeliveredAt",
			"consecutiveFailures",
		],
		shownOnce: ["secret"],
		filters: { status: ["active", "disabled"] },
		list: "sorted",
		counts: true,
	},
	{
		path: "api-keys",
		prefix: "key",
		noun: "API key",
		fields: name,
		fixed: { scopes: ["leads:read"], envelope: false, expiresAt: "2099-01-01T00:00:00.000Z" },
		required: ["name"],
		readOnly: ["hash", "keyPrefix", "pepperId", "lastUsedAt", "revokedAt", "key"],
		shownOnce: ["key"],
		list: "feed",
		revoked: true,
		counts: true,
	},
];

/** Bodies of the operations on one resource that need one of their own. */
export const bodies: Readonly<Record<string, object>> = { testWebhook: { event: "lead.created" } };

/** The resource at a path. */
export function resourceAt(path: string): Resource {
	const found = resources.find((resource) => resource.path === path);
	if (!found) throw new Error(`test/contract/resources.ts has no entry for ${path}`);
	return found;
}

let count = 0;

/** A valid body with every field a create takes, another one each time. */
export function bodyOf({ fields, fixed, unique }: Resource): Record<string, unknown> {
	count += 1;
	const first = Object.entries(fields).map(([field, [value]]) => [field, value]);
	return { ...Object.fromEntries(first), ...fixed, ...unique?.(count) };
}

/** A change of one field. */
export function changeOf({ fields }: Resource): Record<string, unknown> {
	const [[field, values] = ["", []]] = Object.entries(fields);
	return { [field]: values[1] };
}

/** Creates one, and gives it as later GETs show it. */
export async function made(api: Api, resource: Resource, body: object = bodyOf(resource)): Promise<Json> {
	const reply = await api.post(`/${resource.path}`, body);
	if (reply.status !== 201) throw new Error(`POST /${resource.path}: ${reply.status} ${reply.text}`);
	return without(reply.body, ...(resource.shownOnce ?? []));
}

/** An object without some of its members. */
export function without(object: Json, ...names: readonly string[]): Json {
	return Object.fromEntries(Object.entries(object).filter(([name]) => !names.includes(name)));
}

/** The suffix under which `includeDeleted` finds what is gone. */
export const evenGone = ({ revoked }: Resource) =>
	revoked ? "?includeRevoked=true" : "?includeDeleted=true";

/** The field that says when it went. */
export const goneAt = ({ revoked }: Resource) => (revoked ? "revokedAt" : "deletedAt");

export interface Operation {
	readonly operationId: string;
	readonly method: string;
	/** As mounted, with parameters in braces. */
	readonly path: string;
	readonly scope: string;
	readonly resource: string;
	/** A well-formed id for each parameter that names nothing. */
	readonly examples: Readonly<Record<string, string>>;
}

/** Every operation of the API, as the endpoints themselves mount and document it. */
export const operations: readonly Operation[] = endpoints.map(({ scope, operationId, mount }) => {
	const seen: {
		method: string;
		path: string;
		parameters: { name: string; in: string; example: string }[];
	}[] = [];
	const app = {
		on() {},
		openAPIRegistry: { registerPath: (route: (typeof seen)[number]) => seen.push(route) },
	};
	mount(app as unknown as App);
	const [{ method, path, parameters } = { method: "", path: "", parameters: [] }] = seen;
	const ids = (parameters ?? []).filter((parameter) => parameter.in === "path");
	return {
		operationId,
		scope,
		path,
		method: method.toUpperCase(),
		resource: scope.slice(0, scope.indexOf(":")),
		examples: Object.fromEntries(ids.map(({ name: parameter, example }) => [parameter, example])),
	};
});

/** An operation's path with its parameters filled in: by `ids`, else by ids of nothing. */
export function pathOf({ path, examples }: Operation, ids: Readonly<Record<string, string>> = {}): string {
	return path.replaceAll(/\{(\w+)\}/g, (_, parameter) => ids[parameter] ?? examples[parameter] ?? "");
}
