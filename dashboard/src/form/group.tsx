import type { Field } from "../schema/fields.ts";
import { FieldInput } from "./field-input.tsx";

interface Props {
	readonly label: string;
	readonly fields: readonly Field[];
	readonly path: string;
	readonly value: unknown;
	readonly onChange: (value: unknown) => void;
	readonly error: Error | null;
}

type Part = Readonly<Record<string, unknown>>;

const isPart = (value: unknown): value is Part => typeof value === "object" && value !== null;

/** The fields of an object. */
export function Group({ label, fields, path, value, onChange, error }: Props) {
	const part = isPart(value) ? value : {};
	return (
		<fieldset class="group">
			<legend>{label}</legend>
			<div class="fields">
				{fields.map((field) => (
					<FieldInput
						key={field.name}
						field={field}
						path={`${path}.${field.name}`}
						value={part[field.name]}
						onChange={(changed) => onChange({ ...part, [field.name]: changed })}
						error={error}
					/>
				))}
			</div>
		</fieldset>
	);
}
