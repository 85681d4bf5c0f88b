// Which column of a file is for which field.
import type { Field } from "./fields.ts";

export interface Column {
	readonly header: string;
	/** Null for a column that is left out. */
	readonly field: Field | null;
}

/** What people call fields in other programs: each name by the fields that it may mean, the first of which a resource has. */
const NAMES: readonly (readonly [names: readonly string[], fields: readonly string[]])[] = [
	[["emailaddress", "mail"], ["email"]],
	[
		["phone", "phonenumber", "telephone", "tel", "workphone"],
		["phone", "mobile"],
	],
	[
		["mobile", "mobilephone", "mobilenumber", "cell", "cellphone"],
		["mobile", "phone"],
	],
	[["fullname", "contactname", "leadname", "clientname"], ["name"]],
	[["givenname", "forename"], ["firstName"]],
	[["surname", "familyname"], ["lastName"]],
	[
		["companyname", "organization", "organisation", "account", "accountname"],
		["company", "name"],
	],
	[
		["position", "jobtitle", "role"],
		["position", "jobTitle"],
	],
	[["url", "web", "homepage", "websiteurl"], ["website"]],
	[
		["description", "note", "notes", "comment", "comments"],
		["notes", "description", "internalNotes"],
	],
	[
		["value", "amount", "dealvalue", "price"],
		["price", "value"],
	],
	[["title", "dealname", "taskname", "subject", "name"], ["title"]],
	[["closedate", "expectedclose"], ["expectedCloseDate"]],
	[["due", "deadline"], ["dueDate"]],
	[["leadsource"], ["sourceId"]],
	[["leadstage", "dealstage"], ["stageId"]],
	[["leadowner", "dealowner", "contactowner"], ["ownerId"]],
	[["vat", "vatnumber", "vatid", "taxid"], ["taxNumber"]],
	[["street", "address", "streetaddress"], ["billingAddress.address"]],
	[["city", "town"], ["billingAddress.city"]],
	[["state", "region", "province"], ["billingAddress.state"]],
	[["country"], ["billingAddress.country"]],
	[["zip", "zipcode", "postcode", "postalcode"], ["billingAddress.postalCode"]],
];

/** A text without case, accents, blanks and punctuation. */
export const plain = (text: string): string =>
	text
		.normalize("NFKD")
		.replaceAll(/[^\p{L}\p{N}]/gu, "")
		.toLowerCase();

/** Names that are surely meant for a field: its own, that of what it refers to (`Source`, `Tags`), and a custom field's label. */
function ownNames({ name, list }: Field): string[] {
	const short = list ? [name.replace(/Id$/, ""), name.replace(/Ids$/, "s")] : [];
	return [name, ...short, name.replace(/^cf_/, "")].map(plain);
}

const MAX_LISTED = 30;
const MAX_LISTED_CHARACTERS = 40;

/** The names of columns in a message. */
export function listed(headers: readonly string[]): string {
	const names = headers
		.slice(0, MAX_LISTED)
		.map((name) => (name.length > MAX_LISTED_CHARACTERS ? `${name.slice(0, MAX_LISTED_CHARACTERS)}…` : name));
	const more = headers.length - names.length;
	return names.join(", ") + (more > 0 ? `, and ${more} more` : "");
}

/**
 * Finds the field of each column: the given one, or the one whose name the header has. A field has one column, the first that has
 * its very name.
 * @param given fields by header; null leaves a column out
 * @throws RangeError if `given` names a column or field that there isn't, or a field twice
 */
export function mapColumns(
	headers: readonly string[],
	fields: readonly Field[],
	given: Readonly<Record<string, string | null>> = {},
): Column[] {
	const free = new Map(fields.map((field) => [field.name, field]));
	const found = new Map<number, Field | null>();
	const take = (index: number, field: Field | null | undefined) => {
		if (field === undefined || found.has(index)) return;
		found.set(index, field);
		if (field) free.delete(field.name);
	};
	for (const [header, name] of Object.entries(given)) {
		const index = headers.indexOf(header);
		if (index < 0) throw new RangeError(`There is no column "${header}". There are: ${listed(headers)}.`);
		const known = fields.some((field) => field.name === name);
		if (name !== null && !free.has(name)) {
			const problem = known
				? `Two columns are for ${name}.`
				: `There is no field "${name}". There are: ${fields.map((field) => field.name).join(", ")}.`;
			throw new RangeError(problem);
		}
		take(index, name === null ? null : free.get(name));
	}
	const names = headers.map(plain);
	// A field's exact name wins over a similar one further left.
	for (const [index, header] of headers.entries()) take(index, free.get(header));
	for (const [index, name] of names.entries())
		take(
			index,
			[...free.values()].find((field) => ownNames(field).includes(name)),
		);
	for (const [index, name] of names.entries()) {
		const meant = NAMES.find(([known]) => known.includes(name))?.[1] ?? [];
		take(index, meant.flatMap((field) => free.get(field) ?? [])[0]);
	}
	return headers.map((header, index) => ({ header, field: found.get(index) ?? null }));
}
