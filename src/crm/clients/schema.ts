// Clients on the wire: companies, and the people who are contacts.

import { z } from "@hono/zod-openapi";
import {
	common,
	commonExample,
	currency,
	email,
	exampleId,
	id,
	money,
	name,
	nullable,
	nullish,
	optional,
	phone,
	text,
	WRITTEN_WHOLE,
	website,
} from "../../http/fields.ts";
import { customizable } from "../../http/gather.ts";
import { identities } from "../../identities.ts";
import { ownerId, sourceId, tags } from "../fields.ts";

export const clientTypes = z.enum(["company", "contact"]);

const address = {
	address: text().describe("Street and number, in one or more lines."),
	city: name().describe("The city."),
	landmark: name().describe("A place nearby by which it is found."),
	state: name().describe("The state or province."),
	country: name().describe("The country."),
	postalCode: name().describe("The postal code."),
};

const person = {
	firstName: name().describe("The person's given name."),
	lastName: name().describe("The person's family name."),
	email: email(),
	phone: phone(),
	jobTitle: name().describe("The person's job title."),
};

/** An object inside a client: written whole, and what it leaves out is `null`. */
const inner = <S extends typeof address | typeof person>(shape: S, description: string, example: object) => ({
	written: z
		.strictObject(nullish(shape))
		.openapi({ description: `${description} ${WRITTEN_WHOLE}`, example }),
	shown: z.object(nullable(shape)).describe(description),
});

const billingAddress = inner(address, "Where bills are sent.", {
	address: "1 Main Street",
	city: "Springfield",
});
const primaryContact = inner(person, "Whom to talk to there.", {
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
	linkedin: name().describe("A name or a link, as you like."),
	description: text().describe("Free text about the client."),
	taxNumber: name().openapi({
		description: "The number the tax office knows it by.",
		example: "DE123456789",
	}),
	openingBalance: money(),
	currency: currency(),
	companyId: id("clt").describe("The company that a contact belongs to."),
	ownerId,
	sourceId,
	internalNotes: text().describe("Free text for your own people only."),
};

const written = nullish({
	...settable,
	billingAddress: billingAddress.written,
	primaryContact: primaryContact.written,
});

const type = clientTypes.describe("Whether it is a company or a person. Left out on create: `company`.");
const settableToo = { type, tagIds: tags.written };

const fullName = name().openapi({
	description:
		"Left out on create of a contact: made of `firstName` and `lastName`, which it then follows until it is set to something else. Setting it leaves them as they are.",
	example: "Acme Corp",
});

export const clientExample = {
	...commonExample(identities.clients),
	number: 1,
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

export const ClientCreate = customizable(
	{ name: fullName.optional(), ...written, ...optional(settableToo) },
	"ClientCreate",
	{ example },
);

export const ClientUpdate = customizable(
	{ ...optional({ name: fullName, ...settableToo }), ...written },
	"ClientUpdate",
	{ example: { phone: "+14155550101" } },
);

export const Client = z
	.object({
		...common(identities.clients),
		number: z.int().openapi({ description: "Counts the organization's clients.", example: 1 }),
		type: clientTypes.describe("Whether it is a company or a person."),
		name: fullName,
		...nullable({
			...settable,
			billingAddress: billingAddress.shown,
			primaryContact: primaryContact.shown,
		}),
		tagIds: tags.shown,
	})
	.openapi("Client", { example: clientExample });

export type ClientCreateInput = z.output<typeof ClientCreate>;
export type ClientUpdateInput = z.output<typeof ClientUpdate>;
