// A time series on a canvas in the page's colours, with a table as a text alternative.
import { useEffect, useRef, useState } from "preact/hooks";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";

type Ink = "accent" | "bad" | "soft";

interface Series {
	readonly name: string;
	readonly ink: Ink;
	readonly values: readonly (number | null)[];
	readonly show: (value: number) => string;
}

interface Props {
	readonly name: string;
	/** Seconds since 1970. */
	readonly at: readonly number[];
	readonly series: readonly Series[];
	/** Whether bars are stacked, the first at the bottom. */
	readonly bars?: boolean;
}

const HEIGHT = 210;
const HALF_HOUR_S = 1_800;
const DAY_S = 86_400;
const GAP = 0.72;
/** Steps of an axis of counts: a half of an attempt means nothing. */
const WHOLE = Array.from({ length: 9 }, (_, power) => [1, 2, 5].map((step) => step * 10 ** power)).flat();

/** The page's colours for the canvas: the computed values, which differ in light and dark mode. */
function inks(element: Element): Record<Ink | "line", string> {
	const probe = element.appendChild(document.createElement("i"));
	const colour = (name: string) => {
		probe.className = `ink-${name}`;
		return getComputedStyle(probe).color;
	};
	const found = { accent: colour("accent"), bad: colour("bad"), soft: colour("soft"), line: colour("line") };
	probe.remove();
	return found;
}

const hour = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });
const day = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short" });
const instant = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });

/** The label of an instant on the axis: the date at the start of a day, otherwise the hour. */
function onAxis(at: number, step: number): string {
	const date = new Date(at * 1_000);
	return (step >= DAY_S || date.getHours() === 0 ? day : hour).format(date);
}

/** Cumulative sums from the bottom, so that each bar begins where the one below ends. */
function stacked(series: readonly Series[]): (number | null)[][] {
	const sums: number[] = [];
	return series.map(({ values }) =>
		values.map((value, index) => {
			sums[index] = (sums[index] ?? 0) + (value ?? 0);
			return sums[index];
		}),
	);
}

function options(element: Element, width: number, { at, series, bars }: Props): uPlot.Options {
	const ink = inks(element);
	const axis: uPlot.Axis = {
		stroke: ink.soft,
		grid: { stroke: ink.line, width: 1 },
		ticks: { show: false },
		font: "11px system-ui",
	};
	const first = series[0];
	const drawn = series.map(
		(one): uPlot.Series => ({
			label: one.name,
			stroke: ink[one.ink],
			width: bars ? 0 : 2,
			...(bars && uPlot.paths.bars
				? { fill: ink[one.ink], paths: uPlot.paths.bars({ size: [GAP, 28], radius: 0.15 }) }
				: {}),
			points: { show: !bars && at.length < 30, size: 5, fill: ink[one.ink] },
			value: (_, __, ___, index) => {
				const value = index === null ? null : one.values[index];
				return value === null || value === undefined ? "–" : one.show(value);
			},
		}),
	);
	return {
		width,
		height: HEIGHT,
		legend: { live: true },
		cursor: { y: false, points: { show: !bars } },
		padding: [8, 12, 0, 0],
		scales: {
			// Half an hour of space for the first and the last bar.
			x: { range: (_, least, most) => [least - HALF_HOUR_S, most + HALF_HOUR_S] },
			y: { range: (_, __, most) => [0, Math.max(most * 1.08, 1)] },
		},
		axes: [
			{ ...axis, size: 28, values: (_, ticks, __, ___, step) => ticks.map((tick) => onAxis(tick, step)) },
			{
				...axis,
				size: 52,
				...(bars ? { incrs: WHOLE } : {}),
				values: (_, ticks) => ticks.map((tick) => first?.show(tick) ?? ""),
			},
		],
		// Drawn from the tallest to the lowest, so that lower bars stay visible.
		series: [
			{ label: "Hour", value: (_, at) => (at ? instant.format(at * 1_000) : "–") },
			...(bars ? drawn.toReversed() : drawn),
		],
	};
}

export function Chart(props: Props) {
	const frame = useRef<HTMLDivElement>(null);
	const [scheme, setScheme] = useState(0);
	useEffect(() => {
		const dark = matchMedia("(prefers-color-scheme: dark)");
		const changed = () => setScheme((count) => count + 1);
		dark.addEventListener("change", changed);
		return () => dark.removeEventListener("change", changed);
	}, []);
	// `scheme` is not used here, but a change of it needs other colours.
	useEffect(() => {
		const { current } = frame;
		if (!current) return;
		const values = props.bars
			? stacked(props.series).toReversed()
			: props.series.map((one) => [...one.values]);
		const plot = new uPlot(options(current, current.clientWidth, props), [[...props.at], ...values], current);
		const watch = new ResizeObserver(() => plot.setSize({ width: current.clientWidth, height: HEIGHT }));
		watch.observe(current);
		return () => {
			watch.disconnect();
			plot.destroy();
		};
	}, [props.at, props.series, props.bars, scheme]);
	return (
		<div class="chart">
			<div ref={frame} role="img" aria-label={props.name} />
			<details>
				<summary>Show as a table</summary>
				<table class="list">
					<thead>
						<tr>
							<th scope="col">Hour</th>
							{props.series.map(({ name }) => (
								<th key={name} scope="col" class="right">
									{name}
								</th>
							))}
						</tr>
					</thead>
					<tbody>
						{props.at.map((at, index) => (
							<tr key={at}>
								<td data-head="Hour">{instant.format(at * 1_000)}</td>
								{props.series.map(({ name, values, show }) => (
									<td key={name} data-head={name} class="right">
										{typeof values[index] === "number" ? show(values[index]) : "–"}
									</td>
								))}
							</tr>
						))}
					</tbody>
				</table>
			</details>
		</div>
	);
}
