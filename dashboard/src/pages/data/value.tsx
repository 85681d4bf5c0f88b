// Formats a field of a record according to its kind of value.
import { useQuery } from "@tanstack/preact-query";
import type { ComponentChildren } from "preact";
import { counted, fieldLabel, formatDay, formatMoney, formatNumber, isDay, isInstant } from "../../format.ts";
import { records } from "../../records.ts";
import type { Entry } from "../../resources.ts";
import { useHasScope } from "../../session.tsx";
import { Badge, Instant, type Tone } from "../../ui/text.tsx";
import { Reference } from "./reference.tsx";

const amounts = new Set([
	...["price", "value", "openingBalance", "buyPrice", "subtotal", "discountTotal"],
	...["taxTotal", "total", "paidTotal", "dueTotal"],
]);
const tones: Readonly<Record<string, Tone>> = {
	WON: "good",
	COMPLETED: "good",
	LOST: "bad",
	CANCELLED: "quiet",
	ON_HOLD: "waiting",
	IN_PROGRESS: "waiting",
};

/** Fields whose values are words of the API: `longText`, `HIGH`. */
const coded = new Set(["type", "priority", "conversationType", "direction", "entity", "matchBy"]);

const isReference = (text: string) => /^[a-z]+_[0-9a-z]{26}$/.test(text);

const isEmpty = (value: unknown) =>
	value === null || value === undefined || value === "" || (Array.isArray(value) && value.length === 0);

const Nothing = () => <span class="soft">–</span>;

export function Value({ entry, field }: { entry: Entry; field: string }): ComponentChildren {
	const value = entry[field];
	if (isEmpty(value)) return <Nothing />;
	if (typeof value === "number" && amounts.has(field)) {
		const { currency } = entry;
		return formatMoney(value, typeof currency === "string" ? currency : null);
	}
	if (field === "answers") return <Answers formId={String(entry.formId)} answers={value as object} />;
	if (typeof value === "string") {
		if (field === "status")
			return <Badge tone={tones[value] ?? "quiet"}>{value.replaceAll("_", " ").toLowerCase()}</Badge>;
		if (coded.has(field)) return fieldLabel(value);
	}
	return <Plain value={value} />;
}

/** A value of a field whose name says nothing, as custom fields have. */
function Plain({ value }: { value: unknown }): ComponentChildren {
	if (typeof value === "boolean") return value ? "Yes" : "No";
	if (typeof value === "number") return formatNumber(value);
	if (Array.isArray(value))
		return value.every((one) => typeof one === "string") ? (
			<ul class="chips">
				{value.map((one) => (
					<li key={one}>{isReference(one) ? <Reference id={one} /> : one}</li>
				))}
			</ul>
		) : (
			<code>{counted(value.length, "item")}</code>
		);
	if (typeof value === "object" && value !== null) return <Members of={value} labelOf={fieldLabel} />;
	const text = String(value);
	if (isReference(text)) return <Reference id={text} />;
	if (isInstant(text)) return <Instant at={text} />;
	return isDay(text) ? <time dateTime={text}>{formatDay(text)}</time> : text;
}

/** What an object has, each with its name. */
function Members({ of, labelOf }: { of: object; labelOf: (name: string) => string }) {
	const members = Object.entries(of).filter(([, value]) => !isEmpty(value));
	if (members.length === 0) return <Nothing />;
	return (
		<ul>
			{members.map(([name, value]) => (
				<li key={name}>
					<span class="soft">{labelOf(name)}:</span>{" "}
					{typeof value === "object" && !isTexts(value) ? (
						<code>{JSON.stringify(value)}</code>
					) : (
						<Plain value={Array.isArray(value) ? value.join(", ") : value} />
					)}
				</li>
			))}
		</ul>
	);
}

const isTexts = (value: unknown) => Array.isArray(value) && value.every((one) => typeof one === "string");

/** Answers by their questions; by their keys, if the form can't be read. */
function Answers({ formId, answers }: { formId: string; answers: object }) {
	const form = useQuery({
		queryKey: ["data", "forms", formId],
		queryFn: () => records.get({ path: "forms" }, formId),
		enabled: useHasScope("forms:read"),
	});
	const questions = (form.data?.fields ?? []) as readonly { readonly key: string; readonly label: string }[];
	return (
		<Members
			of={answers}
			labelOf={(key) => questions.find((one) => one.key === key)?.label ?? fieldLabel(key)}
		/>
	);
}
