// The fields of each resource, as the forms of Zapier's actions show them.
import type { PlainInputField } from "zapier-platform-core";

type More = Partial<PlainInputField>;
const field =
	(type: PlainInputField["type"]) =>
	(key: string, label: string, more: More = {}) =>
		({ key, label, type, ...more }) as PlainInputField;

const line = field("string");
const text = field("text");
const number = field("number");
const integer = field("integer");
const yes = field("boolean");
/** Zapier has no days: it reads an instant in the user's zone, of which `bodyOf` sends the day. */
const day = field("datetime");
const option = (key: string, label: string, list: string, more: More = {}) =>
	line(key, label, { dynamic: `${list}.id.name`, ...more });

const currency = line("currency", "Currency", { helpText: "Three letters, such as EUR." });
const owner = option("ownerId", "Owner", "users");
const source = option("sourceId", "Source", "lead_sources");
const tags = option("tagIds", "Tags", "tags", { list: true });
const assignees = option("assigneeIds", "Assignees", "users", { list: true });
const priority = line("priority", "Priority", { choices: ["LOW", "MEDIUM", "HIGH"] });
const names = [line("firstName", "First Name"), line("lastName", "Last Name")];
const email = line("email", "E-mail");

const NAME_HELP = "Left empty, it is made of first and last name.";

export const leadFields = [
	line("name", "Full Name", { helpText: NAME_HELP }),
	...names,
	email,
	line("mobile", "Mobile Phone"),
	line("secondaryMobile", "Second Phone"),
	line("company", "Company"),
	line("position", "Job Title"),
	line("title", "Headline"),
	line("website", "Website"),
	line("linkedin", "LinkedIn"),
	line("twitter", "X or Twitter"),
	text("notes", "Notes"),
	integer("score", "Score"),
	number("value", "Value"),
	currency,
	day("expectedCloseDate", "Expected Close Date"),
	option("stageId", "Stage", "lead_stages"),
	source,
	owner,
	assignees,
	tags,
	yes("archived", "Archived"),
];

export const clientFields = [
	line("type", "Type", {
		choices: { company: "Company", contact: "Contact" },
		helpText: "By default a company.",
	}),
	line("name", "Name", { helpText: `${NAME_HELP} A company needs one.` }),
	...names,
	line("salutation", "Salutation"),
	email,
	line("phone", "Phone"),
	line("jobTitle", "Job Title"),
	option("companyId", "Company", "clients", { search: "client.id", helpText: "Where a contact works." }),
	line("website", "Website"),
	line("linkedin", "LinkedIn"),
	text("description", "Description"),
	text("internalNotes", "Internal Notes"),
	line("taxNumber", "Tax Number"),
	currency,
	text("billing_address", "Billing Street"),
	line("billing_city", "Billing City"),
	line("billing_state", "Billing State"),
	line("billing_postalCode", "Billing Postal Code"),
	line("billing_country", "Billing Country"),
	source,
	owner,
	tags,
];

export const dealFields = [
	line("title", "Title"),
	option("clientId", "Client", "clients", { search: "client.id" }),
	option("pipelineId", "Pipeline", "pipelines", {
		altersDynamicFields: true,
		helpText: "By default the default pipeline.",
	}),
	option("stageId", "Stage", "deal_stages", { helpText: "By default the first open stage of the pipeline." }),
	number("price", "Price", { helpText: "By default the total of the lines." }),
	currency,
	{
		key: "lineItems",
		label: "Lines",
		// Keys are unique in a form, those of lines included.
		children: [
			line("line_name", "Line Name"),
			number("line_quantity", "Line Quantity"),
			number("line_price", "Line Price"),
			number("line_taxPercent", "Line Tax in Percent"),
			line("line_productId", "Line Product Id"),
		],
	} as PlainInputField,
	day("expectedCloseDate", "Expected Close Date"),
	priority,
	text("lostReason", "Reason for Loss"),
	line("leadId", "Lead", { search: "lead.id" }),
	source,
	owner,
	assignees,
	tags,
];

export const taskFields = [
	line("title", "Title"),
	text("description", "Description"),
	line("type", "Type", { choices: { call: "Call", todo: "To-do", meeting: "Meeting" } }),
	line("status", "Status", {
		choices: {
			OPEN: "Open",
			IN_PROGRESS: "In progress",
			ON_HOLD: "On hold",
			COMPLETED: "Completed",
			CANCELLED: "Cancelled",
		},
	}),
	priority,
	day("startDate", "Start Date"),
	day("dueDate", "Due Date"),
	integer("durationMinutes", "Duration in Minutes"),
	line("entityId", "About", { helpText: "The id of the lead, deal or client that it is about." }),
	owner,
	assignees,
	tags,
];

/** The entries whose keys have a prefix, without it; undefined for none. */
function inside(
	input: Readonly<Record<string, unknown>>,
	prefix: string,
): Record<string, unknown> | undefined {
	const entries = Object.entries(input).filter(([key, value]) => key.startsWith(prefix) && isGiven(value));
	return entries.length > 0
		? Object.fromEntries(entries.map(([key, value]) => [key.slice(prefix.length), value]))
		: undefined;
}

const isGiven = (value: unknown) => value !== undefined && value !== "";

const BILLING = "billing_";
const LINE = "line_";
const ENTITIES: Readonly<Record<string, string>> = { ld: "leads", dl: "deals", clt: "clients" };

/** The body that the API takes, of what was filled in. */
export function bodyOf(input: Readonly<Record<string, unknown>>, fields: readonly PlainInputField[]) {
	const days = new Set(fields.filter(({ type }) => type === "datetime").map(({ key }) => key));
	const body: Record<string, unknown> = {};
	for (const [key, value] of Object.entries(input))
		if (isGiven(value) && !key.startsWith(BILLING))
			body[key] = days.has(key) ? String(value).slice(0, "2026-12-31".length) : value;
	const billingAddress = inside(input, BILLING);
	if (billingAddress) body.billingAddress = billingAddress;
	if (Array.isArray(body.lineItems))
		body.lineItems = body.lineItems.flatMap((line) => inside(line, LINE) ?? []);
	// The prefix of an id says what the task is about.
	if (typeof body.entityId === "string") body.entity = ENTITIES[body.entityId.split("_")[0] ?? ""];
	return body;
}
