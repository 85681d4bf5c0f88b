// Deliveries over time: hourly figures, of one webhook or of several together.
import { useMemo } from "preact/hooks";
import type { paths } from "../../../sdk/src/generated/schema.ts";
import { duration, number, percent } from "../format.ts";
import { Chart } from "./chart.tsx";
import { Empty } from "./feedback.tsx";

export type Hour =
	paths["/webhooks/{id}/stats"]["get"]["responses"][200]["content"]["application/json"]["items"][number];

const HOUR_S = 3_600;

/**
 * One series of several webhooks. Medians can't be added up, so the typical duration is the mean of theirs by attempts,
 * and the slow one that of the slowest.
 */
export function together(all: readonly (readonly Hour[])[]): Hour[] {
	const hours = Map.groupBy(all.flat(), ({ hour }) => hour);
	return [...hours]
		.map(([hour, parts]) => {
			const count = (name: "successes" | "failures") => parts.reduce((sum, part) => sum + part[name], 0);
			return {
				hour,
				successes: count("successes"),
				failures: count("failures"),
				p50Ms: typical(parts),
				p95Ms: slow(parts),
			};
		})
		.sort((one, other) => one.hour.localeCompare(other.hour));
}

/** The mean of the medians, by attempts; null where nothing was attempted. */
export function typical(hours: readonly Hour[]): number | null {
	let [sum, weight] = [0, 0];
	for (const { p50Ms, successes, failures } of hours) {
		if (p50Ms === null) continue;
		sum += p50Ms * (successes + failures);
		weight += successes + failures;
	}
	return weight > 0 ? sum / weight : null;
}

/** The highest 95th percentile; null where nothing was attempted. */
export function slow(hours: readonly Hour[]): number | null {
	const known = hours.flatMap(({ p95Ms }) => (p95Ms === null ? [] : [p95Ms]));
	return known.length > 0 ? Math.max(...known) : null;
}

/** Every hour of the span, those without attempts too. */
function filled(hours: readonly Hour[], since: string): { at: number[]; of: (Hour | undefined)[] } {
	const byHour = new Map(hours.map((one) => [Date.parse(one.hour) / 1_000, one]));
	const at: number[] = [];
	for (let hour = Date.parse(since) / 1_000; hour <= Date.now() / 1_000; hour += HOUR_S) at.push(hour);
	return { at, of: at.map((hour) => byHour.get(hour)) };
}

interface Props {
	readonly hours: readonly Hour[];
	/** The first hour. */
	readonly since: string;
}

/** What happened in all, in five numbers. */
export function Totals({ hours }: Pick<Props, "hours">) {
	const sum = (name: "successes" | "failures") => hours.reduce((total, hour) => total + hour[name], 0);
	const [good, bad] = [sum("successes"), sum("failures")];
	const figures = [
		["Delivered", number(good)],
		["Failed attempts", number(bad)],
		["Success rate", good + bad > 0 ? percent(good / (good + bad)) : "–"],
		["p50 duration", duration(typical(hours))],
		["p95 duration", duration(slow(hours))],
	];
	return (
		<dl class="totals">
			{figures.map(([name, value]) => (
				<div key={name}>
					<dt>{name}</dt>
					<dd>{value}</dd>
				</div>
			))}
		</dl>
	);
}

/** Attempts per hour by their outcome. */
export function Outcomes({ hours, since }: Props) {
	const data = useMemo(() => {
		const { at, of } = filled(hours, since);
		return {
			at,
			series: [
				{
					name: "Delivered",
					ink: "accent" as const,
					values: of.map((one) => one?.successes ?? 0),
					show: number,
				},
				{ name: "Failed", ink: "bad" as const, values: of.map((one) => one?.failures ?? 0), show: number },
			],
		};
	}, [hours, since]);
	if (hours.length === 0) return <Nothing />;
	return <Chart name="Attempts per hour, delivered and failed" bars {...data} />;
}

/** How long receivers took to answer. */
export function Durations({ hours, since }: Props) {
	const data = useMemo(() => {
		const { at, of } = filled(hours, since);
		return {
			at,
			series: [
				{ name: "p50", ink: "accent" as const, values: of.map((one) => one?.p50Ms ?? null), show: duration },
				{ name: "p95", ink: "soft" as const, values: of.map((one) => one?.p95Ms ?? null), show: duration },
			],
		};
	}, [hours, since]);
	if (hours.length === 0) return <Nothing />;
	return <Chart name="Duration per hour, median and 95th percentile" {...data} />;
}

const Nothing = () => (
	<Empty title="Nothing was sent in this time">
		<p>Send a test event from a webhook’s page, or change some data that a webhook listens to.</p>
	</Empty>
);

export const spans = [
	{ value: "24", text: "24 hours" },
	{ value: "168", text: "7 days" },
	{ value: "720", text: "30 days" },
] as const;

/** How far back to look. */
export function Span({ hours, onChange }: { hours: number; onChange: (hours: number) => void }) {
	return (
		<fieldset class="segments">
			<legend class="unseen">Time</legend>
			{spans.map(({ value, text }) => (
				<label key={value}>
					<input
						type="radio"
						name="span"
						checked={hours === Number(value)}
						onChange={() => onChange(Number(value))}
					/>
					{text}
				</label>
			))}
		</fieldset>
	);
}
