import { Checkbox } from "../ui/field.tsx";

interface Props {
	readonly label: string;
	readonly hint?: string;
	readonly error?: string | undefined;
	readonly options: readonly string[];
	readonly value: readonly string[];
	readonly onChange: (value: readonly string[]) => void;
}

/** Any number of options, as checkboxes. */
export const Choices = ({ label, hint, error, options, value, onChange }: Props) => (
	<fieldset class={error ? "field invalid" : "field"}>
		<legend>{label}</legend>
		{options.map((option) => (
			<Checkbox
				key={option}
				label={option}
				checked={value.includes(option)}
				onChange={(on) => onChange(options.filter((one) => (one === option ? on : value.includes(one))))}
			/>
		))}
		{hint ? <p class="hint">{hint}</p> : null}
		{error ? <p class="error">{error}</p> : null}
	</fieldset>
);
