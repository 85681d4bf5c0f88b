// Formats a field of a record according to its kind of value.
import type { ComponentChildren } from "preact";
import { fieldLabel, formatDay, formatMoney, formatNumber, isDay } from "../../format.ts";
import type { Entry } from "../../resources.ts";
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

const shown = (text: string) => (isReference(text) ? <Reference id={text} /> : text);

export function Value({ entry, field }: { entry: Entry; field: string }): ComponentChildren {
	const value = entry[field];
	if (value === null || value === undefined || value === "") return <span class="soft">–</span>;
	if (typeof value === "boolean") return value ? "Yes" : "No";
	if (typeof value === "number") {
		const { currency } = entry;
		return amounts.has(field)
			? formatMoney(value, typeof currency === "string" ? currency : null)
			: formatNumber(value);
	}
	if (Array.isArray(value)) {
		if (value.length === 0) return <span class="soft">–</span>;
		return value.every((one) => typeof one === "string") ? (
			<ul class="chips">
				{value.map((one) => (
					<li key={one}>{shown(one)}</li>
				))}
			</ul>
		) : (
			<code>{`${value.length} ${value.length === 1 ? "item" : "items"}`}</code>
		);
	}
	if (field === "answers")
		return (
			<ul>
				{Object.entries(value).map(([key, answer]) => (
					<li key={key}>
						<span class="soft">{fieldLabel(key)}:</span> {[answer].flat().join(", ")}
					</li>
				))}
			</ul>
		);
	if (typeof value === "object") {
		const parts = Object.values(value)
			.filter((part) => part !== null)
			.map((part) => (typeof part === "object" ? JSON.stringify(part) : String(part)));
		return parts.length > 0 ? parts.join(", ") : <span class="soft">–</span>;
	}
	const text = String(value);
	if (field === "status")
		return <Badge tone={tones[text] ?? "quiet"}>{text.replaceAll("_", " ").toLowerCase()}</Badge>;
	if (coded.has(field)) return fieldLabel(text);
	if (field.endsWith("At")) return <Instant at={text} />;
	// Also in custom fields, whose names say nothing.
	if (isDay(text)) return <time dateTime={text}>{formatDay(text)}</time>;
	return shown(text);
}
