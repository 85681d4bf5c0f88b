// What fields mean, for those that mean the same wherever they stand. A schema that has more to say of one says it itself,
// and is left as it is.
import type { Document } from "./document.ts";

/** By name; where it means something else in one resource, by that resource's name before it. */
const MEANINGS: Readonly<Record<string, string>> = {
	id: "Its id.",
	createdAt: "When it was created.",
	updatedAt: "When it was last changed.",
	name: "What people call it.",
	title: "What it is, in a few words.",
	description: "Whatever there is to say about it.",
	notes: "Whatever there is to say about it.",
	internalNotes: "What only your own people should read.",
	subject: "What it is about, in a few words.",
	type: "Of which kind it is.",
	status: "How far it has come.",
	priority: "How urgent it is.",
	isActive: "Whether it is in use; `true` when left out on create.",
	color: "The colour to show it in.",

	firstName: "The person's given name.",
	lastName: "The person's family name.",
	salutation: "How the person is addressed, e.g. Ms or Dr.",
	jobTitle: "What the person does there.",
	email: "The e-mail address.",
	phone: "The phone number.",
	mobile: "The mobile number.",
	secondaryMobile: "A second number.",
	website: "The web address, with or without its scheme.",
	linkedin: "A name or a link, as you like.",
	taxNumber: "The number the tax office knows it by.",
	billingAddress: "Where bills are sent.",
	primaryContact: "Whom to talk to there.",
	address: "Street and number, in one or more lines.",
	city: "The city.",
	landmark: "What it is near to.",
	state: "The state or province.",
	country: "The country.",
	postalCode: "The postal code.",

	ownerId: "The user responsible for it.",
	assigneeIds: "The users who work on it.",
	tagIds: "Its tags.",
	sourceId: "The lead source it came from.",
	clientId: "The client it belongs to.",
	dealId: "The deal it belongs to.",
	leadId: "The lead it came from.",
	productId: "The product it is.",
	formId: "The form that was answered.",
	webhookId: "The webhook it goes to.",
	entityId: "The id of the lead, deal or client it is about.",

	contactIds: "Clients of type `contact`.",
	expectedCloseDate: "When it may be decided.",
	lostReason: "Why it was lost.",
	lineItems: "Its lines, in order.",
	startDate: "The day to begin.",
	durationMinutes: "How long it takes.",
	paidAt: "When it was paid.",
	required: "Whether it must be answered.",
	fields: "What is asked, in order.",
	source: "Where it was answered.",
	pageUrl: "The page that the form was on.",
	referrer: "The page that led there.",
	userAgent: "The browser, as it calls itself.",
	submittedAt: "When it was answered.",

	conversationType: "A phone call or a chat.",
	conversationId: "The conversation it speaks of.",
	agentId: "Who spoke for you, by an id of your own.",
	agentName: "Who spoke for you, by name.",
	agentNumber: "The number on your side.",
	contactNumber: "The number on the other side.",
	summary: "What was said, in short.",
	direction: "Who began it: `inbound` is the other side.",
	twilioCallSid: "The call's id at Twilio.",
	startedAt: "When it began.",
	endedAt: "When it ended.",
	callMetadata: "What else is known of a call.",
	chatMetadata: "What else is known of a chat.",
	widgetId: "The chat widget it came in by.",
	resolved: "Whether the matter is settled.",
	feedback: "What the visitor thought of it.",
	rating: "How the visitor rated it, on a scale of your own.",
	comment: "What the visitor said about it.",
	totalCost: "What it cost, in a currency of your own.",
	toolsUsed: "What the agent made use of.",
	firstMessageAt: "When the first message came.",
	lastMessageAt: "When the last message came.",
	goal: "What the chat was for.",
	achieved: "Whether that was achieved.",
	message: "What the visitor said.",
	role: "Who said it.",
	text: "What was said.",
	at: "When it happened.",

	items: "What was asked for, in order.",
	created: "How many were created.",
	failed: "How many were refused.",
	results: "What became of each item, in order.",
	lead: "The lead, in its CONVERTED stage.",
	client: "The client it became.",
	deal: "The deal that was made of it; `null` where none was asked for.",

	event: "The event's name.",
	organizationId: "Your organization.",
	data: "The resource as `GET` returns it; of a deletion, as it was.",
	actor: "Who did it: an API key, a session of the dashboard, or a built-in process.",
	from: "What the field held; `null` is unset.",
	to: "What it holds now; `null` is unset.",
	trigger: "Whether the schedule made it or somebody's hand.",
	url: "Where it went.",
	responseHeaders: "The headers of the answer, at most 50 and 16 KiB together; `null` when none came.",
	secretPrefix: "The beginning of the secret, to recognise it by.",
	previousSecretExpiresAt: "Until when the secret before this one goes on signing; `null` when none does.",
	disabledAt: "When it was disabled; `null` while it is active.",
	disabledReason: "Why it was disabled; `null` while it is active.",
	lastDeliveredAt: "When a delivery last succeeded.",

	company: "Where the person works.",
	first_name: "The given name; split from `name` where it is empty.",
	last_name: "The family name; split from `name` where it is empty.",
	position: "The person's job title.",
	twitter: "A name or a link.",
	score: "How promising the lead is; 0 when unset.",

	"Webhook.status": "Whether anything is sent to it.",
	"Message.at": "When it was said.",
	"Attempt.at": "When it was made.",
	"Event.type": "The event's name.",
	"Tag.type": "What it is meant for; unset is anything.",
	"CustomField.type": "Of which kind its values are.",
	"CustomField.entity": "The resource that has it.",
};

/** Gives every property that says nothing of itself the meaning of its name. Changes the document. */
export function describeFields(document: Document): void {
	for (const [name, schema] of Object.entries(document.components?.schemas ?? {})) describe(schema, name);
}

/** Those of `MEANINGS` that no property of the document takes. */
export function unusedMeanings(document: Document): string[] {
	const text = JSON.stringify(document.components?.schemas);
	return Object.entries(MEANINGS)
		.filter(([, meaning]) => !text.includes(JSON.stringify(meaning)))
		.map(([name]) => name);
}

function describe(node: unknown, title: string): void {
	if (typeof node !== "object" || node === null) return;
	if ("properties" in node && typeof node.properties === "object" && node.properties !== null) {
		for (const [name, property] of Object.entries(node.properties as Record<string, object>)) {
			const meaning = "description" in property ? undefined : meaningOf(title, name);
			// Beside a reference too, where it speaks of the field and not of all that is of this schema.
			if (meaning) Object.assign(property, { description: meaning });
		}
	}
	for (const [key, child] of Object.entries(node)) if (key !== "example") describe(child, title);
}

function meaningOf(title: string, name: string): string | undefined {
	const noun = title.replace(/(?<=[a-z])(?:Create|Update|Upsert|Input|Summary)+$/, "");
	return MEANINGS[`${noun}.${name}`] ?? MEANINGS[name];
}
