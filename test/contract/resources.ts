// Every resource there is, with what differs between them. The rules in this folder run over all of them, so a new
// resource is held to the contract by one entry here; resources.test.ts fails until it has one, and until the entry
// names every field, sort and filter that the document does. Which operations it has is read from its endpoints.

/** A value of a field, or, where a value alone can't be written, the part of a body that brings it about. */
type Value = string | number | boolean | null | Readonly<Record<string, unknown>>;

/** What a field points at. */
export interface Target {
	/** The path of the resource whose ids it takes. */
	readonly to: string;
	/** Whether it is a list of them. */
	readonly many?: boolean;
	/** The kind it takes where not every row will do: what a message calls it, and bodies of that kind and of another. */
	readonly only?: { readonly noun: string; readonly body: object; readonly other: object };
	/** What a body says beside the id. */
	readonly beside?: Readonly<Record<string, unknown>>;
	/** It may go on naming what was deleted since, so it keeps nothing from being deleted. */
	readonly loose?: boolean;
}

export interface Resource {
	/** Its path, which is also its noun in scopes. */
	readonly path: string;
	readonly prefix: string;
	/** What a message calls one of them. */
	readonly noun: string;
	/** Each field a caller may change, with two valid values: to create with, and to change to. The first is a free text. */
	readonly fields: Readonly<Record<string, readonly [unknown, unknown]>>;
	/** What a create takes besides, and a PATCH refuses. */
	readonly fixed?: Readonly<Record<string, unknown>>;
	/** References that every body must hold, by the path of the resource. */
	readonly needs?: Readonly<Record<string, string>>;
	/** Paths of resources of which there must be one before there can be one of these. */
	readonly after?: readonly string[];
	readonly required: readonly string[];
	/** Fields that `null` clears. */
	readonly clearable?: readonly string[];
	/** Fields that must differ from row to row. */
	readonly unique?: (n: number) => Readonly<Record<string, unknown>>;
	/** Fields of the row that no body may set. */
	readonly readOnly?: readonly string[];
	/** Fields that change of themselves with one that is written. */
	readonly moves?: Readonly<Record<string, readonly string[]>>;
	/** Lists whose items get new ids unless they are written with theirs. */
	readonly renews?: readonly string[];
	/** What only the answer to the create shows. */
	readonly shownOnce?: readonly string[];
	/** Fields that hold ids; `lineItems.productId` is the productId of each line. */
	readonly references?: Readonly<Record<string, Target | readonly Target[]>>;
	/** Values to sort by, ties among them; `null` where a row may be without. None where they come of themselves. */
	readonly sorts?: Readonly<Record<string, readonly Value[]>>;
	/** Filters on fields of its own, with two values each. */
	readonly filters?: Readonly<Record<string, readonly [unknown, unknown]>>;
	/** Fields and filters whose values can't be named here: the resource's own tests have them. */
	readonly elsewhere?: readonly string[];
	/** How its list is read: lists with sorts and filters, a feed in the order of creation, or not at all. */
	readonly list: "sorted" | "feed" | "none";
	/** There is one per organization, at its path. */
	readonly single?: boolean;
	/** Deleted for good, and said so in other words. */
	readonly revoked?: boolean;
	/** Shows counters that move without a new version, so that a GET never answers 304. */
	readonly counts?: boolean;
	/** A create must read what can't be remembered. */
	readonly looksFirst?: boolean;
}

const name: Resource["fields"] = { name: ["First name", "Second name"] };
const names = ["b", "A", "a", "c", "B"];
const days = ["2026-02-03", "2026-02-01", "2026-02-02", "2026-02-01"];
const company = { noun: "company", body: { type: "company" }, other: { type: "contact" } };
const contact = { noun: "contact", body: { type: "contact" }, other: { type: "company" } };

const line = { name: "Consulting", quantity: 2, price: 10, taxPercent: 10 };
const otherLine = { name: "Travel", quantity: 1.5, price: 7.77, discount: 10, discountType: "percentage" };
const lines = {
	lineItems: [[line], [otherLine, line]],
	currency: ["EUR", "USD"],
	isInclusiveTax: [false, true],
} as const;
const totals = ["subtotal", "discountTotal", "taxTotal", "total"];
/** Lines that come to a total, to sort by. */
const worth = (total: number) => ({ lineItems: [{ name: "x", quantity: 1, price: total }] });
const totalsToSort = [5, 3, 10, 5, 0.5].map(worth);

