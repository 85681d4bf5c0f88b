// Forms and their fields. The answers are in crm/form-responses.

import { keyOf } from "../../custom-fields/definitions.ts";
import { optionsProblem } from "../../custom-fields/types.ts";
import type { WithoutInternal } from "../../db/columns.ts";
import { type FormField, forms as table } from "../../db/schema/forms.ts";
import { tableStore } from "../../db/store.ts";
import { badRequest, type FieldError, throwFieldErrors } from "../../errors.ts";
import { booleanParameter } from "../../http/fields.ts";
import { identities } from "../../identities.ts";
import { newId } from "../../ids.ts";
import { blankFields } from "../../resources/blank.ts";
import { type Resource, withoutUndefined } from "../../resources/resource.ts";
import { verbs } from "../../resources/verbs.ts";
import type { FormCreateInput, FormFieldInput, FormUpdateInput } from "./schema.ts";
import { withSealedSecret } from "./turnstile-secret.ts";

export type FormRow = WithoutInternal<typeof table.$inferSelect>;

const MAX_KEY_CHARACTERS = 100;

const blank = blankFields(table, {
	title: "",
	fields: [],
	isActive: true,
	submissionCount: 0,
	isPublic: false,
	allowedOrigins: [],
	matchBy: "none",
});

export const forms: Resource<FormRow, FormCreateInput, FormUpdateInput> = {
	...identities.forms,
	store: tableStore<FormRow>(table),
	list: {
		sorts: ["title"],
		filters: { isActive: { by: "facet", field: "isActive", schema: booleanParameter } },
	},
	fields({ fields, ...input }, before) {
		const base = before ?? blank;
		return withTurnstile(
			{
				...base,
				...withoutUndefined(input),
				fields: fields ? completeFields(fields) : base.fields,
			},
			input.turnstileSecret,
		);
	},
};

const shared = verbs(forms);

/** The verbs of forms; secrets in their inputs are sealed before they are planned. */
export const formVerbs: typeof shared = {
	...shared,
	async create(attempt, input) {
		const id = newId(forms.prefix, attempt.now);
		return shared.create(attempt, await withSealedSecret(attempt, id, input), id);
	},
	update: async (ctx, id, input, condition) =>
		shared.update(ctx, id, await withSealedSecret(ctx, id, input), condition),
};

/**
 * Turnstile checks visitors if both its keys are set. Without the site key the secret is forgotten.
 * @throws AppError 400 for one without the other, which would check nobody
 */
function withTurnstile<T extends Pick<FormRow, "turnstileSiteKey" | "turnstileSecret">>(
	form: T,
	sent: string | null | undefined,
): T {
	if (form.turnstileSiteKey === null) {
		if (typeof sent !== "string") return { ...form, turnstileSecret: null };
		throw badRequest("turnstileSiteKey", "Required with turnstileSecret.");
	}
	if (form.turnstileSecret !== null) return form;
	throw badRequest("turnstileSecret", "Required with turnstileSiteKey.");
}

/**
 * Fields with their keys and defaults.
 * @throws AppError 400 for fields that contradict each other or themselves
 */
function completeFields(inputs: readonly FormFieldInput[]): FormField[] {
	const taken = new Set(inputs.flatMap(({ key }) => key ?? []));
	const fields = inputs.map((input, index): FormField => {
		const key = input.key ?? uniqueKey(input.label, index, taken);
		taken.add(key);
		return {
			key,
			label: input.label,
			type: input.type ?? "text",
			required: input.required ?? false,
			options: input.options ?? [],
			mapTo: input.mapTo ?? null,
		};
	});
	throwFieldErrors(fields.flatMap((field, index) => problemsOf(field, index, fields)));
	return fields;
}

/** A key made from the label: numbered if it is taken, and made from the index if the label has no usable letter. */
function uniqueKey(label: string, index: number, taken: ReadonlySet<string>): string {
	const made = keyOf(label)
		.replace(/^cf_+/, "")
		.slice(0, MAX_KEY_CHARACTERS - 4);
	const key = made || `field_${index + 1}`;
	if (!taken.has(key)) return key;
	let count = 2;
	while (taken.has(`${key}_${count}`)) count += 1;
	return `${key}_${count}`;
}

function problemsOf({ key, type, options, mapTo }: FormField, index: number, all: readonly FormField[]) {
	const found: FieldError[] = [];
	const before = all.slice(0, index);
	const fault = (part: string, message: string) => found.push({ path: `fields.${index}.${part}`, message });
	if (before.some((other) => other.key === key)) fault("key", "Another field has this key.");
	if (mapTo !== null && before.some((other) => other.mapTo === mapTo))
		fault("mapTo", "Another field is mapped to this one.");
	const problem = optionsProblem({ type, options });
	if (problem) fault("options", problem);
	return found;
}
