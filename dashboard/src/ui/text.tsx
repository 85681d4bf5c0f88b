// Small text elements: instants, states, copy buttons.
import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import { formatInstant, formatRelativeTime } from "../format.ts";

const TICK_MS = 5_000;

/** Who shows the time. A list has an instant in each row, so all share one timer. */
const clocks = new Set<(now: number) => void>();
let timer = 0;

function tick(): void {
	const now = Date.now();
	for (const show of clocks) show(now);
}

/** The current time (ms), updated every few seconds. */
export function useNow(): number {
	const [now, setNow] = useState(Date.now);
	useEffect(() => {
		if (clocks.size === 0) timer = window.setInterval(tick, TICK_MS);
		clocks.add(setNow);
		return () => {
			clocks.delete(setNow);
			if (clocks.size === 0) clearInterval(timer);
		};
	}, []);
	return now;
}

/** An instant in the reader's time zone and relative to now; in UTC on hover. */
export function Instant({ at, none = "–" }: { at: string | null; none?: string }) {
	const now = useNow();
	if (at === null) return <span class="soft">{none}</span>;
	return (
		<time dateTime={at} title={at}>
			<span>{formatInstant(at)}</span> <span class="soft">{formatRelativeTime(at, now)}</span>
		</time>
	);
}

export type Tone = "good" | "bad" | "waiting" | "quiet";

/** A state as a word, with a matching colour. */
export const Badge = ({ tone, children }: { tone: Tone; children: ComponentChildren }) => (
	<span class={`badge ${tone}`}>{children}</span>
);

/** A sentence from the API, in which backticks mark code. */
export const Prose = ({ text }: { text: string }) => (
	<>{text.split("`").map((part, index) => (index % 2 === 1 ? <code>{part}</code> : part))}</>
);

/** The first two of several names, and how many more there are; all of them on hover. */
export function FirstNames({ names }: { names: readonly string[] }) {
	const more = names.length - 2;
	return (
		<span title={names.join("\n")}>
			<code>{names.slice(0, 2).join(", ")}</code>
			{more > 0 ? ` and ${more} more` : ""}
		</span>
	);
}

const COPIED_MS = 1_500;

/** Copies a text and confirms it. */
export function CopyButton({ text, label = "Copy" }: { text: string; label?: string }) {
	const [copied, setCopied] = useState(false);
	const [refused, setRefused] = useState(false);
	useEffect(() => {
		if (!copied) return;
		const timer = setTimeout(() => setCopied(false), COPIED_MS);
		return () => clearTimeout(timer);
	}, [copied]);
	const copy = () =>
		navigator.clipboard.writeText(text).then(
			() => setCopied(true),
			() => setRefused(true),
		);
	return (
		<button type="button" class="copy" onClick={copy}>
			<span aria-live="polite">
				{copied ? "Copied" : refused ? "Not allowed: select and copy it" : label}
			</span>
		</button>
	);
}

const TOKEN = /("(?:[^"\\]|\\.)*")(\s*:)?|\b(true|false|null)\b|(-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)/g;

/** JSON with syntax colours. */
function coloured(json: string): ComponentChildren[] {
	const parts: ComponentChildren[] = [];
	let end = 0;
	for (const found of json.matchAll(TOKEN)) {
		const [whole, text, colon, word] = found;
		parts.push(json.slice(end, found.index));
		const kind = text ? (colon ? "key" : "string") : word ? "word" : "number";
		parts.push(<span class={`token-${kind}`}>{text ?? whole}</span>, colon ?? "");
		end = found.index + whole.length;
	}
	return [...parts, json.slice(end)];
}

interface CodeProps {
	readonly name: string;
	/** Returns a text unchanged, and any other value as JSON. */
	readonly value: unknown;
}

/** A block of JSON or text that can be scrolled and copied. */
export function Code({ name, value }: CodeProps) {
	const text = typeof value === "string" ? value : JSON.stringify(value, null, 2);
	return (
		<figure class="code">
			<figcaption>
				{name}
				<CopyButton text={text} />
			</figcaption>
			{/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard. */}
			<pre tabIndex={0}>
				<code>{typeof value === "string" ? text : coloured(text)}</code>
			</pre>
		</figure>
	);
}
