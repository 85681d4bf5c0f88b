// The input of a field, by its kind.

import { fieldLabel, fromLocalInput, toLocalInput } from "../format.ts";
import type { Field } from "../schema/fields.ts";
import { errorAt } from "../ui/feedback.tsx";
import { Checkbox, SelectField, TextArea, TextField } from "../ui/field.tsx";
import { Choices } from "./choices.tsx";
import { entryErrorsAt } from "./errors.ts";
import { Group } from "./group.tsx";
import { NumberField } from "./number-field.tsx";
import { ReferenceField, ReferencesField } from "./reference-field.tsx";
import { Rows } from "./rows.tsx";
import { TextsField } from "./texts-field.tsx";

/** What an input of any kind gets. */
interface Bound {
	/** Where it is in the body: `lineItems.0.price`. */
	readonly path: string;
	readonly value: unknown;
	readonly onChange: (value: unknown) => void;
	/** The API's refusal, whose messages are shown at their fields. */
	readonly error: Error | null;
}

interface Props extends Bound {
	readonly field: Field;
}

/** The fields of an object, or of each in a list. */
export interface NestedProps extends Bound {
	readonly label: string;
	readonly fields: readonly Field[];
}

/** A hint's first sentence; the reference has the rest. A form shows names in place of ids. */
function shortened(hint: string): string {
	const first = hint.match(/^.*?[.;](?=\s|$)/)?.[0].replace(/;$/, ".") ?? hint;
	const text = first
		.replaceAll("`", "")
		.replace(/^Ids? of /, "")
		.replace(/^ISO 4217\.$/, "Three letters, such as EUR.");
	return text.charAt(0).toUpperCase() + text.slice(1);
}

export function FieldInput({ field, path, value, onChange, error }: Props) {
	const { label, hint, isNullable, isRequired, isOnByDefault, kind } = field;
	const frame = {
		label,
		hint: shortened(hint),
		error: errorAt(error, path) ?? (entryErrorsAt(error, path, entriesOf(kind, value)) || undefined),
		isRequired,
	};
	const nested = { label, path, value, onChange, error };
	const text = value === null || value === undefined ? "" : String(value);
	const setText = (typed: string) => onChange(typed === "" && isNullable ? null : typed);
	switch (kind.type) {
		case "long":
			return <TextArea {...frame} value={text} onInput={setText} />;
		case "number":
			return <NumberField {...frame} value={typeof value === "number" ? value : null} onChange={onChange} />;
		case "flag":
			return isNullable ? (
				<SelectField
					{...frame}
					value={text}
					options={[
						{ value: "", text: "–" },
						{ value: "true", text: "Yes" },
						{ value: "false", text: "No" },
					]}
					onChange={(chosen) => onChange(chosen === "" ? null : chosen === "true")}
				/>
			) : (
				<Checkbox
					label={label}
					hint={frame.hint}
					checked={value === undefined ? isOnByDefault : value === true}
					onChange={onChange}
				/>
			);
		case "choice":
			return (
				<SelectField
					{...frame}
					value={text}
					options={[
						...(isNullable || text === "" ? [{ value: "", text: "–" }] : []),
						...kind.options,
						...(text && kind.options.every((option) => option.value !== text)
							? [{ value: text, text: kind.isCustom ? `${text} (removed)` : fieldLabel(text) }]
							: []),
					]}
					onChange={(chosen) => onChange(chosen === "" ? (isNullable ? null : undefined) : chosen)}
				/>
			);
		case "choices":
			return <Choices {...frame} options={kind.options} value={listOf(value)} onChange={onChange} />;
		case "reference":
			return (
				<ReferenceField
					{...frame}
					prefixes={kind.prefixes}
					value={text}
					onChange={(id) => onChange(id || null)}
				/>
			);
		case "references":
			return (
				<ReferencesField {...frame} prefixes={kind.prefixes} value={listOf(value)} onChange={onChange} />
			);
		case "texts":
			return <TextsField {...frame} value={listOf(value)} onChange={onChange} />;
		case "group":
			return <Group {...nested} fields={kind.fields} />;
		case "rows":
			return <Rows {...nested} fields={kind.fields} />;
		case "json":
			return null;
		case "date":
		case "text":
			return <TextField {...frame} type={kind.type} required={isRequired} value={text} onInput={setText} />;
		case "instant":
			return (
				<TextField
					{...frame}
					type="datetime-local"
					value={text && toLocalInput(new Date(text))}
					onInput={(typed) => setText(fromLocalInput(typed))}
				/>
			);
	}
}

/** What the entries of a list are called; the id of a record says nothing. */
const entriesOf = ({ type }: Field["kind"], value: unknown) => (type === "references" ? [] : listOf(value));

/** A value as a list of texts. */
const listOf = (value: unknown): readonly string[] =>
	Array.isArray(value) ? value.filter((item) => typeof item === "string") : [];
