// The form of a webhook's filter (outbox/filter.ts).

import { z } from "@hono/zod-openapi";
import { MAX_FIELD_NAME } from "../http/fields.ts";
import { strictObjectOf } from "../http/objects.ts";
import { once } from "../http/once.ts";
import { PATH } from "../outbox/filter.ts";

const MAX_PATHS = 10;
/** More than `changes.`, the longest name of a field, and `.from`. */
const MAX_PATH_CHARACTERS = MAX_FIELD_NAME + 42;
/** Of a path, and of all together: each is judged for every event of the organization, inside its transaction. */
const MAX_CONDITIONS = 50;

const label = once(() => z.string().max(255));
const value = once(() => z.union([label(), z.number(), z.boolean(), z.null()]));
const limit = once(() => z.union([label(), z.number()]).optional());
const limits = once(() => ({ gt: limit(), gte: limit(), lt: limit(), lte: limit() }));

const comparison = once(() =>
	strictObjectOf(() => ({
		...limits(),
		startsWith: label().optional().describe("The text begins so."),
		not: z.array(value()).min(1).max(MAX_CONDITIONS).optional().describe("None of these values."),
	})).superRefine((given, { addIssue }) => {
		const { startsWith, not, ...others } = given;
		const kinds = [startsWith, not, Object.values(others).some((one) => one !== undefined) || undefined];
		if (kinds.filter((one) => one !== undefined).length === 1) return;
		addIssue({
			code: "custom",
			message: "Expected limits (gt, gte, lt, lte), or startsWith, or not, by itself.",
		});
	}),
);

/** How many values a condition compares with. */
const weightOf = (condition: z.output<ReturnType<typeof value | typeof comparison>>): number =>
	typeof condition === "object" && condition !== null ? (condition.not?.length ?? 1) : 1;

/** Conditions over the payload of events. */
export const filter = once(() =>
	z
		.record(
			z.string(),
			z
				.array(
					z.union([...value().options, comparison()], {
						error:
							"Expected a text, a number, true, false, null, or an object with gt, gte, lt, lte, startsWith or not.",
					}),
				)
				.min(1)
				.max(MAX_CONDITIONS),
		)
		.superRefine((given, { addIssue }) => {
			const refuse = (message: string, path: string[] = []) => addIssue({ code: "custom", message, path });
			const paths = Object.keys(given);
			if (paths.length === 0) refuse("Expected at least one path, or null for no filter.");
			if (paths.length > MAX_PATHS) refuse(`At most ${MAX_PATHS} paths.`);
			const conditions = Object.values(given).flat();
			const count = conditions.reduce<number>((sum, condition) => sum + weightOf(condition), 0);
			if (count > MAX_CONDITIONS)
				refuse(`At most ${MAX_CONDITIONS} conditions in all; each value of \`not\` counts.`);
			for (const path of paths)
				if (!PATH.test(path) || path.length > MAX_PATH_CHARACTERS)
					refuse("Expected names separated by dots, such as data.status.", [path]);
		})
		// The objects are described in words rather than as a union in a union, which no reader of the document can follow.
		.openapi({
			type: ["object", "null"],
			minProperties: 1,
			maxProperties: MAX_PATHS,
			additionalProperties: {
				type: "array",
				minItems: 1,
				maxItems: MAX_CONDITIONS,
				items: { type: ["string", "number", "boolean", "null", "object"], maxLength: 255 },
			},
			description:
				"Which of the events to send: lists of conditions (values, or objects with `gt`, `gte`, `lt`, `lte`, `startsWith` or `not`) by the path of a value in the payload, e.g. `data.status` or `changes.score.to`. Of each path one condition must hold: a value that it is equal to (`null`: unset), limits (`gt`, `gte`, `lt`, `lte`), `startsWith`, or `not`, a list of values that it has none of. Of a list one item must meet the condition. Other events make no delivery. A PATCH replaces the whole filter.",
			example: { "data.status": ["WON"], "data.price": [{ gte: 1000 }] },
		}),
);