const user = { to: "users" };
const users = { to: "users", many: true };
const tags = { to: "tags", many: true };
const product = { to: "products", loose: true };

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
			ownerId: user,
			assigneeIds: users,
			tagIds: tags,
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
		path: "clients",
		prefix: "clt",
		noun: "client",
		fields: {
			...name,
			type: ["company", "contact"],
			email: ["office@example.com", "OFFICE@example.com"],
			phone: ["+14155550100", "+14155550101"],
			billingAddress: [
				{ address: "1 Main Street", city: "Springfield" },
				{ city: "Zürich", postalCode: "8001" },
			],
			primaryContact: [
				{ firstName: "Jane", email: "jane@example.com" },
				{ firstName: "Janet", phone: "555 0123" },
			],
			openingBalance: [12.5, 0.0001],
			currency: ["EUR", "USD"],
			firstName: ["Jane", "Janet"],
			lastName: ["Smith", "O'Neill"],
			salutation: ["Ms", "Dr"],
			jobTitle: ["Buyer", "CEO"],
			website: ["example.com", "https://example.com/?a=b#c"],
			linkedin: ["in/jane", "in/janet"],
			description: ["first\nline", "second\tline"],
			taxNumber: ["DE1", "de2"],
			internalNotes: ["first", "second"],
		},
		required: ["name"],
		clearable: [
			"email",
			"phone",
			"billingAddress",
			"primaryContact",
			"openingBalance",
			"currency",
			"taxNumber",
		],
		readOnly: ["number"],
		references: {
			companyId: { to: "clients", only: company },
			ownerId: user,
			sourceId: { to: "lead-sources" },
			tagIds: tags,
		},
		sorts: { name: names },
		filters: {
			email: ["a@example.com", "b@example.com"],
			phone: ["+14155550123", "555 0123"],
			taxNumber: ["DE1", "DE2"],
			type: ["company", "contact"],
		},
		list: "sorted",
	},
	{
		path: "deals",
		prefix: "dl",
		noun: "deal",
		fields: {
			title: ["First title", "Second title"],
			expectedCloseDate: ["2026-12-31", "2028-02-29"],
			priority: ["HIGH", "LOW"],
			lostReason: ["price", "time"],
			price: [12.5, 0.0001],
			...lines,
		},
		needs: { clientId: "clients" },
		after: ["pipelines"],
		required: ["title", "clientId"],
		clearable: ["expectedCloseDate", "priority", "lostReason"],
		readOnly: ["number", "status", "probability", "wonAt", "lostAt", "stageChangedAt"],
		moves: { lineItems: ["price"], isInclusiveTax: ["lineItems"] },
		references: {
			clientId: { to: "clients" },
			pipelineId: { to: "pipelines" },
			leadId: { to: "leads" },
			sourceId: { to: "lead-sources" },
			ownerId: user,
			assigneeIds: users,
			contactIds: { to: "clients", many: true, only: contact },
			tagIds: tags,
			"lineItems.productId": product,
		},
		sorts: {
			title: names,
			price: [5, { price: null, lineItems: [] }, 3, 5, worth(4), 0],
			expectedCloseDate: ["2026-12-31", null, "2027-01-01", "2026-12-31", null],
		},
		filters: { priority: ["LOW", "HIGH"] },
		elsewhere: ["stageId", "status"],
		list: "sorted",
	},
	{
		path: "pipelines",
		prefix: "dpl",
		noun: "pipeline",
		fields: {
			...name,
			position: [1, 0],
			isDefault: [false, true],
			stages: [
				[
					{ name: "New", type: "ACTIVE", position: 1, probability: 20 },
					{ name: "Won", type: "WON" },
					{ name: "Lost", type: "LOST" },
				],
				[
					{ name: "Won", type: "WON" },
					{ name: "Talks", type: "ACTIVE" },
					{ name: "More talks", type: "ACTIVE", probability: null },
					{ name: "Lost", type: "LOST" },
				],
			],
		},
		// The first is the default and can't be deleted.
		after: ["pipelines"],
		required: ["name", "stages"],
		renews: ["stages"],
		sorts: { name: names, position: [1, 0, 1, 1000, 2] },
		list: "sorted",
	},
	{
		path: "tasks",
		prefix: "tsk",
		noun: "task",
		fields: {
			title: ["First title", "Second title"],
			description: ["first\nline", "second\tline"],
			status: ["IN_PROGRESS", "COMPLETED"],
			type: ["call", "meeting"],
			priority: ["HIGH", "LOW"],
			startDate: ["2026-01-30", "2026-01-31"],
			dueDate: ["2026-12-31", "2028-02-29"],
			durationMinutes: [30, 0],
		},
		required: ["title"],
		clearable: ["description", "priority", "startDate", "dueDate", "durationMinutes"],
		readOnly: ["number", "completedAt"],
		moves: { status: ["completedAt"] },
		references: {
			ownerId: user,
			assigneeIds: users,
			tagIds: tags,
			entityId: [
				{ to: "leads", beside: { entity: "leads" } },
				{ to: "deals", beside: { entity: "deals" } },
				{ to: "clients", beside: { entity: "clients" } },
			],
		},
		sorts: { title: names, dueDate: ["2026-12-31", null, "2027-01-01", "2026-12-31", null] },
		filters: { status: ["OPEN", "ON_HOLD"], type: ["todo", "call"], priority: ["LOW", "HIGH"] },
		list: "sorted",
	},
	{
		path: "quotations",
		prefix: "qtn",
		noun: "quotation",
		fields: {
			subject: ["First subject", "Second subject"],
			date: ["2026-01-31", "2026-02-01"],
			expiryDate: ["2026-03-31", "2028-02-29"],
			status: ["DRAFT", "ACCEPTED"],
			internalNotes: ["first", "second"],
			...lines,
		},
		needs: { clientId: "clients" },
		required: ["clientId", "date", "lineItems"],
		clearable: ["subject", "expiryDate", "internalNotes"],
		readOnly: ["number", ...totals, "acceptedAt", "rejectedAt"],
		moves: { lineItems: totals, isInclusiveTax: ["lineItems", ...totals], status: ["acceptedAt"] },
		references: {
			clientId: { to: "clients" },
			contactId: { to: "clients", only: contact },
			dealId: { to: "deals" },
			ownerId: user,
			tagIds: tags,
			"lineItems.productId": product,
		},
		sorts: {
			number: [],
			date: days,
			expiryDate: ["2026-12-31", null, "2027-01-01", "2026-12-31", null],
			total: totalsToSort,
		},
		filters: { status: ["SENT", "REJECTED"] },
		list: "sorted",
	},
	{
		path: "invoices",
		prefix: "inv",
		noun: "invoice",
		fields: {
			subject: ["First subject", "Second subject"],
			notes: ["first\nline", "second\tline"],
			date: ["2026-01-31", "2026-02-01"],
			dueDate: ["2026-03-31", "2028-02-29"],
			status: ["DRAFT", "SENT"],
			...lines,
		},
		needs: { clientId: "clients" },
		required: ["clientId", "date", "dueDate", "lineItems"],
		clearable: ["subject", "notes"],
		readOnly: ["number", ...totals, "payments", "paidTotal", "dueTotal"],
		moves: {
			lineItems: [...totals, "dueTotal"],
			isInclusiveTax: ["lineItems", ...totals, "dueTotal"],
		},
		references: {
			clientId: { to: "clients" },
			quotationId: { to: "quotations" },
			dealId: { to: "deals" },
			ownerId: user,
			tagIds: tags,
			"lineItems.productId": product,
		},
		sorts: { number: [], date: days, dueDate: days, total: totalsToSort },
		filters: { status: ["DRAFT", "SENT"] },
		list: "sorted",
	},
	{
		path: "forms",
		prefix: "frm",
		noun: "form",
		fields: {
			title: ["First title", "Second title"],
			description: ["first", "second"],
			fields: [
				[
					{ key: "a", label: "A", type: "email", required: true, options: [], mapTo: "email" },
					{ key: "b", label: "B", type: "singleSelect", required: false, options: ["x", "y"], mapTo: null },
				],
				[],
			],
			isActive: [true, false],
		},
		required: ["title"],
		clearable: ["description"],
		readOnly: ["submissionCount"],
		sorts: { title: names },
		filters: { isActive: [true, false] },
		list: "sorted",
	},
	{
		path: "form-responses",
		prefix: "frs",
		noun: "form response",
		fields: {},
		fixed: {
			answers: { a: "jane@example.com", b: "x" },
			source: { pageUrl: "https://example.com/contact", referrer: "", userAgent: "Mozilla/5.0" },
		},
		needs: { formId: "forms" },
		required: ["formId", "answers"],
		readOnly: ["leadId", "submittedAt"],
		references: { formId: { to: "forms", loose: true } },
		list: "sorted",
		looksFirst: true,
	},
	{
		path: "conversations",
		prefix: "conv",
		noun: "conversation",
		fields: {
			agentName: ["First agent", "Second agent"],
			agentId: ["a1", "a2"],
			outcome: ["resolved", "ongoing"],
			summary: ["first\nline", "second\tline"],
			duration: [125, 0],
			direction: ["inbound", "outbound"],
			startedAt: ["2026-01-31T12:00:00.000Z", "2026-01-31T12:00:01.000Z"],
			endedAt: ["2026-01-31T13:00:00.000Z", "2026-01-31T13:00:00.001Z"],
			agentNumber: ["+14155550100", "+14155550101"],
			contactNumber: ["+14155550123", "555 0123"],
			twilioCallSid: ["CA1", "CA2"],
			messageCount: [8, 0],
			callMetadata: [{ customer: { a: [1, { b: null }] } }, { custom: {} }],
			chatMetadata: [{ widgetId: "w1", goal: { achieved: true } }, { feedback: { rating: 4.5 } }],
			metadata: [{ contactName: "John Doe" }, {}],
		},
		fixed: { conversationType: "phone" },
		required: ["conversationType"],
		clearable: ["agentName", "outcome", "duration", "direction", "startedAt", "callMetadata", "chatMetadata"],
		references: { leadId: { to: "leads" }, clientId: { to: "clients" } },
		filters: {
			contactNumber: ["+14155550123", "555 0123"],
			agentId: ["a1", "a2"],
			outcome: ["resolved", "ongoing"],
			direction: ["inbound", "outbound"],
			conversationType: ["phone", "chat"],
			status: ["ringing", "no_answer"],
		},
		elsewhere: ["status"],
		list: "sorted",
	},
	{
		path: "products",
		prefix: "prd",
		noun: "product",
		fields: {
			...name,
			type: ["SERVICE", "PRODUCT"],
			price: [12.5, 0.0001],
			currency: ["EUR", "USD"],
			sku: ["CONS-1", "cons-2"],
			description: ["first\nline", "second\tline"],
			buyPrice: [10, 0],
			taxPercent: [19, 7.7],
			isActive: [true, false],
		},
		required: ["name", "price"],
		clearable: ["currency", "sku", "description", "buyPrice", "taxPercent"],
		sorts: { name: names, price: [5, 3, 10, 5, 0.5] },
		filters: { sku: ["A-1", "A-2"], type: ["PRODUCT", "SERVICE"], isActive: [true, false] },
		list: "sorted",
	},
	{
		path: "custom-fields",
		prefix: "cfd",
		noun: "custom field",
		fields: {
			label: ["First label", "Second label"],
			options: [["a", "b"], ["b"]],
			required: [false, true],
			unique: [false, true],
			helpText: ["first", "second"],
		},
		fixed: { entity: "leads", type: "singleSelect" },
		required: ["entity", "type", "label"],
		clearable: ["helpText"],
		unique: (n) => ({ label: `Field ${n}` }),
		readOnly: ["key"],
		filters: { entity: ["leads", "invoices"], type: ["singleSelect", "multiSelect"] },
		list: "sorted",
	},
	{
		path: "organization",
		prefix: "org",
		noun: "organization",
		fields: { ...name, timezone: ["Europe/Berlin", "America/New_York"], currency: ["EUR", "CHF"] },
		required: ["name", "timezone", "currency"],
		list: "none",
		single: true,
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
		elsewhere: ["secret", "status"],
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

/** Bodies of operations that are no plain create, update, batch or upsert. */
export const bodies: Readonly<Record<string, object>> = {
	testWebhook: { event: "lead.created" },
	recoverDeliveries: { since: new Date(Date.now() - 60_000).toISOString() },
	convertLead: {},
	payInvoice: { amount: 1 },
	createMessage: { role: "visitor", text: "Hello" },
};

/** What has no rows of its own to be made: it is read only, and others' writes fill it. */
export const readOnlyPaths: readonly string[] = ["events"];
