// Formats values in the reader's language and time zone.

const clock = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "medium" });
const DAY_LENGTH = "YYYY-MM-DD".length;
const dayOnly = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeZone: "UTC" });
/** As many as the API stores. */
const MAX_PLACES = 4;
const count = new Intl.NumberFormat(undefined, { maximumFractionDigits: MAX_PLACES });

/** An instant in the reader's time zone, to the second. */
export const formatInstant = (iso: string) => clock.format(new Date(iso));

const timeOnly = new Intl.DateTimeFormat(undefined, { timeStyle: "medium" });

/** The time of day of an instant (ms) in the reader's time zone. */
export const formatClockTime = (ms: number) => timeOnly.format(ms);

/** A date, `YYYY-MM-DD`, which doesn't depend on the time zone. */
export const formatDay = (date: string) => dayOnly.format(new Date(date));

/** Whether a text is a day that the calendar has, `YYYY-MM-DD`: the number of an order may look like one. */
export function isDay(text: string): boolean {
	const at = new Date(text);
	return isTime(at) && text === at.toISOString().slice(0, DAY_LENGTH);
}

/** Whether a text is an instant, as the API writes them. */
export function isInstant(text: string): boolean {
	const at = new Date(text);
	return isTime(at) && text === at.toISOString();
}

const relative = new Intl.RelativeTimeFormat(undefined, { numeric: "auto" });
const UNITS = [
	["day", 86_400_000],
	["hour", 3_600_000],
	["minute", 60_000],
] as const;

/** An instant relative to now: `3 minutes ago`, `in 2 hours`. */
export function formatRelativeTime(iso: string, now: number): string {
	const ms = Date.parse(iso) - now;
	const [unit, length] = UNITS.find(([, length]) => Math.abs(ms) >= length) ?? ["second", 1_000];
	return relative.format(Math.trunc(ms / length), unit);
}

export const formatNumber = (value: number) => count.format(value);

/** A number of things: `1 row`, `1,300 rows`. */
export const counted = (count: number, noun: string) =>
	`${formatNumber(count)} ${noun}${count === 1 ? "" : "s"}`;

export function formatMoney(value: number, currency: string | null | undefined): string {
	if (!currency) return formatNumber(value);
	return new Intl.NumberFormat(undefined, {
		style: "currency",
		currency,
		// Otherwise as many as the currency has: three of dinars.
		...(Number.isInteger(value) ? { minimumFractionDigits: 0 } : {}),
		maximumFractionDigits: MAX_PLACES,
	}).format(value);
}

const withPlaces = (value: number, places: number, locale?: string) =>
	new Intl.NumberFormat(locale, { minimumFractionDigits: places, maximumFractionDigits: places }).format(
		value,
	);

/** Milliseconds as `184 ms` or `2.4 s`. */
export function formatDuration(ms: number | null, locale?: string): string {
	if (ms === null) return "–";
	return ms < 1_000 ? `${Math.round(ms)} ms` : `${withPlaces(ms / 1_000, 1, locale)} s`;
}

export const formatPercent = (share: number, locale?: string) =>
	`${withPlaces(Math.floor(share * 1_000) / 10, share === 1 ? 0 : 1, locale)} %`;

/** A name of the API as a label: `expectedCloseDate` → `Expected close date`, `cf_roof_area` → `Roof area`, `tagIds` → `Tags`. */
export function fieldLabel(name: string): string {
	const words = name
		.replace(/^cf_|(?<=[a-z])Id(?=s?$)/g, "")
		.replaceAll(/([a-z])([A-Z])/g, "$1 $2")
		.replaceAll(/[_-]/g, " ")
		.toLowerCase()
		.replaceAll(/\b(?:api|sku|url)\b/g, (name) => name.toUpperCase());
	return words.charAt(0).toUpperCase() + words.slice(1);
}

/** The value of a datetime-local input for an instant; empty if it is none. */
export function toLocalInput(at: Date): string {
	if (!isTime(at)) return "";
	const shifted = new Date(at.getTime() - at.getTimezoneOffset() * 60_000);
	return shifted.toISOString().slice(0, 16);
}

/** The instant of a datetime-local input, in UTC; empty if the input is empty or no date, as the address of a page may say. */
export function fromLocalInput(value: string): string {
	const at = new Date(value);
	return isTime(at) ? at.toISOString() : "";
}

const isTime = (at: Date) => !Number.isNaN(at.getTime());

/** How the reader's language writes numbers: decimal separator, thousands separator and digits. */
function notation(locale?: string) {
	const parts = new Intl.NumberFormat(locale, { minimumFractionDigits: 1 }).formatToParts(1_234_567.5);
	const found = (type: string) => parts.find((part) => part.type === type)?.value ?? "";
	const digits = new Intl.NumberFormat(locale, { useGrouping: false }).format(9_876_543_210);
	return { decimal: found("decimal") || ".", group: found("group"), digits: [...digits].reverse() };
}

/** Formats a number for an input field, without thousands separators. */
export const formatForInput = (value: number, locale?: string) =>
	new Intl.NumberFormat(locale, { useGrouping: false, maximumFractionDigits: 20 }).format(value);

/** Replaces similar minus signs, spaces and apostrophes by one each, and removes direction marks. */
const plainSigns = (text: string) =>
	text
		.replaceAll("\u2212", "-")
		.replaceAll("\u2019", "'")
		.replaceAll(/[\u00a0\u202f]/g, " ")
		.replaceAll(/[\u061c\u200e\u200f]/g, "");

/** Parses a number in the reader's language, with or without thousands separators; null if the text is not a number. */
export function parseNumber(text: string, locale?: string): number | null {
	const { decimal, group, digits } = notation(locale);
	const latin = [...plainSigns(text).trim()]
		.map((character) => (digits.includes(character) ? String(digits.indexOf(character)) : character))
		.join("");
	const escaped = (character: string) => plainSigns(character).replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
	const grouped = group ? `\\d{1,3}(?:${escaped(group)}\\d{2,3})*${escaped(group)}\\d{3}|` : "";
	const found = latin.match(new RegExp(`^(-?)(${grouped}\\d+)(?:${escaped(decimal)}(\\d+))?$`));
	if (!found) return null;
	const [, sign = "", whole = "", fraction = "0"] = found;
	return Number(`${sign}${whole.replaceAll(/\D/g, "")}.${fraction}`);
}
