// Values as people read them, in the reader's own language and zone.

const clock = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "medium" });
const dayOnly = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeZone: "UTC" });
const count = new Intl.NumberFormat();

/** An instant in the reader's zone, to the second. */
export const instant = (iso: string) => clock.format(new Date(iso));

/** A day, `YYYY-MM-DD`, which is the same in every zone. */
export const day = (date: string) => dayOnly.format(new Date(date));

export const number = (value: number) => count.format(value);

export function money(value: number, currency: string | null | undefined): string {
	if (!currency) return number(value);
	return new Intl.NumberFormat(undefined, {
		style: "currency",
		currency,
		minimumFractionDigits: Number.isInteger(value) ? 0 : 2,
	}).format(value);
}

/** Milliseconds as `184 ms` or `2.4 s`. */
export function duration(ms: number | null): string {
	if (ms === null) return "–";
	return ms < 1_000 ? `${Math.round(ms)} ms` : `${(ms / 1_000).toFixed(1)} s`;
}

export const percent = (share: number) =>
	`${(Math.floor(share * 1_000) / 10).toFixed(share === 1 ? 0 : 1)} %`;

/** A name of the API as a label: `expectedCloseDate` → `Expected close date`, `cf_roof_area` → `Roof area`, `tagIds` → `Tags`. */
export function label(name: string): string {
	const words = name
		.replace(/^cf_|(?<=[a-z])Id(?=s?$)/g, "")
		.replaceAll(/([a-z])([A-Z])/g, "$1 $2")
		.replaceAll(/[_-]/g, " ")
		.toLowerCase()
		.replace(/^api\b/, "API");
	return words.charAt(0).toUpperCase() + words.slice(1);
}

/** What a datetime-local input shows of an instant. */
export function toLocalInput(at: Date): string {
	const shifted = new Date(at.getTime() - at.getTimezoneOffset() * 60_000);
	return shifted.toISOString().slice(0, 16);
}

/** The instant that a datetime-local input holds, in UTC; empty when it holds none. */
export const fromLocalInput = (value: string) => (value ? new Date(value).toISOString() : "");
