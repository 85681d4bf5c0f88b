// A number, written as the reader's language does.
import { useEffect, useState } from "preact/hooks";
import { formatForInput, formatNumber, parseNumber } from "../format.ts";
import { TextField } from "../ui/field.tsx";

interface Props {
	readonly label: string;
	readonly hint?: string;
	readonly error?: string | undefined;
	readonly isRequired?: boolean;
	readonly value: number | null;
	/** Gets NaN for a text that is not a number. */
	readonly onChange: (value: number | null) => void;
}

const written = (value: number | null) =>
	value === null || Number.isNaN(value) ? "" : formatForInput(value);

/** What a text means: null for none, NaN if it is not a number. */
const meant = (text: string) => (text.trim() === "" ? null : (parseNumber(text) ?? Number.NaN));

export function NumberField({ value, onChange, error, ...frame }: Props) {
	const [text, setText] = useState(() => written(value));
	const isWrong = Number.isNaN(meant(text)) || Number.isNaN(value);
	// Another value came from outside: the record was read again.
	useEffect(() => {
		if (!Object.is(meant(text), value)) setText(written(value));
	}, [value]);
	return (
		<TextField
			{...frame}
			value={text}
			error={isWrong ? `Write it as ${formatNumber(1300.5)} or ${formatForInput(1300.5)}.` : error}
			onInput={(typed) => {
				setText(typed);
				onChange(meant(typed));
			}}
		/>
	);
}

/** Whether a value has a number in it that is none. */
export const hasWrongNumber = (value: unknown): boolean =>
	typeof value === "number"
		? Number.isNaN(value)
		: typeof value === "object" && value !== null && Object.values(value).some(hasWrongNumber);
