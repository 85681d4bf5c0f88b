// API keys on the wire.

import { z } from "@hono/zod-openapi";
import { common, instant, name, timestamp } from "../http/fields.ts";
import { erasable, identities } from "../identities.ts";

const letters = (path: string) => path.replaceAll("-", "");

/** What scopes can be about, by the alphabet: a resource's path, or `*` for all of them. */
const scopeNouns = ["*", ...Object.keys(identities).toSorted((a, b) => (letters(a) < letters(b) ? -1 : 1))];

const allScopes = new Set<string>([
	"*",
	...scopeNouns.flatMap((noun) => [`${noun}:read`, `${noun}:write`]),
	// Neither `*:write` nor `<resource>:write` is enough for these.
	...erasable.map((noun) => `${noun}:erase`),
]);

export const scope = z
	.string()
	.refine(
		(value) => allScopes.has(value),
		"Expected <resource>:read, <resource>:write, *:read, *:write, leads:erase, clients:erase or *.",
	)
	.openapi({ enum: [...allScopes], example: "leads:read" });

const settable = {
	name: name().openapi({
		description: "Where it is used, e.g. the name of the integration.",
		example: "Website integration",
	}),
};

export const ApiKeyCreate = z
	.strictObject({
		...settable,
		scopes: z
			.array(scope)
			.min(1, "Name at least one scope.")
			.max(100)
			.optional()
			.describe(
				"What the key may do; everything (`*`) when left out. A key can't grant what it lacks itself.",
			),
		expiresAt: instant()
			.nullish()
			.describe(
				"When it stops working; never when left out. A key that ends can't make one that ends later.",
			),
		envelope: z.boolean().optional().describe("Whether successes come as `{ data, meta }`."),
	})
	.openapi("ApiKeyCreate", {
		example: { name: "Website integration", scopes: ["leads:read", "leads:write"] },
	});

export const ApiKeyUpdate = z
	.strictObject(settable)
	.openapi("ApiKeyUpdate", { example: { name: "Website" } });

export const ApiKeyRotate = z
	.strictObject({
		graceSeconds: z
			.int()
			.min(0)
			.max(604_800)
			.optional()
			.describe("How long the old key goes on working; not at all when left out."),
	})
	.openapi("ApiKeyRotate", { example: { graceSeconds: 3600 } });

const { deletedAt: _, ...kept } = common(identities["api-keys"]);

export const ApiKey = z
	.object({
		...kept,
		...settable,
		keyPrefix: z
			.string()
			.max(16)
			.openapi({ description: "The key's beginning, to recognise it by.", example: "lw_live_x7Kq" }),
		scopes: z.array(scope).max(100).describe("What the key may do."),
		envelope: z.boolean().describe("Whether successes come as `{ data, meta }`."),
		lastUsedAt: timestamp().nullable().describe("To the minute."),
		expiresAt: timestamp().nullable().describe("`null` when it never expires."),
		revokedAt: timestamp().nullable().describe("`null` while it can be used."),
	})
	.openapi("ApiKey");

export const ApiKeyCreated = z
	.object({
		...ApiKey.shape,
		key: z.string().openapi({
			description: "The key itself, shown this once.",
			pattern: "^lw_(live|test)_[0-9A-Za-z]{38}$",
			maxLength: 46,
			example: "lw_live_x7KqT2mWc9RfLs4VbN8pYdHg3ZaEuJ6i0AbCdE",
		}),
	})
	.openapi("ApiKeyCreated");
