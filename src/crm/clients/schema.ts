// Clients on the wire: companies, and the people who are contacts.

import { z } from "@hono/zod-openapi";
import * as field from "../../http/fields.ts";
import { bodyWithCustomFields } from "../../http/gather.ts";
import { objectOf, strictObjectOf } from "../../http/objects.ts";
import { once } from "../../http/once.ts";
import { nullable, nullish, optional } from "../../http/shapes.ts";
import { identities } from "../../identities.ts";
import { ownerId, sourceId, tags } from "../fields.ts";

export const clientTypes = z.enum(["company", "contact"]);

export const address = once(() => ({
	address: field.text().describe("Street and number, in one or more lines."),
	city: field.name().describe("The city."),
	landmark: field.name().describe("A place nearby that helps to find it."),
	state: field.name().describe("The state or province."),
	country: field.name().describe("The country."),
	postalCode: field.name().describe("The postal code."),
}));

export const person = once(() => ({
	firstName: field.name().describe("The person's given name."),
	lastName: field.name().describe("The person's family name."),
	email: field.email(),
	phone: field.phone(),
	jobTitle: field.name().describe("The person's job title."),
}));

/** An object inside a client. A body replaces it as a whole: a field that is left out becomes `null`. */
const nestedObject = <S extends ReturnType<typeof address> | ReturnType<typeof person>>(
	shape: () => S,
	description: string,
	example: object,
) => ({
	input: strictObjectOf(() => nullish(shape())).openapi({
		description: `${description} ${field.PATCH_REPLACES_OBJECT}`,
		example,
	}),
	output: objectOf(() => nullable(shape())).describe(description),
});

const billingAddress = nestedObject(address, "Where bills are sent.", {
	address: "1 Main Street",
	city: "Springfield",
});
const primaryContact = nestedObject(person, "The person to contact at the client.", {
	firstName: "Jane",
	email: "jane@example.com",
});

const settable = once(() => ({
	firstName: person().firstName,
	lastName: person().lastName,
	salutation: field.name().describe("How the person is addressed, e.g. Ms or Dr."),
	email: person().email,
	phone: person().phone,
	jobTitle: person().jobTitle,
	website: field.website(),
	linkedin: field.name().describe("A profile name or a link."),
	description: field.text().describe("Free text about the client."),
	taxNumber: field.name().openapi({
		description: "The tax number.",
		example: "DE123456789",
	}),
	openingBalance: field.money(),
	currency: field.currency(),
	companyId: field.id("clt").describe("The company that a contact belongs to."),
	ownerId: ownerId(),
	sourceId: sourceId(),
	internalNotes: field.text().describe("Free text for internal use."),
}));

const nullishFields = once(() =>
	nullish({
		...settable(),
		billingAddress: billingAddress.input,
		primaryContact: primaryContact.input,
	}),
);

const type = once(() =>
	clientTypes.describe("Whether it is a company or a person. Default on create: `company`."),
);
const optionalFields = once(() => ({ type: type(), tagIds: tags.input() }));

const fullName = once(() =>
	field.name().openapi({
		description:
			"The full name. If a contact is created without it, it is made from `firstName` and `lastName`, and changes with them until it is set to another value. Setting it does not change them.",
		example: "Acme Corp",
	}),
);

export const clientExample = {
	...field.numberedExample(identities.clients),
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
	openingBalance: 0,
	currency: "EUR",
	companyId: null,
	ownerId: field.exampleId("usr"),
	sourceId: field.exampleId("src"),
	internalNotes: null,
	billingAddress: {
		address: "1 Main Street",
		city: "Springfield",
		landmark: null,
		state: "IL",
		country: "United States",
		postalCode: "62701",
	},
	primaryContact: {
		firstName: "Jane",
		lastName: "Smith",
		email: "jane@example.com",
		phone: "+14155550123",
		jobTitle: "Head of Sales",
	},
	tagIds: [field.exampleId("tag")],
};

const example = { name: "Acme Corp", email: "office@example.com", phone: "+14155550100" };

export const ClientCreate = bodyWithCustomFields(
	() => ({ name: fullName().optional(), ...nullishFields(), ...optional(optionalFields()) }),
	"ClientCreate",
	{ example },
);

export const ClientUpdate = bodyWithCustomFields(
	() => ({ ...optional({ name: fullName(), ...optionalFields() }), ...nullishFields() }),
	"ClientUpdate",
	{ example: { phone: "+14155550101" } },
);

export const Client = objectOf(() => ({
	...field.numberedFields(identities.clients),
	type: clientTypes.describe("Whether it is a company or a person."),
	name: fullName(),
	...nullable({
		...settable(),
		billingAddress: billingAddress.output,
		primaryContact: primaryContact.output,
	}),
	tagIds: tags.output(),
})).openapi("Client", { example: clientExample });

export type ClientCreateInput = z.output<typeof ClientCreate>;
export type ClientUpdateInput = z.output<typeof ClientUpdate>;
