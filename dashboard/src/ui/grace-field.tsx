import { SelectField } from "./field.tsx";

const graces = [
	{ value: "0", text: "Immediately" },
	{ value: "3600", text: "In an hour" },
	{ value: "86400", text: "In a day" },
	{ value: "604800", text: "In a week" },
];

/** When a key or secret ends that another takes the place of, in seconds from now; a day by default. */
export const DEFAULT_GRACE = "86400";

interface Props {
	readonly label: string;
	readonly hint: string;
	readonly value: string;
	readonly onChange: (seconds: string) => void;
	readonly error?: string | undefined;
}

export const GraceField = (props: Props) => <SelectField {...props} options={graces} />;
