// The fields of each resource, as the node shows them.
import type { INodeProperties } from "n8n-workflow";
import type { LoadOptionsMethod } from "../shared/load-options";

type More = Partial<INodeProperties>;
const LIST_HELP =
	'Choose from the list, or specify an ID using an <a href="https://docs.n8n.io/code/expressions/">expression</a>';

const line = (name: string, displayName: string, more: More = {}): INodeProperties => ({
	displayName,
	name,
	type: "string",
	default: "",
	...more,
});
const text = (name: string, displayName: string) => line(name, displayName, { typeOptions: { rows: 4 } });
const number = (name: string, displayName: string) => line(name, displayName, { type: "number", default: 0 });
const yes = (name: string, displayName: string, description: string) =>
	line(name, displayName, { type: "boolean", default: false, description });
/** n8n has no days: it gives an instant, of which the day is sent. */
const day = (name: string, displayName: string) => line(name, displayName, { type: "dateTime" });
const choice = (name: string, displayName: string, values: readonly string[]) =>
	line(name, displayName, {
		type: "options",
		default: values[0] ?? "",
		options: values.map((value) => ({ name: labelOf(value), value })),
	});
const option = (name: string, displayName: string, loadOptionsMethod: LoadOptionsMethod) =>
	line(name, `${displayName} Name or ID`, {
		type: "options",
		typeOptions: { loadOptionsMethod },
		description: LIST_HELP,
	});
const several = (name: string, displayName: string, loadOptionsMethod: LoadOptionsMethod) =>
	line(name, `${displayName} Names or IDs`, {
		type: "multiOptions",
		typeOptions: { loadOptionsMethod },
		default: [],
		description: LIST_HELP.replace("an ID", "IDs"),
	});

/** `IN_PROGRESS` as `In Progress`. */
function labelOf(value: string): string {
	return value
		.toLowerCase()
		.split("_")
		.map((word) => `${word[0]?.toUpperCase()}${word.slice(1)}`)
		.join(" ");
}

const names = [line("firstName", "First Name"), line("lastName", "Last Name")];
const currency = line("currency", "Currency", { placeholder: "EUR" });
const email = line("email", "Email", { placeholder: "jane@example.com" });
const owner = option("ownerId", "Owner", "getUsers");
const source = option("sourceId", "Source", "getLeadSources");
const tags = several("tagIds", "Tag", "getTags");
const assignees = several("assigneeIds", "Assignee", "getUsers");
const priority = choice("priority", "Priority", ["LOW", "MEDIUM", "HIGH"]);
const status = choice("status", "Status", ["OPEN", "IN_PROGRESS", "ON_HOLD", "COMPLETED", "CANCELLED"]);
const closeDate = day("expectedCloseDate", "Expected Close Date");

export const leadFields = [
	line("name", "Name"),
	...names,
	email,
	line("mobile", "Mobile"),
	line("secondaryMobile", "Second Phone"),
	line("company", "Company"),
	line("position", "Job Title"),
	line("title", "Headline"),
	line("website", "Website"),
	line("linkedin", "LinkedIn"),
	line("twitter", "X or Twitter"),
	text("notes", "Notes"),
	number("score", "Score"),
	number("value", "Value"),
	currency,
	closeDate,
	option("stageId", "Stage", "getLeadStages"),
	source,
	owner,
	assignees,
	tags,
	yes("archived", "Archived", "Whether it is archived"),
];

export const clientFields = [
	choice("type", "Type", ["company", "contact"]),
	line("name", "Name"),
	...names,
	line("salutation", "Salutation"),
	email,
	line("phone", "Phone"),
	line("jobTitle", "Job Title"),
	option("companyId", "Company", "getClients"),
	line("website", "Website"),
	line("linkedin", "LinkedIn"),
	text("description", "Description"),
	text("internalNotes", "Internal Notes"),
	line("taxNumber", "Tax Number"),
	number("openingBalance", "Opening Balance"),
	currency,
	source,
	owner,
	tags,
];

export const dealFields = [
	line("title", "Title"),
	option("clientId", "Client", "getClients"),
	option("pipelineId", "Pipeline", "getPipelines"),
	option("stageId", "Stage", "getDealStages"),
	number("price", "Price"),
	currency,
	closeDate,
	priority,
	text("lostReason", "Reason for Loss"),
	line("leadId", "Lead ID"),
	source,
	owner,
	assignees,
	tags,
	yes("isInclusiveTax", "Inclusive of Tax", "Whether the prices of its lines include tax"),
];

export const taskFields = [
	line("title", "Title"),
	text("description", "Description"),
	choice("type", "Type", ["todo", "call", "meeting"]),
	status,
	priority,
	day("startDate", "Start Date"),
	day("dueDate", "Due Date"),
	number("durationMinutes", "Duration in Minutes"),
	line("entityId", "About (ID)", { description: "ID of the lead, deal or client that it is about" }),
	owner,
	assignees,
	tags,
];

/** The status of deals, by which they are found; it follows from their stage. */
export const dealStatus = choice("status", "Status", ["ACTIVE", "WON", "LOST"]);
