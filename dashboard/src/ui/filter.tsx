// A filter of a list, which is a parameter of the URL's query.
import type { ComponentChildren, JSX } from "preact";
import { queryIn, setSearch, usePlace } from "../router.tsx";
import { Chips } from "./chips.tsx";
import { TextField } from "./field.tsx";

interface Named {
	/** The parameter. */
	readonly name: string;
	readonly label: string;
}

interface Props extends Named {
	readonly show?: (value: string) => ComponentChildren;
	/** Makes the input for one value, with these props. */
	readonly children: (input: {
		readonly label: string;
		readonly value: string;
		readonly onInput: (value: string) => void;
		readonly onChange: (value: string) => void;
	}) => JSX.Element;
}

/** The input of a filter. If a link repeats the parameter, its values are shown instead, and can be removed. */
export function Filter({ name, label, show = (value) => value, children }: Props) {
	const values = queryIn(usePlace().search)[name] ?? [];
	const set = (value: string | readonly string[]) => setSearch({ [name]: value });
	if (values.length < 2) return children({ label, value: values[0] ?? "", onInput: set, onChange: set });
	return (
		<fieldset class="field">
			<legend>{label}</legend>
			<Chips label={label} values={values} show={show} onChange={set} />
		</fieldset>
	);
}

interface TextProps extends Named {
	readonly placeholder: string;
	/** Texts that don't match are not asked for: they are not complete yet. */
	readonly pattern: RegExp;
	/** What is said of these. */
	readonly expected: string;
}

export const TextFilter = ({ pattern, expected, placeholder, ...named }: TextProps) => (
	<Filter {...named}>
		{(input) => (
			<TextField
				{...input}
				placeholder={placeholder}
				error={input.value && !pattern.test(input.value) ? expected : undefined}
			/>
		)}
	</Filter>
);

export const InstantFilter = (named: Named) => (
	<Filter {...named}>{(input) => <TextField {...input} type="datetime-local" />}</Filter>
);
