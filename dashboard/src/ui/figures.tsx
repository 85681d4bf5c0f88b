// Hourly figures of deliveries, of one or several webhooks.
import { useMemo } from "preact/hooks";
import type { Schemas } from "../api.ts";
import { formatDuration, formatNumber, formatPercent } from "../format.ts";
import { Chart } from "./chart.tsx";
import { Empty } from "./feedback.tsx";

type Stats = Schemas["DeliveryStats"];
type Hour = Stats["items"][number];

const HOUR_S = 3_600;

/** Every hour of the period, including those without attempts. */
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

/** The totals in five numbers. */
export function Totals({ totals: { successes, failures, p50Ms, p95Ms } }: { totals: Stats["totals"] }) {
	const all = successes + failures;
	const figures = [
		["Delivered", formatNumber(successes)],
		["Failed attempts", formatNumber(failures)],
		["Success rate", all > 0 ? formatPercent(successes / all) : "–"],
		["Median duration", formatDuration(p50Ms)],
		["95 % took at most", formatDuration(p95Ms)],
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
					show: formatNumber,
				},
				{
					name: "Failed",
					ink: "bad" as const,
					values: of.map((one) => one?.failures ?? 0),
					show: formatNumber,
				},
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
				{
					name: "Median",
					ink: "accent" as const,
					values: of.map((one) => one?.p50Ms ?? null),
					show: formatDuration,
				},
				{
					name: "95 %",
					ink: "soft" as const,
					values: of.map((one) => one?.p95Ms ?? null),
					show: formatDuration,
				},
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

const spans = [
	{ value: "24", text: "24 hours" },
	{ value: "168", text: "7 days" },
	{ value: "720", text: "30 days" },
] as const;

/** Selects the period. */
export function PeriodSelect({ hours, onChange }: { hours: number; onChange: (hours: number) => void }) {
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
