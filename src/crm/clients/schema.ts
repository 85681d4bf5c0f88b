// Clients on the wire: companies, and the people who are contacts.

import { z } from "@hono/zod-openapi";
import {
	currency,
	email,
	exampleId,
	id,
	money,
	name,
	nullable,
	nullish,
	numberedExample,
	numberedFields,
	optional,
	PATCH_REPLACES_OBJECT,
	phone,
	text,
	website,
} from "../../http/fields.ts";
import { bodyWithCustomFields } from "../../http/gather.ts";
import { identities } from "../../identities.ts";
import { ownerId, sourceId, tags } from "../fields.ts";

export const clientTypes = z.enum(["company", "contact"]);

export const address = {
	address: text().describe("Street and number, in one or more lines."),
	city: name().describe("The city."),
	landmark: name().describe("A place nearby that helps to find it."),
	state: name().describe("The state or province."),
	country: name().describe("The country."),
	postalCode: name().describe("The postal code."),
};

export const person = {
	firstName: name().describe("The person's given name."),
	lastName: name().describe("The person's family name."),
	email: email(),
	phone: phone(),
	jobTitle: name().describe("The person's job title."),
};

/** An object inside a client. A body replaces it as a whole: a field that is left out becomes `null`. */
const nestedObject = <S extends typeof address | typeof person>(
	shape: S,
	description: string,
	example: object,
) => ({
	input: z
		.strictObject(nullish(shape))
		.openapi({ description: `${description} ${PATCH_REPLACES_OBJECT}`, example }),
	output: z.object(nullable(shape)).describe(description),
});

const billingAddress = nestedObject(address, "Where bills are sent.", {
	address: "1 Main Street",
	city: "Springfield",
});
const primaryContact = nestedObject(person, "The person to contact at the client.", {
	firstName: "Jane",
	email: "jane@example.com",
});

const settable = {
	firstName: name().describe("The person's given name."),
	lastName: name().describe("The person's family name."),
	salutation: name().describe("How the person is addressed, e.g. Ms or Dr."),
	email: email(),
	phone: phone(),
	jobTitle: name().describe("The person's job title."),
	website: website(),
	linkedin: name().describe("A profile name or a link."),
	description: text().describe("Free text about the client."),
	taxNumber: name().openapi({
		description: "The tax number.",
		example: "DE123456789",
	}),
	openingBalance: money(),
	currency: currency(),
	companyId: id("clt").describe("The company that a contact belongs to."),
	ownerId,
	sourceId,
	internalNotes: text().describe("Free text for internal use."),
};

const nullishFields = nullish({
	...settable,
	billingAddress: billingAddress.input,
	primaryContact: primaryContact.input,
});

const type = clientTypes.describe("Whether it is a company or a person. Default on create: `company`.");
const optionalFields = { type, tagIds: tags.input };

const fullName = name().openapi({
	description:
		"The full name. If a contact is created without it, it is made from `firstName` and `lastName`, and changes with them until it is set to another value. Setting it does not change them.",
	example: "Acme Corp",
});

export const clientExample = {
	...numberedExample(identities.clients),
	type: "company",
	name: "Acme Corp",
	firstName: null,
	lastName: null,
	salutation: null,
	email: "office@example.com",
	phone: "+14155550100",
	jobTitle: null,
	website: "https://example.com",
	linkedin: null,
	description: null,
	taxNumber: "DE123456789",
	billingAddress: {
		address: "1 Main Street",
		city: "Springfield",
		landmark: null,
		state: "IL",
		country: "United States",
		postalCode: "62701",
	},
	openingBalance: 0,
	currency: "EUR",
	primaryContact: {
		firstName: "Jane",
		lastName: "Smith",
		email: "jane@example.com",
		phone: "+14155550123",
		jobTitle: "Head of Sales",
	},
	companyId: null,
	ownerId: exampleId("usr"),
	sourceId: exampleId("src"),
	tagIds: [exampleId("tag")],
	internalNotes: null,
};

const example = { name: "Acme Corp", email: "office@example.com", phone: "+14155550100" };

export const ClientCreate = bodyWithCustomFields(
	{ name: fullName.optional(), ...nullishFields, ...optional(optionalFields) },
	"ClientCreate",
	{ example },
);

export const ClientUpdate = bodyWithCustomFields(
	{ ...optional({ name: fullName, ...optionalFields }), ...nullishFields },
	"ClientUpdate",
	{ example: { phone: "+14155550101" } },
);

export const Client = z
	.object({
		...numberedFields(identities.clients),
		type: clientTypes.describe("Whether it is a company or a person."),
		name: fullName,
		...nullable({
			...settable,
			billingAddress: billingAddress.output,
			primaryContact: primaryContact.output,
		}),
		tagIds: tags.output,
	})
	.openapi("Client", { example: clientExample });

export type ClientCreateInput = z.output<typeof ClientCreate>;
export type ClientUpdateInput = z.output<typeof ClientUpdate>;
