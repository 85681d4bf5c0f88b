// The resources that the dashboard shows and edits. What their fields, filters and sorts are, it reads in the API's document.
import { formatInstant } from "./format.ts";

/** A record of any resource. */
export interface Entry {
	readonly id: string;
	readonly version: number;
	readonly createdAt: string;
	readonly updatedAt: string;
	readonly deletedAt: string | null;
	readonly [field: string]: unknown;
}

export interface Resource {
	/** Its path below `/api/v1`; also its scope. */
	readonly path: string;
	/** Of its ids. */
	readonly prefix: string;
	/** The name of its schema. */
	readonly schema: string;
	readonly noun: string;
	/** The field that names a record. */
	readonly title: string;
	/** Columns of the table besides the title. */
	readonly columns: readonly string[];
	/** Where it is listed: with the data or with the settings. */
	readonly group: "data" | "settings";
}

const data = (
	path: string,
	prefix: string,
	schema: string,
	title: string,
	...columns: string[]
): Resource => ({
	path,
	prefix,
	schema,
	noun: schema.replace(/(?<=[a-z])[A-Z]/g, " $&").toLowerCase(),
	title,
	columns,
	group: "data",
});

const setting = (...description: Parameters<typeof data>): Resource => ({
	...data(...description),
	group: "settings",
});

export const resources: readonly Resource[] = [
	data("leads", "ld", "Lead", "name", "company", "email", "stageId", "score", "updatedAt"),
	data("clients", "clt", "Client", "name", "type", "email", "phone", "updatedAt"),
	data("deals", "dl", "Deal", "title", "clientId", "status", "price", "priority", "updatedAt"),
	data("tasks", "tsk", "Task", "title", "status", "type", "dueDate", "updatedAt"),
	data("quotations", "qtn", "Quotation", "subject", "clientId", "status", "total", "date", "updatedAt"),
	data("invoices", "inv", "Invoice", "subject", "clientId", "status", "total", "dueTotal", "dueDate"),
	data(
		"conversations",
		"conv",
		"Conversation",
		"summary",
		"conversationType",
		"status",
		"agentName",
		"updatedAt",
	),
	data("form-responses", "frs", "FormResponse", "submittedAt", "formId", "leadId"),
	setting("products", "prd", "Product", "name", "type", "price", "sku", "isActive"),
	setting("tags", "tag", "Tag", "name", "color", "type"),
	setting("users", "usr", "User", "name", "email", "isActive"),
	setting("custom-fields", "cfd", "CustomField", "label", "entity", "key", "type", "required"),
	setting("forms", "frm", "Form", "title", "isActive", "submissionCount"),
	setting("pipelines", "dpl", "Pipeline", "name", "isDefault", "position"),
	setting("lead-stages", "lstg", "LeadStage", "name", "type", "position"),
	setting("lead-sources", "src", "LeadSource", "name", "isActive", "position"),
];

export const resourceAt = (path: string): Resource | undefined =>
	resources.find((resource) => resource.path === path);

/** The resource of an id. */
export const resourceOf = (id: string): Resource | undefined =>
	resources.find(({ prefix }) => id.startsWith(`${prefix}_`));

/** Where the pages of a resource are. */
export const pathOf = ({ group, path }: Resource, id = "") => `/${group}/${path}${id && `/${id}`}`;

/** How a record is named. */
export function nameOf({ title, noun }: Resource, entry: Entry): string {
	const name = entry[title];
	if (typeof name === "string" && name !== "") return title.endsWith("At") ? formatInstant(name) : name;
	return "number" in entry ? `${noun} no. ${entry.number}` : entry.id;
}
