// Which of the events a webhook is sent, in which format, and how many at once.
import type { FieldError, Schemas } from "../../api.ts";
import { Choices } from "../../form/choices.tsx";
import { Checkbox, SelectField, TextArea, TextField } from "../../ui/field.tsx";
import type { Webhook } from "./state.tsx";

/** The fields of the API. */
export type SendingFields = Required<
	Pick<Schemas["WebhookUpdate"], "filter" | "format" | "template" | "expand" | "rateLimit" | "ordered">
>;

const formats = [
	{ value: "json", text: "The event, in JSON" },
	{ value: "slack", text: "A text for Slack" },
];
const named = [
	"users",
	"leads",
	"clients",
	"deals",
	"pipelines",
	"lead-stages",
	"lead-sources",
	"tags",
] as const;
const EXAMPLE = '{ "data.status": ["WON"] }';

/** The same as they are typed. */
export interface Typed {
	readonly filter: string;
	readonly isText: boolean;
	readonly template: string;
	readonly expand: readonly string[];
	/** How many attempts in how many seconds, with a blank between: one value, so that two people's are not mixed. */
	readonly rate: string;
	readonly ordered: boolean;
}

export const typedOf = (webhook?: Webhook): Typed => ({
	filter: webhook?.filter ? JSON.stringify(webhook.filter, null, 2) : "",
	isText: webhook?.format === "slack",
	template: webhook?.template ?? "",
	expand: webhook?.expand ?? [],
	rate: `${webhook?.rateLimit?.count ?? ""} ${webhook?.rateLimit?.seconds ?? ""}`,
	ordered: webhook?.ordered ?? false,
});

/** @throws SyntaxError if the filter is not JSON; the form isn't submitted then. */
export const fieldsOf = ({ filter, isText, template, expand, rate, ordered }: Typed): SendingFields => ({
	filter: filter.trim() ? JSON.parse(filter) : null,
	format: isText ? "slack" : "json",
	template: isText ? template : null,
	expand: named.filter((path) => expand.includes(path)),
	rateLimit: limitOf(rate),
	ordered,
});

function limitOf(rate: string): SendingFields["rateLimit"] {
	const [count, seconds] = rate.split(" ");
	return count || seconds ? { count: Number(count), seconds: Number(seconds) } : null;
}

function jsonProblem(text: string): string {
	try {
		if (text.trim()) JSON.parse(text);
		return "";
	} catch {
		return `This is not JSON. Expected conditions, such as ${EXAMPLE}.`;
	}
}

interface Props {
	readonly typed: Typed;
	readonly onChange: (change: Partial<Typed>) => void;
	/** Errors at a field and below its path. */
	readonly below: (path: string) => readonly FieldError[];
}

export function Sending({ typed, onChange, below }: Props) {
	const text = (name: "filter" | "template") => ({
		value: typed[name],
		onInput: (value: string) => onChange({ [name]: value }),
	});
	const [count = "", seconds = ""] = typed.rate.split(" ");
	const wrong = (path: string) => {
		const texts = below(path).map((one) => (one.path === path ? "" : `${one.path}: `) + one.message);
		return texts.join(" ") || undefined;
	};
	return (
		<>
			<TextArea
				label="Filter"
				optional
				mono
				placeholder={EXAMPLE}
				{...text("filter")}
				problemOf={jsonProblem}
				hint="Sends only events that meet these conditions, by the paths of values in the payload. Changes count for new events."
				error={wrong("filter")}
			/>
			<SelectField
				label="Format"
				value={typed.isText ? "slack" : "json"}
				options={formats}
				onChange={(format) => onChange({ isText: format === "slack" })}
				error={wrong("format")}
			/>
			{typed.isText ? (
				<TextArea
					label="Text"
					required
					placeholder="Won: *{{data.title}}*, {{data.price}} {{data.currency}}"
					{...text("template")}
					hint="Slack's markup; {{data.title}} stands for the value at that path of the payload."
					error={wrong("template")}
				/>
			) : null}
			<Choices
				label="Names beside ids"
				hint="expand: what is sent has ownerName beside ownerId, and so on, for these resources."
				options={named}
				value={typed.expand}
				onChange={(expand) => onChange({ expand })}
				error={wrong("expand")}
			/>
			<div class="row">
				<TextField
					label="At most this many attempts"
					optional
					type="number"
					value={count}
					onInput={(value) => onChange({ rate: `${value} ${seconds}` })}
					hint="The other deliveries wait for their turn."
					error={wrong("rateLimit")}
				/>
				<TextField
					label="In this many seconds"
					optional
					type="number"
					value={seconds}
					onInput={(value) => onChange({ rate: `${count} ${value}` })}
				/>
			</div>
			<Checkbox
				label="One after the other"
				hint="ordered: in the order of the events, each when the one before has succeeded or was given up."
				checked={typed.ordered}
				onChange={(ordered) => onChange({ ordered })}
			/>
		</>
	);
}
