import { FieldInput, type NestedProps } from "./field-input.tsx";

type Part = Readonly<Record<string, unknown>>;

const isPart = (value: unknown): value is Part => typeof value === "object" && value !== null;

/** The fields of an object. */
export function Group({ label, fields, path, value, onChange, error }: NestedProps) {
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
