import { Checkbox } from "../ui/field.tsx";

interface Props {
	readonly label: string;
	readonly hint?: string;
	readonly error?: string | undefined;
	readonly options: readonly string[];
	readonly value: readonly string[];
	readonly onChange: (value: readonly string[]) => void;
}

/** Any number of options, as checkboxes; also those that were removed, which a record keeps until others are chosen. */
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
		{value
			.filter((one) => !options.includes(one))
			.map((one) => (
				<Checkbox
					key={one}
					label={`${one} (removed)`}
					hint="It is no option any more, and goes when others are chosen."
					checked
					onChange={() => onChange(value.filter((kept) => options.includes(kept)))}
				/>
			))}
		{hint ? <p class="hint">{hint}</p> : null}
		{error ? <p class="error">{error}</p> : null}
	</fieldset>
);
