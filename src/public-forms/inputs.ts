// The fields of a form's page: each with its label, what was sent, and its error, by plain HTML.
import { html } from "hono/html";
import type { FormField } from "../db/schema/forms.ts";

type Html = ReturnType<typeof html>;

/** What a field shows besides its question. */
interface State {
	/** What was sent; empty at first. */
	readonly values: readonly string[];
	/** What is wrong with it. */
	readonly error: string | null;
}

/** What browsers fill in by themselves, by the lead's field that gets the answer. */
const AUTOCOMPLETE: Readonly<Record<string, string>> = {
	name: "name",
	firstName: "given-name",
	lastName: "family-name",
	email: "email",
	mobile: "tel",
	company: "organization",
	position: "organization-title",
	website: "url",
};

/** The attributes of the input of each type; other types are text. */
const INPUTS: Readonly<Record<string, Html>> = {
	email: html`type="email" maxlength="255"`,
	phone: html`type="tel" maxlength="40"`,
	number: html`type="text" inputmode="decimal"`,
	date: html`type="date"`,
	url: html`type="text" inputmode="url" maxlength="2048"`,
};

export const idOf = (key: string) => `q-${key}`;

/** One question of the form. */
export function question(field: FormField, state: State): Html {
	const { label, required } = field;
	const name = html`${label}${required ? "" : html` <span class="optional">(optional)</span>`}`;
	const error = state.error && html`<p class="error" id="${idOf(field.key)}-error">${state.error}</p>`;
	if (field.type === "multiSelect")
		return html`<fieldset class="question" id="${idOf(field.key)}" tabindex="-1"${described(field, state)}>
<legend>${name}</legend>${error}
${field.options.map((option) => choice(field, option, state))}
</fieldset>`;
	if (field.type === "boolean")
		return html`<div class="question">${error}
<label class="choice"><input type="checkbox" value="true"${attributes(field, state)}${state.values.includes("true") && html` checked`}><span>${name}</span></label>
</div>`;
	return html`<div class="question">
<label for="${idOf(field.key)}">${name}</label>${error}
${control(field, state)}
</div>`;
}

function control(field: FormField, state: State): Html {
	const { type, options, mapTo } = field;
	const [value = ""] = state.values;
	const shared = attributes(field, state);
	// Without a value of its own an option is its text, of which browsers drop blanks.
	if (type === "singleSelect")
		return html`<select${shared}><option value="">Choose…</option>${options.map(
			(option) => html`<option value="${option}"${option === value && html` selected`}>${option}</option>`,
		)}</select>`;
	// A line break after the tag is not part of the text, so one at its beginning would be lost.
	if (type === "longText")
		return html`<textarea rows="5" maxlength="10000"${shared}>${`\n${value}`}</textarea>`;
	const autocomplete = AUTOCOMPLETE[mapTo ?? ""];
	return html`<input ${INPUTS[type] ?? html`type="text" maxlength="255"`}${shared} value="${value}"${autocomplete && html` autocomplete="${autocomplete}"`}>`;
}

const choice = ({ key }: FormField, option: string, { values }: State): Html =>
	html`<label class="choice"><input type="checkbox" name="${key}" value="${option}"${values.includes(option) && html` checked`}><span>${option}</span></label>`;

const attributes = (field: FormField, state: State): Html =>
	html` id="${idOf(field.key)}" name="${field.key}"${field.required && html` aria-required="true"`}${described(field, state)}`;

const described = ({ key, type }: FormField, { error }: State) =>
	error !== null &&
	html`${type !== "multiSelect" && html` aria-invalid="true"`} aria-describedby="${idOf(key)}-error"`;
