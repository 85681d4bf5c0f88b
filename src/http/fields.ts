// The field schemas that all API schemas are built from: one for each kind of value, with its error messages and example.

import { z } from "@hono/zod-openapi";
import { utf8Bytes } from "../bytes.ts";
import { isCurrency } from "../currencies.ts";
import type { Identity } from "../identities.ts";
import { isId } from "../ids.ts";
import { once, onceFor } from "./once.ts";

/** As ten-thousandths it is an exact integer, with room for sums. */
export const MAX_MONEY = 99_999_999_999.9999;
/** Soft hyphens, joiners, fillers, zero-width characters, direction and variation marks: pasted unnoticed, they would make two addresses of one. */
const INVISIBLE = String.raw`\u00AD\u034F\u061C\u115F\u1160\u17B4\u17B5\u180B-\u180F\u200B-\u200F\u202A-\u202E\u2060-\u206F\u3164\uFE00-\uFE0F\uFEFF\uFFA0\uFFF9-\uFFFB`;
const LABEL = String.raw`[^\s/?#@:;,"<>()\[\]\\.${INVISIBLE}]+`;
const DOMAIN = String.raw`${LABEL}(\.${LABEL})+`;
// Not `format: email`, because validators then accept only ASCII, but addresses in other scripts are valid.
const EMAIL = new RegExp(String.raw`^[^\s@:;,"<>()\[\]\\${INVISIBLE}]{1,64}@${DOMAIN}$`, "u");
const WEBSITE = new RegExp(`^(https?://)?${DOMAIN}(:\\d{1,5})?([/?#]\\S*)?$`, "iu");
// Patterns in the OpenAPI document have no flags.
const WEBSITE_PATTERN = WEBSITE.source.replace("https?", "[Hh][Tt][Tt][Pp][Ss]?");
const PHONE = /^[+(]?[0-9][0-9 ()./x-]{1,39}$/;

/** A name or other single label: 1 to 255 characters, not only blanks. */
export const name = once(() =>
	z.string().min(1, { error: "Must not be empty.", abort: true }).max(255).regex(/\S/, "Must not be blank."),
);

/** The most characters of a field's name: `cf_` and those of a custom field's label. */
export const MAX_FIELD_NAME = 258;

/** A longer text: up to 10,000 characters. */
export const text = once(() => z.string().max(10_000));

export const email = once(() =>
	z
		.string()
		.max(255)
		.regex(EMAIL, "Expected an e-mail address.")
		.openapi({ description: "An e-mail address.", pattern: EMAIL.source, example: "jane@example.com" }),
);

export const phone = once(() =>
	z
		.string()
		.max(40)
		.regex(PHONE, "Expected a phone number.")
		.openapi({ description: "A phone number.", example: "+14155550123" }),
);

/** A web address, with or without its scheme; other schemes than http and https are refused. */
export const website = once(() =>
	z.string().max(2_048).regex(WEBSITE, "Expected a web address.").openapi({
		description: "A web address, with or without its scheme.",
		pattern: WEBSITE_PATTERN,
		example: "https://example.com",
	}),
);

/** The complete address of a page. */
export const webAddress = once(() =>
	z
		.string()
		.max(2_048)
		.regex(
			/^[Hh][Tt][Tt][Pp][Ss]?:\/\/[^\s/?#,;]+(?=[/?#]|$)/,
			"Expected a web address that begins with https://.",
		)
		.refine((text) => URL.canParse(text), "Expected a web address that begins with https://."),
);

/** `true` or `false` in a query string. */
export const booleanParameter = once(() =>
	z
		.enum(["true", "false"])
		.transform((word) => word === "true")
		.openapi({ type: "boolean" }),
);

/** A decimal number with at most four places, stored exactly. */
export const decimal = (range: z.ZodNumber) =>
	range
		.refine((value) => Math.round(value * 10_000) / 10_000 === value, "At most four decimal places.")
		.describe("At most four decimal places.");

/** An amount of money from `least`, with at most four decimal places; its currency is another field. */
export const money = (least = 0) =>
	decimal(z.number().min(least).max(MAX_MONEY)).openapi({ example: 1250.5 });

export const percent = once(() => decimal(z.number().min(0).max(100)).openapi({ example: 19 }));

export const currency = once(() =>
	z
		.string()
		.refine(isCurrency, "Expected an ISO 4217 currency code.")
		.openapi({ description: "ISO 4217.", pattern: "^[A-Z]{3}$", maxLength: 3, example: "EUR" }),
);

/** A day, `YYYY-MM-DD`. */
export const day = once(() =>
	z.iso.date("Expected a day as YYYY-MM-DD.").openapi({ maxLength: 10, example: "2026-12-31" }),
);

/** Whether the year has four digits in UTC; true for an invalid instant, which has another error already. */
const hasFourDigitYear = (iso: string) => Number.isNaN(Date.parse(iso)) || /^\d{4}-/.test(utc(iso));

const utc = (iso: string) => new Date(iso).toISOString();

/** An instant with any offset; converted to UTC with milliseconds. */
export const instant = once(() =>
	z.iso
		.datetime({ offset: true, error: "Expected an instant as 2026-01-31T12:00:00.000Z." })
		.max(40)
		// An offset can lead to a year without four digits, whose text would neither sort nor parse.
		.refine(hasFourDigitYear, "Expected an instant of the years 0000 to 9999 in UTC.")
		.transform(utc)
		.openapi({ format: "date-time", example: "2026-01-31T12:00:00.000Z" }),
);

/** An instant in answers. */
export const timestamp = once(() =>
	z.string().openapi({ format: "date-time", maxLength: 24, example: "2026-01-31T12:00:00.000Z" }),
);

export const position = once(() =>
	z
		.int()
		.min(0)
		.max(1_000_000)
		.openapi({ description: "The position among the others. Default on create: 0.", example: 1 }),
);

const MAX_OBJECT_BYTES = 16 * 1_024;

/** An object with any keys: up to 16 KB of JSON, without numbers that can't be stored exactly. */
export const jsonObject = once(() =>
	z
		.looseObject({})
		.refine(
			(value) => utf8Bytes(JSON.stringify(value)) <= MAX_OBJECT_BYTES,
			`At most ${MAX_OBJECT_BYTES / 1_024} KB.`,
		)
		.refine(keepsNumbers, "Numbers beyond what a double holds exactly must be sent as text.")
		// No `type`, because it would override that the field may be `null`.
		.openapi({ additionalProperties: true }),
);

function keepsNumbers(value: unknown): boolean {
	if (typeof value === "number")
		return Number.isFinite(value) && (Math.abs(value) <= Number.MAX_SAFE_INTEGER || value % 1 !== 0);
	return typeof value !== "object" || value === null || Object.values(value).every(keepsNumbers);
}

/** Sentences for the descriptions of nested objects, and of lists. */
export const PATCH_REPLACES_OBJECT =
	"A PATCH replaces the whole object: fields that it leaves out are unset.";
export const PATCH_REPLACES_LIST = "A PATCH replaces the whole list.";

export const EXAMPLE_TIME = "2026-01-31T12:00:00.000Z";

/** An id with this prefix, for examples. */
export const exampleId = (prefix: string) => `${prefix}_01kaj2m5m8f7jt2n3v4w5x6y7z`;

/** An id with this prefix. Whether it exists in the organization is checked later. */
export const id = onceFor((prefix) =>
	z
		.string()
		.refine((value) => isId(prefix, value), `Expected an id that begins with ${prefix}_.`)
		.openapi({
			pattern: `^${prefix}_[0-9a-z]{26}$`,
			maxLength: prefix.length + 27,
			example: exampleId(prefix),
		}),
);

/** A list of such ids, without duplicates, in the given order. */
export const ids = onceFor((prefix) =>
	z
		.array(id(prefix))
		.max(50)
		.transform((list) => [...new Set(list)])
		.openapi({ example: [exampleId(prefix)] }),
);

export const ID_DESCRIPTION = "The resource's id. Ids sort by the time of creation.";

/** The fields of every resource; `numberedFields` also has that of numbered ones. */
export const sharedFields = ({ prefix }: Pick<Identity, "prefix">) => ({
	id: id(prefix).describe(ID_DESCRIPTION),
	version: z
		.int()
		.openapi({ description: "Counts the changes. In quotes it is the ETag.", minimum: 1, example: 1 }),
	createdAt: timestamp().describe("When it was created."),
	updatedAt: timestamp().describe("When it was last changed."),
	deletedAt: timestamp()
		.nullable()
		.describe("When it was deleted. Deleted resources are only shown with `includeDeleted=true`."),
});

/** The fields of a resource whose records are numbered. */
export const numberedFields = (identity: Identity) => ({
	...sharedFields(identity),
	number: z.int().openapi({
		description: `Numbers the organization's ${identity.tag.toLowerCase()} from 1.`,
		example: 1,
	}),
});

/** The values of `sharedFields` in examples of resources. */
export const commonExample = ({ prefix }: Pick<Identity, "prefix">) => ({
	id: exampleId(prefix),
	version: 1,
	createdAt: EXAMPLE_TIME,
	updatedAt: EXAMPLE_TIME,
	deletedAt: null,
});

/** The values of `numberedFields` in examples. */
export const numberedExample = (identity: Identity) => ({ ...commonExample(identity), number: 1 });
