// All resources, with the properties that differ. The tests in this folder run over all of them, so one entry here tests a
// new resource. resources.test.ts fails until there is an entry with every field, sort and filter of the document. Its
// operations are read from its endpoints.
import { identities } from "../../src/identities.ts";
import { crmResources } from "./crm-resources.ts";
import { paperResources } from "./paper-resources.ts";
import { type Entry, name, names, type Resource } from "./resource.ts";

const entries: readonly Entry[] = [
	...crmResources,
	...paperResources,
	{
		path: "custom-fields",
		fields: {
			label: ["First label", "Second label"],
			options: [["a", "b"], ["b"]],
			required: [false, true],
			unique: [false, true],
			helpText: ["first", "second"],
		},
		createOnly: { entity: "leads", type: "singleSelect" },
		required: ["entity", "type", "label"],
		clearable: ["helpText"],
		unique: (n) => ({ label: `Field ${n}` }),
		readOnly: ["key"],
		filters: { entity: ["leads", "invoices"], type: ["singleSelect", "multiSelect"] },
	},
	{
		path: "organization",
		fields: { ...name, timezone: ["Europe/Berlin", "America/New_York"], currency: ["EUR", "CHF"] },
		required: ["name", "timezone", "currency"],
		list: "none",
		single: true,
	},
	{
		path: "lead-stages",
		fields: { ...name, type: ["CONTACTED", "JUNK"], position: [1, 0] },
		required: ["name", "type"],
		sorts: { name: names, position: [1, 0, 1, 1000, 2] },
		filters: { type: ["NEW", "JUNK"] },
	},
	{
		path: "lead-sources",
		fields: { ...name, position: [1, 0], isActive: [true, false] },
		required: ["name"],
		sorts: { name: names, position: [1, 0, 1, 1000, 2] },
		filters: { isActive: [true, false] },
	},
	{
		path: "tags",
		fields: { ...name, color: ["#1a73e8", "#FFFFFF"], type: ["leads", "invoices"] },
		required: ["name"],
		clearable: ["color", "type"],
		sorts: { name: names },
		filters: { type: ["leads", "tasks"] },
	},
	{
		path: "users",
		fields: { ...name, email: ["sam@example.com", "Sam.Jones@example.com"], isActive: [true, false] },
		required: ["name", "email"],
		unique: (n) => ({ email: `user${n}@example.com` }),
		sorts: { name: names },
		filters: { email: ["a@example.com", "b@example.com"], isActive: [true, false] },
	},
	{
		path: "webhooks",
		fields: {
			...name,
			url: ["https://hooks.example.com/a", "https://hooks.example.com:8443/b?c=d"],
			events: [["lead.created", "save_lead"], ["*"]],
			description: ["first", "second"],
			method: ["POST", "PUT"],
			headers: [{ "x-team": "a" }, { "x-team": "b", "x-other": "c" }],
			skipSystem: [false, true],
			rateLimit: [
				{ count: 1, seconds: 60 },
				{ count: 5, seconds: 1 },
			],
			ordered: [true, false],
			format: ["slack", "json"],
			template: ["{{data.name}}", "Hello"],
			expand: [["users"], ["tags", "pipelines"]],
			filter: [
				{ "data.status": ["OPEN"] },
				{ "data.score": [{ gte: 1, lt: 9 }, null], "data.tagIds": [{ not: ["a"] }] },
			],
		},
		required: ["url", "events"],
		clearable: ["name", "description", "filter", "rateLimit"],
		readOnly: [
			"secretPrefix",
			"previousSecretExpiresAt",
			"disabledAt",
			"disabledReason",
			"lastDeliveredAt",
			"consecutiveFailures",
			"failingSince",
			"pausedUntil",
		],
		sideEffects: { format: ["template"] },
		shownOnce: ["secret"],
		filters: { status: ["active", "disabled"] },
		testedElsewhere: ["secret", "status"],
		hasCounters: true,
	},
	{
		path: "notification-targets",
		fields: {
			...name,
			url: ["https://hooks.example.com/a", "https://hooks.example.com:8443/b?c=d"],
			type: ["slack", "webhook"],
			events: [["webhook.failing", "quota.nearing"], ["key.expiring"]],
		},
		required: ["name", "type", "url"],
		testedElsewhere: ["address"],
	},
	{
		path: "api-keys",
		fields: name,
		createOnly: {
			scopes: ["leads:read"],
			envelope: false,
			expiresAt: "2099-01-01T00:00:00.000Z",
			reads: "primary",
		},
		required: ["name"],
		readOnly: ["hash", "keyPrefix", "pepperId", "lastUsedAt", "revokedAt", "key"],
		shownOnce: ["key"],
		list: "feed",
		revoked: true,
		hasCounters: true,
	},
];

export const resources: readonly Resource[] = entries.map((entry) => ({
	list: "sorted",
	...identities[entry.path],
	...entry,
}));

/** Bodies of operations other than create, update, batch and upsert. */
export const bodies: Readonly<Record<string, object>> = {
	testWebhook: { event: "lead.created" },
	recoverDeliveries: { since: new Date(Date.now() - 60_000).toISOString() },
	convertLead: {},
	payInvoice: { amount: 1 },
	createMessage: { role: "visitor", text: "Hello" },
};

/** Read-only resources, whose rows are written by other operations. */
export const readOnlyPaths: readonly string[] = ["events", "request-log"];
