// API keys on the wire.

import { z } from "@hono/zod-openapi";
import { instant, name, sharedFields, timestamp } from "../http/fields.ts";
import { objectOf, strictObjectOf } from "../http/objects.ts";
import { once } from "../http/once.ts";
import { optional } from "../http/shapes.ts";
import { erasablePaths, identities } from "../identities.ts";

const letters = (noun: string) => noun.replaceAll("-", "");

/** The resources that scopes name, in alphabetical order; `*` is all of them. */
const scopeNouns = [
	"*",
	...Object.values(identities)
		.map(({ scopeNoun }) => scopeNoun)
		.toSorted((a, b) => (letters(a) < letters(b) ? -1 : 1)),
];

const allScopes = new Set<string>([
	"*",
	...scopeNouns.flatMap((noun) => [`${noun}:read`, `${noun}:write`]),
	// Neither `*:write` nor `<resource>:write` includes these.
	...erasablePaths.map((noun) => `${noun}:erase`),
]);

export const scope = once(() =>
	z
		.string()
		.refine(
			(value) => allScopes.has(value),
			"Expected <resource>:read, <resource>:write, *:read, *:write, leads:erase, clients:erase or *.",
		)
		.openapi({ enum: [...allScopes], example: "leads:read" }),
);

const settable = once(() => ({
	name: name().openapi({
		description: "Where it is used, e.g. the name of the integration.",
		example: "Website integration",
	}),
}));

/** Can't be changed: isolates remember a key for a minute, and one that remembers `primary` would not tell what it writes. */
const reads = once(() =>
	z.enum(["primary", "nearest"]).openapi({
		description:
			"Where its reads are answered. `primary`: by the database itself, so they show whatever is committed. `nearest`: by the copy nearest to the caller if there is one, which is faster far away from the database. Such an answer is never older than what the same key has written or read, but may be some seconds older than what others have written.",
		example: "primary",
	}),
);

export const ApiKeyCreate = strictObjectOf(() => ({
	...settable(),
	scopes: z
		.array(scope())
		.min(1, "Name at least one scope.")
		.max(100)
		.optional()
		.describe("What the key may do. Default: everything (`*`). A key can't grant a scope that it lacks."),
	expiresAt: instant()
		.nullish()
		.describe("When it expires. Default: never. A key can't create one that expires later than itself."),
	envelope: z.boolean().optional().describe("Whether successful answers are wrapped as `{ data, meta }`."),
	reads: reads().optional(),
})).openapi("ApiKeyCreate", {
	example: { name: "Website integration", scopes: ["leads:read", "leads:write"] },
});

export const ApiKeyUpdate = strictObjectOf(() => optional(settable())).openapi("ApiKeyUpdate", {
	example: { name: "Website" },
});

export const ApiKeyRotate = strictObjectOf(() => ({
	graceSeconds: z
		.int()
		.min(0)
		.max(604_800)
		.optional()
		.describe("How long the old key still works, in seconds. Default: 0."),
})).openapi("ApiKeyRotate", { example: { graceSeconds: 3600 } });

export const ApiKey = objectOf(() => {
	const { deletedAt: _, ...commonFields } = sharedFields(identities["api-keys"]);
	return {
		...commonFields,
		...settable(),
		keyPrefix: z
			.string()
			.max(16)
			.openapi({ description: "The beginning of the key, to recognise it.", example: "lw_live_x7Kq" }),
		scopes: z.array(scope()).max(100).describe("What the key may do."),
		envelope: z.boolean().describe("Whether successful answers are wrapped as `{ data, meta }`."),
		reads: reads(),
		lastUsedAt: timestamp().nullable().describe("When it was last used, to the minute."),
		expiresAt: timestamp().nullable().describe("When it expires; `null` for never."),
		revokedAt: timestamp().nullable().describe("When it was revoked; `null` if it was not."),
	};
}).openapi("ApiKey");

export const ApiKeyCreated = objectOf(() => ({
	...ApiKey.shape,
	key: z.string().openapi({
		description: "The key itself, only shown in this answer.",
		pattern: "^lw_(live|test)_[0-9A-Za-z]{38}$",
		maxLength: 46,
		example: "lw_live_x7KqT2mWc9RfLs4VbN8pYdHg3ZaEuJ6i0AbCdE",
	}),
})).openapi("ApiKeyCreated");
