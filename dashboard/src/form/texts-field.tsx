// A list of texts, one in each line.
import { useEffect, useState } from "preact/hooks";
import { TextArea } from "../ui/field.tsx";

interface Props {
	readonly label: string;
	readonly hint: string;
	readonly error?: string | undefined;
	readonly isRequired?: boolean;
	readonly value: readonly string[];
	/** Gets the lines without the empty ones. */
	readonly onChange: (value: readonly string[]) => void;
}

const linesOf = (text: string) => text.split("\n").filter((line) => line.trim() !== "");

export function TextsField({ value, onChange, hint, ...frame }: Props) {
	const written = value.join("\n");
	// An empty line is none of the list, but must be there to be written into.
	const [text, setText] = useState(written);
	// Another value came from outside: the record was read again.
	useEffect(() => {
		if (linesOf(text).join("\n") !== written) setText(written);
	}, [written]);
	return (
		<TextArea
			{...frame}
			hint={`${hint} One in each line.`}
			value={text}
			onInput={(typed) => {
				setText(typed);
				onChange(linesOf(typed));
			}}
		/>
	);
}
